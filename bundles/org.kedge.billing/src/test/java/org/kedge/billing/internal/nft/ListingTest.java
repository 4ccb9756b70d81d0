package org.kedge.billing.internal.nft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.kedge.base.api.CommandResult;
import org.kedge.base.api.CommandRunner;
import org.kedge.base.api.IpPrefix;
import org.kedge.base.api.Uptime;
import org.kedge.billing.internal.core.metering.Count;
import org.kedge.billing.internal.core.metering.Direction;
import org.kedge.billing.internal.core.metering.MeterKey;
import org.kedge.billing.internal.core.metering.Station;
import org.kedge.billing.internal.core.metering.Target;
import org.kedge.billing.internal.core.metering.WantedTable;
import org.kedge.billing.internal.nft.MeterTable.Applied;
import org.kedge.billing.internal.nft.MeterTable.Look;

class ListingTest {
  private static final String TABLE =
      "{\"metainfo\": {\"version\": \"1.0.6\"}}, {\"table\": {\"family\": \"netdev\", \"name\": \"kedge\", \"handle\": 3}}, "
          + "{\"chain\": {\"family\": \"netdev\", \"table\": \"kedge\", \"name\": \"version-1-one\", \"handle\": 1}}";
  private static final String ANY = set(
      "ether-in-any",
      4096,
      element("\"to2\", \"02:00:5e:00:02:01\"", 3, 300),
      "\"made by hand\"",
      "{\"elem\": {\"val\": {\"concat\": [\"to2\", \"02:00:5e:00:02:02\"]}, \"counter\": null}}");
  private static final String OUT = set(
      "ether-out-mesh6", 1, element("\"to2\", \"02:00:5e:00:02:01\", \"2001:db8::1\"", 10, 1140));
  private static final String BARE = set(
      "bare-out-elsewhere",
      9,
      "{\"elem\": {\"val\": \"wg1\", \"counter\": {\"packets\": 1, \"bytes\": 99}}}");

  @Test
  void counters_are_read_from_layer_3_on_and_a_full_set_is_told() throws Exception {
    var station = new Station("to2", "02:00:5e:00:02:01");
    var listing = Listing.read(listing(TABLE, ANY, OUT, BARE));
    assertThat(listing.life()).contains("one");
    assertThat(listing.full()).containsExactly("ether-out-mesh6");
    assertThat(listing.counts())
        .containsOnly(
            Map.entry(new MeterKey(Direction.IN, station, new Target.Any()), new Count(3, 300)),
            Map.entry(
                new MeterKey(
                    Direction.OUT,
                    station,
                    new Target.Mesh(IpPrefix.of("2001:db8::1").orElseThrow())),
                new Count(10, 1000)),
            Map.entry(
                new MeterKey(Direction.OUT, new Station("wg1", ""), new Target.Elsewhere()),
                new Count(1, 99)));
  }

  @Test
  void a_listing_in_an_order_that_does_not_add_up_is_refused() {
    assertThatThrownBy(() -> Listing.read(listing(TABLE, OUT, ANY)))
        .hasMessageContaining("ether-in-any", "after");
  }

  @Test
  void what_is_not_one_whole_listing_is_unreadable() {
    var whole = listing(TABLE, ANY);
    for (var text : List.of(
        "",
        "[]",
        whole.substring(0, whole.length() / 2),
        whole + whole,
        listing(TABLE, set("ether-in-any", 9, element("\"to2\"", 1, 1))),
        listing(TABLE, set("ether-in-mesh6", 9, element("\"a\", \"b\", \"c\"", 1, 1))),
        listing(TABLE, ANY.replace("300", "-300")),
        listing(TABLE, ANY.replace("300", "\"many\"")),
        listing("{\"set\": {\"elem\": []}}"))) {
      assertThatThrownBy(() -> Listing.read(text))
          .as(text)
          .isInstanceOf(Listing.UnreadableException.class);
    }
  }

