package org.kedge.telemetry.internal.outbox;

import java.io.IOException;
import java.util.regex.Pattern;
import org.kedge.base.api.Flash;
import org.kedge.telemetry.internal.outbox.Outbox.Job;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The files of the outbox on flash. Blocks; one call at a time. */
public final class OutboxShelf {
  private static final Logger LOG = LoggerFactory.getLogger(OutboxShelf.class);
  private static final Pattern NAME = Pattern.compile("outbox-(\\d{9})");

  private final Flash flash;

  public OutboxShelf(Flash flash) {
    this.flash = flash;
  }

  /** What was found. */
  public record Opened(OutboxContents contents, long free) {}

  /** Reads all files, one after the other. One that cannot be read is left where it is and costs no other. */
  public Opened open() throws IOException {
    var contents = new OutboxContents();
    for (var name : flash.names()) {
      var matcher = NAME.matcher(name);
      if (!matcher.matches()) {
        continue;
      }
      var number = Integer.parseInt(matcher.group(1));
      try {
        contents.add(number, flash.read(name).orElse(new byte[0]));
      } catch (IOException e) {
        LOG.warn(
            "{} of the outbox cannot be read ({}); it is left as it is, and what waits in it is not sent in this run.",
            name,
            e.toString());
        contents.addUnreadable(number);
      }
    }
    return new Opened(contents, flash.free());
  }

  public byte[] read(Job.Load job) throws IOException {
    return flash.read(name(job.file())).orElse(new byte[0]);
  }

  /** @return bytes of flash that are free after it */
  public long write(Job.Write job) throws IOException {
    if (job.append().length > 0) {
      flash.append(name(job.file()), job.append());
    }
    for (int number : job.sync()) {
      flash.sync(name(number));
    }
    for (int number : job.delete()) {
      flash.delete(name(number));
    }
    return flash.free();
  }

  private static String name(int number) {
    return "outbox-%09d".formatted(number);
  }
}
