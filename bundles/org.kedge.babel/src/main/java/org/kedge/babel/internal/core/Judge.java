package org.kedge.babel.internal.core;

import static org.kedge.babel.internal.core.BabelFaults.BABEL_DEAD;
import static org.kedge.babel.internal.core.BabelFaults.BABEL_SILENT;
import static org.kedge.babel.internal.core.BabelFaults.EXIT_DEAF;
import static org.kedge.babel.internal.core.BabelFaults.FORWARDING_OFF;
import static org.kedge.babel.internal.core.BabelFaults.LINK_DOWN;
import static org.kedge.babel.internal.core.BabelFaults.NEIGHBOURS_LOST;
import static org.kedge.babel.internal.core.BabelFaults.NO_INTERFACE;
import static org.kedge.babel.internal.core.BabelFaults.NO_ROUTES;
import static org.kedge.babel.internal.core.BabelFaults.ROUTES_DIVERGED;
import static org.kedge.babel.internal.core.BabelFaults.UPLINK_OUT;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import org.kedge.babel.api.BabelInterface;
import org.kedge.babel.api.Neighbour;
import org.kedge.babel.api.Route;
import org.kedge.babel.api.RoutingTable;
import org.kedge.base.api.IpPrefix;
import org.kedge.base.api.Uptime;
import org.kedge.care.api.Blame;
import org.kedge.care.api.FaultKind;
import org.kedge.care.api.Reading;

/**
 * Says of each kind of fault whether it is seen. Health is judged by what Babel is for: neighbours heard, finite routes in the
 * kernel, an answer through them; that babeld answers proves nothing. Pure: a {@link Sight} in, readings out.
 */
public final class Judge {
  /** Tries without an answer before babeld counts as silent; one late answer on a busy board is none. */
  static final int SILENT_TRIES = 2;

  static final Duration SILENT_FOR = Duration.ofSeconds(3);

  /** Tries without an answer before an address counts as deaf: two packets may be lost on the air. */
  static final int DEAF_TRIES = 3;

  /** Under heavy but fair load babeld waits a few percent of the time. */
  static final double STARVED_PERCENT = 33;

  private static final double IDLE_PERCENT = 5;

  private static final int BABELD_CLIENTS = 4;
  private static final int NAMED_AT_MOST = 3;

  private final Sight sight;
  private final Memory memory;
  private final Uptime now;

  private Judge(Sight sight, Memory memory, Uptime now) {
    this.sight = sight;
    this.memory = memory;
    this.now = now;
  }

  /** One reading for each kind that is watched with these settings. */
  public static List<Reading> judge(Sight sight, Memory memory, Uptime now) {
    var judge = new Judge(sight, memory, now);
    var readings = new ArrayList<Reading>();
    readings.add(judge.links());
    readings.add(judge.dead());
    readings.add(judge.silent());
    readings.add(judge.interfaces());
    readings.add(judge.neighbours());
    readings.add(judge.routes());
    readings.add(judge.diverged());
    readings.add(judge.forwarding());
    sight.exit().ifPresent(exit -> readings.add(judge.exit(exit)));
    sight.beyond().ifPresent(beyond -> readings.add(judge.uplink(beyond)));
    return readings;
  }

  /** The route that leads to the exit's address, if one with a finite metric is installed: the longest prefix that covers it. */
  public static Optional<Route> wayToExit(Sight sight) {
    return sight
        .exit()
        .flatMap(exit -> IpPrefix.of(exit.address()))
        .flatMap(address -> sight.socket().table().flatMap(table -> way(table, address)));
  }

  private static Optional<Route> way(RoutingTable table, IpPrefix address) {
    Optional<Route> best = Optional.empty();
    var length = -1;
    for (var route : table.routes()) {
      if (route.carries()) {
        var prefix = IpPrefix.of(route.prefix());
        if (prefix.isPresent() && prefix.get().covers(address) && prefix.get().length() > length) {
          best = Optional.of(route);
          length = prefix.get().length();
        }
      }
    }
    return best;
  }

