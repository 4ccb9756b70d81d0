package org.kedge.watchdog.internal.libc;

import com.sun.jna.LastErrorException;
import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** The C library through JNA. Numbers as on x86, ARM, RISC-V and LoongArch, see {@link Loader}. */
final class JnaLibc implements Libc {
  private static final int WRITE_ONLY = 1;
  private static final int CLOSE_ON_EXEC = 0x80000;
  private static final int UNIX_FAMILY = 1;
  private static final int DATAGRAM = 2;
  private static final int DO_NOT_WAIT = 0x40;
  private static final int NO_SIGNAL = 0x4000;
  private static final int INTERRUPTED = 4;

  private final Functions functions;

  private JnaLibc(Functions functions) {
    this.functions = functions;
  }

  static Libc load() {
    return new JnaLibc(Native.load("c", Functions.class));
  }

  /**
   * As C has them. open and ioctl take variable arguments in C, and so here: how those are passed differs from fixed ones on some
   * processors. The request of ioctl is an unsigned long of which the kernel reads the lower 32 bits.
   */
  interface Functions extends Library {
    int open(byte[] path, int flags, Object... mode) throws LastErrorException;

    NativeLong write(int descriptor, byte[] bytes, NativeLong length) throws LastErrorException;

    int ioctl(int descriptor, NativeLong request, Object... argument) throws LastErrorException;

    int close(int descriptor) throws LastErrorException;

    int socket(int family, int type, int protocol) throws LastErrorException;

    NativeLong sendto(
        int descriptor,
        byte[] datagram,
        NativeLong length,
        int flags,
        byte[] address,
        int addressLength)
        throws LastErrorException;

    String strerror(int number);
  }

  @Override
  public int open(Path path) throws Refusal {
    var name = path.toString().getBytes(StandardCharsets.UTF_8);
    var terminated = ByteBuffer.allocate(name.length + 1).put(name).array();
    return called(() -> functions.open(terminated, WRITE_ONLY | CLOSE_ON_EXEC));
  }

  @Override
  public void write(int descriptor, byte[] bytes) throws Refusal {
    var written = called(
        () -> functions.write(descriptor, bytes, new NativeLong(bytes.length)).intValue());
    if (written != bytes.length) {
      throw new Refusal(
          0, "of " + bytes.length + " octets the device took " + Math.max(written, 0));
    }
  }

  @Override
  public void ioctl(int descriptor, int request, byte[] argument) throws Refusal {
    var unsigned = new NativeLong(Integer.toUnsignedLong(request), true);
    called(() -> functions.ioctl(descriptor, unsigned, (Object) argument));
  }

  @Override
  public void close(int descriptor) throws Refusal {
    // Never twice: after an interruption it is closed all the same.
    try {
      functions.close(descriptor);
    } catch (LastErrorException e) {
      throw refusal(e);
    }
  }

  @Override
  public int datagramSocket() throws Refusal {
    return called(() -> functions.socket(UNIX_FAMILY, DATAGRAM | CLOSE_ON_EXEC, 0));
  }

  @Override
  public void send(int descriptor, byte[] datagram, byte[] address) throws Refusal {
    var to = ByteBuffer.allocate(Short.BYTES + address.length)
        .order(ByteOrder.nativeOrder())
        .putShort((short) UNIX_FAMILY)
        .put(address)
        .array();
    called(() -> functions
        .sendto(
            descriptor,
            datagram,
            new NativeLong(datagram.length),
            DO_NOT_WAIT | NO_SIGNAL,
            to,
            to.length)
        .intValue());
  }

  private interface Call {
    int made();
  }

  /** The virtual machine's own signals may interrupt a call; that is no answer. */
  private int called(Call call) throws Refusal {
    while (true) {
      try {
        return call.made();
      } catch (LastErrorException e) {
        if (e.getErrorCode() != INTERRUPTED) {
          throw refusal(e);
        }
      }
    }
  }

  private Refusal refusal(LastErrorException e) {
    return new Refusal(e.getErrorCode(), functions.strerror(e.getErrorCode()));
  }
}
