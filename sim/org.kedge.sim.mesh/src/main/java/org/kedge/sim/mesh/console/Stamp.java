package org.kedge.sim.mesh.console;

import com.google.gson.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Which message of a node it is, and when it was made.
 *
 * @param boot the run of the runtime
 * @param kernelBoot the boot that {@code uptime} counts from; the run, where the message does not name it
 * @param sequence counts snapshots and events of a run together
 * @param uptime steady, whatever the clock does; empty if not told
 * @param trustedAt by the node's clock; empty unless the node trusts it
 */
record Stamp(
    String boot,
    String kernelBoot,
    long sequence,
    Optional<Duration> uptime,
    Optional<Instant> trustedAt) {
  /** Empty for a message that cannot be told from others: no boot or no sequence. */
  static Optional<Stamp> of(JsonObject fields, Optional<Instant> trustedAt) {
    var boot = NodeSnapshot.text(fields, "boot_id");
    var sequence = NodeSnapshot.whole(fields, "sequence");
    if (boot.isEmpty() || sequence.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(new Stamp(
        boot.get(),
        NodeSnapshot.text(fields, "kernel_boot_id").orElse(boot.get()),
        sequence.getAsLong(),
        NodeSnapshot.seconds(fields, "uptime_seconds"),
        trustedAt));
  }
}
