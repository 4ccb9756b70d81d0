package org.kedge.billing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.kedge.billing.api.Ledger;

/** Money is whole numbers: no floating point is in billing, neither as it is written nor as it is compiled. */
class NoFloatingPointTest {
  private static final Pattern COMMENT = Pattern.compile("(?s)/\\*.*?\\*/|//[^\n]*");
  private static final Pattern WORD = Pattern.compile(
      "\\b(?:[dD]ouble|[fF]loat)(?:Value|Stream|Math)?\\b|\\b[0-9]+\\.[0-9]+[dDfF]?\\b");
  private static final Pattern TEXT = Pattern.compile("\"(?:[^\"\\\\\n]|\\\\.)*\"");

  @Test
  void no_source_names_it() throws IOException {
    var found = new ArrayList<String>();
    for (var file : files(Path.of("src/main/java"), ".java")) {
      var code = COMMENT.matcher(Files.readString(file)).replaceAll("");
      WORD.matcher(TEXT.matcher(code).replaceAll("\"\""))
          .results()
          .forEach(word -> found.add(file.getFileName() + ": " + word.group()));
    }
    assertThat(found).isEmpty();
  }

  @Test
  void no_class_reckons_with_it() throws IOException, URISyntaxException {
    var classes = files(
        Path.of(Ledger.class.getProtectionDomain().getCodeSource().getLocation().toURI())
            .resolve("org/kedge/billing"),
        ".class");
    assertThat(classes).hasSizeGreaterThan(30);
    var found = new ArrayList<String>();
    for (var file : classes) {
      try (var in = Files.newInputStream(file)) {
        new ClassFile(in).floating().forEach(what -> found.add(file.getFileName() + ": " + what));
      }
    }
    assertThat(found).isEmpty();
  }

  @Test
  void it_would_be_found_wherever_it_is() throws IOException {
    for (var type : List.of(Half.class, Widened.class, Held.class, Called.class)) {
      try (var in = type.getResourceAsStream(
          type.getName().substring(type.getPackageName().length() + 1) + ".class")) {
        assertThat(new ClassFile(Objects.requireNonNull(in)).floating())
            .as(type.getSimpleName())
            .isNotEmpty();
      }
    }
  }

  static class Half {
    long of(long wei) {
      return (long) (wei * 0.5);
    }
  }

  static class Widened {
    boolean of(long one, int other) {
      return one > (float) other;
    }
  }

  static class Held {
    double[] prices = {};
  }

  static class Called {
    int of(BigDecimal coins) {
      return Math.getExponent(coins.floatValue());
    }
  }

