package org.kedge.sim.mesh.topology;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Reads the text form of a {@link Topology}: one statement a line, {@code #} starts a comment, the
 * order of statements is free, the order of nodes gives their numbers.
 *
 * <pre>
 * mesh NAME
 * babeld OPTIONS
 * node NAME [exit]
 * link NODE NODE [cost RXCOST]
 * address NODE ADDRESS/LENGTH
 * </pre>
 */
public final class TopologyParser {
  /** What a file turned out to be. */
  public sealed interface Reading {
    record Read(Topology topology) implements Reading {}

    /** All mistakes, by line. */
    record Rejected(List<Mistake> mistakes) implements Reading {
      public Rejected {
        mistakes = List.copyOf(mistakes);
      }

      /** One line of text a mistake, each starting with {@code where:line}. */
      public String inWords(String where) {
        return String.join(
            "\n", mistakes.stream().map(each -> where + ":" + each.inWords()).toList());
      }
    }
  }

  /**
   * One thing wrong with a file.
   *
   * @param line from 1; the last line if something is missing
   * @param text what was seen and what is allowed
   */
  public record Mistake(int line, String text) {
    String inWords() {
      return line + ": " + text;
    }
  }

  private static final Pattern MESH_NAME = Pattern.compile("[a-z][a-z0-9-]{0,19}");
  private static final Pattern NODE_NAME = Pattern.compile("[a-z][a-z0-9]{0,11}");
  private static final Set<String> RESERVED = Set.of("broker", "beyond");
  private static final Pattern WORD = Pattern.compile("'([^']*)'|\"([^\"]*)\"|(\\S+)");
  private static final Pattern ONE_OPTION = Pattern.compile("-[a-zA-Z]");
  private static final String WITH_SECONDS = "hHM";
  private static final String WITH_VALUE = "hHMzkACd";
  private static final String ALONE = "slwr";
  private static final int RXCOST_MOST = 65534;

  private record Line(int number, List<String> words) {
    String text() {
      return String.join(" ", words);
    }
  }

  private final List<Mistake> mistakes = new ArrayList<>();
  private final Map<String, Integer> firstSeen = new HashMap<>();
  private final Map<String, Boolean> nodes = new LinkedHashMap<>();
  private final List<Line> linkLines = new ArrayList<>();
  private final List<Line> addressLines = new ArrayList<>();
  private final List<String> babeldOptions = new ArrayList<>();
  private Optional<String> name = Optional.empty();

  private TopologyParser() {}

  public static Reading parse(Path file) throws IOException {
    return parse(Files.readAllLines(file));
  }

  public static Reading parse(List<String> lines) {
    return new TopologyParser().read(lines);
  }

  private Reading read(List<String> lines) {
    for (var i = 0; i < lines.size(); i++) {
      var line = new Line(i + 1, words(lines.get(i)));
      if (!line.words().isEmpty()) {
        statement(line);
      }
    }
    var links = linkLines.stream().map(this::link).flatMap(Optional::stream).toList();
    var extra = addresses();
    var end = Math.max(1, lines.size());
    if (!firstSeen.containsKey("mesh")) {
      mistake(end, "no name; a line 'mesh NAME' is needed");
    }
    if (nodes.isEmpty()) {
      mistake(
          end, "no nodes; 1 to " + Topology.NODES_MOST + " lines 'node NAME [exit]' are needed");
    }
    if (!mistakes.isEmpty()) {
      mistakes.sort((one, other) -> Integer.compare(one.line(), other.line()));
      return new Reading.Rejected(mistakes);
    }
    var numbered = new ArrayList<Topology.Node>();
    nodes.forEach((node, exit) -> numbered.add(
        new Topology.Node(numbered.size() + 1, node, exit, extra.getOrDefault(node, List.of()))));
    return new Reading.Read(new Topology(name.orElseThrow(), babeldOptions, numbered, links));
  }

  private void statement(Line line) {
    switch (line.words().get(0)) {
      case "mesh" -> mesh(line);
      case "babeld" -> babeld(line);
      case "node" -> node(line);
      case "link" -> linkLines.add(line);
      case "address" -> addressLines.add(line);
      default ->
        mistake(
            line.number(),
            "'" + line.words().get(0)
                + "' is not known; a line starts with mesh, babeld, node, link or address");
    }
  }

  private void mesh(Line line) {
    if (seenBefore(line, "mesh", "mesh")) {
      return;
    }
    if (line.words().size() != 2 || !MESH_NAME.matcher(line.words().get(1)).matches()) {
      mistake(
          line.number(),
          "'" + line.text() + "' should be 'mesh NAME', the name a small letter and then up to 19"
              + " small letters, digits or '-'");
      return;
    }
    name = Optional.of(line.words().get(1));
  }

  private void babeld(Line line) {
    if (seenBefore(line, "babeld", "babeld")) {
      return;
    }
    var words = line.words();
    var i = 1;
    while (i < words.size()) {
      var option = words.get(i++);
      var letter = ONE_OPTION.matcher(option).matches() ? option.substring(1) : "?";
      if (ALONE.contains(letter)) {
        continue;
      }
      if (!WITH_VALUE.contains(letter)) {
        mistake(
            line.number(),
            "babeld option '" + option + "' is not allowed; allowed are -h -H -M SECONDS,"
                + " -z -k -A -C -d VALUE and -s -l -w -r (files and sockets are the node's own)");
        return;
      }
      if (i == words.size() || (WITH_SECONDS.contains(letter) && !isSeconds(words.get(i)))) {
        mistake(
            line.number(),
            "babeld option " + option + " needs a value"
                + (WITH_SECONDS.contains(letter) ? " in seconds, 0 to 600" : "")
                + (i == words.size() ? ", but has none" : ", but has '" + words.get(i) + "'"));
        return;
      }
      i++;
    }
    babeldOptions.addAll(words.subList(1, words.size()));
  }

  private void node(Line line) {
    var words = line.words();
    var shaped = words.size() == 2 || (words.size() == 3 && words.get(2).equals("exit"));
    if (!shaped || !NODE_NAME.matcher(words.get(1)).matches() || RESERVED.contains(words.get(1))) {
      mistake(
          line.number(),
          "'" + line.text() + "' should be 'node NAME [exit]', the name a small letter and then up"
              + " to 11 small letters or digits, and neither 'broker' nor 'beyond'");
      return;
    }
    if (seenBefore(line, "node " + words.get(1), "node " + words.get(1))) {
      return;
    }
    var exit = words.size() == 3;
    if (exit && seenBefore(line, "exit", "an exit")) {
      return;
    }
    nodes.put(words.get(1), exit);
    if (nodes.size() == Topology.NODES_MOST + 1) {
      mistake(
          line.number(),
          "node " + words.get(1) + " is one too many; " + Topology.NODES_MOST + " are allowed");
    }
  }

  private Optional<Topology.Link> link(Line line) {
    var words = line.words();
    var hasCost = words.size() == 5 && words.get(3).equals("cost");
    if (words.size() != 3 && !hasCost) {
      mistake(line.number(), "'" + line.text() + "' should be 'link NODE NODE [cost RXCOST]'");
      return Optional.empty();
    }
    var from = words.get(1);
    var to = words.get(2);
    var rxcost = hasCost ? wholeNumber(words.get(4)) : OptionalInt.empty();
    var fromIsNode = isNode(line, from);
    var good = isNode(line, to) && fromIsNode;
    if (hasCost && (rxcost.isEmpty() || rxcost.getAsInt() < 1 || rxcost.getAsInt() > RXCOST_MOST)) {
      mistake(line.number(), "cost '" + words.get(4) + "' should be 1 to " + RXCOST_MOST);
      good = false;
    }
    if (from.equals(to)) {
      mistake(line.number(), "a link needs two nodes, but both are '" + from + "'");
      return Optional.empty();
    }
    var ends = from.compareTo(to) < 0 ? from + " " + to : to + " " + from;
    if (seenBefore(line, "link " + ends, "a link between " + from + " and " + to) || !good) {
      return Optional.empty();
    }
    return Optional.of(new Topology.Link(from, to, rxcost));
  }

  private Map<String, List<HostAddress>> addresses() {
    var given = new HashMap<HostAddress, String>();
    var number = 0;
    for (var node : nodes.keySet()) {
      number++;
      if (number <= Topology.NODES_MOST) {
        new Topology.Node(number, node, false, List.of())
            .addresses()
            .forEach(address -> given.put(address, node));
      }
    }
    var extra = new HashMap<String, List<HostAddress>>();
    for (var line : addressLines) {
      var words = line.words();
      var address = words.size() == 3 ? hostAddress(words.get(2)) : Optional.<HostAddress>empty();
      if (address.isEmpty()) {
        mistake(
            line.number(),
            "'" + line.text()
                + "' should be 'address NODE ADDRESS/LENGTH', the length 128 (IPv6) or 32 (IPv4)");
        continue;
      }
      if (!isNode(line, words.get(1))) {
        continue;
      }
      var holder = given.putIfAbsent(address.get(), words.get(1));
      if (holder != null) {
        mistake(line.number(), address.get() + " is already an address of node " + holder);
        continue;
      }
      extra.computeIfAbsent(words.get(1), node -> new ArrayList<>()).add(address.get());
    }
    return extra;
  }

  private boolean isNode(Line line, String node) {
    if (nodes.containsKey(node)) {
      return true;
    }
    mistake(
        line.number(),
        "no node '" + node + "'; there "
            + (nodes.isEmpty() ? "are none" : "are " + String.join(", ", nodes.keySet())));
    return false;
  }

  private boolean seenBefore(Line line, String key, String inWords) {
    var first = firstSeen.putIfAbsent(key, line.number());
    if (first != null) {
      mistake(line.number(), inWords + " was given in line " + first + " already; one is allowed");
    }
    return first != null;
  }

  private void mistake(int line, String text) {
    mistakes.add(new Mistake(line, text));
  }

  private static Optional<HostAddress> hostAddress(String text) {
    var slash = text.indexOf('/');
    return slash < 0
        ? Optional.empty()
        : HostAddress.parse(text.substring(0, slash))
            .filter(
                address -> text.substring(slash + 1).equals(Integer.toString(address.length())));
  }

  private static List<String> words(String line) {
    var words = new ArrayList<String>();
    var matcher = WORD.matcher(withoutComment(line));
    while (matcher.find()) {
      var quoted = matcher.group(1) != null ? matcher.group(1) : matcher.group(2);
      words.add(quoted != null ? quoted : matcher.group(3));
    }
    return words;
  }

  private static String withoutComment(String line) {
    var hash = line.indexOf('#');
    return hash < 0 ? line : line.substring(0, hash);
  }

  private static OptionalInt wholeNumber(String text) {
    return text.matches("\\d{1,9}") ? OptionalInt.of(Integer.parseInt(text)) : OptionalInt.empty();
  }

  private static boolean isSeconds(String text) {
    return text.matches("\\d{1,3}(\\.\\d{1,3})?") && Double.parseDouble(text) <= 600;
  }
}
