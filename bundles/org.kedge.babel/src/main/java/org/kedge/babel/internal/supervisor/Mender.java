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
import org.kedge.babel.internal.core.KernelRoute;
import org.kedge.babel.internal.core.KernelRoutesLook;
import org.kedge.babel.internal.core.LostRoutes;
import org.kedge.babel.internal.core.ProcessLook;
import org.kedge.babel.internal.core.ProcessState;
import org.kedge.babel.internal.core.Sight;
import org.kedge.babel.internal.process.BabeldKeeper;
import org.kedge.base.api.Lane;
import org.kedge.care.api.RemedyOutcome;

/** Carries out what care orders around babeld. Orders come from any thread and are done on babel's lane, as is telling of their end. */
final class Mender {
  static final Duration START_LIMIT = Duration.ofSeconds(30);
  private static final Duration REPAIR_LIMIT = Duration.ofSeconds(15);

  private final BabelSettings settings;
  private final Lane lane;
  private final BabeldKeeper keeper;
  private final Surroundings surroundings;
  private final Talk talk;
  private final View view;

  // This lane only.
  private boolean starting;

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

  /** Whether babeld is being ended or started by an order: that it is gone for a moment is no news. */
  boolean isStarting() {
    return starting;
  }

  void reopenSocket(Consumer<RemedyOutcome> done) {
    onLane("reopen the socket", done, () -> {
      var talks = view.sight().socket().failures() == 0
          && view.sight().socket().answeredAt().isPresent();
      var stopped = view.sight()
          .process()
          .map(Sight.Daemon::look)
          .filter(look -> look instanceof ProcessLook.Alive alive
              && alive.view().state() == ProcessState.STOPPED)
          .isPresent();
      if (talks || stopped) {
        done.accept(new RemedyOutcome.Useless(
            talks ? "babeld answers over it" : "babeld is stopped and answers nobody"));
      } else {
        talk.begin();
        done.accept(new RemedyOutcome.Done("another connection is begun"));
      }
    });
  }

  void putBackRoutes(Consumer<RemedyOutcome> done) {
    onLane("put routes back", done, () -> {
      var told = view.table();
      var kernel = view.sight().kernel();
      if (told.isEmpty() || kernel.isEmpty()) {
        done.accept(new RemedyOutcome.Failed("babeld's table is not known now"));
        return;
      }
      // Only what both looks lacked and babeld still calls installed.
      var confirmed = new HashSet<>(kernel.get().confirmed().missing());
      var still = new HashSet<>(told.get().routes());
      var lost = kernel.get().comparison().stream()
          .flatMap(comparison -> comparison.missing().stream())
          .filter(route -> confirmed.contains(Sight.Disagreement.name(route))
              && still.stream().anyMatch(now -> isSame(now, route)))
          .toList();
      repair(
          "put routes back",
          done,
          () -> surroundings.putBack(LostRoutes.taughtBy(taughtSeen, taughtTold).toPutBack(lost)));
    });
  }

  private static boolean isSame(Route now, Route then) {
    return now.installed()
        && now.isFinite()
        && now.prefix().equals(then.prefix())
        && now.source().equals(then.source())
        && now.via().equals(then.via())
        && now.interfaceName().equals(then.interfaceName());
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
    start("start babeld", keeper::ensureRunning, done);
  }

  void restartBabeld(Consumer<RemedyOutcome> done) {
    start("restart babeld", keeper::startAnew, done);
  }

  private void start(
      String task, Callable<BabeldKeeper.Start> start, Consumer<RemedyOutcome> done) {
    onLane(
        task,
        done,
        () -> lane.aside(task, START_LIMIT, start, outcome -> {
          if (outcome instanceof Lane.Outcome.Done<BabeldKeeper.Start> ended
              && ended.value() instanceof BabeldKeeper.Start.Running running) {
            done.accept(
                new RemedyOutcome.Done("babeld (pid " + running.pid() + ") " + running.how()));
          } else {
            done.accept(new RemedyOutcome.Failed(
                outcome instanceof Lane.Outcome.Done<BabeldKeeper.Start> ended
                        && ended.value() instanceof BabeldKeeper.Start.Failed failed
                    ? failed.why()
                    : task + ": " + outcome));
          }
          talk.begin();
          view.lookAtAll();
        }));
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
      var lacking = usable.stream()
          .filter(name -> told.get().interfaces().stream()
              .noneMatch(one -> one.up() && one.name().equals(name)))
          .toList();
      var chosen = lacking.isEmpty() ? usable : lacking;
      if (chosen.isEmpty()) {
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
