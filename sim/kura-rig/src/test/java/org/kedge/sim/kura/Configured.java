package org.kedge.sim.kura;

import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import org.eclipse.kura.configuration.ConfigurableComponent;
import org.jspecify.annotations.Nullable;

/** Put into a bundle by a test: tells what it is given. */
public final class Configured implements ConfigurableComponent {
  private @Nullable Queue<Map<String, Object>> heard;

  public void setHeard(Queue<Map<String, Object>> queue) {
    heard = queue;
  }

  public void activate(Map<String, Object> values) {
    tell("activate", values);
  }

  public void modified(Map<String, Object> values) {
    tell("modified", values);
  }

  private void tell(String what, Map<String, Object> values) {
    if (heard != null) {
      var told = new HashMap<>(values);
      told.put("call", what);
      heard.add(told);
    }
  }
}
