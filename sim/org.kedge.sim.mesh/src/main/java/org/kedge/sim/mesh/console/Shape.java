package org.kedge.sim.mesh.console;

import java.util.LinkedHashMap;
import java.util.Map;

/** What a part of a message must look like to be shown. */
sealed interface Shape {
  /** For messages: what was expected. */
  String words();

  /** A single value. */
  enum Plain implements Shape {
    TEXT("a text"),
    NUMBER("a number"),
    YES_NO("true or false");

    private final String words;

    Plain(String words) {
      this.words = words;
    }

    @Override
    public String words() {
      return words;
    }
  }

  /** A list of elements of one shape. */
  record Each(Shape element) implements Shape {
    @Override
    public String words() {
      return "a list";
    }
  }

  /** An object; fields that are not named here are passed over. */
  record Fields(Map<String, Shape> fields) implements Shape {
    public Fields {
      fields = Map.copyOf(fields);
    }

    @Override
    public String words() {
      return "an object";
    }

    Fields texts(String... names) {
      return all(Plain.TEXT, names);
    }

    Fields numbers(String... names) {
      return all(Plain.NUMBER, names);
    }

    Fields yesNo(String... names) {
      return all(Plain.YES_NO, names);
    }

    Fields with(String name, Shape shape) {
      return all(shape, name);
    }

    private Fields all(Shape shape, String... names) {
      var more = new LinkedHashMap<>(fields);
      for (var name : names) {
        more.put(name, shape);
      }
      return new Fields(more);
    }
  }

  static Fields fields() {
    return new Fields(Map.of());
  }

  static Each each(Shape element) {
    return new Each(element);
  }
}
