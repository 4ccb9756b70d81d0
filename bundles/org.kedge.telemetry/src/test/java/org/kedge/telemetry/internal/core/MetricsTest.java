package org.kedge.telemetry.internal.core;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.kedge.base.api.Figures;
import org.kedge.sim.schema.MessageCheck;

/** The snapshot as Prometheus reads it. */
class MetricsTest {
  private static final Path GOLDEN = Path.of("src/test/resources")
      .resolve(MetricsTest.class.getPackageName().replace('.', '/'))
      .resolve("metrics.txt");

  private static final Pattern SAMPLE = Pattern.compile(
      "([a-z][a-z0-9_]*)"
          + "(?:\\{((?:[a-z][a-z0-9_]*=\"(?:[^\"\\\\\n]|\\\\[\\\\\"n])*\",?)+)})? (-?[0-9]+(?:\\.[0-9]+)?)");

  /** What has no place in a time series: names of things, constants, and a ladder that the next field tells as well. */
  private static final Set<String> NOT_MEASURED = Set.of(
      "schema_version",
      "sequence",
      "babel.process.pid",
      "care.remedy.rung",
      "care.remedy.rungs",
      "care.remedy.try",
      "care.remedy.tries",
      "care.journal[].number");

  /** Debian's own, which finds Debian's modules. */
  private static final String PYTHON = "/usr/bin/python3";

  /** A parser of the format by the Prometheus project: what it read, a JSON line for each sample. */
  private static final String ORACLE = """
      import json, sys
      from prometheus_client.parser import text_string_to_metric_families
      for family in text_string_to_metric_families(sys.stdin.buffer.read().decode("utf-8")):
          assert family.documentation and family.type in ("gauge", "counter"), family
          for sample in family.samples:
              print(json.dumps([sample.name, family.type, dict(sample.labels), sample.value]))
      """;

  static List<Figures> snapshots() {
    return List.of(whole(), bare(), nasty(), crowded());
  }

  @Test
  void a_node_in_trouble_tells_what_was_looked_at_by_a_person() throws IOException {
    var text = Metrics.of(whole());
    if (Boolean.getBoolean("kedge.golden.write")) {
      Files.writeString(GOLDEN, text);
    }
    assertThat(text)
        .as(
            "Meant so? Look at it, then: mvn test -pl bundles/org.kedge.telemetry -am"
                + " -Dtest=MetricsTest -Dsurefire.failIfNoSpecifiedTests=false -Dkedge.golden.write=true")
        .isEqualTo(Files.readString(GOLDEN));
  }

  @Test
  void the_snapshot_of_these_tests_is_one_as_the_schema_says_and_has_every_number_and_flag() {
    var check = MessageCheck.ofThisBuild();
    assertThat(check.problems("", whole())).isEmpty();
    // What says that something is unseen, and how a process ended, has no place beside what was
    // seen.
    assertThat(check.missing("", List.of(whole())))
        .containsExactlyInAnyOrder(
            "flash.unseen",
            "descriptors.unseen",
            "babel.process.end",
            "babel.process.why",
            "board.limits[].unseen");
  }

  @Test
  void every_number_and_every_flag_of_a_snapshot_is_in_the_metrics() {
    var before = Metrics.of(whole());
    var forgotten = new LinkedHashSet<String>();
    for (var path : leaves("", whole())) {
      if (Metrics.of((Figures) changed(whole(), "", path)).equals(before)) {
        forgotten.add(path);
      }
    }
    assertThat(forgotten).containsExactlyInAnyOrderElementsOf(NOT_MEASURED);
  }

  @ParameterizedTest
  @MethodSource("snapshots")
  void every_sample_belongs_to_the_metric_declared_above_it_and_comes_once(Figures snapshot) {
    var lines = lines(Metrics.of(snapshot)).toList();
    var declared = new LinkedHashSet<String>();
    var seen = new LinkedHashSet<String>();
    String now = "";
    for (var i = 0; i < lines.size(); i++) {
      var line = lines.get(i);
      if (line.startsWith("# HELP ")) {
        now = line.split(" ", 4)[2];
        assertThat(line.split(" ", 4)[3]).endsWith(".").doesNotContain("\\");
        assertThat(declared.add(now)).as("declared once: " + now).isTrue();
        assertThat(lines.get(i + 1)).matches("# TYPE " + now + " (gauge|counter)");
        assertThat(lines.get(i + 1).endsWith(" counter")).as(now).isEqualTo(now.endsWith("_total"));
        assertThat(lines.get(i + 2)).startsWith(now);
      } else if (!line.startsWith("# TYPE ")) {
        var sample = SAMPLE.matcher(line);
        assertThat(sample.matches()).as(line).isTrue();
        assertThat(sample.group(1)).isEqualTo(now);
        assertThat(seen.add(line.substring(0, line.lastIndexOf(' '))))
            .as("comes once: " + line)
            .isTrue();
      }
    }
    assertThat(declared).isNotEmpty().allMatch(name -> name.startsWith("kedge_"));
  }

