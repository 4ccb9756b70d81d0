package org.eclipse.kura.message;

import java.util.Collections;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * What Kura encodes for the cloud: a time, named metrics and a body. A metric is a Double, Float, Integer, Long, Boolean, String or
 * array of bytes. Re-declared from facts for compiling, without the position.
 */
public class KuraPayload {
  private final Map<String, Object> metrics = new LinkedHashMap<>();
  private Date timestamp;
  private byte[] body;

  /** @return null if none was set */
  public Date getTimestamp() {
    return timestamp;
  }

  public void setTimestamp(Date timestamp) {
    this.timestamp = timestamp;
  }

  public Object getMetric(String name) {
    return metrics.get(name);
  }

  public void addMetric(String name, Object value) {
    metrics.put(name, value);
  }

  public Set<String> metricNames() {
    return Collections.unmodifiableSet(metrics.keySet());
  }

  public Map<String, Object> metrics() {
    return Collections.unmodifiableMap(metrics);
  }

  /** @return null if none was set */
  public byte[] getBody() {
    return body;
  }

  public void setBody(byte[] body) {
    this.body = body;
  }
}
