package org.eclipse.kura;

/** What a {@link KuraException} is about: those of Kura's codes that Kedge meets. Re-declared from facts for compiling. */
public enum KuraErrorCode {
  STORE_ERROR,
  SERVICE_UNAVAILABLE,
  OPERATION_NOT_SUPPORTED,
  DECODER_ERROR
}
