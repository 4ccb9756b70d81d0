package org.eclipse.kura.crypto;

import org.eclipse.kura.KuraException;
import org.osgi.annotation.versioning.ProviderType;

/** Kura's encryption of what is secret in configurations: as much as Kedge uses. Re-declared from facts for compiling. */
@ProviderType
public interface CryptoService {
  /** @throws KuraException if it was not encrypted by this service with this key */
  char[] decryptAes(char[] encrypted) throws KuraException;
}
