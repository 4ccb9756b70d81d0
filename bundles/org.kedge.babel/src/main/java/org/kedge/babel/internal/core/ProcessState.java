package org.kedge.babel.internal.core;

/** What the kernel says a process is doing. One that has ended but was not collected yet counts as gone and is not here. */
public enum ProcessState {
  RUNNING("running"),
  SLEEPING("sleeping"),
  /** Waits for a device or a file system and cannot be killed meanwhile. */
  BLOCKED("blocked in the kernel"),
  STOPPED("stopped"),
  TRACED("stopped by a debugger"),
  OTHER("in a state unknown to Kedge");

  private final String word;

  ProcessState(String word) {
    this.word = word;
  }

  /** For people: "babeld is ...". */
  public String word() {
    return word;
  }

  /** Reads the letter of {@code /proc/PID/stat}. */
  public static ProcessState of(char letter) {
    return switch (letter) {
      case 'R' -> RUNNING;
      case 'S', 'I' -> SLEEPING;
      case 'D' -> BLOCKED;
      case 'T' -> STOPPED;
      case 't' -> TRACED;
      default -> OTHER;
    };
  }
}
