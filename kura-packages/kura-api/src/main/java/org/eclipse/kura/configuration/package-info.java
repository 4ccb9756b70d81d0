/** Kura's configuration API, in the package version that Kura 5.4 to 6 export. */
@org.osgi.annotation.versioning.Version("1.2.0")
package org.eclipse.kura.configuration;
