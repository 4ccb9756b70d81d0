package org.kedge.care.internal.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.tuple;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kedge.base.api.Uptime;
import org.kedge.care.api.Blame;
import org.kedge.care.api.CareReport;
import org.kedge.care.api.CareReport.Silenced;
import org.kedge.care.api.CareReport.State;
import org.kedge.care.api.CareReport.Unknown;
import org.kedge.care.api.Fault;
import org.kedge.care.api.FaultKind;
import org.kedge.care.api.Layer;
import org.kedge.care.api.Reading;

@Timeout(60)
class DiagnosisTest {
  private static final FaultKind DEAD = kind("DEAD", Layer.BABEL, 0);
  private static final FaultKind SILENT = kind("SILENT", Layer.BABEL, 10, "DEAD");
  private static final FaultKind ROUTES = kind("ROUTES", Layer.BABEL, 0, "SILENT");
  private static final FaultKind EXIT = kind("EXIT", Layer.EXIT, 0, "ROUTES");

  private Diagnosis diagnosis = Diagnosis.begin(at(0));

  @Test
  void a_fault_is_reported_once_readings_said_so_for_its_patience() {
    look(100, wrong(SILENT, 100));
    assertThat(report().faults()).isEmpty();
    look(109, wrong(SILENT, 109));
    assertThat(report().faults()).isEmpty();
    assertThat(report().state()).isEqualTo(State.HEALTHY);
    look(110, wrong(SILENT, 110, Blame.UNKNOWN, "nothing heard for 10 s"));
    assertThat(report().faults())
        .containsExactly(new Fault(SILENT, Blame.UNKNOWN, at(100), "nothing heard for 10 s"));
    assertThat(report().state()).isEqualTo(State.FAULTY);
    assertThat(report().at()).isEqualTo(at(110));
  }

  @Test
  void without_patience_the_first_reading_is_enough() {
    look(100, wrong(DEAD, 99));
    assertThat(report().faults())
        .containsExactly(new Fault(DEAD, Blame.OURS, at(99), "seen at 99"));
  }

  @Test
  void one_good_reading_within_the_patience_begins_it_anew() {
    look(100, wrong(SILENT, 100));
    look(109, well(SILENT, 109));
    look(110, wrong(SILENT, 110));
    look(119, wrong(SILENT, 119));
    assertThat(report().faults()).isEmpty();
    look(120, wrong(SILENT, 120));
    assertThat(report().faults()).extracting(Fault::since).containsExactly(at(110));
  }

  @Test
  void a_fault_ends_once_readings_denied_it_for_the_calm() {
    look(100, wrong(DEAD, 100));
    look(101, well(DEAD, 101));
    assertThat(report().faultNames()).containsExactly("DEAD");
    look(103, well(DEAD, 103));
    assertThat(report().faultNames()).containsExactly("DEAD");
    look(104, well(DEAD, 104));
    assertThat(report().faults()).isEmpty();
    assertThat(report().state()).isEqualTo(State.HEALTHY);
  }

  @Test
  void a_fault_that_comes_and_goes_stays_one_fault_since_it_began() {
    look(100, wrong(DEAD, 100));
    for (var second = 101; second < 160; second += 3) {
      look(second, well(DEAD, second));
      look(second + 2, well(DEAD, second + 2));
      assertThat(report().faults()).extracting(Fault::since).containsExactly(at(100));
      look(second + 3, wrong(DEAD, second + 3));
      assertThat(report().faults())
          .containsExactly(new Fault(DEAD, Blame.OURS, at(100), "seen at " + (second + 3)));
    }
  }

  @Test
  void a_fault_that_was_over_begins_anew() {
    look(100, wrong(DEAD, 100));
    look(101, well(DEAD, 101));
    look(104, well(DEAD, 104));
    look(105, wrong(DEAD, 105));
    assertThat(report().faults()).extracting(Fault::since).containsExactly(at(105));
  }

