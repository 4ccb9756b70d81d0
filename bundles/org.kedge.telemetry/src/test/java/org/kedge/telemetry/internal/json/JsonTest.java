package org.kedge.telemetry.internal.json;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.kedge.base.api.Figures;

class JsonTest {
  @Test
  void what_would_end_a_string_or_a_line_is_escaped_and_comes_back_as_it_was() {
    var nasty =
        "quote \" backslash \\ line\nreturn\rtab\tbell\u0007 nul\u0000 separator\u2028 </script>";
    var written = Json.of(Figures.builder().text("evidence", nasty).build());
    assertThat(new String(written, StandardCharsets.UTF_8)).doesNotContain("\n", "\r", "\u0000");
    assertThat(parsed(written).get("evidence").getAsString()).isEqualTo(nasty);
  }

  @Test
  void letters_of_every_plane_travel_as_utf_8() {
    var words = "Straße Ω 屋根 \uD83D\uDEF0";
    var written = Json.of(Figures.builder().text(words, words).build());
    assertThat(new String(written, StandardCharsets.UTF_8)).contains("Straße Ω 屋根");
    assertThat(parsed(written).get(words).getAsString()).isEqualTo(words);
  }

  @Test
  void figures_nest_in_figures_and_lists_and_keep_their_order() {
    var inner = Figures.builder().text("name", "wg1").flag("up", true).build();
    var figures = Figures.builder()
        .count("routes", Long.MAX_VALUE)
        .seconds("age", Duration.ofMillis(1_500))
        .section("process", Figures.builder().number("pid", -7).build())
        .list("interfaces", List.of(inner, Figures.builder().build()))
        .texts("addresses", List.of("fe80::1", ""))
        .list("nothing", List.of())
        .build();
    assertThat(new String(Json.of(figures), StandardCharsets.UTF_8))
        .isEqualTo(
            "{\"routes_count\":9223372036854775807,\"age_seconds\":1.5,\"process\":{\"pid\":-7},"
                + "\"interfaces\":[{\"name\":\"wg1\",\"up\":true},{}],\"addresses\":[\"fe80::1\",\"\"],\"nothing\":[]}");
  }

  @Test
  void no_figures_are_an_empty_object() {
    assertThat(parsed(Json.of(Figures.builder().build())).size()).isZero();
  }

  private static JsonObject parsed(byte[] json) {
    return JsonParser.parseString(new String(json, StandardCharsets.UTF_8)).getAsJsonObject();
  }
}
