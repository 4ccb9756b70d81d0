package org.kedge.billing.api;

import java.util.Base64;
import java.util.regex.Pattern;

/**
 * Whom an account is kept with: a node by its key, on whatever links it is met, or, where it does not speak Kedge, what babeld hears
 * at one address of one link.
 */
public record NeighbourId(String value) implements Comparable<NeighbourId> {
  private static final Pattern FORM =
      Pattern.compile("key:[A-Za-z0-9_-]{43}|link:[^\\s/]{1,15}/[0-9a-f.:]{2,45}");

  public NeighbourId {
    if (!FORM.matcher(value).matches()) {
      throw new IllegalArgumentException(
          "A neighbour is key:KEY or link:INTERFACE/ADDRESS, but was '" + value + "'");
    }
  }

  /** @param publicKey the 32 octets of an Ed25519 key */
  public static NeighbourId ofKey(byte[] publicKey) {
    return new NeighbourId(
        "key:" + Base64.getUrlEncoder().withoutPadding().encodeToString(publicKey));
  }

  /** @param address link-local, as babeld writes it */
  public static NeighbourId ofLink(String interfaceName, String address) {
    return new NeighbourId("link:" + interfaceName + "/" + address);
  }

  /** Whether it has a key, so that it has been heard on the neighbour channel. */
  public boolean hasKey() {
    return value.startsWith("key:");
  }

  @Override
  public int compareTo(NeighbourId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
