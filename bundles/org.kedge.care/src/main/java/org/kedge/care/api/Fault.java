package org.kedge.care.api;

import java.time.Duration;
import org.kedge.base.api.Uptime;

/**
 * Something wrong with the node.
 *
 * @param since when readings began to say so, in this run of the runtime
 * @param earlier how long it had stood before that, as remembered from earlier runs; zero for most
 * @param evidence the latest
 */
public record Fault(FaultKind kind, Blame blame, Uptime since, Duration earlier, String evidence) {
  public Fault(FaultKind kind, Blame blame, Uptime since, String evidence) {
    this(kind, blame, since, Duration.ZERO, evidence);
  }

  /** How long it has stood, restarts and reboots included as far as they are remembered. */
  public Duration lasting(Uptime now) {
    return earlier.plus(now.since(since));
  }
}