  @Test
  void what_is_unseen_raises_nothing_and_leaves_the_node_unsure() {
    look(100, unseen(SILENT, 100, "socket refused"));
    look(200, unseen(SILENT, 200, "socket refused"));
    assertThat(report().faults()).isEmpty();
    assertThat(report().unknown()).containsExactly(new Unknown(SILENT, "socket refused"));
    assertThat(report().state()).isEqualTo(State.UNSURE);
  }

  @Test
  void what_is_unseen_after_a_bad_reading_does_not_raise_it() {
    look(100, wrong(SILENT, 100));
    look(200, unseen(SILENT, 200, "socket refused"));
    assertThat(report().faults()).isEmpty();
  }

  @Test
  void what_is_unseen_does_not_end_a_fault() {
    look(100, wrong(DEAD, 100));
    look(500, unseen(DEAD, 500, "no /proc"));
    assertThat(report().faults()).extracting(Fault::evidence).containsExactly("seen at 100");
    assertThat(report().unknown()).containsExactly(new Unknown(DEAD, "no /proc"));
    assertThat(report().state()).isEqualTo(State.FAULTY);
  }

  @Test
  void a_stale_reading_neither_raises_nor_ends_a_fault() {
    look(131, wrong(DEAD, 100));
    assertThat(report().faults()).isEmpty();
    assertThat(report().unknown()).containsExactly(new Unknown(DEAD, "last seen 31 s ago"));
    look(200, wrong(DEAD, 200));
    look(231, well(DEAD, 200));
    look(240, well(DEAD, 200));
    assertThat(report().faultNames()).containsExactly("DEAD");
    assertThat(report().unknown()).containsExactly(new Unknown(DEAD, "last seen 40 s ago"));
  }

  @Test
  void what_the_latest_look_saw_is_told_apart_from_what_is_reported() {
    look(100, wrong(DEAD, 100), well(EXIT, 100), wrong(SILENT, 100));
    assertThat(diagnosis.wrong()).containsExactlyInAnyOrder("DEAD", "SILENT");
    assertThat(diagnosis.well()).containsExactly("EXIT");
    look(131, unseen(DEAD, 131, "dark"), well(EXIT, 100), wrong(SILENT, 100));
    assertThat(diagnosis.wrong()).as("unseen or stale").isEmpty();
    assertThat(diagnosis.well()).isEmpty();
    assertThat(diagnosis.watched()).containsExactlyInAnyOrder("DEAD", "EXIT", "SILENT");
    assertThat(report().faultNames()).contains("DEAD");
  }

  @Test
  void a_reading_is_fresh_up_to_the_end_of_its_time() {
    look(130, wrong(DEAD, 100));
    assertThat(report().faultNames()).containsExactly("DEAD");
    assertThat(report().unknown()).isEmpty();
  }

  @Test
  void a_kind_left_out_is_forgotten_at_once() {
    look(100, wrong(DEAD, 100), wrong(SILENT, 100));
    look(101, wrong(SILENT, 101));
    assertThat(report().faults()).isEmpty();
    look(111, wrong(SILENT, 111));
    assertThat(report().faultNames()).containsExactly("SILENT");
    look(112, well(DEAD, 112));
    look(113, wrong(SILENT, 113));
    assertThat(report().faults()).as("its patience begins anew").isEmpty();
  }

  @Test
  void a_cause_silences_its_consequences_and_theirs_and_the_root_is_named() {
    look(100, wrong(EXIT, 100), wrong(ROUTES, 100), wrong(SILENT, 90), wrong(DEAD, 95));
    assertThat(report().faultNames()).containsExactly("DEAD");
    assertThat(report().silenced())
        .extracting(one -> one.fault().kind(), Silenced::cause)
        .containsExactlyInAnyOrder(
            tuple(EXIT, "DEAD"), tuple(ROUTES, "DEAD"), tuple(SILENT, "DEAD"));
    assertThat(report().state()).isEqualTo(State.FAULTY);
  }

