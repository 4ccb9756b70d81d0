/** How health leaves the node. */
@org.osgi.annotation.versioning.Version("2.0.0")
package org.kedge.telemetry.api;
