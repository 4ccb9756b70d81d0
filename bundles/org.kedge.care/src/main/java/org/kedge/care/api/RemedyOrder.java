package org.kedge.care.api;

/**
 * What a remedy is asked to mend.
 *
 * @param fault name of the kind of fault, such as {@code BABEL_SILENT}
 * @param evidence what was seen of it when the remedy was ordered
 */
public record RemedyOrder(String fault, String evidence) {}
