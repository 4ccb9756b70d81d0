package org.kedge.sim.mesh.zombie;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PingTimelineTest {
  private static final Duration INTERVAL = Duration.ofMillis(50);
  private static final Instant START = Instant.ofEpochSecond(1_763_839_616L);

  /** A ping of 100 probes, sent each 50 ms from the start, in which these were lost. */
  private static List<String> pingLosing(int... lost) {
    var lines =
        new ArrayList<String>(List.of("PING 2001:db8:4::1 from 2001:db8:1::1 : 56 data bytes"));
    for (var sequence = 1; sequence <= 100; sequence++) {
      var wanted = sequence;
      var isLost = Arrays.stream(lost).anyMatch(each -> each == wanted);
      var sent = 0.05 * (sequence - 1);
      lines.add(
          isLost
              ? line(sent + 0.05, "no answer yet for icmp_seq=" + sequence)
              : line(
                  sent + 0.002,
                  "64 bytes from 2001:db8:4::1: icmp_seq=" + sequence + " ttl=62 time=2.00 ms"));
    }
    return lines;
  }

  private static String line(double seconds, String words) {
    return String.format(Locale.ROOT, "[%.6f] %s", START.getEpochSecond() + seconds, words);
  }

  private static PingTimeline.Seen seen(List<String> lines) {
    return PingTimeline.read(lines, INTERVAL).between(START.plusSeconds(1), START.plusSeconds(5));
  }

  @Test
  void traffic_that_never_stopped_is_back_at_once() {
    assertThat(seen(pingLosing()))
        .isEqualTo(new PingTimeline.Seen(Optional.of(Duration.ZERO), 0, 80));
  }

  @Test
  void traffic_is_back_with_the_first_answer_after_the_last_outage() {
    // 41 to 43 are sent 2.00 to 2.10 s after the start, 61 and 62 from 3.00 s on.
    var seen = seen(pingLosing(41, 42, 43, 61, 62));

    assertThat(seen.lost()).isEqualTo(5);
    assertThat(seen.again()).contains(Duration.ofMillis(2100));
  }

  @Test
  void one_packet_lost_by_chance_is_counted_but_is_no_outage() {
    assertThat(seen(pingLosing(50)))
        .isEqualTo(new PingTimeline.Seen(Optional.of(Duration.ZERO), 1, 80));
  }

  @Test
  void traffic_that_is_down_at_the_end_never_came_back() {
    assertThat(seen(pingLosing(97, 98, 99, 100)))
        .isEqualTo(new PingTimeline.Seen(Optional.empty(), 4, 80));
  }

  @Test
  void what_was_lost_before_the_fault_does_not_count() {
    assertThat(seen(pingLosing(10, 11, 12)).lost()).isZero();
  }

  @Test
  void probes_of_which_ping_says_nothing_are_lost() {
    var lines = new ArrayList<>(pingLosing());
    lines.removeIf(line -> line.matches(".*icmp_seq=(70|71|72) .*"));
    lines.add("ping: sendmsg: Network is unreachable");

    var seen = seen(lines);

    assertThat(seen.lost()).isEqualTo(3);
    assertThat(seen.again()).contains(Duration.ofMillis(2600));
  }

  @Test
  void an_error_from_the_way_is_no_answer() {
    var lines = new ArrayList<>(pingLosing());
    lines.replaceAll(line -> line.matches(".*icmp_seq=(80|81) .*")
        ? line.replaceFirst("64 bytes from (.*) ttl.*", "From $1 Destination unreachable: No route")
        : line);

    assertThat(seen(lines).lost()).isEqualTo(2);
  }

  @Test
  void an_answer_that_comes_late_is_an_answer() {
    var lines = new ArrayList<>(pingLosing(50, 51));
    lines.add(line(2.6, "64 bytes from 2001:db8:4::1: icmp_seq=50 ttl=62 time=150 ms"));
    lines.add(line(2.6, "64 bytes from 2001:db8:4::1: icmp_seq=51 ttl=62 time=100 ms"));

    assertThat(seen(lines).lost()).isZero();
  }

  @Test
  void a_ping_that_said_nothing_saw_no_traffic() {
    assertThat(seen(List.of()).again()).isEmpty();
  }

  @Test
  void of_two_families_the_later_one_counts_and_losses_add_up() {
    var one = new PingTimeline.Seen(Optional.of(Duration.ofSeconds(2)), 3, 80);
    var other = new PingTimeline.Seen(Optional.of(Duration.ofSeconds(1)), 4, 80);
    var never = new PingTimeline.Seen(Optional.empty(), 5, 80);

    assertThat(one.and(other))
        .isEqualTo(new PingTimeline.Seen(Optional.of(Duration.ofSeconds(2)), 7, 160));
    assertThat(one.and(never).again()).isEmpty();
  }
}
