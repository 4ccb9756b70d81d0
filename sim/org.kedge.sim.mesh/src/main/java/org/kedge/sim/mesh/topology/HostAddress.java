package org.kedge.sim.mesh.topology;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.regex.Pattern;

/** One address of a node, of either family, announced as a /32 or /128. */
public record HostAddress(InetAddress address) {
  private static final Pattern DOTTED_QUAD = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");
  private static final Pattern COLONS = Pattern.compile("[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");
  private static final Pattern ZEROS = Pattern.compile("(^|:)0(:0)+(:|$)");

  /** From an address without a prefix length; empty if it is none. Never asks a name server. */
  public static Optional<HostAddress> parse(String text) {
    if (!DOTTED_QUAD.matcher(text).matches() && !COLONS.matcher(text).matches()) {
      return Optional.empty();
    }
    try {
      return Optional.of(new HostAddress(InetAddress.getByName(text)));
    } catch (UnknownHostException e) {
      return Optional.empty();
    }
  }

  /** As {@link #parse}, for an address that is known to be one. */
  public static HostAddress of(String text) {
    return parse(text).orElseThrow(() -> new IllegalArgumentException("Not an address: " + text));
  }

  public boolean isVersion4() {
    return address instanceof Inet4Address;
  }

  /** 32 or 128. */
  public int length() {
    return isVersion4() ? 32 : 128;
  }

  /** The short form, {@code 2001:db8:a::1}. */
  public String text() {
    var full = address.getHostAddress();
    if (isVersion4()) {
      return full;
    }
    var longest = "";
    for (var zeros = ZEROS.matcher(full); zeros.find(); ) {
      longest = zeros.group().length() > longest.length() ? zeros.group() : longest;
    }
    return longest.isEmpty() ? full : full.replaceFirst(Pattern.quote(longest), "::");
  }

  /** With its length, {@code 2001:db8:a::1/128}. */
  @Override
  public String toString() {
    return text() + "/" + length();
  }
}
