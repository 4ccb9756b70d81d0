package org.kedge.base.api;

import java.util.List;

/** Settings that were read whole: good, or refused with every problem. */
public sealed interface Checked<T> {
  /** @param complaints what is wrong and gone by all the same, because nothing can keep the old; mostly none */
  record Accepted<T>(T value, List<SettingProblem> complaints) implements Checked<T> {
    public Accepted {
      complaints = List.copyOf(complaints);
    }

    public Accepted(T value) {
      this(value, List.of());
    }
  }

  /** Nothing of it is used; the old settings stay in force. */
  record Refused<T>(List<SettingProblem> problems) implements Checked<T> {
    public Refused {
      problems = List.copyOf(problems);
    }
  }
}
