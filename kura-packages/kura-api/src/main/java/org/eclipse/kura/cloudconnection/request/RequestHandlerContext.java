package org.eclipse.kura.cloudconnection.request;

import org.osgi.annotation.versioning.ProviderType;

/** Who asked, and how to tell them more later; Kedge does not look. Re-declared from facts for compiling. */
@ProviderType
public class RequestHandlerContext {}
