package org.kedge.base.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.kedge.base.api.SettingsReader.Target;

@Timeout(60)
class SettingsReaderTest {
  private static final SettingsSchema SCHEMA =
      SettingsSchema.of(SettingsReaderTest.class, "org.kedge.test");

  private enum Mode {
    CHILD,
    SERVICE
  }

  @TempDir
  Path folder;

  @Test
  void what_is_not_given_has_its_default() {
    var reader = reader(Map.of());
    assertThat(reader.text("free")).isEqualTo("a, b\\c");
    assertThat(reader.choice("mode", Mode.class)).isEqualTo(Mode.SERVICE);
    assertThat(reader.integer("count")).isEqualTo(5);
    assertThat(reader.integer("big")).isEqualTo(1_500_000_000);
    assertThat(reader.seconds("span.seconds")).isEqualTo(Duration.ofSeconds(1));
    assertThat(reader.flag("on")).isTrue();
    assertThat(reader.words("words")).isEmpty();
    assertThat(reader.lines("lines")).isEmpty();
    assertThat(reader.address("address")).isEmpty();
    assertThat(reader.target("target")).isEmpty();
    assertThat(reader.finish(() -> "whole")).isEqualTo(new Checked.Accepted<>("whole"));
  }

  @Test
  void values_come_as_text_from_a_file_or_as_objects_from_kura() {
    for (var values : List.<Map<String, ?>>of(
        Map.of("count", "60", "big", "0", "span.seconds", " 0.25 ", "on", "false"),
        Map.of("count", 60, "big", 0L, "span.seconds", 0.25d, "on", false),
        Map.of("count", 60.0, "big", "0e0", "span.seconds", 0.25f, "on", false))) {
      var reader = reader(values);
      assertThat(reader.integer("count")).isEqualTo(60);
      assertThat(reader.integer("big")).isZero();
      assertThat(reader.seconds("span.seconds")).isEqualTo(Duration.ofMillis(250));
      assertThat(reader.flag("on")).isFalse();
      assertThat(problems(reader)).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "60", "60.0", "6e1", "+7", "007"})
  void a_whole_number_within_its_range_is_taken_to_its_edges(String value) {
    var reader = reader(Map.of("count", value));
    assertThat(reader.integer("count")).isBetween(1, 60);
    assertThat(problems(reader)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0",
        "61",
        "-1",
        "1.5",
        "60.0001",
        "",
        "x",
        "1 2",
        "0x10",
        "NaN",
        "Infinity",
        "1e9",
        "99999999999999999999999999999999999999",
        "1e999999999",
        "1e2147483647",
        "1e-2147483647",
        "1e99999999999",
        "5e-1",
        "1,5"
      })
  void a_whole_number_beyond_its_range_or_in_another_form_is_refused(String value) {
    var reader = reader(Map.of("count", value));
    assertThat(reader.integer("count")).as("its default, until the end").isEqualTo(5);
    assertThat(problems(reader))
        .containsExactly(new SettingProblem(
            "org.kedge.test", "count", value, "allowed is a whole number from 1 to 60"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"2147483648", "-99999999999", "1e10", "1e2147483647", "-1e2147483647", "0.1"})
  void a_number_without_a_range_still_has_to_fit(String value) {
    var reader = reader(Map.of("any.count", value));
    assertThat(reader.integer("any.count")).isZero();
    assertThat(problems(reader)).hasSize(1);
  }

  @Test
  void a_whole_number_of_ten_digits_is_taken_where_its_range_allows_it() {
    var reader = reader(Map.of("big", "2000000000", "any.count", "-2147483647"));
    assertThat(reader.integer("big")).isEqualTo(2_000_000_000);
    assertThat(reader.integer("any.count")).isEqualTo(-2_147_483_647);
    assertThat(problems(reader)).isEmpty();
  }

  @Test
  void digits_without_end_are_refused_in_no_time() {
    var reader = reader(Map.of("any.count", "9".repeat(20_000), "any.seconds", "9".repeat(20_000)));
    assertThat(reader.integer("any.count")).isZero();
    assertThat(reader.seconds("any.seconds")).isEqualTo(Duration.ofSeconds(1));
    assertThat(problems(reader)).hasSize(2);
  }

  @ParameterizedTest
  @CsvSource({"0.2, 200", "10, 10000", "10.000, 10000", "1.2345, 1234"})
  void seconds_may_have_decimals_down_to_the_millisecond(String value, long millis) {
    var reader = reader(Map.of("span.seconds", value));
    assertThat(reader.seconds("span.seconds")).isEqualTo(Duration.ofMillis(millis));
    assertThat(problems(reader)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"0.19", "10.001", "-1", "NaN", "1e30", "1e2147483647"})
  void seconds_beyond_their_range_are_refused(String value) {
    var reader = reader(Map.of("span.seconds", value));
    assertThat(reader.seconds("span.seconds")).isEqualTo(Duration.ofSeconds(1));
    assertThat(problems(reader)).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"1e30", "-1e30", "1e999999999", "1e2147483647", "9223372036854775808"})
  void seconds_without_a_range_still_have_to_fit(String value) {
    var reader = reader(Map.of("any.seconds", value));
    assertThat(reader.seconds("any.seconds")).isEqualTo(Duration.ofSeconds(1));
    assertThat(problems(reader)).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"yes", "1", "TRUE", ""})
  void a_flag_is_true_or_false_and_no_other_word(String value) {
    var reader = reader(Map.of("on", value));
    assertThat(reader.flag("on")).isTrue();
    assertThat(problems(reader))
        .singleElement()
        .extracting(SettingProblem::why)
        .isEqualTo("allowed is true or false");
  }

  @Test
  void a_choice_is_one_of_its_options() {
    assertThat(reader(Map.of("mode", " child ")).choice("mode", Mode.class)).isEqualTo(Mode.CHILD);
    var wrong = reader(Map.of("mode", "daemon"));
    assertThat(wrong.choice("mode", Mode.class)).isEqualTo(Mode.SERVICE);
    assertThat(problems(wrong))
        .singleElement()
        .extracting(SettingProblem::inWords)
        .isEqualTo(
            "Setting 'mode' of org.kedge.test is 'daemon': allowed is one of child, service");
  }

  @Test
  void words_stand_between_commas_blanks_and_line_ends() {
    assertThat(reader(Map.of("words", " wlan0,wlan1 ,\n eth0\t,, ")).words("words"))
        .containsExactly("wlan0", "wlan1", "eth0");
  }

  @Test
  void lines_stand_between_line_ends_and_semicolons_and_comments_are_left_out() {
    assertThat(reader(Map.of("lines", "one; two\n\n # a remark; still the remark\n three ;# four"))
            .lines("lines"))
        .containsExactly("one", "two", "three");
  }

  @ParameterizedTest
  @CsvSource({
    "192.0.2.1, 192.0.2.1",
    "0.0.0.0, 0.0.0.0",
    "255.255.255.255, 255.255.255.255",
    "2001:db8::1, 2001:db8:0:0:0:0:0:1",
    "2001:DB8:0:0:0:0:0:1, 2001:db8:0:0:0:0:0:1",
    "::, 0:0:0:0:0:0:0:0",
    "fe80::1%1, fe80:0:0:0:0:0:0:1",
    "64:ff9b::192.0.2.1, 64:ff9b:0:0:0:0:c000:201"
  })
  void an_address_in_digits_is_taken(String value, String shown) throws UnknownHostException {
    var reader = reader(Map.of("address", value));
    assertThat(reader.address("address"))
        .hasValueSatisfying(address -> assertThat(address.getHostAddress())
            .matches(text -> text.replaceAll("%.*", "").equals(shown)));
    assertThat(problems(reader)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "300.1.1.1",
        "256.1.1.1",
        "1.2.3",
        "1.2.3.4.5",
        "1.2.3.4.",
        "08.1.1.1",
        "010.1.1.1",
        "1",
        "16909060",
        "0x7f.1",
        "1:::2",
        "1::2::3",
        "12345::1",
        "1:2:3:4:5:6:7",
        "1:2:3:4:5:6:7:8:9",
        "::300.1.1.1",
        "1.2::3",
        "[::1]",
        "[::1",
        ".::1",
        "fe80::1%no-such-interface",
        "::1%",
        "localhost",
        "exit.example",
        "face",
        "192.0.2.1 192.0.2.2",
        "192.0.2.1/24",
        "192.0.2.1:443",
        ":",
        "::1 ::2"
      })
  void what_is_no_address_in_digits_is_refused(String value) {
    var reader = reader(Map.of("address", value));
    assertThat(reader.address("address")).isEmpty();
    assertThat(problems(reader))
        .singleElement()
        .extracting(SettingProblem::why)
        .asString()
        .startsWith("allowed is an IPv4 or IPv6 address in digits");
  }

  @Test
  void no_name_server_is_asked_about_anything_that_is_refused() throws Exception {
    // A JVM that knows these names, so that whatever asks for one gets an answer.
    var names = List.of("exit.example", ".::1", ".:1:2", "dead.beef", "face", "1.2.3.4.5");
    var hosts = folder.resolve("hosts");
    Files.write(hosts, names.stream().map(name -> "192.0.2.99 " + name).toList());

    var said =
        ChildJvm.run(Map.of(), List.of("-Djdk.net.hosts.file=" + hosts), Resolving.class, names);

    assertThat(said.lines())
        .containsExactlyElementsOf(Stream.concat(
                Stream.of("exit.example is known as 192.0.2.99"),
                names.stream()
                    .flatMap(name ->
                        Stream.of(name + " as address: refused", name + " as target: refused")))
            .toList());
  }

  /** Reads each argument as an address and as a target. */
  static final class Resolving {
    private Resolving() {}

    public static void main(String[] names) throws UnknownHostException {
      System.out.println(
          names[0] + " is known as " + InetAddress.getByName(names[0]).getHostAddress());
      for (var name : names) {
        var address = reader(Map.of("address", name));
        System.out.println(name + " as address: "
            + address.address("address").map(InetAddress::toString).orElse("refused"));
        var target = reader(Map.of("target", name));
        System.out.println(name + " as target: "
            + target.target("target").map(Target::toString).orElse("refused"));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "192.0.2.1, 192.0.2.1, 0",
    "192.0.2.1:443, 192.0.2.1, 443",
    "192.0.2.1:1, 192.0.2.1, 1",
    "192.0.2.1:65535, 192.0.2.1, 65535",
    "2001:db8::1, 2001:db8:0:0:0:0:0:1, 0",
    "[2001:db8::1], 2001:db8:0:0:0:0:0:1, 0",
    "[2001:db8::1]:443, 2001:db8:0:0:0:0:0:1, 443",
    "2001:db8::1:443, 2001:db8:0:0:0:0:1:443, 0"
  })
  void a_target_is_an_address_and_perhaps_a_port(String value, String address, int port)
      throws UnknownHostException {
    var reader = reader(Map.of("target", " " + value));
    assertThat(reader.target("target"))
        .hasValue(new Target(
            value,
            InetAddress.getByName(address),
            port == 0 ? Optional.empty() : Optional.of(port)));
    assertThat(problems(reader)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "300.1.1.1",
        "300.1.1.1:443",
        "192.0.2.1:",
        "192.0.2.1:0",
        "192.0.2.1:65536",
        "192.0.2.1:99999",
        "192.0.2.1:443000",
        "192.0.2.1:-1",
        "192.0.2.1:+1",
        "192.0.2.1:http",
        "192.0.2.1 :443",
        "[::1",
        "::1]",
        "[::1]x",
        "[::1]:",
        "[::1]:0",
        "[::1]:65536",
        "[::1]:4 3",
        "[::1]443",
        "[]:443",
        "[]",
        "[exit.example]:443",
        "exit.example:443",
        "exit.example",
        ":443",
        "1:::2"
      })
  void a_wrong_target_is_refused_with_one_problem(String value) {
    var reader = reader(Map.of("target", value));
    assertThat(reader.target("target")).isEmpty();
    assertThat(problems(reader))
        .singleElement()
        .extracting(SettingProblem::value)
        .isEqualTo(value);
  }

  @Test
  void an_operator_sees_every_problem_at_once() {
    var reader = reader(Map.of("count", "0", "on", "maybe", "address", "nowhere"));
    reader.integer("count");
    reader.flag("on");
    reader.address("address");
    reader.refuse("free", "it does not go with the others");
    assertThat(problems(reader))
        .extracting(SettingProblem::setting)
        .containsExactly("count", "on", "address", "free");
    assertThat(problems(reader).get(3).value()).as("its default").isEqualTo("a, b\\c");
  }

  @Test
  void a_secret_is_shown_in_no_problem_not_even_under_a_misspelt_name() {
    var values = Map.of("secret", "hunter2", "sceret", "hunter2");
    var reader = reader(values);
    assertThat(reader.text("secret")).isEqualTo("hunter2");
    reader.refuse("secret", "it is too short");
    assertThat(problems(reader))
        .singleElement()
        .extracting(SettingProblem::inWords)
        .asString()
        .contains("'secret'", "too short")
        .doesNotContain("hunter2");
    assertThat(SettingsReader.unknown(SCHEMA, values))
        .singleElement()
        .extracting(SettingProblem::inWords)
        .asString()
        .contains("'sceret'", "known are mode, free, secret")
        .doesNotContain("hunter2");
  }

  @Test
  void unknown_settings_are_named_and_what_frameworks_add_is_not() {
    assertThat(SettingsReader.unknown(
            SCHEMA,
            Map.of(
                "count", 1,
                "service.pid", "x",
                "component.id", 7,
                "kura.service.pid", "x",
                "osgi.ds", "x",
                ".private", "x",
                "objectClass", "x",
                "zounds", 1,
                "cuont", 1)))
        .extracting(SettingProblem::setting)
        .containsExactly("cuont", "zounds");
    var noSecrets = new SettingsSchema("p", "", List.of());
    assertThat(SettingsReader.unknown(noSecrets, Map.of("cuont", 1)))
        .containsExactly(
            new SettingProblem("p", "cuont", "1", "there is no such setting; known are "));
  }

  @Test
  void asking_for_what_the_metatype_lacks_is_a_mistake() {
    List<Consumer<SettingsReader>> asked =
        List.of(reader -> reader.text("no.such"), reader -> reader.refuse("no.such", "why"));
    assertThat(asked)
        .allSatisfy(ask -> assertThatIllegalArgumentException()
            .isThrownBy(() -> ask.accept(reader(Map.of())))
            .withMessageContaining("lacks 'no.such'"));
  }

  private static SettingsReader reader(Map<String, ?> values) {
    return new SettingsReader(SCHEMA, values);
  }

  private static List<SettingProblem> problems(SettingsReader reader) {
    return reader.finish(() -> "whole") instanceof Checked.Refused<String> refused
        ? refused.problems()
        : List.of();
  }
}
