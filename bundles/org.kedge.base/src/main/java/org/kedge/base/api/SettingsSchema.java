package org.kedge.base.api;

import java.io.IOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.xml.parsers.ParserConfigurationException;
import javax.xml.parsers.SAXParserFactory;
import org.xml.sax.Attributes;
import org.xml.sax.SAXException;
import org.xml.sax.helpers.DefaultHandler;

/**
 * All that may be set for one PID. The single source is the metatype in the bundle, which Kura's console shows too: defaults,
 * ranges and options stand nowhere else.
 *
 * @param description what the PID configures, one sentence
 */
public record SettingsSchema(String pid, String description, List<Setting> settings) {
  public SettingsSchema {
    settings = List.copyOf(settings);
  }

  /**
   * Reads {@code OSGI-INF/metatype/PID.xml} from the bundle of {@code anchor}.
   *
   * @throws IllegalStateException if the bundle was packed without it
   */
  public static SettingsSchema of(Class<?> anchor, String pid) {
    var resource = "/OSGI-INF/metatype/" + pid + ".xml";
    try (var stream = anchor.getResourceAsStream(resource)) {
      if (stream == null) {
        throw new IllegalStateException("The bundle of " + anchor.getName() + " lacks " + resource);
      }
      var factory = SAXParserFactory.newInstance();
      factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
      var reader = new MetatypeReader();
      factory.newSAXParser().parse(stream, reader);
      return new SettingsSchema(pid, reader.description, reader.settings);
    } catch (IOException | SAXException | ParserConfigurationException e) {
      throw new IllegalStateException(resource + " cannot be read", e);
    }
  }

  public Optional<Setting> find(String id) {
    return settings.stream().filter(setting -> setting.id().equals(id)).findFirst();
  }

  private static final class MetatypeReader extends DefaultHandler {
    private static final Pattern COMMA_ESCAPE = Pattern.compile("\\\\(.)");
    private final List<Setting> settings = new ArrayList<>();
    private final List<String> options = new ArrayList<>();
    private String description = "";
    private Optional<Setting> open = Optional.empty();

    @Override
    public void startElement(String uri, String local, String name, Attributes attributes) {
      switch (name) {
        case "OCD" -> description = attribute(attributes, "description");
        case "AD" -> open = Optional.of(setting(attributes));
        case "Option" -> options.add(attribute(attributes, "value"));
        default -> {}
      }
    }

    @Override
    public void endElement(String uri, String local, String name) {
      if (name.equals("AD")) {
        open.ifPresent(setting -> settings.add(new Setting(
            setting.id(),
            setting.type(),
            setting.description(),
            setting.standard(),
            setting.min(),
            setting.max(),
            options)));
        options.clear();
        open = Optional.empty();
      }
    }

    private static Setting setting(Attributes attributes) {
      return new Setting(
          attribute(attributes, "id"),
          type(attribute(attributes, "type")),
          attribute(attributes, "description"),
          // bnd escapes what would split a default at commas.
          COMMA_ESCAPE.matcher(attribute(attributes, "default")).replaceAll("$1"),
          number(attributes, "min"),
          number(attributes, "max"),
          List.of());
    }

    private static Setting.Type type(String metatype) {
      return switch (metatype) {
        case "Integer", "Long", "Short", "Byte" -> Setting.Type.INTEGER;
        case "Double", "Float" -> Setting.Type.DECIMAL;
        case "Boolean" -> Setting.Type.FLAG;
        case "Password" -> Setting.Type.SECRET;
        default -> Setting.Type.TEXT;
      };
    }

    private static Optional<BigDecimal> number(Attributes attributes, String name) {
      var text = attribute(attributes, name);
      return text.isEmpty() ? Optional.empty() : Optional.of(new BigDecimal(text));
    }

    private static String attribute(Attributes attributes, String name) {
      var value = attributes.getValue(name);
      return value == null ? "" : value;
    }
  }
}
