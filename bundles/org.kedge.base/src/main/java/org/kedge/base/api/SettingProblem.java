package org.kedge.base.api;

/**
 * A setting that cannot be used.
 *
 * @param setting its name
 * @param value as given; empty for a secret
 * @param why what is allowed instead
 */
public record SettingProblem(String pid, String setting, String value, String why) {
  /** One line for a person. */
  public String inWords() {
    return "Setting '" + setting + "' of " + pid + " is '" + value + "': " + why;
  }
}
