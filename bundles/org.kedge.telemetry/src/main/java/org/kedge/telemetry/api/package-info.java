/** How health leaves the node. */
@org.osgi.annotation.versioning.Version("1.0.0")
package org.kedge.telemetry.api;
