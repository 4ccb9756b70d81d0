package org.kedge.sim.village;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Collectors;
import org.kedge.base.api.Flash;
import org.kedge.base.api.Uptime;
import org.kedge.base.internal.flash.SimulatedFlash;

/** A router: power, kernel, babeld, flash, clock, and Kedge on it. What is true of it is told here, whatever Kedge believes. */
final class Machine {
  final int number;
  final Kernel kernel;
  final Babeld babeld;
  final SimulatedFlash flash = new SimulatedFlash();
  final HardwareTimer timer;
  private final Random chance;
  private final Map<String, Link> links = new LinkedHashMap<>();
  private final List<String> prefixes;
  private final String routerId;
  private boolean powered;
  private Uptime bootedAt = new Uptime(0);
  private String bootId = "";
  private long nextPid = 300;
  private long judgedAtKernel = -1;
  private long judgedAtBabeld = -1;
  private Optional<String> routeAilment = Optional.empty();

  /** How far its wall clock is off. */
  Duration clockError = Duration.ZERO;

  /** While it runs. */
  Optional<Kedge> kedge = Optional.empty();

  Machine(int number, Village village, Random chance) {
    this.number = number;
    this.chance = chance;
    timer = new HardwareTimer(village, this);
    kernel = new Kernel(work -> village.soon("the kernel tells", work));
    babeld = new Babeld(this, chance, () -> village.changed(this));
    prefixes = number == Village.EXIT
        ? List.of(Village.EXIT_ADDRESS + "/128", "198.51.100.254/32")
        : List.of("2001:db8:%x::1/128".formatted(number), "198.51.100." + number + "/32");
    routerId = new Random(number)
        .ints(8, 0, 256)
        .mapToObj("%02x"::formatted)
        .collect(Collectors.joining(":"));
  }

  // --- links and names ---

  void attach(Link link) {
    links.put(link.deviceOf(this), link);
  }

  List<Link> links() {
    return new ArrayList<>(links.values());
  }

  Optional<Link> link(String device) {
    return Optional.ofNullable(links.get(device));
  }

  List<String> devices() {
    return List.copyOf(links.keySet());
  }

  /** Its own addresses as prefixes, IPv6 first. */
  List<String> prefixes() {
    return Collections.unmodifiableList(prefixes);
  }

  String routerId() {
    return routerId;
  }

  boolean isExit() {
    return number == Village.EXIT;
  }

  // --- power ---

  boolean isPowered() {
    return powered;
  }

  void boot(Uptime now) {
    powered = true;
    bootedAt = now;
    bootId = new UUID(chance.nextLong(), chance.nextLong()).toString();
    kernel.boot();
  }

  /** All that is not on flash is gone. */
  void goDark() {
    powered = false;
    timer.powerOff();
    kedge.ifPresent(Kedge::drop);
    kedge = Optional.empty();
    if (babeld.isRunning()) {
      babeld.die();
    }
    kernel.boot();
  }

  String bootId() {
    return bootId;
  }

  /** Since its kernel booted, in the true time of the village. */
  Uptime uptime(Uptime now) {
    return Uptime.of(now.since(bootedAt));
  }

  void startBabeld() {
    nextPid += 1 + chance.nextInt(50);
    babeld.start(nextPid);
  }

  /** Its flash, which takes the machine down with it when the power goes while it works. */
  Flash flash(Runnable onPowerCut) {
    return new Flash() {
      @Override
      public Optional<byte[]> read(String name) throws java.io.IOException {
        return guarded(() -> flash.read(name));
      }

      @Override
      public void write(String name, byte[] content) throws java.io.IOException {
        guarded(() -> {
          flash.write(name, content);
          return true;
        });
      }

      @Override
      public void sync(String name) throws java.io.IOException {
        guarded(() -> {
          flash.sync(name);
          return true;
        });
      }

      @Override
      public void append(String name, byte[] content) throws java.io.IOException {
        guarded(() -> {
          flash.append(name, content);
          return true;
        });
      }

      @Override
      public void delete(String name) throws java.io.IOException {
        guarded(() -> {
          flash.delete(name);
          return true;
        });
      }

      @Override
      public long free() throws java.io.IOException {
        return guarded(flash::free);
      }

      @Override
      public List<String> names() throws java.io.IOException {
        return guarded(flash::names);
      }

      private <T> T guarded(Operation<T> operation) throws java.io.IOException {
        try {
          return operation.run();
        } catch (SimulatedFlash.PowerCut cut) {
          onPowerCut.run();
          throw cut;
        }
      }
    };
  }

  private interface Operation<T> {
    T run() throws java.io.IOException;
  }

  // --- the truth ---

  /** What is wrong with this machine itself, as nobody on it knows for sure; empty if nothing. */
  Optional<String> ailment() {
    if (!babeld.isRunning()) {
      return Optional.of("no babeld runs");
    }
    switch (babeld.mood()) {
      case FROZEN, MUTE, SLOW:
        return Optional.of(
            "its babeld is " + babeld.mood().name().toLowerCase(java.util.Locale.ROOT));
      default:
        break;
    }
    if (!babeld.hasAllInterfaces()) {
      return Optional.of("its babeld lacks interfaces");
    }
    if (!kernel.forwards()) {
      return Optional.of("its kernel does not forward");
    }
    if (kernel.drops()) {
      return Optional.of("its firewall drops transit");
    }
    if (judgedAtKernel != kernel.version || judgedAtBabeld != babeld.version()) {
      judgedAtKernel = kernel.version;
      judgedAtBabeld = babeld.version();
      routeAilment = compareRoutes();
    }
    return routeAilment;
  }

  private Optional<String> compareRoutes() {
    var lost = 0;
    for (var told : babeld.table()) {
      if (kernel.route(told.route().prefix()).filter(told.route()::equals).isEmpty()) {
        lost++;
      }
    }
    var stale = kernel.routes().size() + lost - babeld.table().size();
    return lost + stale == 0
        ? Optional.empty()
        : Optional.of("routes of its kernel lost: " + lost + ", stale: " + stale);
  }

  /** Whether its babeld hears anybody: if not, disturbing Babel disturbs nothing. */
  boolean hearsAnybody() {
    return links.values().stream().anyMatch(link -> link.trusted);
  }

  @Override
  public String toString() {
    return isExit() ? "the exit" : "node " + number;
  }
}
