package org.kedge.babel.internal.supervisor;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.kedge.babel.api.Route;
import org.kedge.babel.api.RoutingTable;
import org.kedge.babel.internal.core.IpFamily;
import org.kedge.babel.internal.core.Judge;
import org.kedge.babel.internal.core.KernelRoute;
import org.kedge.babel.internal.core.KernelRoutesLook;
import org.kedge.babel.internal.core.LostRoutes;
import org.kedge.babel.internal.core.ProcessLook;
import org.kedge.babel.internal.core.RouteComparison;
import org.kedge.babel.internal.core.Sight;
import org.kedge.babel.internal.process.BabeldKeeper;
import org.kedge.base.api.Lane;
import org.kedge.care.api.RemedyOutcome;

/** Carries out what care orders around babeld. Orders come from any thread and are done on babel's lane, as is telling of their end. */
final class Mender {
  static final Duration START_LIMIT = Duration.ofSeconds(30);
  static final Duration REPAIR_LIMIT = Duration.ofSeconds(30);

  private final BabelSettings settings;
  private final Lane lane;
  private final BabeldKeeper keeper;
  private final Surroundings surroundings;
  private final Talk talk;
  private final View view;

  // This lane only.
  private boolean starting;
  private int starts;

  /** Routes as kernel and babeld had them when they last agreed. */
  private List<KernelRoute> taughtSeen = List.of();

  private List<Route> taughtTold = List.of();

  /** What is seen now; on the lane. */
  interface View {
    Sight sight();

    /** babeld's table while it is fresh. */
    Optional<RoutingTable> table();

    List<String> interfaceNames();

    Set<IpFamily> families();

    /** Something was changed: look at all of it again. */
    void lookAtAll();
  }

  Mender(
      BabelSettings settings,
      Lane lane,
      BabeldKeeper keeper,
      Surroundings surroundings,
      Talk talk,
      View view) {
    this.settings = settings;
    this.lane = lane;
    this.keeper = keeper;
    this.surroundings = surroundings;
    this.talk = talk;
    this.view = view;
  }

  /** Kernel and babeld agree now: so are routes to be put back. */
  void learn(List<KernelRoute> seen, List<Route> told) {
    taughtSeen = seen;
    taughtTold = told;
  }

  /** Grows with each end of a start: what was seen before it is of another babeld. */
  int starts() {
    return starts;
  }

  /** Whether babeld is being ended or started by an order: that it is gone for a moment is no news. */
  boolean isStarting() {
    return starting;
  }

  void reopenSocket(Consumer<RemedyOutcome> done) {
    onLane("reopen the socket", done, () -> {
      var other = Judge.whyNotTheSocket(view.sight());
      if (other.isPresent()) {
        done.accept(new RemedyOutcome.Useless(other.get()));
      } else {
        talk.begin();
        done.accept(new RemedyOutcome.Done("another connection is begun"));
      }
    });
  }

  /** Whatever the kernel lacks by now, and not only what was seen before: who flushes one family flushes the other a moment later. */
  void putBackRoutes(Consumer<RemedyOutcome> done) {
    onLane("put routes back", done, () -> {
      var told = view.table();
      if (told.isEmpty()) {
        done.accept(new RemedyOutcome.Failed("babeld's table is not known now"));
        return;
      }
      var interfaces = view.interfaceNames();
      var families = view.families();
      var taught = LostRoutes.taughtBy(taughtSeen, taughtTold);
      repair("put routes back", done, () -> {
        var kernel = surroundings.see(interfaces, families, false).kernel();
        return kernel instanceof KernelRoutesLook.Seen seen
            ? surroundings.putBack(
                taught.toPutBack(RouteComparison.of(told.get(), seen.routes()).missing()))
            : new RemedyOutcome.Failed(((KernelRoutesLook.Unseen) kernel).why());
      });
    });
  }

  void sweepStaleRoutes(Consumer<RemedyOutcome> done) {
    onLane("sweep stale routes", done, () -> {
      var kernel = view.sight().kernel();
      if (kernel.isEmpty() || !(kernel.get().look() instanceof KernelRoutesLook.Seen seen)) {
        done.accept(new RemedyOutcome.Failed("the kernel's routes are not known now"));
        return;
      }
      var confirmed = new HashSet<>(kernel.get().confirmed().stale());
      var stale = isBabeldGone()
          ? seen.routes()
          : kernel.get().comparison().stream()
              .flatMap(comparison -> comparison.stale().stream())
              .filter(route -> confirmed.contains(Sight.Disagreement.name(route)))
              .toList();
      repair("sweep stale routes", done, () -> surroundings.sweep(stale));
    });
  }

