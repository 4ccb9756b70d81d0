package org.kedge.care.api;

import java.time.Duration;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A kind of fault, declared by the capability that can see it.
 *
 * @param name upper case, such as {@code BABEL_SILENT}; the same in code, logs, telemetry and documents
 * @param patience how long readings must say so before it is reported; zero where the reading itself is sure
 * @param freshFor a reading older than this is stale: it neither raises nor clears anything
 * @param causes names of faults that explain this one; while one of them stands, this one is silenced
 * @param fades whether blame that is ours becomes unknown once a remedy did not help: the cause may as well sit elsewhere
 * @param advice what a person can do about it, one sentence
 */
public record FaultKind(
    String name,
    Layer layer,
    Duration patience,
    Duration freshFor,
    Set<String> causes,
    boolean fades,
    String advice) {
  private static final Pattern FORM = Pattern.compile("[A-Z][A-Z0-9_]*");

  public FaultKind {
    if (!FORM.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "A fault's name is upper case with underscores, but was '" + name + "'");
    }
    causes = Set.copyOf(causes);
    if (causes.contains(name)) {
      throw new IllegalArgumentException("Fault " + name + " cannot be its own cause");
    }
  }
}
