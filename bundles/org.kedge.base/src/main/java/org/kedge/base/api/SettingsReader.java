package org.kedge.base.api;

import java.math.BigDecimal;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * Reads one PID's values against its schema and collects every problem, so that an operator sees them all at once. Accepts the
 * types that a settings file (text) and Kura (Integer, Boolean, ...) give. Used by one thread.
 */
public final class SettingsReader {
  private static final String OCTET = "(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
  private static final Pattern IPV4 = Pattern.compile(OCTET + "(\\." + OCTET + "){3}");
  private static final Pattern IPV6 =
      Pattern.compile("[0-9a-fA-F]*:[0-9a-fA-F:]*:[0-9a-fA-F.]*(%[A-Za-z0-9._-]+)?");

  /** Beyond these a number without a range of its own would no longer fit where it goes. */
  private static final BigDecimal INTEGER_LIMIT = BigDecimal.valueOf(Integer.MAX_VALUE);

  private static final BigDecimal DECIMAL_LIMIT = new BigDecimal("1e9");

  private final SettingsSchema schema;
  private final Map<String, ?> values;
  private final List<SettingProblem> problems = new ArrayList<>();

  public SettingsReader(SettingsSchema schema, Map<String, ?> values) {
    this.schema = schema;
    this.values = values;
  }

  /** Settings given that the schema does not know, leaving out what frameworks add. */
  public static List<SettingProblem> unknown(SettingsSchema schema, Map<String, ?> values) {
    var known = schema.settings().stream().map(Setting::id).toList();
    // A secret under a misspelt name is still a secret.
    var hides =
        schema.settings().stream().anyMatch(setting -> setting.type() == Setting.Type.SECRET);
    return values.keySet().stream()
        .filter(key -> !known.contains(key) && !isFrameworks(key))
        .sorted()
        .map(key -> new SettingProblem(
            schema.pid(),
            key,
            hides ? "" : String.valueOf(values.get(key)),
            "there is no such setting; known are " + String.join(", ", known)))
        .toList();
  }

  private static boolean isFrameworks(String key) {
    return key.startsWith("service.")
        || key.startsWith("component.")
        || key.startsWith("kura.")
        || key.startsWith("osgi.")
        || key.startsWith(".")
        // Declarative services: which service a reference takes.
        || key.endsWith(".target")
        || key.equals("objectClass");
  }

  public String text(String id) {
    var setting = setting(id);
    var given = values.get(id);
    var value = given == null ? setting.standard() : String.valueOf(given).strip();
    if (!setting.options().isEmpty() && !setting.options().contains(value)) {
      refuse(id, "allowed is " + setting.allowed());
      return setting.standard();
    }
    return value;
  }

  public <E extends Enum<E>> E choice(String id, Class<E> type) {
    return Enum.valueOf(type, text(id).toUpperCase(Locale.ROOT));
  }

  public int integer(String id) {
    return number(id, true).intValueExact();
  }

  /** A setting in seconds, whole, or with decimals where its metatype says so. */
  public Duration seconds(String id) {
    var whole = setting(id).type() == Setting.Type.INTEGER;
    return Duration.ofMillis(number(id, whole).movePointRight(3).longValue());
  }

  private BigDecimal number(String id, boolean whole) {
    var setting = setting(id);
    try {
      var value = new BigDecimal(text(id));
      var limit = whole ? INTEGER_LIMIT : DECIMAL_LIMIT;
      if (value.abs().compareTo(limit) <= 0
          && setting.isInRange(value)
          && (!whole || value.stripTrailingZeros().scale() <= 0)) {
        return value;
      }
    } catch (NumberFormatException e) {
      // Falls through to the refusal, which says what a number there may be.
    }
    refuse(id, "allowed is " + setting.allowed());
    return new BigDecimal(setting.standard());
  }

  public boolean flag(String id) {
    var text = text(id);
    if (!text.equals("true") && !text.equals("false")) {
      refuse(id, "allowed is true or false");
      return Boolean.parseBoolean(setting(id).standard());
    }
    return Boolean.parseBoolean(text);
  }