  private Reading links() {
    if (sight.links().isEmpty()) {
      return new Reading.Unseen(LINK_DOWN, now, "the interfaces were not looked at yet");
    }
    var links = sight.links().get();
    var names = interfaceNames();
    var wrong = new ArrayList<String>();
    var blame = Blame.OURS;
    var others = names.stream().filter(name -> isUsable(links, name)).count();
    for (var name : names) {
      var link = links.byName().get(name);
      if (link == null) {
        // A name that never was there is a wrong setting, told as NO_INTERFACE, unless the node has
        // other links to compare with.
        if (memory.links().contains(name) || others > 0) {
          wrong.add(name + " does not exist on this node"
              + (memory.links().contains(name) ? " any more" : ""));
          blame = Blame.OURS_HARDWARE;
        }
      } else if (!link.up()) {
        wrong.add(name + " is set down");
      } else if (!link.carrier()) {
        wrong.add(name + " has no carrier: nothing answers at the far end of the link");
        blame = Blame.OURS_HARDWARE;
      }
    }
    return wrong.isEmpty()
        ? new Reading.Well(LINK_DOWN, links.at())
        : new Reading.Wrong(LINK_DOWN, links.at(), blame, String.join("; ", wrong));
  }

  /** Whether packets can pass a link, as far as is known. */
  private boolean isSpokenOn(String name) {
    return sight.links().map(links -> isUsable(links, name)).orElse(true);
  }

  private static boolean isUsable(Sight.Links links, String name) {
    var link = links.byName().get(name);
    return link != null && link.up() && link.carrier();
  }

  private List<String> interfaceNames() {
    return sight.interfaces().isEmpty()
        ? sight.socket().table().stream()
            .flatMap(table -> table.interfaces().stream())
            .map(BabelInterface::name)
            .toList()
        : sight.interfaces();
  }

  private Reading dead() {
    var socket = sight.socket();
    if (answers()) {
      return new Reading.Well(BABEL_DEAD, socket.answeredAt().orElse(now));
    }
    if (sight.process().isEmpty()) {
      return new Reading.Unseen(BABEL_DEAD, now, "the process was not looked at yet");
    }
    var process = sight.process().get();
    if (process.look() instanceof ProcessLook.Alive) {
      return new Reading.Well(BABEL_DEAD, process.at());
    }
    if (process.look() instanceof ProcessLook.Gone) {
      return new Reading.Wrong(
          BABEL_DEAD,
          process.at(),
          Blame.OURS,
          "babeld does not run: " + process.gone() + routesLeft());
    }
    var unseen = (ProcessLook.Unseen) process.look();
    if (socket.refused() && socket.failures() >= SILENT_TRIES) {
      return new Reading.Wrong(
          BABEL_DEAD,
          now,
          Blame.OURS,
          "nobody listens at babeld's socket (" + socket.failure() + "), and " + unseen.why());
    }
    return new Reading.Unseen(BABEL_DEAD, process.at(), unseen.why());
  }

  private String routesLeft() {
    return sight
        .kernel()
        .map(Sight.Kernel::look)
        .filter(KernelRoutesLook.Seen.class::isInstance)
        .map(look -> ((KernelRoutesLook.Seen) look).routes().size())
        .filter(count -> count > 0)
        .map(count -> "; its routes stay in the kernel and age (" + count + ")")
        .orElse("");
  }

  private boolean answers() {
    return answers(sight);
  }

  /** Whether babeld has answered and has not failed to since. */
  public static boolean answers(Sight sight) {
    return sight.socket().answeredAt().isPresent() && sight.socket().failures() == 0;
  }

  /** Whether babeld is ready to run and is not let. */
  public static boolean isStarved(Sight sight) {
    return waiting(sight) >= STARVED_PERCENT;
  }

  private static double waiting(Sight sight) {
    return sight
        .process()
        .map(Sight.Daemon::waitPercent)
        .orElse(OptionalDouble.empty())
        .orElse(0);
  }

  /** Why another connection would not make babeld answer; empty where it may. */
  public static Optional<String> whyNotTheSocket(Sight sight) {
    var judge =
        new Judge(sight, Memory.NONE, sight.process().map(Sight.Daemon::at).orElse(new Uptime(0)));
    var alive = judge.alive();
    if (answers(sight)) {
      return Optional.of("babeld answers over the one there is");
    }
    if (alive.filter(view -> view.state() == ProcessState.STOPPED).isPresent()) {
      return Optional.of("babeld is stopped and answers nobody");
    }
    if (alive.flatMap(Judge::exhausted).isPresent()) {
      return Optional.of("babeld has no descriptor left for another one");
    }
    // The kernel counts a wait when it ends: the first long one shows as a babeld that could run
    // and does not.
    var stands = alive.filter(view -> view.state() == ProcessState.RUNNING).isPresent()
        && sight.process().stream()
            .flatMapToDouble(process -> process.cpuPercent().stream())
            .anyMatch(cpu -> cpu < IDLE_PERCENT);
    return isStarved(sight) || stands
        ? Optional.of("babeld is starved and would answer another one as late")
        : Optional.empty();
  }

