package org.eclipse.kura.cloudconnection.request;

/** Where the properties of a request hold what. Re-declared from facts for compiling. */
public enum RequestHandlerMessageConstants {
  /** The path behind the verb, as a list of strings. */
  ARGS_KEY("args");

  private final String value;

  RequestHandlerMessageConstants(String value) {
    this.value = value;
  }

  public String value() {
    return value;
  }
}
