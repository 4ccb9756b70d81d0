package org.kedge.base.internal.node;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.kedge.base.api.Uptime;
import org.kedge.base.api.UptimeSource;

/** Time since the kernel booted: read once from {@code /proc/uptime}, then followed on the JVM's steady clock. */
public final class KernelUptime implements UptimeSource {
  private final long atStart;
  private final long start = System.nanoTime();

  public KernelUptime(Path proc) {
    atStart = sinceBoot(proc);
  }

  @Override
  public Uptime now() {
    return new Uptime(atStart + (System.nanoTime() - start));
  }

  private static long sinceBoot(Path proc) {
    try {
      var text = Files.readString(proc.resolve("uptime"));
      return (long) (Double.parseDouble(text.substring(0, text.indexOf(' '))) * 1e9);
    } catch (IOException | NumberFormatException | StringIndexOutOfBoundsException e) {
      // Without procfs the clock is as steady, only its zero is the start of the runtime.
      return 0;
    }
  }
}