  private Reading silent() {
    var socket = sight.socket();
    var alive = alive();
    if (alive.flatMap(Judge::exhausted).isPresent()) {
      return new Reading.Wrong(
          BABEL_SILENT,
          now,
          Blame.OURS,
          "babeld has used up its descriptors, "
              + alive.flatMap(Judge::exhausted).get()
              + (answers()
                  ? ": it can hear nobody new and will lose its interfaces within half a minute"
                  : "")
              + manner());
    }
    if (alive.isPresent() && isStarved(sight)) {
      return new Reading.Wrong(
          BABEL_SILENT,
          now,
          Blame.OURS,
          String.format(
              Locale.ROOT,
              "babeld (pid %d) is starved: of the last seconds it was ready to run, but waited for a processor, %.0f %%; it answers"
                  + " and says hello late%s",
              alive.get().pid(),
              Math.min(waiting(sight), 100),
              manner()));
    }
    if (answers()) {
      return new Reading.Well(BABEL_SILENT, socket.answeredAt().orElse(now));
    }
    var failingFor = socket.failingSince().map(now::since).orElse(Duration.ZERO);
    // A stopped process is no busy one: a second try would end like the first.
    var stopped = alive.filter(view -> view.state() == ProcessState.STOPPED).isPresent();
    if (!stopped && (socket.failures() < SILENT_TRIES || failingFor.compareTo(SILENT_FOR) < 0)) {
      return socket.answeredAt().isPresent()
          ? new Reading.Well(BABEL_SILENT, socket.answeredAt().get())
          : new Reading.Unseen(BABEL_SILENT, now, "babeld has not answered yet");
    }
    if (alive.isEmpty() && (socket.refused() || isGone())) {
      // Told as BABEL_DEAD; silence is how a dead one sounds.
      return new Reading.Unseen(BABEL_SILENT, now, "no process is known that could answer");
    }
    return new Reading.Wrong(
        BABEL_SILENT,
        now,
        Blame.OURS,
        "babeld"
            + alive
                .map(view -> " (pid " + view.pid() + ", " + view.state().word() + ")")
                .orElse("")
            + " does not answer: "
            + socket.failure()
            + ", "
            + socket.failures()
            + " tries in "
            + failingFor.toSeconds()
            + " s"
            + manner());
  }

  private static Optional<String> exhausted(ProcessView view) {
    if (view.descriptors().isEmpty() || view.descriptorLimit().isEmpty()) {
      return Optional.empty();
    }
    var used = view.descriptors().getAsLong();
    var limit = view.descriptorLimit().getAsLong();
    return used >= limit ? Optional.of(used + " of " + limit) : Optional.empty();
  }

  /** What else is odd about the process: how busy it is, who holds its socket. */
  private String manner() {
    return sight
        .process()
        .map(process -> {
          var words = new StringBuilder();
          process
              .cpuPercent()
              .ifPresent(cpu ->
                  words.append(String.format(Locale.ROOT, "; it uses %.0f %% of a core", cpu)));
          process.clients().ifPresent(clients -> {
            if (clients >= BABELD_CLIENTS) {
              words
                  .append("; ")
                  .append(clients)
                  .append(" clients hold its socket, and it serves four");
            }
          });
          return words.toString();
        })
        .orElse("");
  }

  private Optional<ProcessView> alive() {
    return sight
        .process()
        .map(Sight.Daemon::look)
        .filter(ProcessLook.Alive.class::isInstance)
        .map(look -> ((ProcessLook.Alive) look).view());
  }

  private boolean isGone() {
    return sight
        .process()
        .filter(process -> process.look() instanceof ProcessLook.Gone)
        .isPresent();
  }

  private Reading interfaces() {
    return withTable(NO_INTERFACE, table -> {
      if (table.interfaces().stream().anyMatch(BabelInterface::up)) {
        return new Reading.Well(NO_INTERFACE, table.at());
      }
      if (sight.links().filter(links -> links.at().isBefore(table.at())).isPresent()) {
        return new Reading.Unseen(
            NO_INTERFACE, table.at(), "whether a link went down is not looked at yet");
      }
      if (links() instanceof Reading.Wrong
          && interfaceNames().stream().noneMatch(this::isSpokenOn)) {
        // Told as LINK_DOWN. While another link is up, that one being down explains nothing.
        return new Reading.Unseen(NO_INTERFACE, table.at(), "no link is up");
      }
      var named = table.interfaces().isEmpty()
          ? "none at all"
          : table.interfaces().stream()
              .map(one -> one.name()
                  + (sight
                          .links()
                          .filter(links -> !links.byName().containsKey(one.name()))
                          .isPresent()
                      ? " (does not exist on this node)"
                      : " (down)"))
              .collect(Collectors.joining(", "));
      return new Reading.Wrong(
          NO_INTERFACE,
          table.at(),
          Blame.OURS,
          "babeld answers but has no interface that is up: " + named);
    });
  }

