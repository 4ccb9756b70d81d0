package org.kedge.kura.internal.core;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a request from afar asks for, read from the path behind its verb. */
public sealed interface Asked {
  int WORDS_MAX = 16;
  int WORD_MAX = 100;

  /** What can be asked. */
  record Everything() implements Asked {}

  /** One inquiry. */
  record Inquired(String name, List<String> words) implements Asked {
    public Inquired {
      words = List.copyOf(words);
    }
  }

  record Malformed(String why) implements Asked {}

  /** @param path as Kura hands it over: a list of strings, where all is as it should be */
  static Asked of(@Nullable Object path) {
    if (!(path instanceof List<?> given)) {
      return new Malformed("the request has no path");
    }
    if (given.size() > WORDS_MAX) {
      return new Malformed(
          "the path has " + given.size() + " parts; allowed are up to " + WORDS_MAX);
    }
    var words = new ArrayList<String>();
    for (var one : given) {
      if (!(one instanceof String word)) {
        return new Malformed("a part of the path is no text");
      }
      if (word.length() > WORD_MAX) {
        return new Malformed("a part of the path has " + word.length()
            + " characters; allowed are up to " + WORD_MAX);
      }
      words.add(word);
    }
    return words.isEmpty()
        ? new Everything()
        : new Inquired(words.get(0), words.subList(1, words.size()));
  }
}
