package org.kedge.babel.internal.core;

import java.util.Optional;

/**
 * What babeld wrote that was not understood, since the table was made.
 *
 * @param malformed lines that were no line, or were dropped because the table was full
 * @param firstMalformed the first of them, at most 120 characters, what is not printable escaped
 * @param unknownKinds whole lines about kinds of objects this version of Kedge does not know
 */
public record LineFaults(long malformed, Optional<String> firstMalformed, long unknownKinds) {}