  @ParameterizedTest
  @MethodSource("snapshots")
  void names_follow_the_conventions_of_prometheus(Figures snapshot) {
    assertThat(samples(Metrics.of(snapshot)).map(sample -> sample.group(1)))
        .allSatisfy(name -> assertThat(name)
            .doesNotContain("milli", "percent", "kilo", "mega", "__")
            .doesNotEndWith("_count")
            .doesNotEndWith("_sum")
            .doesNotEndWith("_bucket"));
  }

  @ParameterizedTest
  @MethodSource("snapshots")
  void a_parser_of_the_prometheus_project_reads_what_is_meant(Figures snapshot) throws Exception {
    var text = Metrics.of(snapshot);
    var read = read(text);
    var meant = new LinkedHashMap<String, Double>();
    samples(text)
        .forEach(sample -> meant.put(
            sample.group(1) + labels(sample.group(2)), Double.parseDouble(sample.group(3))));
    assertThat(read).isEqualTo(meant);
  }

  @Test
  void a_label_may_be_any_text() {
    assertThat(Metrics.of(nasty()))
        .contains("kedge_babel_interface_up{interface=\"a\\\\b\\\"c\\nd é\"} 1");
  }

  @Test
  void what_is_not_known_leaves_its_sample_out_and_a_metric_without_any_is_not_mentioned() {
    assertThat(Metrics.of(bare()))
        .contains("kedge_state{state=\"starting\"} 1\n", "kedge_state{state=\"healthy\"} 0\n")
        .doesNotContain("kedge_babel", "kedge_telemetry", "kedge_interface", "kedge_faults");
    assertThat(Metrics.of(Figures.builder().build())).contains("kedge_info{");
    assertThat(Metrics.of(whole()))
        .as("the round trip of one neighbour is known")
        .containsOnlyOnce("kedge_babel_neighbour_round_trip_seconds{");
  }

  @Test
  void milliseconds_and_percent_become_seconds_and_ratios_to_the_last_digit() {
    assertThat(Metrics.of(whole()))
        .contains(
            "kedge_babel_answer_seconds 0.00625\n",
            "kedge_babel_process_cpu_ratio 0.004\n",
            "kedge_babel_process_processor_wait_ratio 0.125\n",
            "kedge_interface_received_bytes_total{interface=\"wg1\"} 9007199254740993\n");
  }

  @Test
  void a_crowd_of_neighbours_costs_no_more_than_64_and_the_rest_is_counted() {
    var text = Metrics.of(crowded());
    assertThat(samples(text).filter(one -> one.group(1).equals("kedge_babel_neighbour_cost")))
        .hasSize(Metrics.LISTED);
    assertThat(samples(text).filter(one -> one.group(1).equals("kedge_interface_sent_bytes_total")))
        .hasSize(Metrics.LISTED);
    assertThat(text).contains("kedge_metrics_entries_left_out " + (300 - 64 + 100 - 64) + "\n");
    assertThat(lines(text).count()).isLessThan(1000);
  }

  @Test
  void two_entries_of_one_name_do_not_spoil_the_whole() {
    var twice = Figures.builder().list("lanes", List.of(lane(1), lane(2))).build();
    assertThat(samples(Metrics.of(twice)).filter(one -> one.group(1).equals("kedge_lane_queued")))
        .singleElement()
        .satisfies(sample -> assertThat(sample.group(3)).isEqualTo("1"));
  }

  private static Figures lane(long queued) {
    return Figures.builder().text("lane", "care").count("queued", queued).build();
  }

  private static Figures whole() {
    try {
      var text = Files.readString(GOLDEN.resolveSibling("snapshot.json"));
      return (Figures) figures(JsonParser.parseString(text));
    } catch (IOException e) {
      throw new AssertionError("The snapshot of this test cannot be read", e);
    }
  }

  private static Figures bare() {
    return Figures.builder().text("node", "roof-7").text("state", "starting").build();
  }

  private static Figures nasty() {
    var one = Figures.builder().text("name", "a\\b\"c\nd é").flag("up", true).build();
    return Figures.builder()
        .text("node", "\\\"\n}{,=# HELP x\r\t")
        .section("babel", Figures.builder().list("interfaces", List.of(one)).build())
        .build();
  }

  private static Figures crowded() {
    var neighbours = IntStream.range(0, 300)
        .mapToObj(i -> Figures.builder()
            .text("address", "fe80::" + i)
            .text("interface", "mesh0")
            .number("cost", 96)
            .build())
        .toList();
    var interfaces = IntStream.range(0, 100)
        .mapToObj(i ->
            Figures.builder().text("name", "wg" + i).number("sent_bytes", i).build())
        .toList();
    return Figures.builder()
        .section("babel", Figures.builder().list("neighbours", neighbours).build())
        .section("traffic", Figures.builder().list("interfaces", interfaces).build())
        .build();
  }

