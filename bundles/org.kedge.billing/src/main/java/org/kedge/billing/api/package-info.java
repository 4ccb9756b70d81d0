/** What others may know of billing: neighbours' accounts, settlements, and the channel to a neighbour. */
@org.osgi.annotation.versioning.Version("1.0.0")
package org.kedge.billing.api;
