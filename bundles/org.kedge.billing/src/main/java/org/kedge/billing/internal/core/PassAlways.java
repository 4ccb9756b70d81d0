package org.kedge.billing.internal.core;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import org.kedge.base.api.IpPrefix;

/**
 * A destination that a neighbour reaches at full rate even while it is slowed.
 *
 * @param port TCP and UDP; empty for all
 */
public record PassAlways(IpPrefix address, OptionalInt port) {
  private static final Pattern BRACKETED =
      Pattern.compile("\\[([0-9a-fA-F:.]+)](?::([0-9]{1,5}))?");
  private static final Pattern QUAD = Pattern.compile("([0-9.]+)(?::([0-9]{1,5}))?");
  private static final int PORT_MAX = 65535;

  /** Reads {@code 192.0.2.1}, {@code 192.0.2.1:443}, {@code 2001:db8::1} or {@code [2001:db8::1]:443}; empty if it is none. */
  public static Optional<PassAlways> of(String text) {
    for (var form : new Pattern[] {BRACKETED, QUAD}) {
      var found = form.matcher(text);
      if (found.matches()) {
        var port = found.group(2) == null
            ? OptionalInt.empty()
            : OptionalInt.of(Integer.parseInt(found.group(2)));
        if (port.orElse(1) < 1 || port.orElse(1) > PORT_MAX) {
          return Optional.empty();
        }
        return address(found.group(1)).map(address -> new PassAlways(address, port));
      }
    }
    return address(text).map(address -> new PassAlways(address, OptionalInt.empty()));
  }

  private static Optional<IpPrefix> address(String text) {
    return text.indexOf('/') >= 0
        ? Optional.empty()
        : IpPrefix.of(text).filter(IpPrefix::isAddress);
  }
}
