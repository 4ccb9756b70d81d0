/** What holds a timer that resets the node unless it is petted. */
@org.osgi.annotation.versioning.Version("1.0.0")
package org.kedge.watchdog.api;
