package org.kedge.sim.schema;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** The schemas themselves, the page made of them, and the promise that they only grow. */
class SchemasTest {
  static final List<String> SUBJECTS = Schemas.SUBJECTS;

  private static final Map<String, String> UNITS = Map.of(
      "seconds", "s", "milliseconds", "ms", "bytes", "bytes", "percent", "%", "count", "count");

  /** What numbers may be that have no unit in their name. */
  private static final Set<String> UNITLESS =
      Set.of("version", "position", "count", "process id", "Babel cost");

  private final Schemas schemas = Schemas.ofThisBuild();

  @ParameterizedTest
  @FieldSource("SUBJECTS")
  void a_schema_is_itself_as_its_dialect_wants_it(String subject) {
    var dialect = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
        .getSchema(SchemaLocation.of("https://json-schema.org/draft/2020-12/schema"));
    assertThat(dialect.validate(schemas.schema(subject).toString(), InputFormat.JSON))
        .isEmpty();
  }

  @ParameterizedTest
  @FieldSource("SUBJECTS")
  void a_reader_may_meet_more_than_is_described(String subject) {
    var schema = schemas.schema(subject);
    assertThat(schema.get("additionalProperties").asBoolean()).isTrue();
    assertThat(schema.toString()).doesNotContain("\"additionalProperties\":false");
  }

  @ParameterizedTest
  @FieldSource("SUBJECTS")
  void every_field_says_what_it_is_and_where_it_comes_from(String subject) {
    assertThat(Field.of(schemas.schema(subject))).isNotEmpty().allSatisfy(field -> {
      assertThat(field.type()).as(field.path()).doesNotContain("any");
      assertThat(field.description()).as(field.path()).isNotBlank();
      assertThat(field.source().isBlank()).as(field.path()).isEqualTo(field.isGroup());
    });
  }

  @ParameterizedTest
  @FieldSource("SUBJECTS")
  void the_unit_of_a_number_is_the_one_its_name_ends_in(String subject) {
    assertThat(Field.of(schemas.schema(subject))).filteredOn(Field::isNumber).allSatisfy(field -> {
      var ending = field.name().replaceAll(".*_", "");
      if (field.name().contains("_") && UNITS.containsKey(ending)) {
        assertThat(field.unit()).as(field.path()).isEqualTo(UNITS.get(ending));
      } else {
        assertThat(field.unit()).as(field.path()).isIn(UNITLESS);
      }
    });
  }

  @Test
  void the_page_of_fields_is_what_the_schemas_give() {
    assertThat(Schemas.read(schemas.page()))
        .as("bundles/org.kedge.telemetry/FIELDS.md is not what the schemas give: run sim/fields")
        .isEqualTo(FieldsPage.of(schemas));
  }

  @Test
  void no_promise_to_readers_of_version_1_is_broken() {
    var pinned = Pin.parse(Schemas.read(schemas.pinned()));
    assertThat(pinned).hasSizeGreaterThan(150);
    assertThat(Pin.broken(pinned, Pin.lines(schemas))).as(FieldsMain.BROKEN).isEmpty();
  }

  @Test
  void what_was_added_is_promised_from_now_on() {
    assertThat(Pin.added(Pin.parse(Schemas.read(schemas.pinned())), Pin.lines(schemas)))
        .as("New fields are not in %s yet: run sim/fields", schemas.pinned().getFileName())
        .isEmpty();
  }

  @Test
  void a_field_that_goes_or_changes_is_told_by_its_name_and_one_that_comes_is_no_breach() {
    var before = Pin.parse("""
        # words
        snapshot a integer required
        snapshot b.c string optional
        snapshot d number optional
        snapshot e array-of-object optional
        """);
    var now = Pin.parse("""
        snapshot a number required
        snapshot d number required
        snapshot e array-of-object optional
        snapshot e[].f boolean required
        """);
    assertThat(Pin.broken(before, now))
        .containsExactly(
            "snapshot a was integer required and is number required",
            "snapshot b.c was string optional and is gone",
            "snapshot d was number optional and is number required");
    assertThat(Pin.added(before, now)).containsExactly("snapshot e[].f");
    assertThat(Pin.parse(Pin.text(before))).isEqualTo(before);
  }

  @Test
  void a_field_behind_a_reference_is_described_where_it_is_used() {
    var fields = Field.of(schemas.schema("snapshot"));
    assertThat(fields)
        .filteredOn(field -> field.path().equals("babel.neighbours[].cost"))
        .singleElement()
        .satisfies(field -> {
          assertThat(field.type()).isEqualTo("integer");
          assertThat(field.unit()).isEqualTo("Babel cost");
          assertThat(field.source()).contains("key cost");
        });
    assertThat(fields)
        .extracting(Field::path)
        .doesNotHaveDuplicates()
        .contains("babel.beyond.rtt_milliseconds");
    assertThat(fields.get(0).values()).containsExactly("kedge-snapshot");
  }
}
