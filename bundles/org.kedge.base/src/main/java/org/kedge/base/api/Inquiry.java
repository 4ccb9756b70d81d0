package org.kedge.base.api;

import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * One thing a maintainer may ask about the node from afar; to answer changes nothing. A service that a capability offers; whatever
 * carries requests finds it by its name. Commands, which change something, are not among them: they need to know who asks.
 */
public interface Inquiry {
  /** As it is asked for: one word in lower case such as {@code neighbours}; unique on the node. */
  String name();

  /** What the answer tells, one sentence. */
  String about();

  /**
   * Answers from what is known already. Any thread; returns at once.
   *
   * @param words what stood behind the name, such as {@code 20} of {@code journal/20}; mostly none
   */
  Answer answer(List<String> words);

  static Inquiry of(String name, String about, Function<List<String>, Answer> answer) {
    return new Inquiry() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public String about() {
        return about;
      }

      @Override
      public Answer answer(List<String> words) {
        return answer.apply(words);
      }
    };
  }

  /** One that takes no words. */
  static Inquiry of(String name, String about, Supplier<Answer> answer) {
    return of(
        name,
        about,
        words -> words.isEmpty()
            ? answer.get()
            : new Answer.Misunderstood("nothing stands behind '" + name + "'"));
  }

  /** What came of it. */
  sealed interface Answer {
    /** @param body JSON, UTF-8 */
    record Told(byte[] body) implements Answer {}

    /** @param why what the words should have been */
    record Misunderstood(String why) implements Answer {}

    /** Nothing is known yet, or no longer; asking again later helps. */
    record NotNow(String why) implements Answer {}
  }
}
