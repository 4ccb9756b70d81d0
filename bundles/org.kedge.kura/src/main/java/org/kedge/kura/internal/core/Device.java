package org.kedge.kura.internal.core;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.kedge.base.api.NodeId;

/** How a machine is told from all others, and by what. */
public record Device(NodeId name, Source source) {
  /** Vendors who fill nothing in leave words or rows of the same; no word has a digit. */
  private static final Pattern FILLED_IN = Pattern.compile("(?=.*[0-9])(?!(.)\\1*$).{4,}");

  private static final String ROW = "01234567890";

  private static final Pattern MAC = Pattern.compile("[0-9a-f]{2}(-[0-9a-f]{2}){5}");
  private static final Pattern NO_MAC = Pattern.compile("(00|ff)(-\\1){5}");

  /** From the surest. */
  public enum Source {
    SERIAL("serial number"),
    MAC("address of Kura's primary interface"),
    KEPT("kept from the start before"),
    MADE("made up");

    private final String words;

    Source(String words) {
      this.words = words;
    }

    public String words() {
      return words;
    }
  }

  /** By what Kura knows of the machine; empty if that tells it from no other. */
  public static Optional<Device> live(Optional<String> serial, Optional<String> mac) {
    return serial
        .map(String::strip)
        .filter(Device::isTelling)
        .map(text -> new Device(new NodeId(text), Source.SERIAL))
        .or(() -> mac.map(text -> text.strip().toLowerCase(Locale.ROOT).replace(':', '-'))
            .filter(text -> MAC.matcher(text).matches() && !NO_MAC.matcher(text).matches())
            .map(text -> new Device(new NodeId(text), Source.MAC)));
  }

  /** Only as it stands: with signs replaced two serial numbers could become one. */
  private static boolean isTelling(String serial) {
    return NodeId.isValid(serial) && FILLED_IN.matcher(serial).matches() && !ROW.contains(serial);
  }

  /** What was kept from the start before; empty if it cannot be a name. */
  public static Optional<Device> kept(String text) {
    return Optional.of(text)
        .map(String::strip)
        .filter(NodeId::isValid)
        .map(name -> new Device(new NodeId(name), Source.KEPT));
  }

  /** @param chance any number, all as likely */
  public static Device made(int chance) {
    return new Device(new NodeId("kedge-%08x".formatted(chance)), Source.MADE);
  }
}
