package org.kedge.sim.village;

import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Predicate;
import org.kedge.babel.internal.core.KernelRoute;
import org.kedge.base.api.Uptime;
import org.kedge.base.internal.flash.SimulatedFlash;

/** Does random trouble to a village, from the seed, and at the end undoes what no node can undo. */
final class Injector {
  /** One node meets trouble this often, on average. */
  private static final Duration PER_NODE = Duration.ofMinutes(30);

  private static final int DURATION_MAX_SECONDS = 20 * 60;

  /** Of the budget of six a day: what a node needs may take more than one. */
  private static final int RESTARTS_A_DAY = 2;

  private static final Duration REST = Duration.ofMinutes(40);
  private static final Duration TEN_YEARS = Duration.ofDays(3_650);

  private final Village village;
  private final Random chance;
  private final Map<Machine, Integer> restarts = new HashMap<>();
  private final Map<Machine, Uptime> programBackAt = new HashMap<>();
  private boolean over;

  Injector(Village village, Random chance) {
    this.village = village;
    this.chance = chance;
  }

  void begin() {
    next();
  }

  private void next() {
    var mean = PER_NODE.toMillis() / village.nodes().size();
    var pause = (long) (-Math.log(1 - chance.nextDouble()) * mean);
    village.world().after(Duration.ofMillis(pause), "trouble", () -> {
      if (!over) {
        strike();
        next();
      }
    });
  }

  private void strike() {
    var trouble = pick();
    var victims = village.nodes().stream().filter(bears(trouble)).toList();
    if (victims.isEmpty()) {
      return;
    }
    var victim = victims.get(chance.nextInt(victims.size()));
    if (trouble.takesRestart()) {
      restarts.merge(victim, 1, Integer::sum);
    }
    strike(trouble, victim, Duration.ofSeconds(10 + chance.nextInt(DURATION_MAX_SECONDS)));
  }

  private Trouble pick() {
    var all = Trouble.values();
    var ticket = chance.nextInt(Arrays.stream(all).mapToInt(one -> one.weight).sum());
    for (var trouble : all) {
      ticket -= trouble.weight;
      if (ticket < 0) {
        return trouble;
      }
    }
    throw new IllegalStateException("A ticket beyond all weights");
  }

  private Predicate<Machine> bears(Trouble trouble) {
    return machine -> machine.isPowered()
        && machine.kedge.isPresent()
        && (!trouble.isOwn || machine.ailment().isEmpty())
        && (!trouble.takesRestart() || restarts.getOrDefault(machine, 0) < RESTARTS_A_DAY);
  }

  /** Does this trouble now. */
  void strike(Trouble trouble, Machine victim, Duration length) {
    var kernel = victim.kernel;
    var babeld = victim.babeld;
    village
        .diary()
        .note(
            "trouble",
            trouble.words() + " on " + victim
                + (trouble.isOwn ? "" : ", " + length.toSeconds() + " s"));
    switch (trouble) {
      case BABELD_KILLED -> village.killBabeld(victim);
      case BABELD_FROZEN -> babeld.turn(Babeld.Mood.FROZEN);
      case BABELD_MUTE -> babeld.turn(Babeld.Mood.MUTE);
      case BABELD_SLOW -> babeld.turn(Babeld.Mood.SLOW);
      case BABELD_LYING -> {
        kernel.flush();
        babeld.turn(Babeld.Mood.LYING);
      }
      case ROUTES_LOST -> loseRoutes(kernel);
      case ROUTES_STALE ->
        kernel.put(new KernelRoute(
            "2001:db8:ffff::1/128",
            "::/0",
            Optional.of("fe80::1"),
            victim.devices().get(0),
            false,
            KernelRoute.MAIN_TABLE,
            1024));
      case FORWARDING_OFF -> kernel.forward(false);
      case TRANSIT_DROPPED -> kernel.drop(true);
      case INTERFACES_TAKEN -> babeld.forgetInterfaces();
      case PROGRAM_GONE -> {
        babeld.programGone = true;
        village.killBabeld(victim);
        later(length, () -> {
          babeld.programGone = false;
          programBackAt.put(victim, village.now());
        });
      }
      case ANSWERS_TORN -> {
        if (babeld.mood() == Babeld.Mood.WELL) {
          var pid = babeld.pid();
          babeld.turn(Babeld.Mood.TORN);
          later(length, () -> mend(babeld, pid));
        }
      }
      case LINK_CUT -> {
        var link = victim.links().get(chance.nextInt(victim.links().size()));
        village.cut(link, true);
        later(length, () -> village.cut(link, false));
      }
      case POWER_CUT -> cutPower(victim, length);
      case EXIT_DEAF -> {
        village.exitDeaf = true;
        later(length, () -> village.exitDeaf = false);
      }
      case UPLINK_OUT -> {
        village.uplinkOut = true;
        later(length, () -> village.uplinkOut = false);
      }
      case BROKER_REFUSES -> {
        village.broker().refuses = true;
        later(length, () -> village.broker().refuses = false);
      }
      case CLOCK_STEP ->
        victim.clockError =
            Duration.ofMillis((long) ((chance.nextDouble() * 2 - 1) * TEN_YEARS.toMillis()));
      case FLASH_FULL -> {
        victim.flash.room(chance.nextInt(100));
        later(length, () -> victim.flash.room(Integer.MAX_VALUE));
      }
      case FLASH_READ_ONLY -> {
        victim.flash.readOnly(true);
        later(length, () -> victim.flash.readOnly(false));
      }
      case KERNEL_MUTE -> {
        kernel.mute = true;
        later(length, () -> kernel.mute = false);
      }
    }
    if (trouble.isOwn) {
      village.cures().wounded(victim, trouble);
    }
    village.changed(victim);
  }