  private boolean isBabeldGone() {
    return view.sight()
        .process()
        .filter(process -> process.look() instanceof ProcessLook.Gone)
        .isPresent();
  }

  void restoreForwarding(Consumer<RemedyOutcome> done) {
    onLane("restore forwarding", done, () -> {
      var interfaces = view.interfaceNames();
      var families = view.families();
      repair(
          "restore forwarding", done, () -> surroundings.restoreForwarding(interfaces, families));
    });
  }

  private void repair(String task, Consumer<RemedyOutcome> done, Callable<RemedyOutcome> repair) {
    lane.aside(task, REPAIR_LIMIT, repair, outcome -> {
      done.accept(
          outcome instanceof Lane.Outcome.Done<RemedyOutcome> ended
              ? ended.value()
              : new RemedyOutcome.Failed(task + ": " + outcome));
      view.lookAtAll();
    });
  }

  void startBabeld(Consumer<RemedyOutcome> done) {
    onLane("start babeld", done, () -> begin("start babeld", keeper::ensureRunning, done));
  }

  void restartBabeld(Consumer<RemedyOutcome> done) {
    // One that is silent would not take its leave of the neighbours; it only costs time to ask.
    onLane("restart babeld", done, () -> {
      var kindly = Judge.answers(view.sight()) && !Judge.isStarved(view.sight());
      begin("restart babeld", () -> keeper.startAnew(kindly), done);
    });
  }

  private void begin(
      String task, Callable<BabeldKeeper.Start> start, Consumer<RemedyOutcome> done) {
    starting = true;
    lane.aside(task, START_LIMIT, start, outcome -> {
      starting = false;
      starts++;
      done.accept(outcome(task, outcome));
      talk.begin();
      view.lookAtAll();
    });
  }

  private static RemedyOutcome outcome(String task, Lane.Outcome<BabeldKeeper.Start> outcome) {
    if (!(outcome instanceof Lane.Outcome.Done<BabeldKeeper.Start> done)) {
      return new RemedyOutcome.Failed(task + ": " + outcome);
    }
    return done.value() instanceof BabeldKeeper.Start.Running running
        ? new RemedyOutcome.Done("babeld (pid " + running.pid() + ") " + running.how())
        : new RemedyOutcome.Failed(((BabeldKeeper.Start.Failed) done.value()).why());
  }

  /** Those babeld lacks, or, where it lacks none, all of them: taken and given again, so that it greets its neighbours anew. */
  void giveInterfacesBack(Consumer<RemedyOutcome> done) {
    onLane("give interfaces back", done, () -> {
      var told = view.table();
      if (told.isEmpty()) {
        done.accept(new RemedyOutcome.Failed("babeld's table is not known now"));
        return;
      }
      var usable = view.interfaceNames().stream().filter(this::isUsable).toList();
      var known = told.get().interfaces();
      // One that babeld does not know is given back also while its link is down: nothing else
      // would, once it is up.
      var lacking = view.interfaceNames().stream()
          .filter(name -> known.stream().noneMatch(one -> one.name().equals(name))
              || (usable.contains(name)
                  && known.stream().noneMatch(one -> one.up() && one.name().equals(name))))
          .toList();
      var chosen = lacking.isEmpty() ? usable : lacking;
      if (usable.isEmpty()) {
        done.accept(new RemedyOutcome.Useless("none of its interfaces exists and is up: "
            + String.join(", ", view.interfaceNames())));
        return;
      }
      var declined = new ArrayList<String>();
      for (var name : chosen) {
        if (told.get().interfaces().stream().anyMatch(one -> one.name().equals(name))) {
          talk.order("flush interface " + name, answer -> note(declined, answer));
        }
        talk.order(settings.interfaceLine(name), answer -> {
          note(declined, answer);
          if (name.equals(chosen.get(chosen.size() - 1))) {
            done.accept(
                declined.isEmpty()
                    ? new RemedyOutcome.Done("gave back " + String.join(", ", chosen))
                    : new RemedyOutcome.Failed(String.join("; ", declined)));
          }
        });
      }
    });
  }

  private boolean isUsable(String name) {
    return view.sight()
        .links()
        .map(links -> links.byName().get(name))
        .filter(link -> link.up() && link.carrier())
        .isPresent();
  }

  private static void note(List<String> declined, Talk.Answer answer) {
    if (!answer.taken()) {
      declined.add(answer.words());
    }
  }

  private void onLane(String task, Consumer<RemedyOutcome> done, Runnable work) {
    if (lane.post(task, work) != Lane.Posting.ACCEPTED) {
      done.accept(new RemedyOutcome.Failed("babel's lane takes no work now"));
    }
  }
}
