package org.kedge.watchdog.internal.linux;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;
import org.kedge.watchdog.internal.libc.Libc;

/**
 * A timer as the kernel's watchdog core and driver i6300esb behave, with its folder in sysfs. What a device file leads to is not
 * looked at: opening any is opening it.
 */
final class KernelDouble implements Libc {
  static final int SETTIMEOUT = 0x80;
  static final int CARDRESET = 0x20;
  static final int MAGICCLOSE = 0x100;
  static final int PRETIMEOUT = 0x200;
  static final int ALARMONLY = 0x400;
  static final int KEEPALIVEPING = 0x8000;

  private static final int DESCRIPTOR = 17;
  private static final int ENOTTY = 25;

  int options = SETTIMEOUT | MAGICCLOSE | KEEPALIVEPING;
  String identity = "i6300ESB timer";
  int timeout = 30;
  int pretimeout;
  int bootStatus;
  /** The driver sets the next multiple of this. */
  int grain = 1;

  boolean nowayout;
  boolean runs;
  boolean isOpen;
  final StringBuilder written = new StringBuilder();
  OptionalInt openFails = OptionalInt.empty();
  OptionalInt writeFails = OptionalInt.empty();
  OptionalInt setFails = OptionalInt.empty();
  OptionalInt getFails = OptionalInt.empty();
  OptionalInt supportFails = OptionalInt.empty();

  private final Path folder;
  private boolean mayStop;

  /** @param folder its own in sysfs; may be missing */
  KernelDouble(Path folder) {
    this.folder = folder;
  }

  @Override
  public int open(Path path) throws Refusal {
    fail(openFails);
    if (isOpen) {
      throw refusal(16);
    }
    isOpen = true;
    runs = true;
    mayStop = false;
    show("state", "active");
    return DESCRIPTOR;
  }

  @Override
  public void write(int descriptor, byte[] bytes) throws Refusal {
    check(descriptor);
    fail(writeFails);
    var text = new String(bytes, StandardCharsets.US_ASCII);
    written.append(text);
    mayStop = text.contains("V");
  }

  @Override
  public void close(int descriptor) throws Refusal {
    check(descriptor);
    isOpen = false;
    if (!nowayout && (mayStop || (options & MAGICCLOSE) == 0)) {
      runs = false;
      show("state", "inactive");
    }
  }

  @Override
  public void ioctl(int descriptor, int request, byte[] argument) throws Refusal {
    check(descriptor);
    var words = ByteBuffer.wrap(argument).order(ByteOrder.nativeOrder());
    if (request == reads(0, 40)) {
      fail(supportFails);
      words.putInt(options).putInt(0).put(identity.getBytes(StandardCharsets.US_ASCII));
    } else if (request == reads(2, 4)) {
      words.putInt(bootStatus);
    } else if (request == (reads(6, 4) | 0x40000000)) {
      fail(setFails);
      timeout = (words.getInt(0) + grain - 1) / grain * grain;
      words.putInt(0, timeout);
      show("timeout", Integer.toString(timeout));
    } else if (request == reads(7, 4)) {
      fail(getFails);
      words.putInt(timeout);
    } else if (request == reads(9, 4) && (options & PRETIMEOUT) != 0) {
      words.putInt(pretimeout);
    } else {
      throw refusal(ENOTTY);
    }
  }

  /** As the macro _IOR('W', number, octets) makes it. */
  private static int reads(int number, int octets) {
    return (2 << 30) | (octets << 16) | ('W' << 8) | number;
  }

  @Override
  public int datagramSocket() {
    throw new AssertionError("not of a timer");
  }

  @Override
  public void send(int descriptor, byte[] datagram, byte[] address) {
    throw new AssertionError("not of a timer");
  }

  private void show(String file, String value) {
    try {
      if (Files.exists(folder.resolve(file))) {
        Files.writeString(folder.resolve(file), value + "\n");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void check(int descriptor) {
    if (!isOpen || descriptor != DESCRIPTOR) {
      throw new AssertionError("bad file descriptor " + descriptor);
    }
  }

  private static void fail(OptionalInt number) throws Refusal {
    if (number.isPresent()) {
      throw refusal(number.getAsInt());
    }
  }

  static Refusal refusal(int number) {
    return new Refusal(
        number,
        switch (number) {
          case 1 -> "Operation not permitted";
          case 2 -> "No such file or directory";
          case 5 -> "Input/output error";
          case 13 -> "Permission denied";
          case 16 -> "Device or resource busy";
          case 19 -> "No such device";
          case 22 -> "Invalid argument";
          case ENOTTY -> "Inappropriate ioctl for device";
          case 95 -> "Operation not supported";
          default -> "error " + number;
        });
  }
}