  private void loseRoutes(Kernel kernel) {
    if (chance.nextBoolean()) {
      kernel.flush();
    } else {
      List.copyOf(kernel.routes()).stream()
          .filter(route -> chance.nextBoolean())
          .forEach(kernel::remove);
    }
  }

  private void cutPower(Machine victim, Duration length) {
    var damages = SimulatedFlash.Damage.values();
    var damage = damages[chance.nextInt(damages.length)];
    var at = chance.nextInt(400);
    if (chance.nextBoolean()) {
      // In the midst of a write, if one comes.
      victim.flash.cutPowerAt(1 + chance.nextInt(4));
      village.world().after(Duration.ofSeconds(60), "power cut", () -> {
        if (!over) {
          village.cutPower(victim, length, damage, at);
        }
      });
    } else {
      village.cutPower(victim, length, damage, at);
    }
  }

  private void later(Duration length, Runnable end) {
    village.world().after(length, "trouble ends", end);
  }

  private static void mend(Babeld babeld, long pid) {
    if (babeld.isRunning() && babeld.pid() == pid && babeld.mood() == Babeld.Mood.TORN) {
      babeld.turn(Babeld.Mood.WELL);
    }
  }

  /** Ends all trouble that is not a node's own. */
  void heal() {
    over = true;
    village.diary().note("trouble", "all but the nodes' own is healed");
    village.exitDeaf = false;
    village.uplinkOut = false;
    village.broker().refuses = false;
    village.links().forEach(link -> village.cut(link, false));
    for (var machine : village.nodes()) {
      machine.flash.room(Integer.MAX_VALUE);
      machine.flash.readOnly(false);
      machine.flash.cutPowerAt(0);
      machine.kernel.mute = false;
      mend(machine.babeld, machine.babeld.pid());
      if (!machine.isPowered()) {
        machine.flash.powerOn(SimulatedFlash.Damage.LOST, 0);
        village.powerOn(machine);
      }
      var mayRest = machine.babeld.programGone
          || Optional.ofNullable(programBackAt.get(machine))
              .filter(at -> village.now().since(at).compareTo(REST) < 0)
              .isPresent();
      machine.babeld.programGone = false;
      // Whoever puts the program back starts it: the node looks again in half an hour only.
      if ((mayRest && !machine.babeld.isRunning())
          || (village.auditor().isSpent(machine) && machine.ailment().isPresent())) {
        byHand(machine);
      }
    }
  }

  private void byHand(Machine machine) {
    if (!machine.isPowered()) {
      return;
    }
    village.diary().note(machine, "is cured by hand");
    village.cures().interrupted(machine);
    if (machine.babeld.isRunning()) {
      village.killBabeld(machine);
    }
    machine.kernel.flush();
    machine.kernel.forward(true);
    machine.kernel.drop(false);
    village.startBabeld(machine);
  }
}