  @Test
  void a_cause_within_its_patience_silences_too_but_the_node_is_not_called_healthy() {
    look(100, wrong(ROUTES, 100), wrong(SILENT, 100));
    assertThat(report().faults()).isEmpty();
    assertThat(report().silenced())
        .containsExactly(
            new Silenced(new Fault(ROUTES, Blame.OURS, at(100), "seen at 100"), "SILENT"));
    assertThat(report().state()).isEqualTo(State.UNSURE);

    look(110, wrong(ROUTES, 110), wrong(SILENT, 110));
    assertThat(report().faultNames()).containsExactly("SILENT");
    assertThat(report().silenced()).hasSize(1);
  }

  @Test
  void a_consequence_stands_on_its_own_once_its_cause_is_gone() {
    look(100, wrong(ROUTES, 100), wrong(SILENT, 100));
    look(101, wrong(ROUTES, 101), well(SILENT, 101));
    assertThat(report().faults()).extracting(Fault::since).containsExactly(at(100));
    assertThat(report().silenced()).isEmpty();
  }

  @Test
  void a_cause_that_was_never_reported_and_is_no_longer_seen_silences_no_longer() {
    look(100, wrong(ROUTES, 100), wrong(SILENT, 100));
    look(109, wrong(ROUTES, 109), unseen(SILENT, 109, "busy"));
    assertThat(report().faults()).isEmpty();
    look(110, wrong(ROUTES, 110), unseen(SILENT, 110, "busy"));
    assertThat(report().faultNames()).containsExactly("ROUTES");
  }

  @Test
  void a_cause_that_stands_silences_while_it_cannot_be_seen() {
    look(100, wrong(DEAD, 100), wrong(SILENT, 90));
    look(150, unseen(DEAD, 150, "no /proc"), wrong(SILENT, 150));
    assertThat(report().faultNames()).containsExactly("DEAD");
    assertThat(report().silenced()).extracting(Silenced::cause).containsExactly("DEAD");
  }

  @Test
  void what_cannot_be_seen_because_of_a_fault_is_not_unknown_as_well() {
    look(100, wrong(DEAD, 100), unseen(SILENT, 100, "refused"), unseen(EXIT, 100, "no route"));
    assertThat(report().unknown()).extracting(Unknown::kind).containsExactly(EXIT);
  }

  @Test
  void causes_in_a_circle_neither_hang_nor_hide_each_other() {
    var hen = kind("HEN", Layer.LINK, 0, "EGG");
    var egg = kind("EGG", Layer.LINK, 0, "CHICK");
    var chick = kind("CHICK", Layer.LINK, 0, "HEN");
    look(100, wrong(hen, 100), wrong(egg, 100), wrong(chick, 100));
    assertThat(report().faultNames()).containsExactlyInAnyOrder("HEN", "EGG", "CHICK");
    assertThat(report().silenced()).isEmpty();

    var fox = kind("FOX", Layer.LINK, 0);
    var nest = kind("EGG", Layer.LINK, 0, "CHICK", "FOX");
    look(101, wrong(hen, 101), wrong(nest, 101), wrong(chick, 101), wrong(fox, 101));
    assertThat(report().faultNames()).containsExactly("FOX");
    assertThat(report().silenced())
        .extracting(Silenced::cause)
        .containsOnly("FOX")
        .hasSize(3);
  }

  @Test
  void of_several_causes_the_deepest_layer_is_named_whatever_the_order() {
    var flash = kind("FLASH_FULL", Layer.FLASH, 0);
    var link = kind("LINK_DOWN", Layer.LINK, 0);
    var far = kind("FAR", Layer.BROKER, 0, "LINK_DOWN", "FLASH_FULL", "DEAD");
    var readings = List.of(wrong(far, 100), wrong(DEAD, 100), wrong(link, 100), wrong(flash, 100));
    for (var turn = 0; turn < readings.size(); turn++) {
      var turned = new ArrayList<>(readings);
      Collections.rotate(turned, turn);
      var report = Diagnosis.begin(at(0)).look(turned, at(100)).report();
      assertThat(report.silenced()).extracting(Silenced::cause).containsExactly("FLASH_FULL");
    }
  }

