/** What babeld knows: interfaces, neighbours and routes, as immutable snapshots. */
@org.osgi.annotation.versioning.Version("1.0.0")
package org.kedge.babel.api;