  private Reading neighbours() {
    return withTable(NEIGHBOURS_LOST, table -> {
      var neighbours = table.distinctNeighbours();
      if (neighbours.stream().anyMatch(Neighbour::isHeard)) {
        return new Reading.Well(NEIGHBOURS_LOST, table.at());
      }
      var speaking = table.interfaces().stream()
          .filter(one -> one.up() && isSpokenOn(one.name()))
          .map(BabelInterface::name)
          .toList();
      if (speaking.isEmpty()) {
        return new Reading.Unseen(NEIGHBOURS_LOST, table.at(), "no link is up");
      }
      if (!memory.neighbours()) {
        return new Reading.Well(NEIGHBOURS_LOST, table.at());
      }
      return new Reading.Wrong(
          NEIGHBOURS_LOST,
          table.at(),
          Blame.OURS,
          "no neighbour heard for 4 hello intervals on "
              + String.join(", ", speaking)
              + (neighbours.isEmpty() ? "" : "; last known " + addresses(neighbours)));
    });
  }

  private Reading routes() {
    return withTable(NO_ROUTES, table -> {
      if (table.routes().stream().anyMatch(Route::carries)) {
        return new Reading.Well(NO_ROUTES, table.at());
      }
      // A neighbour stays listed as heard for seconds after its link has gone.
      var heard = table.distinctNeighbours().stream()
          .filter(one -> one.isHeard() && isSpokenOn(one.interfaceName()))
          .toList();
      if (heard.isEmpty()) {
        return new Reading.Unseen(
            NO_ROUTES, table.at(), "no neighbour is heard that could tell a route");
      }
      if (!memory.routes()) {
        return new Reading.Well(NO_ROUTES, table.at());
      }
      var deaf =
          heard.stream().filter(one -> one.transmitCost() >= Neighbour.INFINITY).toList();
      var words = "neighbours heard: "
          + heard.size()
          + ", but of the routes known ("
          + table.routes().size()
          + ") none is installed with a finite metric";
      return new Reading.Wrong(
          NO_ROUTES,
          table.at(),
          Blame.OURS,
          deaf.size() == heard.size()
              ? words + "; none of the neighbours hears this node (cost of being heard 65535): "
                  + addresses(deaf)
              : words);
    });
  }

  private static String addresses(List<Neighbour> neighbours) {
    return named(neighbours.stream()
        .map(one -> one.address() + " on " + one.interfaceName())
        .toList());
  }

  private static String named(List<String> things) {
    return things.stream().limit(NAMED_AT_MOST).collect(Collectors.joining(", "))
        + (things.size() > NAMED_AT_MOST
            ? " and " + (things.size() - NAMED_AT_MOST) + " more"
            : "");
  }

  private Reading diverged() {
    if (sight.kernel().isEmpty()) {
      return new Reading.Unseen(ROUTES_DIVERGED, now, "the kernel's routes were not looked at yet");
    }
    var kernel = sight.kernel().get();
    if (kernel.look() instanceof KernelRoutesLook.Unseen unseen) {
      return new Reading.Unseen(ROUTES_DIVERGED, kernel.at(), unseen.why());
    }
    var routes = ((KernelRoutesLook.Seen) kernel.look()).routes();
    if (isGone() && !answers()) {
      return routes.isEmpty()
          ? new Reading.Well(ROUTES_DIVERGED, kernel.at())
          : new Reading.Wrong(
              ROUTES_DIVERGED,
              kernel.at(),
              Blame.OURS,
              "the kernel keeps the routes of a babeld that is dead: " + routes.size());
    }
    if (!answers()) {
      return new Reading.Unseen(
          ROUTES_DIVERGED, kernel.at(), "babeld does not tell what it has by now");
    }
    if (kernel.comparison().isEmpty()) {
      return new Reading.Unseen(
          ROUTES_DIVERGED, kernel.at(), "babeld has told no routes to compare with");
    }
    if (kernel.confirmed().isEmpty()) {
      return new Reading.Well(ROUTES_DIVERGED, kernel.at());
    }
    var words = new ArrayList<String>();
    var missing = kernel.confirmed().missing();
    if (!missing.isEmpty()) {
      words.add("not in the kernel, though babeld calls them installed: "
          + missing.size()
          + " (the kernel has "
          + kernel.comparison().get().agreed()
          + "): "
          + named(missing));
    }
    var stale = kernel.confirmed().stale();
    if (!stale.isEmpty()) {
      words.add("left in the kernel, though not babeld's any more: " + stale.size() + ": "
          + named(stale));
    }
    return new Reading.Wrong(ROUTES_DIVERGED, kernel.at(), Blame.OURS, String.join("; ", words));
  }

