package org.kedge.billing.internal.core.statement;

import org.kedge.base.api.Wei;

/**
 * What two sides do not agree on.
 *
 * @param denied what this node earned by its own books and the neighbour does not admit
 * @param evidence both figures, in plain words without a full stop
 */
public record Dispute(Wei denied, String evidence) {}
