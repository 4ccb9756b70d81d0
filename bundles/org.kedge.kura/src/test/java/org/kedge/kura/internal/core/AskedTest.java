package org.kedge.kura.internal.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class AskedTest {
  @Test
  void without_words_everything_is_asked_for() {
    assertThat(Asked.of(List.of())).isEqualTo(new Asked.Everything());
  }

  @Test
  void the_first_word_is_the_name_and_the_rest_are_for_the_inquiry() {
    assertThat(Asked.of(List.of("journal", "20")))
        .isEqualTo(new Asked.Inquired("journal", List.of("20")));
    assertThat(Asked.of(List.of(""))).isEqualTo(new Asked.Inquired("", List.of()));
  }

  @Test
  void what_is_no_list_of_texts_is_malformed() {
    malformed(null, "no path");
    malformed("status", "no path");
    malformed(Map.of(), "no path");
    malformed(List.of(7), "no text");
    malformed(Arrays.asList("journal", null), "no text");
  }

  @Test
  void a_very_long_path_is_malformed() {
    assertThat(Asked.of(Collections.nCopies(16, "a"))).isInstanceOf(Asked.Inquired.class);
    malformed(Collections.nCopies(17, "a"), "17 parts; allowed are up to 16");
    assertThat(Asked.of(List.of("a".repeat(100)))).isInstanceOf(Asked.Inquired.class);
    malformed(List.of("a".repeat(101)), "101 characters; allowed are up to 100");
  }

  private static void malformed(@Nullable Object path, String why) {
    assertThat(Asked.of(path))
        .isInstanceOfSatisfying(
            Asked.Malformed.class, malformed -> assertThat(malformed.why()).contains(why));
  }
}
