/** What Kura knows of the machine, in the package version that Kura 5.4 to 5.6 export; 6 has 1.9.0. */
@org.osgi.annotation.versioning.Version("1.7.0")
package org.eclipse.kura.system;
