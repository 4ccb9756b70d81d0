package org.kedge.billing.internal.core.metering;

/** What one counter of the kernel counts. */
public record MeterKey(Direction direction, Station station, Target target) {}
