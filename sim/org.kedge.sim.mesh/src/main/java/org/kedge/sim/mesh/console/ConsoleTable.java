package org.kedge.sim.mesh.console;

import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import org.kedge.sim.mesh.console.FleetView.NodeState;
import org.kedge.sim.mesh.console.FleetView.NodeView;

/**
 * Renders the fleet as text for a terminal. A live table is drawn over its last drawing; a plain one writes a line for each node
 * that changed, for logs and pipes. One thread.
 */
public final class ConsoleTable {
  public static final int WIDTH_DEFAULT = 100;
  private static final int WIDTH_LEAST = 70;
  private static final String GAP = "  ";
  private static final String NONE = "-";
  private static final List<String> HEADER =
      List.of("NODE", "STATE", "NEIGHBOURS", "ROUTES F/I/K", "FAULTS", "AGE");
  private static final int FAULTS = 4;
  private static final int AGE = 5;

  private static final String ESCAPE = "\u001b[";
  private static final Map<NodeState, String> COLOURS = Map.of(
      NodeState.HEALTHY, "32",
      NodeState.UNSURE, "33",
      NodeState.FAULTY, "1;31",
      NodeState.STARTING, "36",
      NodeState.LATE, "1;33",
      NodeState.WAITING, "2");

  private final int width;
  private final boolean plain;
  private final Map<String, String> shown = new HashMap<>();
  private int linesDrawn;

  private ConsoleTable(int width, boolean plain) {
    this.width = Math.max(WIDTH_LEAST, width);
    this.plain = plain;
  }

  /** Drawn in place with ANSI sequences; {@code width} in characters, at least 70 are used. */
  public static ConsoleTable live(int width) {
    return new ConsoleTable(width, false);
  }

  /** One line per change, no sequences, nothing cut. */
  public static ConsoleTable plain() {
    return new ConsoleTable(WIDTH_DEFAULT, true);
  }

  /** What to write next, line ends included; maybe nothing. */
  public String render(FleetView view) {
    return plain ? changes(view) : redraw(view);
  }

  private String changes(FleetView view) {
    var text = new StringBuilder();
    for (var node : view.nodes()) {
      var line = line(node);
      if (!line.equals(shown.put(node.name(), line))) {
        text.append(view.at().truncatedTo(ChronoUnit.SECONDS))
            .append(' ')
            .append(line)
            .append('\n');
      }
    }
    return text.toString();
  }

  // No seconds in it: they change without anything having changed.
  private static String line(NodeView node) {
    var faults = node.faults().stream().map(ConsoleTable::kindAndBlame).toList();
    return "%s %s, neighbours %s, routes finite/installed/kernel %s, %s"
        .formatted(
            node.name(),
            node.state().word(),
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
      if (node >= 0) {
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

  /** The sentence, the header, a line for each node; none wider than the terminal. */
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
      lines.add(line.toString());
    }
    return lines;
  }

  /** Each column as wide as its widest cell, but faults take what is left. */
  private int[] widths(List<List<String>> rows) {
    var widths = new int[HEADER.size()];
    for (var row : rows) {
      for (int column = 0; column < row.size(); column++) {
        widths[column] = Math.max(widths[column], length(row.get(column)));
      }
    }
    widths[0] = Math.min(widths[0], width / 5);
    int others = GAP.length() * (HEADER.size() - 1);
    for (int column = 0; column < HEADER.size(); column++) {
      others += column == FAULTS ? 0 : widths[column];
    }
    widths[FAULTS] =
        Math.max(HEADER.get(FAULTS).length(), Math.min(widths[FAULTS], width - others));
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
        node.report().map(report -> Spoken.span(report.age())).orElse(NONE));
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
