package org.kedge.babel.api;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** Keys that Kedge does not know, kept in the order in which babeld told them. */
final class Extra {
  private Extra() {}

  static Map<String, String> inOrder(Map<String, String> extra) {
    return extra.isEmpty() ? Map.of() : Collections.unmodifiableMap(new LinkedHashMap<>(extra));
  }
}
