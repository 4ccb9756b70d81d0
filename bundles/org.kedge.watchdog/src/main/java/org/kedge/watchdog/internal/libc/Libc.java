package org.kedge.watchdog.internal.libc;

import java.io.IOException;
import java.nio.file.Path;

/**
 * The few calls of the C library that Java does not offer. Any thread. A call that fails throws {@link Refusal} with the kernel's
 * reason; an interrupted thread does not disturb it.
 */
public interface Libc {
  /**
   * Opens for writing what is there, and never makes it. It is not passed on to children: a timer that a child holds open could
   * not be stopped.
   *
   * @return its descriptor, which the caller closes
   */
  int open(Path path) throws Refusal;

  /** Writes all of it. */
  void write(int descriptor, byte[] bytes) throws Refusal;

  /** @param argument what is handed over, and what the kernel answers in it */
  void ioctl(int descriptor, int request, byte[] argument) throws Refusal;

  void close(int descriptor) throws Refusal;

  /** A datagram socket of the unix family, which the caller closes; not passed on to children. */
  int datagramSocket() throws Refusal;

  /**
   * Sends one datagram, without waiting for room.
   *
   * @param address where to, as the family of unix sockets has it: a path, or after an octet 0 any name
   */
  void send(int descriptor, byte[] datagram, byte[] address) throws Refusal;

  /** Loads it, the first time; only here is JNA touched. What came of it holds until the runtime restarts. */
  static Loading load() {
    return Loader.load();
  }

  /** What came of loading it. */
  sealed interface Loading {
    record Loaded(Libc libc) implements Loading {}

    /** @param why in plain words, with what to do, without a full stop */
    record Missing(String why) implements Loading {}
  }

  /** The kernel said no. */
  final class Refusal extends IOException {
    private static final long serialVersionUID = 1;

    private final int number;
    private final String words;

    /**
     * @param number as errno has it
     * @param words what it means
     */
    public Refusal(int number, String words) {
      super(words);
      this.number = number;
      this.words = words;
    }

    public int number() {
      return number;
    }

    /** Such as {@code Device or resource busy}. */
    public String words() {
      return words;
    }
  }
}
