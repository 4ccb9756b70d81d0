package org.kedge.babel.api;

import java.util.List;
import java.util.Map;

/**
 * An interface babeld was told to use, as its dump names it.
 *
 * @param up babeld's own view: whether it speaks Babel there
 * @param addresses link-local IPv6 and, if the link has one, IPv4; none while down
 * @param extra keys this version of Kedge does not know, as they came
 */
public record BabelInterface(
    String name, boolean up, List<String> addresses, Map<String, String> extra) {
  public BabelInterface {
    addresses = List.copyOf(addresses);
    extra = Extra.inOrder(extra);
  }
}
