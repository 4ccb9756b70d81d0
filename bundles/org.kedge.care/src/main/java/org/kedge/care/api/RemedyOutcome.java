package org.kedge.care.api;

/** How a remedy ended. Whether it helped is not for the remedy to say: care looks again after a while. */
public sealed interface RemedyOutcome {
  /** In plain words with figures. */
  String words();

  /**
   * It was carried out.
   *
   * @param words what was done and seen doing it
   */
  record Done(String words) implements RemedyOutcome {}

  /**
   * It was tried and came to nothing. Another try may help.
   *
   * @param words why
   */
  record Failed(String words) implements RemedyOutcome {}

  /**
   * It has nothing to offer here, and another try would not change that.
   *
   * @param words why
   */
  record Useless(String words) implements RemedyOutcome {}
}