  private static List<Path> files(Path folder, String end) {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(file -> file.toString().endsWith(end)).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** As much of the class file format (JVMS 4) as tells whether floating point is in it. */
  private static final class ClassFile {
    /** Instructions that load, store, reckon with or return float or double. */
    private static final String FLOATING =
        "0b-0f 17 18 22-29 30 31 38 39 43-4a 51 52 62 63 66 67 6a 6b 6e 6f"
            + " 72 73 76 77 86 87 89 8a 8b-90 95-98 ae af";

    private final List<String> found = new ArrayList<>();
    private final Map<Integer, String> texts = new HashMap<>();
    private final List<Integer> descriptors = new ArrayList<>();

    ClassFile(InputStream stream) throws IOException {
      var in = new DataInputStream(stream);
      in.skipNBytes(8);
      constants(in);
      in.skipNBytes(6);
      in.skipNBytes(2L * in.readUnsignedShort());
      members(in);
      members(in);
      for (var descriptor : descriptors) {
        var types = texts.getOrDefault(descriptor, "").replaceAll("L[^;]*;", "");
        if (types.indexOf('D') >= 0 || types.indexOf('F') >= 0) {
          found.add("type " + types);
        }
      }
    }

    List<String> floating() {
      return found;
    }

    private void constants(DataInputStream in) throws IOException {
      var count = in.readUnsignedShort();
      for (var at = 1; at < count; at++) {
        var tag = in.readUnsignedByte();
        switch (tag) {
          case 1 -> {
            var text = in.readUTF();
            texts.put(at, text);
            if (text.matches("java/(lang|util).*(Double|Float).*")) {
              found.add(text);
            }
          }
          case 4 -> {
            found.add("float " + in.readInt());
          }
          case 6 -> {
            found.add("double " + in.readLong());
            at++;
          }
          case 5 -> {
            in.skipNBytes(8);
            at++;
          }
          case 12 -> {
            in.skipNBytes(2);
            descriptors.add(in.readUnsignedShort());
          }
          case 16 -> descriptors.add(in.readUnsignedShort());
          case 15 -> in.skipNBytes(3);
          case 7, 8, 19, 20 -> in.skipNBytes(2);
          default -> in.skipNBytes(4);
        }
      }
    }

    private void members(DataInputStream in) throws IOException {
      for (var left = in.readUnsignedShort(); left > 0; left--) {
        in.skipNBytes(4);
        descriptors.add(in.readUnsignedShort());
        for (var attributes = in.readUnsignedShort(); attributes > 0; attributes--) {
          var name = texts.getOrDefault(in.readUnsignedShort(), "");
          var content = in.readNBytes(in.readInt());
          if (name.equals("Code")) {
            code(content);
          }
        }
      }
    }

    private void code(byte[] content) {
      var start = 8;
      var length = number(content, 4);
      for (var at = 0; at < length; ) {
        var instruction = content[start + at] & 0xFF;
        if (isFloating(instruction)
            // newarray of float or double
            || (instruction == 0xbc
                && (content[start + at + 1] == 6 || content[start + at + 1] == 7))) {
          found.add("instruction " + Integer.toHexString(instruction));
        }
        at += size(content, start, at, instruction);
      }
    }

    private static boolean isFloating(int instruction) {
      for (var range : FLOATING.split(" ")) {
        var ends = range.split("-");
        if (instruction >= Integer.parseInt(ends[0], 16)
            && instruction <= Integer.parseInt(ends[ends.length - 1], 16)) {
          return true;
        }
      }
      return false;
    }

    private static int size(byte[] content, int start, int at, int instruction) {
      var aligned = (at + 4) / 4 * 4;
      if (instruction == 0xaa) {
        var low = number(content, start + aligned + 4);
        var high = number(content, start + aligned + 8);
        return aligned + 12 + 4 * (high - low + 1) - at;
      }
      if (instruction == 0xab) {
        return aligned + 8 + 8 * number(content, start + aligned + 4) - at;
      }
      if (instruction == 0xc4) {
        return (content[start + at + 1] & 0xFF) == 0x84 ? 6 : 4;
      }
      if (instruction == 0xb9
          || instruction == 0xba
          || instruction == 0xc8
          || instruction == 0xc9) {
        return 5;
      }
      if (instruction == 0xc5) {
        return 4;
      }
      if (instruction == 0x10
          || instruction == 0x12
          || (instruction >= 0x15 && instruction <= 0x19)
          || (instruction >= 0x36 && instruction <= 0x3a)
          || instruction == 0xa9
          || instruction == 0xbc) {
        return 2;
      }
      if (instruction == 0x11
          || instruction == 0x13
          || instruction == 0x14
          || instruction == 0x84
          || (instruction >= 0x99 && instruction <= 0xa8)
          || (instruction >= 0xb2 && instruction <= 0xb8)
          || instruction == 0xbb
          || instruction == 0xbd
          || instruction == 0xc0
          || instruction == 0xc1
          || instruction == 0xc6
          || instruction == 0xc7) {
        return 3;
      }
      return 1;
    }

    private static int number(byte[] content, int at) {
      return (content[at] & 0xFF) << 24
          | (content[at + 1] & 0xFF) << 16
          | (content[at + 2] & 0xFF) << 8
          | (content[at + 3] & 0xFF);
    }
  }
}
