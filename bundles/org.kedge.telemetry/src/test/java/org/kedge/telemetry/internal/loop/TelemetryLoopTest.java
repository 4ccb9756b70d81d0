package org.kedge.telemetry.internal.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.kedge.base.api.Node;
import org.kedge.base.api.NodeId;
import org.kedge.base.api.SettingsNews;
import org.kedge.base.api.Start;
import org.kedge.base.api.Uptime;
import org.kedge.base.internal.flash.SimulatedFlash;
import org.kedge.base.internal.lane.VirtualLanes;
import org.kedge.telemetry.api.Uplink;
import org.kedge.telemetry.internal.core.Snapshot;
import org.kedge.telemetry.internal.outbox.Outbox;

class TelemetryLoopTest {
  private static final Duration PERIOD = Duration.ofMinutes(1);
  private static final Outbox.Limits LIMITS = new Outbox.Limits(8 << 20, Duration.ofHours(72));

  private final VirtualLanes time = new VirtualLanes(new Uptime(0));
  private final VirtualLanes.VirtualLane lane =
      (VirtualLanes.VirtualLane) time.open("telemetry", 64);
  private final TelemetryLoop loop = new TelemetryLoop(lane, world(), () -> 0.5);

  private TelemetryLoop.World world() {
    return new TelemetryLoop.World(
        new Node(new NodeId("roof-7"), "0c1f.3", "0c1f", Path.of("nowhere"), new SimulatedFlash()),
        new Start(Start.Cause.UNKNOWN, "a test", 1, false),
        new Snapshot.Versions("1", "17", "6.1"),
        time,
        () -> Instant.EPOCH,
        Optional::empty,
        new SettingsNews(),
        List::of);
  }

  @Test
  void an_uplink_that_comes_while_the_outbox_is_being_opened_is_used_and_stays() {
    var kura = new TakingUplink();
    loop.take(LIMITS, PERIOD, Optional.empty());
    // Its turn comes after flash was asked and before flash has answered.
    lane.post("meanwhile", () -> loop.take(LIMITS, PERIOD, Optional.of(kura)));
    time.pass(PERIOD.multipliedBy(3));
    assertThat(kura.subjects).contains("snapshot");
    assertThat(loop.status().values().toString())
        .contains("uplink=kura")
        .contains("connected=true");
  }

  @Test
  void an_uplink_that_goes_while_the_outbox_is_being_opened_is_never_used() {
    var kura = new TakingUplink();
    loop.take(LIMITS, PERIOD, Optional.of(kura));
    lane.post("meanwhile", () -> loop.take(LIMITS, PERIOD, Optional.empty()));
    time.pass(PERIOD.multipliedBy(3));
    assertThat(kura.subjects).isEmpty();
    assertThat(loop.status().values().toString()).contains("uplink=none");
  }

  /** Takes whatever it is given. */
  private static final class TakingUplink implements Uplink {
    final List<String> subjects = new ArrayList<>();
    private Optional<Ears> ears = Optional.empty();

    @Override
    public String name() {
      return "kura";
    }

    @Override
    public Pace pace() {
      return new Pace(4, Duration.ofSeconds(1), Duration.ofSeconds(120));
    }

    @Override
    public Connection connect(Presence presence, Ears heard) {
      ears = Optional.of(heard);
      return new Connection.Ready();
    }

    @Override
    public Handover hand(Message message) {
      subjects.add(message.subject());
      ears.ifPresent(heard -> heard.confirmed(message.ticket()));
      return new Handover.Taken();
    }

    @Override
    public void tell(Presence presence) {}

    @Override
    public void close() {}
  }
}