  @Test
  void faults_are_reported_causes_first_by_layer() {
    var kinds = Arrays.stream(Layer.values())
        .map(layer -> kind("AT_" + layer, layer, 0))
        .toList();
    var readings = new ArrayList<Reading>();
    kinds.forEach(kind -> readings.add(0, wrong(kind, 100)));
    diagnosis = diagnosis.look(readings, at(100));
    assertThat(report().faults()).extracting(Fault::kind).containsExactlyElementsOf(kinds);
    assertThat(report().faultNames()).first().isEqualTo("AT_NODE");
  }

  @Test
  void all_seen_and_nothing_wrong_is_healthy() {
    look(100, well(DEAD, 100), well(SILENT, 100));
    assertThat(report()).isEqualTo(new CareReport(at(100), List.of(), List.of(), List.of()));
    assertThat(report().state()).isEqualTo(State.HEALTHY);
  }

  @Test
  void a_look_leaves_the_diagnosis_before_as_it_was() {
    look(100, wrong(DEAD, 100));
    var before = diagnosis;
    var report = before.report();
    assertThat(before.look(List.of(), at(101)).report().faults()).isEmpty();
    assertThat(before.report()).isSameAs(report);
    assertThat(before.look(List.of(well(DEAD, 101)), at(101)).report().faultNames())
        .containsExactly("DEAD");
  }

