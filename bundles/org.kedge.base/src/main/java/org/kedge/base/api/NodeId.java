package org.kedge.base.api;

import java.util.regex.Pattern;

/**
 * The name of a node in its mesh: 1 to 63 letters, digits, dots, hyphens or underscores, the first a letter or digit. So it can
 * stand in an MQTT topic and in a file name as it is.
 */
public record NodeId(String value) {
  private static final Pattern FORM = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");

  public NodeId {
    if (!isValid(value)) {
      throw new IllegalArgumentException(
          "A node's name is 1 to 63 letters, digits, dots, hyphens or underscores, but was '"
              + value + "'");
    }
  }

  public static boolean isValid(String value) {
    return FORM.matcher(value).matches();
  }

  @Override
  public String toString() {
    return value;
  }
}
