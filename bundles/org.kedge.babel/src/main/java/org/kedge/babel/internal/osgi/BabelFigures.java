package org.kedge.babel.internal.osgi;

import java.util.Locale;
import org.kedge.babel.api.BabelInterface;
import org.kedge.babel.api.Neighbour;
import org.kedge.babel.api.Route;
import org.kedge.babel.api.RoutingTable;
import org.kedge.babel.internal.core.KernelRoute;
import org.kedge.babel.internal.core.KernelRoutesLook;
import org.kedge.babel.internal.core.ProcessLook;
import org.kedge.babel.internal.core.Sight;
import org.kedge.babel.internal.supervisor.BabelSettings;
import org.kedge.babel.internal.supervisor.BabelSupervisor;
import org.kedge.base.api.Figures;
import org.kedge.base.api.Uptime;

/** Babel's section of the snapshot. */
final class BabelFigures {
  /** A snapshot stays small on a node with a crowd of neighbours; the count tells all of them. */
  private static final int NEIGHBOURS_LISTED = 64;

  private BabelFigures() {}

  static Figures of(BabelSettings settings, BabelSupervisor.State state, Uptime now) {
    var sight = state.sight();
    var figures = Figures.builder()
        .text("run_mode", settings.mode().name().toLowerCase(Locale.ROOT))
        .text("version", state.version())
        .text("socket", inWords(sight.socket()))
        .count("malformed_lines", state.malformedLines())
        .text("malformed_first", state.firstMalformed())
        .milliseconds("answer", state.answerTook());
    sight.socket().table().ifPresent(table -> {
      figures.seconds("table_age", now.since(table.at()));
      table(figures, table);
    });
    sight.kernel().ifPresent(kernel -> kernel(figures, kernel));
    sight.process().ifPresent(process -> figures.section("process", process(process)));
    sight.exit().ifPresent(exit -> figures.section("exit", answers(exit)));
    sight.beyond().ifPresent(beyond -> figures.section("beyond", answers(beyond)));
    return figures.build();
  }

  private static String inWords(Sight.Socket socket) {
    if (socket.failures() > 0) {
      return socket.failure();
    }
    return socket.answeredAt().isPresent() ? "connected" : "connecting";
  }

  private static void table(Figures.Builder figures, RoutingTable table) {
    var neighbours = table.distinctNeighbours();
    figures
        .list(
            "interfaces",
            table.interfaces().stream().map(BabelFigures::oneInterface).toList())
        .count("neighbours", neighbours.size())
        .list(
            "neighbours",
            neighbours.stream()
                .limit(NEIGHBOURS_LISTED)
                .map(BabelFigures::neighbour)
                .toList())
        .count("routes", table.routes().size())
        .count(
            "routes_installed", table.routes().stream().filter(Route::installed).count())
        .count("routes_finite", table.routes().stream().filter(Route::carries).count())
        .count("routes_exported", table.exported().size());
  }

  private static Figures oneInterface(BabelInterface one) {
    return Figures.builder()
        .text("name", one.name())
        .flag("up", one.up())
        .texts("addresses", one.addresses())
        .build();
  }

  static Figures neighbour(Neighbour one) {
    var figures = Figures.builder()
        .text("address", one.address())
        .text("interface", one.interfaceName())
        .number("cost", one.cost())
        .number("receive_cost", one.receiveCost())
        .number("transmit_cost", one.transmitCost())
        .text("reach", String.format(Locale.ROOT, "%04x", one.reach()))
        .flag("heard", one.isHeard());
    one.roundTrip().ifPresent(rtt -> figures.milliseconds("rtt", rtt));
    return figures.build();
  }

  private static void kernel(Figures.Builder figures, Sight.Kernel kernel) {
    if (kernel.look() instanceof KernelRoutesLook.Seen seen) {
      figures.count(
          "routes_kernel",
          seen.routes().stream().filter(route -> !route.unreachable()).count());
      figures.count(
          "routes_unreachable",
          seen.routes().stream().filter(KernelRoute::unreachable).count());
    }
    figures
        .count("routes_missing", kernel.confirmed().missing().size())
        .count("routes_stale", kernel.confirmed().stale().size());
  }

  private static Figures process(Sight.Daemon process) {
    var figures = Figures.builder();
    if (process.look() instanceof ProcessLook.Alive alive) {
      figures
          .number("pid", alive.view().pid())
          .text("state", alive.view().state().word());
      alive.view().descriptors().ifPresent(used -> figures.count("descriptors_used", used));
      alive.view().descriptorLimit().ifPresent(limit -> figures.count("descriptors_limit", limit));
      process.cpuPercent().ifPresent(cpu -> figures.percent("cpu", cpu));
      process.waitPercent().ifPresent(wait -> figures.percent("processor_wait", wait));
      process.clients().ifPresent(clients -> figures.count("socket_clients", clients));
    } else if (process.look() instanceof ProcessLook.Gone) {
      figures.text("state", "gone").text("end", process.gone());
    } else {
      figures.text("state", "unseen").text("why", ((ProcessLook.Unseen) process.look()).why());
    }
    return figures.build();
  }

  private static Figures answers(Sight.Answers answers) {
    var figures = Figures.builder()
        .text("address", answers.address())
        .flag("answers", answers.misses() == 0 && answers.answeredAt().isPresent())
        .count("misses", answers.misses());
    answers.roundTrip().ifPresent(rtt -> figures.milliseconds("rtt", rtt));
    return figures.build();
  }
}
