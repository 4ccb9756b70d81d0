package org.kedge.sim.host;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarFile;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.xml.sax.SAXException;

/**
 * A bundle's metatype as Kura reads it: the file is named after the PID, and elements are found by their raw names, without regard
 * to namespaces.
 */
record Metatype(
    String ocdId, List<String> designatePids, List<String> elements, List<Attribute> attributes) {

  /** Kura's console tells options apart by their labels. */
  record Option(String label, String value) {}

  /** One AD; what the file leaves out is empty. */
  record Attribute(
      String id,
      String type,
      String name,
      String description,
      String standard,
      String min,
      String max,
      boolean hasStandard,
      List<Option> options) {
    boolean isWhole() {
      return List.of("Integer", "Long", "Short", "Byte").contains(type);
    }

    boolean isNumber() {
      return List.of("Integer", "Long", "Short", "Byte", "Double", "Float").contains(type);
    }
  }

  static Metatype read(String pid) throws IOException, ParserConfigurationException, SAXException {
    try (var jar = new JarFile(Built.bundle(pid).toFile())) {
      var entry = jar.getJarEntry("OSGI-INF/metatype/" + pid + ".xml");
      if (entry == null) {
        throw new IOException("Kura would find no metatype of " + pid);
      }
      // Not aware of namespaces, as Kura's parser.
      var document = DocumentBuilderFactory.newInstance()
          .newDocumentBuilder()
          .parse(jar.getInputStream(entry));
      var root = document.getDocumentElement();
      var names = new ArrayList<String>();
      collectNames(root, names);
      var pids = elements(root, "Designate").stream()
          .map(designate -> designate.getAttribute("pid"))
          .toList();
      var ads = elements(root, "AD").stream()
          .map(ad -> new Attribute(
              ad.getAttribute("id"),
              ad.getAttribute("type"),
              ad.getAttribute("name"),
              ad.getAttribute("description"),
              ad.getAttribute("default"),
              ad.getAttribute("min"),
              ad.getAttribute("max"),
              ad.hasAttribute("default"),
              elements(ad, "Option").stream()
                  .map(one -> new Option(one.getAttribute("label"), one.getAttribute("value")))
                  .toList()))
          .toList();
      var ocd = elements(root, "OCD");
      return new Metatype(
          ocd.size() == 1 ? ocd.get(0).getAttribute("id") : ocd.size() + " OCDs", pids, names, ads);
    }
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
