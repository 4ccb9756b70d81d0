package org.kedge.base.api;

import java.util.List;

/** Settings that were read whole: good, or refused with every problem. */
public sealed interface Checked<T> {
  record Accepted<T>(T value) implements Checked<T> {}

  /** Nothing of it is used; the old settings stay in force. */
  record Refused<T>(List<SettingProblem> problems) implements Checked<T> {
    public Refused {
      problems = List.copyOf(problems);
    }
  }
}