  /** Words between commas, line ends or blanks. */
  public List<String> words(String id) {
    return Arrays.stream(text(id).split("[,\\s]+"))
        .filter(word -> !word.isEmpty())
        .toList();
  }

  /** Lines, without blank ones and comments. */
  public List<String> lines(String id) {
    return text(id)
        .lines()
        .filter(line -> !line.strip().startsWith("#"))
        .flatMap(line -> Arrays.stream(line.split(";")))
        .map(String::strip)
        .filter(line -> !line.isEmpty() && !line.startsWith("#"))
        .toList();
  }

  /** An address as digits; never a name, so nothing is asked of a name server. Empty if the setting is. */
  public Optional<InetAddress> address(String id) {
    var text = text(id);
    return text.isEmpty() ? Optional.empty() : parse(id, text);
  }

  /** An address and perhaps a port: {@code 192.0.2.1}, {@code 192.0.2.1:443}, {@code 2001:db8::1}, {@code [2001:db8::1]:443}. */
  public Optional<Target> target(String id) {
    var text = text(id);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    var closing = text.startsWith("[") ? text.indexOf(']') : -1;
    var host = text;
    var port = "";
    if (closing > 0) {
      host = text.substring(1, closing);
      port = text.substring(closing + 1);
      if (!port.isEmpty() && (!port.startsWith(":") || port.length() == 1)) {
        refuse(id, "allowed is an address, or an address and a port as [2001:db8::1]:443");
        return Optional.empty();
      }
      port = port.isEmpty() ? "" : port.substring(1);
    } else if (text.indexOf(':') >= 0 && text.indexOf(':') == text.lastIndexOf(':')) {
      host = text.substring(0, text.indexOf(':'));
      port = text.substring(text.indexOf(':') + 1);
    }
    var address = parse(id, host);
    if (address.isEmpty() || (closing <= 0 && host.equals(text))) {
      return address.map(found -> new Target(text, found, Optional.empty()));
    }
    if (port.isEmpty() && closing > 0) {
      return address.map(found -> new Target(text, found, Optional.empty()));
    }
    if (!port.matches("[0-9]{1,5}")
        || Integer.parseInt(port) < 1
        || Integer.parseInt(port) > 65535) {
      refuse(id, "its port has to be a whole number from 1 to 65535");
      return Optional.empty();
    }
    var number = Integer.parseInt(port);
    return address.map(found -> new Target(text, found, Optional.of(number)));
  }

  /**
   * An address, and a port if one was given.
   *
   * @param text as the operator wrote it, for people
   */
  public record Target(String text, InetAddress address, Optional<Integer> port) {}

  private Optional<InetAddress> parse(String id, String text) {
    // Only what has the form of an address: anything else would be looked up as a name.
    if (IPV4.matcher(text).matches() || IPV6.matcher(text).matches()) {
      try {
        return Optional.of(InetAddress.getByName(text));
      } catch (UnknownHostException e) {
        // Falls through: the form of an address, but none, such as 1:::2.
      }
    }
    refuse(id, "allowed is an IPv4 or IPv6 address in digits, such as 192.0.2.1 or 2001:db8::1");
    return Optional.empty();
  }

  /** Notes a problem that only the bundle can see. */
  public void refuse(String id, String why) {
    var setting = setting(id);
    var given = values.get(id);
    var shown = setting.type() == Setting.Type.SECRET
        ? ""
        : given == null ? setting.standard() : String.valueOf(given);
    problems.add(new SettingProblem(schema.pid(), id, shown, why));
  }

  /** The settings if all could be read, else every problem found. */
  public <T> Checked<T> finish(Supplier<T> build) {
    return problems.isEmpty()
        ? new Checked.Accepted<>(build.get())
        : new Checked.Refused<>(problems);
  }

  private Setting setting(String id) {
    return schema
        .find(id)
        .orElseThrow(() -> new IllegalArgumentException(
            "The metatype of " + schema.pid() + " lacks '" + id + "'"));
  }
}