  private Reading forwarding() {
    if (sight.forwarding().isEmpty()) {
      return new Reading.Unseen(FORWARDING_OFF, now, "forwarding was not looked at yet");
    }
    var at = sight.forwarding().get().at();
    var view = sight.forwarding().get().view();
    var wrong = new ArrayList<String>();
    if (view.forwardsIpv6() == ForwardingView.Switch.OFF) {
      wrong.add("the kernel does not forward IPv6 (net.ipv6.conf.all.forwarding is 0)");
    }
    if (view.forwardsIpv4() == ForwardingView.Switch.OFF) {
      wrong.add(
          "the kernel does not forward IPv4 (net.ipv4.ip_forward or an interface's forwarding is 0)");
    }
    if (view.transit() instanceof TransitVerdict.Dropped dropped) {
      wrong.add("the firewall drops transit: table " + dropped.table() + ", chain "
          + dropped.chain() + ": " + dropped.reason());
    }
    return wrong.isEmpty()
        ? new Reading.Well(FORWARDING_OFF, at)
        : new Reading.Wrong(FORWARDING_OFF, at, Blame.OURS, String.join("; ", wrong));
  }

  private Reading exit(Sight.Answers exit) {
    if (!exit.isDeaf()) {
      return seenLast(EXIT_DEAF, exit);
    }
    var way = wayToExit(sight);
    if (way.isPresent()) {
      return new Reading.Wrong(
          EXIT_DEAF,
          exit.at(),
          Blame.EXIT,
          "the exit "
              + exit.address()
              + " missed "
              + exit.misses()
              + " tries, through "
              + way.get().prefix()
              + " via "
              + way.get().via()
              + " on "
              + way.get().interfaceName()
              + ": it, or a node on the way, does not pass packets");
    }
    if (links() instanceof Reading.Wrong) {
      return new Reading.Unseen(
          EXIT_DEAF, exit.at(), "no route leads to the exit while a link of this node is down");
    }
    if (memory.exitRoute()) {
      // Only a neighbour that could tell the route proves that it is no longer told.
      return withTable(
          EXIT_DEAF,
          table -> table.neighbours().stream().anyMatch(Neighbour::isUsable)
              ? new Reading.Wrong(
                  EXIT_DEAF,
                  exit.at(),
                  Blame.EXIT,
                  "no route leads to the exit " + exit.address()
                      + " any more, and it does not answer: it has withdrawn or is gone")
              : new Reading.Unseen(
                  EXIT_DEAF,
                  exit.at(),
                  "no neighbour is there that could tell a route to the exit"));
    }
    return new Reading.Unseen(
        EXIT_DEAF, exit.at(), "no route has led to the exit " + exit.address() + " yet");
  }

  private Reading uplink(Sight.Answers beyond) {
    if (!beyond.isDeaf()) {
      return seenLast(UPLINK_OUT, beyond);
    }
    var exit = sight.exit();
    if (exit.isEmpty() || exit.get().misses() > 0 || exit.get().answeredAt().isEmpty()) {
      return new Reading.Unseen(
          UPLINK_OUT, beyond.at(), "it takes an exit that answers to look beyond it");
    }
    return new Reading.Wrong(
        UPLINK_OUT,
        beyond.at(),
        Blame.UPSTREAM,
        "the exit " + exit.get().address() + " answers, " + beyond.address() + " beyond it missed "
            + beyond.misses() + " tries");
  }

  /** A try or two without an answer leave what was seen last in force, until it is stale. */
  private static Reading seenLast(FaultKind kind, Sight.Answers answers) {
    return answers.answeredAt().isPresent()
        ? new Reading.Well(kind, answers.answeredAt().get())
        : new Reading.Unseen(kind, answers.at(), answers.address() + " has not answered yet");
  }

  private interface TableRule {
    Reading judge(RoutingTable table);
  }

  /** Applies a rule to what babeld told; what a silent babeld told before is no news of now. */
  private Reading withTable(FaultKind kind, TableRule rule) {
    var table = sight.socket().table();
    if (table.isEmpty() || !answers()) {
      return new Reading.Unseen(kind, now, "babeld does not tell");
    }
    return rule.judge(table.get());
  }
}
