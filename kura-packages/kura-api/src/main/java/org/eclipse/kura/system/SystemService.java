package org.eclipse.kura.system;

import org.osgi.annotation.versioning.ProviderType;

/** What Kura knows of the machine: as much as Kedge uses. Re-declared from facts for compiling. */
@ProviderType
public interface SystemService {
  /** From a program of the board's; may be empty, null, or the words of a board without one. */
  String getSerialNumber();

  /** Of the interface that Kura calls primary, colons between; null where there is none. */
  String getPrimaryMacAddress();

  /** An absolute path. */
  String getKuraDataDirectory();
}
