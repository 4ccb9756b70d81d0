package org.kedge.billing.internal.core.enforcement;

import org.kedge.billing.api.Standing;

/**
 * How a neighbour stands, and what follows.
 *
 * @param isSlowed whether its traffic is to be slowed now
 * @param why in plain words without a full stop
 */
public record Judgement(Standing standing, boolean isSlowed, String why) {}
