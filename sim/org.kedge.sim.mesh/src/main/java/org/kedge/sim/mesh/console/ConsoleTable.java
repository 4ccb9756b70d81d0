package org.kedge.sim.mesh.console;

import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import org.kedge.sim.mesh.console.FleetView.JournalEntry;
import org.kedge.sim.mesh.console.FleetView.NodeState;
import org.kedge.sim.mesh.console.FleetView.NodeView;

/**
 * Renders the fleet as text for a terminal. A live table is drawn over its last drawing, with the last lines of the nodes'
 * journals beneath; a plain one writes each line of a journal and a line for each node that changed, for logs and pipes. One
 * thread.
 */
public final class ConsoleTable {
  public static final int WIDTH_DEFAULT = 100;
  private static final int WIDTH_LEAST = 80;
  private static final String GAP = "  ";
  private static final String NONE = "-";
  private static final List<String> HEADER =
      List.of("NODE", "STATE", "NEIGHBOURS", "ROUTES F/I/K", "FAULTS", "REMEDY", "AGE");
  private static final int FAULTS = 4;
  private static final int REMEDY = 5;
  private static final int AGE = 6;

  /** Lines of the journal beneath a live table; more is on the pages. */
  private static final int JOURNAL_LINES = 5;

  private static final String ESCAPE = "\u001b[";
  private static final Map<NodeState, String> COLOURS = Map.of(
      NodeState.HEALTHY, "32",
      NodeState.UNSURE, "33",
      NodeState.FAULTY, "1;31",
      NodeState.STARTING, "36",
      NodeState.LATE, "1;33",
      NodeState.OFFLINE, "1;33",
      NodeState.WAITING, "2");

  private final int width;
  private final boolean plain;
  private final Map<String, String> shown = new HashMap<>();
  private int linesDrawn;
  private long journalShown;

  private ConsoleTable(int width, boolean plain) {
    this.width = Math.max(WIDTH_LEAST, width);
    this.plain = plain;
  }

  /** Drawn in place with ANSI sequences; {@code width} in characters, at least 80 are used. */
  public static ConsoleTable live(int width) {
    return new ConsoleTable(width, false);
  }

  /** One line per change and line of a journal, no sequences, nothing cut. */
  public static ConsoleTable plain() {
    return new ConsoleTable(WIDTH_DEFAULT, true);
  }

  /** What to write next, line ends included; maybe nothing. */
  public String render(FleetView view) {
    return plain ? changes(view) : redraw(view);
  }

  private String changes(FleetView view) {
    var lines = new ArrayList<String>();
    view.journal().stream()
        .filter(entry -> entry.number() > journalShown)
        .sorted(Comparator.comparingLong(JournalEntry::number))
        .forEach(entry -> {
          journalShown = entry.number();
          lines.add(line(entry));
        });
    for (var node : view.nodes()) {
      var line = line(node);
      if (!line.equals(shown.put(node.name(), line))) {
        lines.add(line);
      }
    }
    var now = view.at().truncatedTo(ChronoUnit.SECONDS);
    return lines.stream().map(line -> now + " " + line + "\n").collect(Collectors.joining());
  }

  private static String line(JournalEntry entry) {
    return entry.node() + GAP + entry.line().words();
  }

  // No seconds in it: they change without anything having changed.
  private static String line(NodeView node) {
    var faults = node.faults().stream().map(ConsoleTable::kindAndBlame).toList();
    return "%s %s%s, neighbours %s, routes finite/installed/kernel %s, %s"
        .formatted(
            node.name(),
            node.state().word(),
            node.unsentGrows() ? ", messages wait to be sent" : "",
            neighbours(node),
            routes(node),
            faults.isEmpty() ? "no faults" : String.join(", ", faults));
  }

  private String redraw(FleetView view) {
    var text = new StringBuilder();
    if (linesDrawn > 0) {
      text.append(ESCAPE).append(linesDrawn).append('A');
    }
    var lines = lines(view);
    for (int i = 0; i < lines.size(); i++) {
      var node = i - 2;
      var line = lines.get(i);
      if (node >= 0 && node < view.nodes().size()) {
        line = coloured(line, view.nodes().get(node).state());
      }
      text.append('\r').append(line).append(ESCAPE).append("K\n");
    }
    linesDrawn = lines.size();
    return text.append(ESCAPE).append('J').toString();
  }

  private static String coloured(String line, NodeState state) {
    var word = GAP + state.word();
    int start = line.indexOf(word) + GAP.length();
    int end = start + state.word().length();
    return line.substring(0, start)
        + ESCAPE + COLOURS.getOrDefault(state, "0") + "m"
        + line.substring(start, end)
        + ESCAPE + "0m"
        + line.substring(end);
  }

