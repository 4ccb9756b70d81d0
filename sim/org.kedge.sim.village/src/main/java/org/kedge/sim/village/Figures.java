package org.kedge.sim.village;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** What many seeds came to. */
final class Figures {
  private final int nodes;
  private final Map<String, Integer> remedies = new TreeMap<>();
  private final Map<Trouble, List<Duration>> cures = new EnumMap<>(Trouble.class);
  private final List<Duration> healed = new ArrayList<>();
  private Duration lived = Duration.ZERO;
  private int seeds;

  /** @param nodes in each village */
  Figures(int nodes) {
    this.nodes = nodes;
  }

  void add(VillageRun.Ending ending) {
    seeds++;
    lived = lived.plus(ending.lived().multipliedBy(nodes));
    healed.add(ending.healedAfter());
    ending.remedies().forEach((name, count) -> remedies.merge(name, count, Integer::sum));
    ending
        .cures()
        .forEach((trouble, took) ->
            cures.computeIfAbsent(trouble, key -> new ArrayList<>()).addAll(took));
  }

  /** How much faster than real a node's time passed. */
  double timesReal(Duration wall) {
    return (double) lived.toMillis() / Math.max(1, wall.toMillis());
  }

  /** For people. */
  List<String> told(Duration wall) {
    var lines = new ArrayList<String>();
    lines.add(String.format(
        Locale.ROOT,
        "%d seeds of %d nodes, %d node-hours in %.1f s: %,.0f times real time per node",
        seeds,
        nodes,
        lived.toHours(),
        wall.toMillis() / 1000.0,
        timesReal(wall)));
    lines.add("all well again after the healing: " + spread(healed));
    lines.add("remedies carried out:");
    remedies.forEach(
        (name, count) -> lines.add(String.format(Locale.ROOT, "  %-28s %6d", name, count)));
    lines.add("cured after (trouble: times, p50, p95, max):");
    cures.forEach((trouble, took) -> lines.add(
        String.format(Locale.ROOT, "  %-28s %6d  %s", trouble.words(), took.size(), spread(took))));
    return lines;
  }

  private static String spread(List<Duration> taken) {
    var sorted = taken.stream().sorted().toList();
    return String.format(
        Locale.ROOT, "%8.1f s %8.1f s %8.1f s", at(sorted, 0.5), at(sorted, 0.95), at(sorted, 1));
  }

  private static double at(List<Duration> sorted, double share) {
    var index = (int) Math.ceil(share * sorted.size()) - 1;
    return sorted.get(Math.max(0, index)).toMillis() / 1000.0;
  }
}