  private static Object figures(JsonElement json) {
    if (json.isJsonObject()) {
      Map<String, Object> values = new LinkedHashMap<>();
      json.getAsJsonObject()
          .entrySet()
          .forEach(entry -> values.put(entry.getKey(), figures(entry.getValue())));
      return new Figures(values);
    }
    if (json.isJsonArray()) {
      return StreamSupport.stream(json.getAsJsonArray().spliterator(), false)
          .map(MetricsTest::figures)
          .toList();
    }
    var one = json.getAsJsonPrimitive();
    if (one.isBoolean()) {
      return one.getAsBoolean();
    }
    if (one.isString()) {
      return one.getAsString();
    }
    return one.getAsString().contains(".") ? (Object) one.getAsDouble() : one.getAsLong();
  }

  /** Paths of numbers and flags; of a list, those of any element. */
  private static Set<String> leaves(String path, Object value) {
    var leaves = new LinkedHashSet<String>();
    if (value instanceof Figures figures) {
      figures
          .values()
          .forEach((name, inner) ->
              leaves.addAll(leaves(path.isEmpty() ? name : path + "." + name, inner)));
    } else if (value instanceof List<?> list) {
      list.forEach(inner -> leaves.addAll(leaves(path + "[]", inner)));
    } else if (!(value instanceof String)) {
      leaves.add(path);
    }
    return leaves;
  }

  /** The same with another value at this path, in every element of a list. */
  private static Object changed(Object value, String path, String wanted) {
    if (value instanceof Figures figures) {
      Map<String, Object> values = new LinkedHashMap<>();
      figures
          .values()
          .forEach((name, inner) ->
              values.put(name, changed(inner, path.isEmpty() ? name : path + "." + name, wanted)));
      return new Figures(values);
    }
    if (value instanceof List<?> list) {
      return list.stream().map(inner -> changed(inner, path + "[]", wanted)).toList();
    }
    if (!path.equals(wanted)) {
      return value;
    }
    if (value instanceof Boolean flag) {
      return !flag;
    }
    return value instanceof Long whole ? (Object) (whole + 1) : (Object) ((Double) value + 1);
  }

  /** Other line ends are text like any other. */
  private static Stream<String> lines(String text) {
    return Arrays.stream(text.split("\n", -1)).filter(line -> !line.isEmpty());
  }

  private static Stream<Matcher> samples(String text) {
    return lines(text)
        .filter(line -> !line.startsWith("#"))
        .map(SAMPLE::matcher)
        .peek(sample -> assertThat(sample.matches()).isTrue());
  }

  /** Unescaped and in order, as the oracle's are told. */
  private static Map<String, String> labels(String inBraces) {
    var labels = new TreeMap<String, String>();
    if (inBraces != null) {
      var one = Pattern.compile("([a-z0-9_]+)=\"((?:[^\"\\\\]|\\\\.)*)\"").matcher(inBraces);
      while (one.find()) {
        var value = new StringBuilder();
        for (var i = 0; i < one.group(2).length(); i++) {
          var sign = one.group(2).charAt(i);
          if (sign == '\\') {
            sign = one.group(2).charAt(++i);
            sign = sign == 'n' ? '\n' : sign;
          }
          value.append(sign);
        }
        labels.put(one.group(1), value.toString());
      }
    }
    return labels;
  }

  private static Map<String, Double> read(String text) throws Exception {
    var place = Files.createTempDirectory("metrics");
    try {
      var given = Files.writeString(place.resolve("given"), text);
      var told = place.resolve("told").toFile();
      Process oracle;
      try {
        oracle = new ProcessBuilder(PYTHON, "-c", ORACLE)
            .redirectInput(given.toFile())
            .redirectOutput(told)
            .redirectErrorStream(true)
            .start();
      } catch (IOException e) {
        skip();
        throw e;
      }
      assertThat(oracle.waitFor(30, TimeUnit.SECONDS)).isTrue();
      var lines = Files.readAllLines(told.toPath(), UTF_8);
      if (lines.toString().contains("No module named 'prometheus_client'")) {
        skip();
      }
      assertThat(oracle.exitValue()).as(String.join("\n", lines)).isZero();
      var samples = new LinkedHashMap<String, Double>();
      for (var line : lines) {
        var sample = JsonParser.parseString(line).getAsJsonArray();
        var labels = new TreeMap<String, String>();
        sample
            .get(2)
            .getAsJsonObject()
            .entrySet()
            .forEach(label -> labels.put(label.getKey(), label.getValue().getAsString()));
        samples.put(sample.get(0).getAsString() + labels, sample.get(3).getAsDouble());
      }
      return samples;
    } finally {
      for (var file : List.of("given", "told")) {
        Files.deleteIfExists(place.resolve(file));
      }
      Files.delete(place);
    }
  }

  private static void skip() {
    System.err.println(
        "SKIPPED: reading metrics needs python3-prometheus-client; sim/test installs it as root.");
    Assumptions.assumeTrue(false, "needs python3-prometheus-client");
  }
}