  @Test
  void a_kind_of_fault_cannot_be_declared_wrong() {
    assertThatIllegalArgumentException().isThrownBy(() -> kind("lower", Layer.LINK, 0));
    assertThatIllegalArgumentException().isThrownBy(() -> kind("", Layer.LINK, 0));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> kind("SELF", Layer.LINK, 0, "SELF"))
        .withMessageContaining("its own cause");
  }

  @Test
  void blame_says_whether_this_node_could_mend_it() {
    assertThat(Arrays.stream(Blame.values()).filter(Blame::isOurs))
        .containsExactly(Blame.OURS, Blame.OURS_HARDWARE);
  }

  /** What a look may never do, whatever was read, by a model that keeps only what it needs. */
  @ParameterizedTest
  @ValueSource(longs = {1, 22, 333, 4444, 55555, 666666, 7777777, 88888888})
  void whatever_is_read_a_report_keeps_its_promises(long seed) {
    var random = new Random(seed);
    for (var round = 0; round < 40; round++) {
      var kinds = someKinds(random);
      var wrongSince = new HashMap<String, Uptime>();
      var diagnosis = Diagnosis.begin(at(1000));
      var second = 1000L;
      for (var look = 0; look < 60; look++) {
        second += random.nextInt(4);
        var readings = someReadings(kinds, second, random);
        var before = diagnosis.report();
        diagnosis = diagnosis.look(readings, at(second));
        var place = "seed %d, round %d, look %d".formatted(seed, round, look);
        remember(wrongSince, readings, at(second));
        assertKeeps(place, before, diagnosis.report(), readings, wrongSince);
      }
    }
  }

  private static List<FaultKind> someKinds(Random random) {
    var names = List.of("A", "B", "C", "D", "E", "F", "G");
    var layers = Layer.values();
    return names.stream()
        .map(name -> kind(
            name,
            layers[random.nextInt(layers.length)],
            random.nextInt(3) * 4L,
            names.stream()
                .filter(cause -> !cause.equals(name) && random.nextInt(5) == 0)
                .toArray(String[]::new)))
        .toList();
  }

  private static List<Reading> someReadings(List<FaultKind> kinds, long second, Random random) {
    var readings = new ArrayList<Reading>();
    for (var kind : kinds) {
      switch (random.nextInt(12)) {
        case 0 -> {}
        case 1 -> readings.add(unseen(kind, second, "dark"));
        case 2 -> readings.add(wrong(kind, second - 31));
        case 3 -> readings.add(well(kind, second - 31));
        case 4, 5, 6 -> readings.add(well(kind, second));
        default -> readings.add(wrong(kind, second));
      }
    }
    Collections.shuffle(readings, random);
    return readings;
  }

  /** Since when each kind has been watched and not forgotten with a fresh bad reading. */
  private static void remember(Map<String, Uptime> wrongSince, List<Reading> readings, Uptime now) {
    var watched = new HashSet<String>();
    for (var reading : readings) {
      watched.add(reading.kind().name());
      if (reading instanceof Reading.Wrong && now.since(reading.at()).toSeconds() <= 30) {
        wrongSince.putIfAbsent(reading.kind().name(), reading.at());
      }
    }
    wrongSince.keySet().retainAll(watched);
  }

  private static void assertKeeps(
      String place,
      CareReport before,
      CareReport report,
      List<Reading> readings,
      Map<String, Uptime> wrongSince) {
    var standing = report.faultNames();
    var silenced = names(report.silenced().stream().map(Silenced::fault));
    assertThat(standing).as("%s: not silenced", place).noneMatch(silenced::contains);

    var reported = names(faults(report));
    assertThat(wrongSince.keySet()).as("%s: some reading said so", place).containsAll(reported);
    assertThat(faults(report))
        .as("%s: for its patience", place)
        .allMatch(
            fault -> report.at().since(fault.since()).compareTo(fault.kind().patience()) >= 0);

    var already = names(faults(before));
    for (var reading : readings) {
      var name = reading.kind().name();
      var fresh = report.at().since(reading.at()).toSeconds() <= 30;
      if (reading instanceof Reading.Unseen || !fresh) {
        assertThat(reported.contains(name))
            .as("%s: %s is unseen and as it was", place, name)
            .isEqualTo(already.contains(name));
      } else if (reading instanceof Reading.Wrong && already.contains(name)) {
        assertThat(reported).as("%s: %s goes on", place, name).contains(name);
      } else if (reading instanceof Reading.Well && !already.contains(name)) {
        assertThat(reported).as("%s: %s is well", place, name).doesNotContain(name);
      }
    }

    for (var one : report.silenced()) {
      assertThat(one.cause()).as(place).isNotEqualTo(one.fault().kind().name());
      assertThat(wrongSince).as("%s: the cause was seen", place).containsKey(one.cause());
      assertThat(silenced)
          .as("%s: %s is explained by what stands, or soon may", place, one)
          .doesNotContain(one.cause());
    }
    assertThat(report.state() == State.HEALTHY)
        .as("%s: healthy only with nothing wrong and all seen", place)
        .isEqualTo(reported.isEmpty() && report.unknown().isEmpty());
    assertThat(report.state() == State.FAULTY).as(place).isEqualTo(!standing.isEmpty());
    assertThat(report.faults())
        .as(place)
        .isSortedAccordingTo(Comparator.comparing(fault -> fault.kind().layer()));
  }

  private static Stream<Fault> faults(CareReport report) {
    return Stream.concat(report.faults().stream(), report.silenced().stream().map(Silenced::fault));
  }

  private static Set<String> names(Stream<Fault> faults) {
    return faults.map(fault -> fault.kind().name()).collect(Collectors.toSet());
  }

  private void look(long second, Reading... readings) {
    diagnosis = diagnosis.look(List.of(readings), at(second));
  }

  private CareReport report() {
    return diagnosis.report();
  }

  private static Uptime at(long second) {
    return Uptime.of(Duration.ofSeconds(second));
  }

  private static Reading well(FaultKind kind, long second) {
    return new Reading.Well(kind, at(second));
  }

  private static Reading wrong(FaultKind kind, long second) {
    return wrong(kind, second, Blame.OURS, "seen at " + second);
  }

  private static Reading wrong(FaultKind kind, long second, Blame blame, String evidence) {
    return new Reading.Wrong(kind, at(second), blame, evidence);
  }

  private static Reading unseen(FaultKind kind, long second, String why) {
    return new Reading.Unseen(kind, at(second), why);
  }

  private static FaultKind kind(String name, Layer layer, long patienceSeconds, String... causes) {
    return new FaultKind(
        name,
        layer,
        Duration.ofSeconds(patienceSeconds),
        Duration.ofSeconds(30),
        Set.of(causes),
        false,
        "Look at it.");
  }
}
