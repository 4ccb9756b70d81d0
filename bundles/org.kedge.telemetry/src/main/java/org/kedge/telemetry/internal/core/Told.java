package org.kedge.telemetry.internal.core;

/**
 * How far care's journal has been told.
 *
 * @param bootId of the run that told it; empty where none did
 * @param number of the entry told last
 */
public record Told(String bootId, long number) {
  public static final Told NOTHING = new Told("", 0);
}