  @Test
  void why_nothing_can_be_counted_is_told_in_words_and_whether_waiting_helps() {
    var missing = new CommandResult.NotStarted("No such file or directory");
    assertThat(failed(command -> missing))
        .isEqualTo(new Applied.Failed(
            "nft -j list chains netdev: not started: No such file or directory", false));
    var late = new CommandResult.TimedOut("", "", Duration.ofSeconds(5));
    assertThat(failed(command -> late).waitingHelps()).isTrue();
    var old = failed(command -> command.input().isPresent()
        ? ended(1, "", "internal:0:0-0: Error: Could not process rule: Operation not supported")
        : ended(0, listing(), ""));
    assertThat(old.why()).contains("nft -j -f -", "not supported");
    assertThat(old.waitingHelps()).isFalse();
    var busy = failed(command -> command.input().isPresent()
        ? ended(1, "", "Error: Could not process rule: Device or resource busy")
        : ended(0, listing(), ""));
    assertThat(busy.waitingHelps()).isTrue();
  }

  @Test
  void a_reading_that_fails_is_not_taken_for_a_table_that_is_gone() {
    var refused = ended(1, "", "Error: No such file or directory");
    assertThat(read(command -> refused)).isInstanceOf(Look.Failed.class);
    assertThat(read(command ->
            command.toString().contains("list table ") ? refused : ended(0, listing(), "")))
        .isEqualTo(new Look.Gone());
    assertThat(read(command ->
            command.toString().contains("list table ") ? refused : ended(0, listing(TABLE), "")))
        .isInstanceOf(Look.Failed.class);
    assertThat(read(
            command -> new CommandResult.Ended(0, listing(TABLE), "", true, Duration.ofMillis(5))))
        .isInstanceOf(Look.Failed.class);
  }

  @Test
  void what_a_failed_change_left_behind_is_put_right_by_the_next() {
    var texts = new ArrayList<String>();
    var table = new MeterTable(
        command -> {
          command.input().ifPresent(texts::add);
          return command.input().isPresent() && texts.size() == 2
              ? new CommandResult.TimedOut("", "", Duration.ofSeconds(5))
              : ended(0, listing(TABLE), "");
        },
        "boot");
    assertThat(table.apply(WantedTable.NONE)).isEqualTo(new Applied.Done(1));
    assertThat(table.apply(WantedTable.NONE)).isEqualTo(new Applied.Done(0));
    var mesh = new WantedTable(
        List.of(), List.of(IpPrefix.of("2001:db8::/32").orElseThrow()), List.of(), List.of());
    assertThat(table.apply(mesh)).isInstanceOf(Applied.Failed.class);
    assertThat(table.apply(WantedTable.NONE)).isEqualTo(new Applied.Done(1));
    assertThat(texts.get(2)).contains("flush", "mesh6", "slow-in").doesNotContain("2001:db8::");
  }

  private static Applied.Failed failed(CommandRunner runner) {
    return (Applied.Failed) new MeterTable(runner, "boot").apply(WantedTable.NONE);
  }

  private static Look read(CommandRunner runner) {
    return new MeterTable(runner, "boot").read(new Uptime(1), Map.of());
  }

  private static CommandResult ended(int exitCode, String output, String errors) {
    return new CommandResult.Ended(exitCode, output, errors, false, Duration.ofMillis(5));
  }

  private static String listing(String... entries) {
    return "{\"nftables\": [" + String.join(", ", entries) + "]}";
  }

  private static String set(String name, int size, String... elements) {
    return "{\"set\": {\"family\": \"netdev\", \"name\": \"" + name
        + "\", \"table\": \"kedge\", \"type\": [\"ifname\"], \"handle\": 4, \"size\": " + size
        + ", \"flags\": [\"dynamic\"], \"elem\": [" + String.join(", ", elements)
        + "], \"stmt\": [{\"counter\": null}]}}";
  }

  private static String element(String parts, int packets, int bytes) {
    return "{\"elem\": {\"val\": {\"concat\": [" + parts + "]}, \"counter\": {\"packets\": "
        + packets + ", \"bytes\": " + bytes + "}}}";
  }
}
