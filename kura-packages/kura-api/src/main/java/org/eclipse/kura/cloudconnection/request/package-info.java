/** Requests from the cloud, in the package version that Kura 5.4 to 6 export. */
@org.osgi.annotation.versioning.Version("1.0.0")
package org.eclipse.kura.cloudconnection.request;
