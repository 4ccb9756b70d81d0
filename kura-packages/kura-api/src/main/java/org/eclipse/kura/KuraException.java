package org.eclipse.kura;

import org.osgi.annotation.versioning.ProviderType;

/** Kura's checked exception. Re-declared from facts for compiling; Kura's own puts its code into words. */
@ProviderType
public class KuraException extends Exception {
  private final KuraErrorCode code;

  public KuraException(KuraErrorCode code) {
    super(code.name());
    this.code = code;
  }

  public KuraErrorCode getCode() {
    return code;
  }
}
