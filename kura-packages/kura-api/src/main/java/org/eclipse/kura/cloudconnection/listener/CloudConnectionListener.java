package org.eclipse.kura.cloudconnection.listener;

import org.osgi.annotation.versioning.ConsumerType;

/** Hears of changes of the connection, on threads of Kura's. Re-declared from facts for compiling. */
@ConsumerType
public interface CloudConnectionListener {
  /** It was ended on purpose. */
  void onDisconnected();

  void onConnectionLost();

  void onConnectionEstablished();
}
