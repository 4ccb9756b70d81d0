package org.kedge.sim.village;

import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.kedge.babel.internal.core.ForwardingView;
import org.kedge.babel.internal.core.ForwardingView.Switch;
import org.kedge.babel.internal.core.IpFamily;
import org.kedge.babel.internal.core.KernelRoute;
import org.kedge.babel.internal.core.KernelRoutesLook;
import org.kedge.babel.internal.core.ProcessLook;
import org.kedge.babel.internal.core.ProcessState;
import org.kedge.babel.internal.core.ProcessView;
import org.kedge.babel.internal.core.Sight;
import org.kedge.babel.internal.core.TransitVerdict;
import org.kedge.babel.internal.supervisor.Surroundings;
import org.kedge.base.api.Lane;
import org.kedge.base.api.SettingsReader.Target;
import org.kedge.care.api.RemedyOutcome;

/** A simulated machine as babel's supervisor sees and touches it. */
final class MachineSurroundings implements Surroundings {
  private static final Duration LOOK_TAKES = Duration.ofMillis(40);
  private static final Duration TOUCH_TAKES = Duration.ofMillis(7);
  private static final int DESCRIPTORS = 12;
  private static final int DESCRIPTOR_LIMIT = 1024;

  private final Village village;
  private final Machine machine;
  private final BooleanSupplier alive;

  /** @param alive whether the Kedge that looks still runs: one that is gone touches nothing */
  MachineSurroundings(Village village, Machine machine, BooleanSupplier alive) {
    this.village = village;
    this.machine = machine;
    this.alive = alive;
  }

  @Override
  public Connection connect(Lane lane, Ear ear) {
    return machine.babeld.connect(lane, ear);
  }

  @Override
  public Seen see(List<String> interfaces, Set<IpFamily> families, boolean withForwarding) {
    village.spend(LOOK_TAKES);
    var now = machine.uptime(village.now());
    Map<String, Sight.Link> links = new HashMap<>();
    for (var device : interfaces) {
      machine
          .link(device)
          .ifPresent(link -> links.put(device, new Sight.Link(true, link.hasCarrier())));
    }
    var babeld = machine.babeld;
    return new Seen(
        now,
        babeld.isRunning() ? new ProcessLook.Alive(view(babeld)) : new ProcessLook.Gone(),
        babeld.isRunning() ? "" : "process " + babeld.pid() + " is gone",
        OptionalInt.of(babeld.clients()),
        new Sight.Links(now, links),
        new KernelRoutesLook.Seen(machine.kernel.routes()),
        withForwarding ? Optional.of(forwarding(interfaces)) : Optional.empty());
  }

  private static ProcessView view(Babeld babeld) {
    return new ProcessView(
        babeld.pid(),
        babeld.mood() == Babeld.Mood.FROZEN ? ProcessState.STOPPED : ProcessState.SLEEPING,
        Duration.ZERO,
        Optional.of(Duration.ZERO),
        OptionalLong.of(DESCRIPTORS),
        OptionalLong.of(DESCRIPTOR_LIMIT),
        "babeld");
  }

  private ForwardingView forwarding(List<String> interfaces) {
    var forwards = machine.kernel.forwards() ? Switch.ON : Switch.OFF;
    Map<String, Switch> each = new HashMap<>();
    interfaces.forEach(device -> each.put(device, forwards));
    return new ForwardingView(
        forwards,
        forwards,
        each,
        machine.kernel.drops()
            ? new TransitVerdict.Dropped("inet filter", "forward", "policy drop")
            : new TransitVerdict.Passes());
  }

  @Override
  public Optional<Duration> ask(Target target, Duration limit) throws IOException {
    var beyond = target.text().equals(Village.BEYOND_ADDRESS);
    var answer = village.answers(machine, beyond);
    village.spend(answer.orElse(limit));
    return answer;
  }

  @Override
  public Following follow(Consumer<Change> changed) {
    return machine.kernel.follow(changed);
  }

  @Override
  public RemedyOutcome putBack(List<KernelRoute> routes) {
    if (!alive.getAsBoolean()) {
      return new RemedyOutcome.Failed("this Kedge is gone");
    }
    if (routes.isEmpty()) {
      return new RemedyOutcome.Useless("no route is missing");
    }
    village.spend(TOUCH_TAKES);
    var put = 0;
    for (var route : routes) {
      if (machine.kernel.route(route.prefix()).isEmpty()) {
        machine.kernel.put(route);
        put++;
      }
    }
    village.changed(machine);
    return new RemedyOutcome.Done("put " + put + " of " + routes.size() + " routes back");
  }

  @Override
  public RemedyOutcome sweep(List<KernelRoute> routes) {
    if (!alive.getAsBoolean()) {
      return new RemedyOutcome.Failed("this Kedge is gone");
    }
    if (routes.isEmpty()) {
      return new RemedyOutcome.Useless("no route is stale");
    }
    village.spend(TOUCH_TAKES);
    var swept = routes.stream().filter(machine.kernel::remove).count();
    village.changed(machine);
    return new RemedyOutcome.Done("swept " + swept + " of " + routes.size() + " routes");
  }

  @Override
  public RemedyOutcome restoreForwarding(List<String> interfaces, Set<IpFamily> families) {
    if (!alive.getAsBoolean()) {
      return new RemedyOutcome.Failed("this Kedge is gone");
    }
    village.spend(TOUCH_TAKES);
    machine.kernel.forward(true);
    machine.kernel.drop(false);
    village.changed(machine);
    return new RemedyOutcome.Done("forwarding is on, transit passes the firewall");
  }
}