  /** The sentence, the header, a line for each node, the end of the journal; none wider than the terminal. */
  List<String> lines(FleetView view) {
    var rows = new ArrayList<List<String>>();
    rows.add(HEADER);
    view.nodes().forEach(node -> rows.add(cells(node)));
    var widths = widths(rows);
    var lines = new ArrayList<String>();
    lines.add(cut(view.sentence(), width));
    for (var row : rows) {
      var line = new StringBuilder();
      for (int column = 0; column < row.size(); column++) {
        var cell = cut(row.get(column), widths[column]);
        var space = " ".repeat(widths[column] - length(cell));
        line.append(column == 0 ? "" : GAP).append(column == AGE ? space + cell : cell + space);
      }
      lines.add(cut(line.toString(), width));
    }
    lines.addAll(telemetryTroubles(view));
    lines.addAll(journalEnd(view));
    return lines;
  }

  /** A line for each node whose word does not come whole and in time; most of the time none. */
  private List<String> telemetryTroubles(FleetView view) {
    return view.nodes().stream()
        .flatMap(node -> node
            .telemetryTrouble()
            .map(trouble -> cut("Telemetry of " + node.name() + ": " + trouble, width))
            .stream())
        .toList();
  }

  /** Newest last, as in a log; an empty line before it. */
  private List<String> journalEnd(FleetView view) {
    var lines = new ArrayList<String>();
    view.journal().stream()
        .limit(JOURNAL_LINES)
        .forEach(entry -> lines.add(0, cut(Spoken.clock(entry.at()) + " " + line(entry), width)));
    if (!lines.isEmpty()) {
      lines.add(0, "");
    }
    return lines;
  }

  /** Each column as wide as its widest cell, but faults and remedies share what is left. */
  private int[] widths(List<List<String>> rows) {
    var widths = new int[HEADER.size()];
    for (var row : rows) {
      for (int column = 0; column < row.size(); column++) {
        widths[column] = Math.max(widths[column], length(row.get(column)));
      }
    }
    widths[0] = Math.min(widths[0], width / 6);
    int others = GAP.length() * (HEADER.size() - 1);
    for (int column = 0; column < HEADER.size(); column++) {
      others += column == FAULTS || column == REMEDY ? 0 : widths[column];
    }
    int left = width - others;
    if (widths[FAULTS] + widths[REMEDY] > left) {
      widths[REMEDY] = Math.min(
          widths[REMEDY],
          Math.max(HEADER.get(REMEDY).length(), Math.max(left * 2 / 5, left - widths[FAULTS])));
      widths[FAULTS] = Math.max(HEADER.get(FAULTS).length(), left - widths[REMEDY]);
    }
    return widths;
  }

  private static List<String> cells(NodeView node) {
    var faults = node.faults().stream()
        .map(fault -> kindAndBlame(fault)
            + fault.lasting().map(span -> " " + Spoken.span(span)).orElse(""))
        .collect(Collectors.joining("; "));
    return List.of(
        node.name(),
        node.state().word(),
        neighbours(node),
        routes(node),
        faults.isEmpty() ? NONE : faults,
        remedy(node),
        node.report().map(report -> Spoken.span(report.age())).orElse(NONE));
  }

  private static String remedy(NodeView node) {
    var paused = node.pauseLeft().map(left -> "paused " + Spoken.span(left));
    return node.remedy().map(ConsoleTable::rungAndName).or(() -> paused).orElse(NONE);
  }

  // The rung first: a long name may be cut.
  private static String rungAndName(NodeSnapshot.RemedyLine remedy) {
    return (remedy.rung().isPresent()
            ? remedy.rung().getAsLong() + "/" + count(remedy.rungsCount()) + " "
            : "")
        + remedy.name()
        + (remedy.isSettling() ? ", settling" : "");
  }

  private static String kindAndBlame(NodeSnapshot.FaultLine fault) {
    return fault.blame().isEmpty() ? fault.kind() : fault.kind() + " " + fault.blame();
  }

  private static String neighbours(NodeView node) {
    var usable = count(node.neighboursCount());
    return node.expected() ? usable + "/" + node.linksCount() : usable;
  }

  private static String routes(NodeView node) {
    return node.report()
        .map(report ->
            List.of("routes_finite_count", "routes_installed_count", "routes_kernel_count").stream()
                .map(name -> count(report.snapshot().babelCount(name)))
                .collect(Collectors.joining("/")))
        .orElse(NONE);
  }

  private static String count(OptionalLong count) {
    return count.isPresent() ? String.valueOf(count.getAsLong()) : NONE;
  }

  private static String cut(String text, int limit) {
    return length(text) <= limit
        ? text
        : text.substring(0, text.offsetByCodePoints(0, limit - 1)) + "…";
  }

  private static int length(String text) {
    return text.codePointCount(0, text.length());
  }
}
