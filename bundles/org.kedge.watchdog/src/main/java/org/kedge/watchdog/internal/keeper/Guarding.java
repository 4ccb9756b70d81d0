package org.kedge.watchdog.internal.keeper;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.kedge.base.api.LaneReading;
import org.kedge.base.api.Uptime;
import org.kedge.base.api.UptimeSource;
import org.kedge.watchdog.api.PetDevice;
import org.kedge.watchdog.internal.core.Vigil;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds one timer and pets it at a third of its time-out, step by step; whoever runs the steps gives it its thread and its time. One
 * thread, but for {@link #guard}.
 */
public final class Guarding {
  private static final Logger LOG = LoggerFactory.getLogger(Guarding.class);
  private static final String CARE = "care";

  /** Care is looked at this often, also between two pets: what is stuck is not petted for long. */
  private static final Duration LOOK = Duration.ofSeconds(5);

  private static final Duration RETRY_FIRST = Duration.ofSeconds(1);
  private static final Duration RETRY_LATER = Duration.ofSeconds(30);

  private final Supplier<List<LaneReading>> lanes;
  private final UptimeSource uptime;
  private Runnable changed = () -> {};
  private Vigil vigil;
  private Plan plan = Plan.NOTHING_YET;
  private Optional<Held> held = Optional.empty();
  private String unguarded = Plan.NOTHING_YET.none();
  private boolean isWanted;
  private boolean wasHeld;
  private Optional<Bite> bite = Optional.empty();
  private Optional<String> unpetted = Optional.empty();
  private Uptime petDue;
  private Uptime takeDue;
  private Duration retry = RETRY_FIRST;
  private long pets;
  private Duration slowestPet = Duration.ZERO;
  private volatile Guard guard =
      new Guard(Optional.empty(), unguarded, false, 0, Duration.ZERO, Optional.empty());

  private record Held(PetDevice device, PetDevice.Hold hold, Duration timeout) {}

  private record Bite(String why, Uptime until, Runnable spared) {}

  /** @param lanes how all lanes are now */
  public Guarding(Supplier<List<LaneReading>> lanes, UptimeSource uptime) {
    this.lanes = lanes;
    this.uptime = uptime;
    vigil = new Vigil(uptime.now());
    petDue = uptime.now();
    takeDue = uptime.now();
  }

  /** How things stand. Any thread. */
  public Guard guard() {
    return guard;
  }

  /** @param ear told when {@link #guard} says something new, other than a count; never blocks */
  public void listen(Runnable ear) {
    changed = ear;
  }

  /** A stuck lane of care is borne until then. */
  public void bePatient(Uptime until) {
    vigil = new Vigil(until);
  }

  /** Another thing to hold from now on; what is held already and still comes first stays in hand. */
  public void use(Plan next) {
    var stays = held.isPresent()
        && !next.devices().isEmpty()
        && held.get().device() == next.devices().get(0)
        && next.timeout().equals(plan.timeout());
    plan = next;
    isWanted = next.isWanted();
    wasHeld = stays;
    if (!stays) {
      letGo();
      retry = RETRY_FIRST;
      take();
    }
    tell();
  }

  /**
   * Pets no more, for the timer to act.
   *
   * @param atMost after this long petting goes on: the timer did not act
   * @param spared called then
   */
  public void bite(String why, Duration atMost, Runnable spared) {
    bite = Optional.of(new Bite(why, uptime.now().plus(atMost), spared));
  }

  /** Does what is due. Returns how long until something may be due again. */
  public Duration step() {
    var now = uptime.now();
    if (held.isEmpty() && !now.isBefore(takeDue)) {
      take();
    }
    var pause = pause();
    judge(pause, now);
    if (held.isPresent() && unpetted.isEmpty() && !now.isBefore(petDue)) {
      pet(held.get());
    }
    tell();
    return pause;
  }

  /** A whole part of a third of the time-out, so that no pet is late. */
  private Duration pause() {
    var third = held.map(one -> one.timeout().dividedBy(3)).orElse(LOOK);
    return third.dividedBy(1 + (third.toMillis() - 1) / LOOK.toMillis());
  }

  private void judge(Duration pause, Uptime now) {
    if (bite.isPresent() && !now.isBefore(bite.get().until())) {
      LOG.error(
          "The timer did not reset the node, though it was not petted ({}); it is petted again. Look at 'watchdog' in the status.",
          bite.get().why());
      var spared = bite.get().spared();
      bite = Optional.empty();
      spared.run();
    }
    var care = lanes.get().stream().filter(lane -> lane.lane().equals(CARE)).findFirst();
    var stuck = vigil.look(care, pause, now);
    var why = bite.map(Bite::why).or(() -> stuck);
    if (why.isPresent() && unpetted.isEmpty() && held.isPresent()) {
      LOG.error(
          "The timer is petted no more: {}. It acts within {} s.",
          why.get(),
          held.get().timeout().toSeconds());
    } else if (why.isEmpty() && unpetted.isPresent()) {
      LOG.warn("The timer is petted again: it was not, because {}.", unpetted.get());
      petDue = now;
    }
    // As it was when petting ended, for as long as it has.
    unpetted = why.isPresent() && unpetted.isPresent() ? unpetted : why;
  }

  private void take() {
    var refused = new ArrayList<String>();
    var absent = new ArrayList<String>();
    for (var device : plan.devices()) {
      var taking = device.take(plan.timeout());
      if (taking instanceof PetDevice.Taking.Taken taken) {
        taken(device, taken.hold());
        return;
      }
      if (taking instanceof PetDevice.Taking.Refused no) {
        refused.add(device.name() + ": " + no.why());
      } else if (taking instanceof PetDevice.Taking.Absent no) {
        absent.add(device.name() + ": " + no.why());
      }
    }
    // One that was there and has vanished is missed, one that never was is not.
    isWanted = plan.isWanted() || !refused.isEmpty() || wasHeld;
    var why = plan.devices().isEmpty()
        ? plan.none()
        : String.join("; ", refused.isEmpty() ? absent : refused);
    if (!why.equals(unguarded)) {
      unguarded = why;
      if (isWanted) {
        LOG.error("No timer guards this node: {}. Forwarding goes on; it is tried again.", why);
      } else {
        LOG.info("No timer guards this node: {}.", why);
      }
    }
    takeDue = uptime.now().plus(retry);
    retry = RETRY_LATER;
  }

  private void taken(PetDevice device, PetDevice.Hold hold) {
    held = Optional.of(new Held(device, hold, hold.timeout()));
    wasHeld = true;
    retry = RETRY_FIRST;
    unguarded = "";
    petDue = uptime.now();
    LOG.info(
        "{} guards this node: it acts {} s after the last pet.",
        hold.identity(),
        hold.timeout().toSeconds());
    hold.caveats().forEach(caveat -> LOG.warn("{}: {}.", hold.identity(), caveat));
  }

  private void pet(Held one) {
    var begun = uptime.now();
    try {
      one.hold().pet();
      pets++;
      var took = uptime.now().since(begun);
      slowestPet = took.compareTo(slowestPet) > 0 ? took : slowestPet;
      // From its begin: a slow device must not make the next one late.
      petDue = begun.plus(one.timeout().dividedBy(3));
    } catch (IOException e) {
      LOG.error(
          "{} did not take the pet ({}); it is let go and taken anew.",
          one.hold().identity(),
          e.getMessage());
      letGo();
      unguarded = one.device().name() + ": " + e.getMessage();
      isWanted = true;
      takeDue = uptime.now();
    }
  }

  /** Pets a last time and leaves what is held as it is, for the timer to act unless somebody else holds it in time. */
  public void leave() {
    held.ifPresent(one -> {
      pet(one);
      held = Optional.empty();
      LOG.info(
          "{} is left armed: it acts in {} s unless the node goes down before.",
          one.hold().identity(),
          one.timeout().toSeconds());
    });
  }

  /** Lets go of what is held; it is disarmed unless the device refuses. */
  public void letGo() {
    held.ifPresent(one -> {
      held = Optional.empty();
      var letting = one.hold().letGo();
      if (letting instanceof PetDevice.Letting.Running runs) {
        LOG.warn("{} goes on: {}.", one.hold().identity(), runs.why());
      } else {
        LOG.info("{} is disarmed.", one.hold().identity());
      }
      tell();
    });
  }

  private void tell() {
    var before = guard;
    guard = new Guard(
        held.map(one -> new Guard.Holding(
            one.device().name(),
            one.hold().identity(),
            one.timeout(),
            one.hold().pretimeout(),
            one.hold().caveats())),
        held.isPresent() ? "" : unguarded,
        isWanted,
        pets,
        slowestPet,
        unpetted);
    if (!before.held().equals(guard.held())
        || !before.unguarded().equals(guard.unguarded())
        || !before.unpetted().equals(guard.unpetted())) {
      changed.run();
    }
  }
}
