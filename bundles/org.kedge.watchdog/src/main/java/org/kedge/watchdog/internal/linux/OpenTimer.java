package org.kedge.watchdog.internal.linux;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.kedge.watchdog.internal.libc.Libc;
import org.kedge.watchdog.internal.libc.Libc.Refusal;

/** A timer's device file, open: by requests of the kernel where the C library is there, else by writing alone. */
interface OpenTimer {
  void write(byte octet) throws IOException;

  /** Ends this hold; the timer goes on unless it was told to stop. */
  void close() throws IOException;

  /** What can be asked; empty without the C library. */
  default Optional<Requests> requests() {
    return Optional.empty();
  }

  static OpenTimer open(Path device, Libc libc) throws Refusal {
    return new ByLibc(libc, libc.open(device));
  }

  static OpenTimer open(Path device) throws IOException {
    // Not by a channel: an interrupted thread would close it, and the timer would go on. Never
    // made: a file in the place of a
    // device would guard nothing.
    return new ByFile(Files.newOutputStream(device, StandardOpenOption.WRITE));
  }

  record ByFile(OutputStream file) implements OpenTimer {
    @Override
    public void write(byte octet) throws IOException {
      file.write(new byte[] {octet});
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }

  record ByLibc(Libc libc, int descriptor) implements OpenTimer {
    @Override
    public void write(byte octet) throws IOException {
      libc.write(descriptor, new byte[] {octet});
    }

    @Override
    public void close() throws IOException {
      libc.close(descriptor);
    }

    @Override
    public Optional<Requests> requests() {
      return Optional.of(new Requests(libc, descriptor));
    }
  }

  /** The requests WDIOC_ of linux/watchdog.h. Any of them may be unknown to a driver. */
  record Requests(Libc libc, int descriptor) {
    private static final int GET_SUPPORT = 0x80285700;
    private static final int GET_BOOT_STATUS = 0x80045702;
    private static final int SET_TIMEOUT = 0xC0045706;
    private static final int GET_TIMEOUT = 0x80045707;
    private static final int GET_PRETIMEOUT = 0x80045709;

    private static final int SUPPORT_OCTETS = 40;
    private static final int IDENTITY_OFFSET = 8;

    Support support() throws Refusal {
      var answer = new byte[SUPPORT_OCTETS];
      libc.ioctl(descriptor, GET_SUPPORT, answer);
      var options = ByteBuffer.wrap(answer).order(ByteOrder.nativeOrder()).getInt();
      var end = IDENTITY_OFFSET;
      while (end < SUPPORT_OCTETS && answer[end] != 0) {
        end++;
      }
      var identity =
          new String(answer, IDENTITY_OFFSET, end - IDENTITY_OFFSET, StandardCharsets.US_ASCII);
      return new Support(identity.strip(), options);
    }

    int bootStatus() throws Refusal {
      return number(GET_BOOT_STATUS, 0);
    }

    void setTimeout(int seconds) throws Refusal {
      number(SET_TIMEOUT, seconds);
    }

    int timeoutSeconds() throws Refusal {
      return number(GET_TIMEOUT, 0);
    }

    int pretimeoutSeconds() throws Refusal {
      return number(GET_PRETIMEOUT, 0);
    }

    private int number(int request, int given) throws Refusal {
      var argument = ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.nativeOrder());
      argument.putInt(0, given);
      libc.ioctl(descriptor, request, argument.array());
      return argument.getInt(0);
    }
  }
}
