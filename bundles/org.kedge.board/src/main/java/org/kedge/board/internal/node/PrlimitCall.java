package org.kedge.board.internal.node;

import com.sun.jna.Function;
import com.sun.jna.LastErrorException;
import com.sun.jna.Memory;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import java.io.IOException;

/** The kernel's call {@code prlimit} through JNA; without JNA this class does not link. */
final class PrlimitCall {
  /** Of open files, on every processor that JNA and Kedge run on. */
  private static final int RLIMIT_NOFILE = 7;

  private static final int NUMBER_BYTES = 8;
  private static final int EPERM = 1;
  private static final int ESRCH = 3;

  private PrlimitCall() {}

  static void set(long pid, long soft, long hard) throws IOException {
    // Two 64-bit numbers whatever the word size: soft, then hard; all bits set is no limit.
    try (var limits = new Memory(2 * NUMBER_BYTES)) {
      limits.setLong(0, soft);
      limits.setLong(NUMBER_BYTES, hard == Long.MAX_VALUE ? -1 : hard);
      function().invokeInt(new Object[] {(int) pid, RLIMIT_NOFILE, limits, Pointer.NULL});
    } catch (LastErrorException e) {
      throw new IOException(
          "prlimit " + pid + ": "
              + (e.getErrorCode() == EPERM
                  ? "not allowed; run Kedge as root or with CAP_SYS_RESOURCE"
                  : e.getErrorCode() == ESRCH ? "there is no such process" : e.getMessage()),
          e);
    }
  }

  private static Function function() {
    return NativeLibrary.getProcess().getFunction("prlimit64", Function.THROW_LAST_ERROR);
  }
}
