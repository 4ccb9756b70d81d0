package org.eclipse.kura.cloudconnection.listener;

import org.osgi.annotation.versioning.ConsumerType;

/** Hears what has arrived, on threads of Kura's. Re-declared from facts for compiling. */
@ConsumerType
public interface CloudDeliveryListener {
  /** @param messageId as a publisher gave it, perhaps another publisher */
  void onMessageConfirmed(String messageId);
}
