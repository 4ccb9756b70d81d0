/** Kura's encryption, in the package version that Kura 5.4 to 5.6 export; 6 has 1.4.0. */
@org.osgi.annotation.versioning.Version("1.3.0")
package org.eclipse.kura.crypto;
