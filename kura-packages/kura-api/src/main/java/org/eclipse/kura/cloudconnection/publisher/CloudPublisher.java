package org.eclipse.kura.cloudconnection.publisher;

import org.eclipse.kura.KuraException;
import org.eclipse.kura.cloudconnection.listener.CloudConnectionListener;
import org.eclipse.kura.cloudconnection.listener.CloudDeliveryListener;
import org.eclipse.kura.cloudconnection.message.KuraMessage;
import org.osgi.annotation.versioning.ProviderType;

/** Takes messages for the cloud; topic, quality of service and priority are its own settings. Re-declared from facts for compiling. */
@ProviderType
public interface CloudPublisher {
  /** @return what a confirmation will name; null if none will come */
  String publish(KuraMessage message) throws KuraException;

  void registerCloudConnectionListener(CloudConnectionListener listener);

  void unregisterCloudConnectionListener(CloudConnectionListener listener);

  void registerCloudDeliveryListener(CloudDeliveryListener listener);

  void unregisterCloudDeliveryListener(CloudDeliveryListener listener);
}
