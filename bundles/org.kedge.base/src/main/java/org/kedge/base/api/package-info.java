/** Values and plumbing that every bundle of Kedge shares. */
@org.osgi.annotation.versioning.Version("1.2.0")
package org.kedge.base.api;
