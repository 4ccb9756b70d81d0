package org.kedge.watchdog.internal.libc;

import java.util.Locale;
import java.util.Set;
import org.kedge.watchdog.internal.libc.Libc.Loading;

/** Loads the C library through JNA, or tells why it cannot be had. */
final class Loader {
  /**
   * Where the numbers of requests, flags and errors are those of {@link JnaLibc}. MIPS and PowerPC have others, and a wrong
   * request is worse than none.
   */
  private static final Set<String> PROCESSORS =
      Set.of("amd64", "x86_64", "i386", "x86", "aarch64", "arm", "riscv64", "loongarch64");

  private Loader() {}

  static Loading load() {
    return Once.LOADING;
  }

  /** What failed once fails again: the class loader remembers it. */
  private static final class Once {
    // No reference to the method: that alone would load the class, and so JNA, on processors that
    // it has no library for.
    private static final Loading LOADING =
        tried(System.getProperty("os.arch", ""), () -> JnaLibc.load());
  }

  interface Attempt {
    Libc load();
  }

  static Loading tried(String processor, Attempt attempt) {
    if (!PROCESSORS.contains(processor.toLowerCase(Locale.ROOT))) {
      return new Loading.Missing(
          "requests to devices are not known for the processor " + processor);
    }
    try {
      return new Loading.Loaded(attempt.load());
    } catch (UnsatisfiedLinkError e) {
      return new Loading.Missing("JNA has no library that this system loads (" + firstLine(e)
          + "); where its folder is mounted noexec, name another with -Djna.tmpdir=");
    } catch (Error e) {
      // An older library of JNA's that the system has is told by a plain Error.
      if (e instanceof VirtualMachineError) {
        throw e;
      }
      return new Loading.Missing("JNA does not work here (" + firstLine(e) + ")");
    }
  }

  private static String firstLine(Error e) {
    return e.toString().lines().findFirst().orElse("").strip();
  }
}
