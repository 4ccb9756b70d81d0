/** What is seen, what is wrong and who is to blame. Care knows no capability: capabilities register {@link Probe}s. */
@org.osgi.annotation.versioning.Version("1.4.0")
package org.kedge.care.api;
