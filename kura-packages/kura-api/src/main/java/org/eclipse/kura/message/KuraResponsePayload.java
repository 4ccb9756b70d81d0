package org.eclipse.kura.message;

import org.osgi.annotation.versioning.ProviderType;

/** What is answered to a request from the cloud: without a code the asker takes it for a failure. Re-declared from facts for compiling. */
@ProviderType
public class KuraResponsePayload extends KuraPayload {
  public static final int RESPONSE_CODE_OK = 200;
  public static final int RESPONSE_CODE_BAD_REQUEST = 400;
  public static final int RESPONSE_CODE_NOTFOUND = 404;
  public static final int RESPONSE_CODE_ERROR = 500;

  private static final String CODE = "response.code";
  private static final String MESSAGE = "response.exception.message";

  public KuraResponsePayload(int code) {
    addMetric(CODE, code);
  }

  public int getResponseCode() {
    return (Integer) getMetric(CODE);
  }

  /** @return null if none was set */
  public String getExceptionMessage() {
    return (String) getMetric(MESSAGE);
  }

  public void setExceptionMessage(String message) {
    addMetric(MESSAGE, message);
  }
}
