package org.kedge.care.api;

import org.kedge.base.api.Uptime;

/**
 * Something wrong with the node.
 *
 * @param since when readings began to say so
 * @param evidence the latest
 */
public record Fault(FaultKind kind, Blame blame, Uptime since, String evidence) {}
