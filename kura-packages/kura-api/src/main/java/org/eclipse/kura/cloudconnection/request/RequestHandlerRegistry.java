package org.eclipse.kura.cloudconnection.request;

import org.eclipse.kura.KuraException;
import org.osgi.annotation.versioning.ProviderType;

/** Where a cloud connection finds who answers which requests; each connection has one. Re-declared from facts for compiling. */
@ProviderType
public interface RequestHandlerRegistry {
  void registerRequestHandler(String id, RequestHandler handler) throws KuraException;

  void unregister(String id) throws KuraException;
}
