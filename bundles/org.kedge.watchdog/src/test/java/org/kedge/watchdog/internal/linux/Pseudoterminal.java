package org.kedge.watchdog.internal.linux;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** A real character device of its own, whose other end keeps what was written to it. */
final class Pseudoterminal implements AutoCloseable {
  private final Process socat;
  private final Path device;
  private final Path written;

  private Pseudoterminal(Process socat, Path device, Path written) {
    this.socat = socat;
    this.device = device;
    this.written = written;
  }

  /** @param folder where a link to the device is made */
  static Pseudoterminal open(Path folder) throws IOException {
    var device = folder.resolve("tty");
    var written = folder.resolve("written");
    Files.writeString(written, "");
    // What it says at its first close would end it, but for the wait.
    var socat = new ProcessBuilder(
            "socat", "-u", "PTY,rawer,ignoreeof,link=" + device, "OPEN:" + written + ",append")
        .inheritIO()
        .start();
    var opened = new Pseudoterminal(socat, device, written);
    await().atMost(Duration.ofSeconds(20)).until(() -> Files.exists(device));
    return opened;
  }

  /** A link to it. */
  Path device() {
    return device;
  }

  /** Of the process at the other end. */
  long pid() {
    return socat.pid();
  }

  /** As sysfs writes it. */
  String number() throws IOException {
    var number = DeviceNumber.of(device).orElseThrow();
    return number.major() + ":" + number.minor();
  }

  void awaitWritten(String text) {
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(() -> assertThat(written).hasContent(text));
  }

  void assertNotWritten() {
    assertThat(written).isEmptyFile();
  }

  @Override
  public void close() throws IOException {
    socat.destroy();
    try {
      if (!socat.waitFor(10, SECONDS)) {
        socat.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      socat.destroyForcibly();
    }
    Files.deleteIfExists(device);
  }
}
