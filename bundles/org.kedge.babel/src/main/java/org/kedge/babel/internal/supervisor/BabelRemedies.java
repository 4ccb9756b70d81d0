package org.kedge.babel.internal.supervisor;

import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.kedge.care.api.Effect;
import org.kedge.care.api.Remedy;

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
        Remedy.of(
            "reopen-babel-socket",
            Effect.NONE,
            Duration.ofSeconds(5),
            "reopened babeld's socket",
            (order, done) -> supervisor.get().mender().reopenSocket(done)),
        Remedy.of(
            "put-back-routes",
            Effect.NONE,
            REPAIR_LIMIT,
            "put lost routes back",
            (order, done) -> supervisor.get().mender().putBackRoutes(done)),
        Remedy.of(
            "sweep-stale-routes",
            Effect.NONE,
            REPAIR_LIMIT,
            "swept stale routes",
            (order, done) -> supervisor.get().mender().sweepStaleRoutes(done)),
        Remedy.of(
            "restore-forwarding",
            Effect.NONE,
            REPAIR_LIMIT,
            "restored forwarding",
            (order, done) -> supervisor.get().mender().restoreForwarding(done)),
        Remedy.of(
            "start-babeld",
            Effect.CAPABILITY,
            START_LIMIT,
            "started babeld",
            (order, done) -> supervisor.get().mender().startBabeld(done)),
        Remedy.of(
            "give-interface-back",
            Effect.TRAFFIC,
            Duration.ofSeconds(15),
            "gave babeld its interfaces back",
            (order, done) -> supervisor.get().mender().giveInterfacesBack(done)),
        Remedy.of(
            "restart-babeld",
            Effect.TRAFFIC,
            START_LIMIT,
            "restarted babeld",
            (order, done) -> supervisor.get().mender().restartBabeld(done)));
  }
}
