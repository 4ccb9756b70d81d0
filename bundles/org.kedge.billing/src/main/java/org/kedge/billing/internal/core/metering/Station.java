package org.kedge.billing.internal.core.metering;

/**
 * The far end of a link as the kernel sees it.
 *
 * @param mac lower case with colons; empty where the link has no such addresses, as a tunnel to one peer
 */
public record Station(String interfaceName, String mac) {}
