package org.kedge.base.api;

/** The steady clock of the node, as a service, so that the same code runs in virtual time. Any thread. */
@FunctionalInterface
public interface UptimeSource {
  Uptime now();
}
