package org.kedge.babel.internal.core;

/** A packet that passes through this node, of which nothing else is known: neither its addresses nor its flow. */
public record TransitPacket(String arrivesOn, String leavesOn, IpFamily family) {
  /** For people. */
  public String inWords() {
    return family.word() + " from " + arrivesOn + " to " + leavesOn;
  }
}
