package org.kedge.telemetry.internal.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.kedge.base.api.Uptime;
import org.kedge.base.internal.flash.SimulatedFlash;
import org.kedge.base.internal.lane.VirtualLanes;
import org.kedge.telemetry.api.Uplink;
import org.kedge.telemetry.api.Uplink.Presence;
import org.kedge.telemetry.internal.core.Kind;
import org.kedge.telemetry.internal.outbox.MoodyUplink.Mood;

/** A thousand nodes whose broker comes back at one instant, in virtual time. */
class FleetTest {
  private static final int NODES = 1000;
  private static final int MINUTES_AWAY = 60;

  private final VirtualLanes time = new VirtualLanes(new Uptime(0));
  private final Reader reader = new Reader();
  private final Random random = new Random(7);
  private final List<MoodyUplink> uplinks = new ArrayList<>();
  private final List<Courier> couriers = new ArrayList<>();

  @Test
  void a_thousand_nodes_that_find_their_broker_again_are_no_storm_and_lose_nothing()
      throws IOException {
    for (var node = 0; node < NODES; node++) {
      var uplink = new MoodyUplink(time, reader);
      uplink.mood = Mood.AWAY;
      uplinks.add(uplink);
      couriers.add(courier(node, uplink));
    }
    for (var minute = 0; minute < MINUTES_AWAY; minute++) {
      for (var node = 0; node < NODES; node++) {
        var courier = couriers.get(node);
        var sequence = courier.nextSequence();
        var text = "node-" + node + " " + sequence + " state";
        courier.put(Kind.SNAPSHOT, sequence, 0, text.getBytes(StandardCharsets.UTF_8));
      }
      time.pass(Duration.ofMinutes(1));
    }

    uplinks.forEach(uplink -> uplink.mood = Mood.WELL);
    var back = time.now();
    time.pass(Duration.ofMinutes(10));

    assertThat(reader.arrivals).hasSize(NODES * MINUTES_AWAY);
    assertThat(reader.repeats).isZero();
    var last = reader.arrivals.get(reader.arrivals.size() - 1).at().since(back);
    var states = reader.arrivals.stream()
        .filter(one -> one.text().contains(" " + MINUTES_AWAY + " "))
        .map(one -> one.at().since(back))
        .max(Duration::compareTo)
        .orElseThrow();
    System.out.printf(
        "fleet  %d nodes, %d messages: every newest state after %.1f s, everything after %.1f s, at most %d messages in a second,"
            + " none lost, %d repeats%n",
        NODES,
        reader.arrivals.size(),
        states.toMillis() / 1e3,
        last.toMillis() / 1e3,
        reader.peakInASecond(),
        reader.repeats);
    assertThat(states).isLessThan(Duration.ofSeconds(35));
    // All at once would be 60,000 in the first second.
    assertThat(reader.peakInASecond()).isLessThan(3000);
  }

  private Courier courier(int node, Uplink uplink) throws IOException {
    var shelf = new OutboxShelf(new SimulatedFlash());
    var courier = new Courier(
        time.open("node-" + node, 64),
        shelf,
        Optional.of(shelf.open()),
        new Outbox.Limits(8 << 20, Duration.ofHours(72)),
        "node-" + node,
        time,
        random::nextDouble,
        () -> new Presence(new byte[0], new byte[0]),
        new Silence());
    courier.use(Optional.of(uplink));
    return courier;
  }

  private static final class Silence implements Courier.Diary {
    @Override
    public void connected(String uplink, int waiting) {
      // The reader counts.
    }

    @Override
    public void lost(String uplink, String why, int failures, Duration pause) {
      // As above.
    }

    @Override
    public void flash(Optional<String> why) {
      throw new IllegalStateException("Flash failed: " + why);
    }
  }
}
