package org.kedge.sim.mesh.zombie;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.kedge.sim.mesh.fault.MeshFault;

/** The table of all cases: a row for each fault and interval, Kedge in full and the other keepers beside it. Pure. */
final class ZombieTable {
  private static final List<String> KEDGE_COLUMNS = List.of(
      "found after", "called", "forwarding again", "target", "", "lost", "helped", "restarts");

  private final List<KeeperKind> keepers;

  ZombieTable(List<KeeperKind> keepers) {
    this.keepers = List.copyOf(keepers);
  }

  /** One fault at one pace, under all keepers asked for; a keeper without an outcome could not be tried. */
  record Row(MeshFault fault, Intervals intervals, Map<KeeperKind, Outcome> outcomes) {
    Row {
      outcomes = Map.copyOf(outcomes);
    }

    Verdicts.Mark mark() {
      return Optional.ofNullable(outcomes.get(KeeperKind.KEDGE))
          .map(kedge -> Verdicts.judge(fault, intervals, kedge))
          .orElse(Verdicts.Mark.NONE);
    }
  }

  String markdown(List<Row> rows) {
    var lines = new ArrayList<String>();
    var head = head();
    lines.add("| " + String.join(" | ", head) + " |");
    lines.add("|" + "---|".repeat(head.size()));
    rows.forEach(row -> lines.add(cells(row).stream()
        .map(cell -> cell.replace("|", "\\|"))
        .collect(Collectors.joining(" | ", "| ", " |"))));
    return String.join("\n", lines) + "\n";
  }

  String text(List<Row> rows) {
    var all = new ArrayList<List<String>>();
    all.add(head());
    rows.forEach(row -> all.add(cells(row)));
    var widths = new int[head().size()];
    all.forEach(cells -> {
      for (var i = 0; i < cells.size(); i++) {
        widths[i] = Math.max(widths[i], cells.get(i).length());
      }
    });
    return all.stream().map(cells -> line(cells, widths)).collect(Collectors.joining("\n")) + "\n";
  }

  private static String line(List<String> cells, int[] widths) {
    var line = new StringBuilder();
    for (var i = 0; i < cells.size(); i++) {
      line.append(cells.get(i)).append(" ".repeat(widths[i] - cells.get(i).length() + 2));
    }
    return line.toString().stripTrailing();
  }

  private List<String> head() {
    var head = new ArrayList<>(List.of("fault", "intervals"));
    for (var keeper : keepers) {
      if (keeper == KeeperKind.KEDGE) {
        head.addAll(KEDGE_COLUMNS);
      } else {
        head.add("with " + keeper.word());
      }
    }
    return head;
  }

  private List<String> cells(Row row) {
    var cells = new ArrayList<>(List.of(row.fault().name(), row.intervals().word()));
    for (var keeper : keepers) {
      var outcome = Optional.ofNullable(row.outcomes().get(keeper));
      if (keeper == KeeperKind.KEDGE) {
        cells.addAll(outcome
            .map(told -> kedge(row.fault(), row.intervals(), told))
            .orElse(KEDGE_COLUMNS.stream().map(column -> "not tried").toList()));
      } else {
        cells.add(outcome.map(told -> otherInWords(row.intervals(), told)).orElse("not tried"));
      }
    }
    return cells;
  }

  private static List<String> kedge(MeshFault fault, Intervals intervals, Outcome told) {
    return List.of(
        told.found().map(ZombieTable::seconds).orElse("–"),
        told.called().orElse("no fault"),
        again(told, intervals.window())
            + told.remains().map(words -> ", but " + words).orElse(""),
        Verdicts.target(fault, intervals),
        Verdicts.judge(fault, intervals, told).word(),
        Long.toString(told.lost()),
        told.remedies().isEmpty() ? "–" : String.join(", ", told.remedies()),
        Integer.toString(told.restarts()));
  }

  /** A case under Kedge as a line of its own. */
  static String kedgeInWords(MeshFault fault, Intervals intervals, Outcome told) {
    var cells = kedge(fault, intervals, told);
    var words = new ArrayList<String>();
    for (var i = 0; i < cells.size(); i++) {
      words.add((KEDGE_COLUMNS.get(i) + " " + cells.get(i)).strip());
    }
    return String.join("; ", words);
  }

  /** A case under another keeper, in a cell or as a line of its own. */
  static String otherInWords(Intervals intervals, Outcome told) {
    var words = new ArrayList<String>();
    words.add(again(told, intervals.window()));
    if (told.lost() > 0) {
      words.add(told.lost() + " lost");
    }
    if (told.restarts() > 0) {
      words.add(told.restarts() == 1 ? "1 start" : told.restarts() + " starts");
    }
    told.remains().ifPresent(words::add);
    told.note().ifPresent(words::add);
    return String.join(", ", words);
  }

  private static String again(Outcome told, Duration window) {
    return told.again()
        .map(span -> span.isZero() ? "never stopped" : seconds(span))
        .orElse("never within " + window.toSeconds() + " s");
  }

  /** With a decimal while it matters. */
  static String seconds(Duration span) {
    var seconds = span.toMillis() / 1e3;
    return String.format(Locale.ROOT, seconds < 100 ? "%.1f s" : "%.0f s", seconds);
  }
}
