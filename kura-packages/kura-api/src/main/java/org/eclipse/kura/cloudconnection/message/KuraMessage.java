package org.eclipse.kura.cloudconnection.message;

import java.util.HashMap;
import java.util.Map;
import org.eclipse.kura.message.KuraPayload;
import org.osgi.annotation.versioning.ProviderType;

/** A payload and what a publisher may use of it for the topic. Re-declared from facts for compiling. */
@ProviderType
public class KuraMessage {
  private final KuraPayload payload;
  private final Map<String, Object> properties;

  public KuraMessage(KuraPayload payload, Map<String, Object> properties) {
    this.payload = payload;
    this.properties = new HashMap<>(properties);
  }

  public KuraPayload getPayload() {
    return payload;
  }

  public Map<String, Object> getProperties() {
    return properties;
  }
}
