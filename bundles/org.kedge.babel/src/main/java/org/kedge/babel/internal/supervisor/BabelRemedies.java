package org.kedge.babel.internal.supervisor;

import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.kedge.care.api.Effect;
import org.kedge.care.api.Remedy;
import org.kedge.care.api.RemedyOrder;
import org.kedge.care.api.RemedyOutcome;

/** What can be done around babeld, as care orders it; the supervisor does it on its lane. */
public final class BabelRemedies {
  // Above the limit of the work itself: care must not order the next thing while this one is still
  // being done.
  private static final Duration REPAIR_LIMIT = Mender.REPAIR_LIMIT.plusSeconds(5);
  private static final Duration START_LIMIT = Mender.START_LIMIT.plusSeconds(5);

  private BabelRemedies() {}

  /** Mildest first. Each asks for the supervisor when it is ordered: settings may have brought another one. */
  public static List<Remedy> of(Supplier<BabelSupervisor> supervisor) {
    return List.of(
        remedy(
            "reopen-babel-socket",
            Effect.NONE,
            Duration.ofSeconds(5),
            "reopened babeld's socket",
            done -> supervisor.get().mender().reopenSocket(done)),
        remedy(
            "put-back-routes",
            Effect.NONE,
            REPAIR_LIMIT,
            "put lost routes back",
            done -> supervisor.get().mender().putBackRoutes(done)),
        remedy(
            "sweep-stale-routes",
            Effect.NONE,
            REPAIR_LIMIT,
            "swept stale routes",
            done -> supervisor.get().mender().sweepStaleRoutes(done)),
        remedy(
            "restore-forwarding",
            Effect.NONE,
            REPAIR_LIMIT,
            "restored forwarding",
            done -> supervisor.get().mender().restoreForwarding(done)),
        remedy(
            "start-babeld",
            Effect.CAPABILITY,
            START_LIMIT,
            "started babeld",
            done -> supervisor.get().mender().startBabeld(done)),
        remedy(
            "give-interface-back",
            Effect.TRAFFIC,
            Duration.ofSeconds(15),
            "gave babeld its interfaces back",
            done -> supervisor.get().mender().giveInterfacesBack(done)),
        remedy(
            "restart-babeld",
            Effect.TRAFFIC,
            START_LIMIT,
            "restarted babeld",
            done -> supervisor.get().mender().restartBabeld(done)));
  }

  private static Remedy remedy(
      String name,
      Effect effect,
      Duration limit,
      String deed,
      Consumer<Consumer<RemedyOutcome>> work) {
    return new Remedy() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public Effect effect() {
        return effect;
      }

      @Override
      public Duration limit() {
        return limit;
      }

      @Override
      public String deed() {
        return deed;
      }

      @Override
      public void carryOut(RemedyOrder order, Consumer<RemedyOutcome> done) {
        work.accept(done);
      }
    };
  }
}
