package org.kedge.sim.kura;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.jar.JarFile;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.xml.sax.SAXException;

/**
 * A bundle's metatype as Kura reads it: the file is named after the PID, and elements are found by their raw names, without regard
 * to namespaces.
 *
 * @param ocdId of the only object class, or how many there are
 * @param elements raw names of all below the root
 */
public record Metatype(
    String ocdId, List<String> designatePids, List<String> elements, List<Attribute> attributes) {
  public Metatype {
    designatePids = List.copyOf(designatePids);
    elements = List.copyOf(elements);
    attributes = List.copyOf(attributes);
  }

  /** Kura's console tells options apart by their labels. */
  public record Option(String label, String value) {}

  /**
   * One AD; what the file leaves out is empty.
   *
   * @param standard the default
   * @param hasStandard whether there is one, if only an empty one
   * @param options what the console offers; nothing keeps to it
   */
  public record Attribute(
      String id,
      String type,
      String name,
      String description,
      String standard,
      String min,
      String max,
      String cardinality,
      boolean hasStandard,
      List<Option> options) {
    public Attribute {
      options = List.copyOf(options);
    }

    public boolean isNumber() {
      return isWhole() || List.of("Double", "Float").contains(type);
    }

    public boolean isWhole() {
      return List.of("Integer", "Long", "Short", "Byte").contains(type);
    }

    public boolean isPassword() {
      return type.equals("Password");
    }

    /** The default as Kura puts it into a configuration, a password in plain text; empty where there is none. */
    public Optional<Object> value() {
      if (standard.isEmpty()) {
        return Optional.empty();
      }
      var values = split(standard).stream().map(converter()).toList();
      var isSingle = List.of("", "0", "1", "-1").contains(cardinality);
      // Of several values for one place Kura takes the first.
      return Optional.of(isSingle ? values.get(0) : values.toArray(String[]::new))
          .filter(value -> !value.equals(""));
    }

    private Function<String, Object> converter() {
      return switch (type) {
        case "String", "Password" -> text -> text;
        case "Boolean" -> Boolean::valueOf;
        case "Integer" -> Integer::valueOf;
        case "Long" -> Long::valueOf;
        case "Short" -> Short::valueOf;
        case "Byte" -> Byte::valueOf;
        case "Double" -> Double::valueOf;
        case "Float" -> Float::valueOf;
        case "Char", "Character" -> text -> text.charAt(0);
        default -> throw new IllegalArgumentException("Kura knows no type '" + type + "'");
      };
    }
  }

  /** The attributes' defaults as Kura puts them into a configuration, by id. */
  public Map<String, Object> defaults() {
    var defaults = new LinkedHashMap<String, Object>();
    attributes.forEach(one -> one.value().ifPresent(value -> defaults.put(one.id(), value)));
    return defaults;
  }

  /** At commas; a backslash makes what follows an ordinary character, and ordinary blanks at the edges are dropped. */
  static List<String> split(String text) {
    var values = new ArrayList<String>();
    var value = new StringBuilder();
    // How much of the value has to stay.
    var kept = 0;
    for (var i = 0; i < text.length(); i++) {
      var character = text.charAt(i);
      if (character == '\\' && i + 1 < text.length()) {
        i++;
        value.append(text.charAt(i));
        kept = value.length();
      } else if (character == ',') {
        value.setLength(kept);
        values.add(value.toString());
        value.setLength(0);
        kept = 0;
      } else if (!Character.isWhitespace(character)) {
        value.append(character);
        kept = value.length();
      } else if (value.length() > 0) {
        value.append(character);
      }
    }
    value.setLength(kept);
    values.add(value.toString());
    return values;
  }

  /** @throws IOException if the jar has no such file, and so Kura would find nothing */
  public static Metatype read(Path jar, String pid) throws IOException {
    try (var file = new JarFile(jar.toFile())) {
      var entry = file.getJarEntry(path(pid));
      if (entry == null) {
        throw new IOException("Kura would find no metatype of " + pid + " in " + jar);
      }
      return read(file.getInputStream(entry));
    }
  }

  static String path(String pid) {
    return "OSGI-INF/metatype/" + pid + ".xml";
  }

  static Metatype read(InputStream in) throws IOException {
    try {
      // Not aware of namespaces, as Kura's parser.
      var root =
          DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(in).getDocumentElement();
      var names = new ArrayList<String>();
      collectNames(root, names);
      var ocd = elements(root, "OCD");
      return new Metatype(
          ocd.size() == 1 ? ocd.get(0).getAttribute("id") : ocd.size() + " OCDs",
          elements(root, "Designate").stream()
              .map(designate -> designate.getAttribute("pid"))
              .toList(),
          names,
          elements(root, "AD").stream().map(Metatype::attribute).toList());
    } catch (SAXException | ParserConfigurationException e) {
      throw new IOException("The metatype is no XML", e);
    }
  }

  private static Attribute attribute(Element ad) {
    return new Attribute(
        ad.getAttribute("id"),
        ad.getAttribute("type"),
        ad.getAttribute("name"),
        ad.getAttribute("description"),
        ad.getAttribute("default"),
        ad.getAttribute("min"),
        ad.getAttribute("max"),
        ad.getAttribute("cardinality"),
        ad.hasAttribute("default"),
        elements(ad, "Option").stream()
            .map(one -> new Option(one.getAttribute("label"), one.getAttribute("value")))
            .toList());
  }

  private static void collectNames(Node node, List<String> names) {
    for (var child = node.getFirstChild(); child != null; child = child.getNextSibling()) {
      if (child instanceof Element element) {
        names.add(element.getNodeName());
        collectNames(element, names);
      }
    }
  }

  private static List<Element> elements(Element root, String name) {
    var found = root.getElementsByTagName(name);
    var elements = new ArrayList<Element>();
    for (var i = 0; i < found.getLength(); i++) {
      elements.add((Element) found.item(i));
    }
    return elements;
  }
}
