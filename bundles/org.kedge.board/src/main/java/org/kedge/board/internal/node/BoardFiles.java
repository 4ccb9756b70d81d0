package org.kedge.board.internal.node;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.kedge.board.internal.core.Board;
import org.kedge.board.internal.core.BoardText;
import org.kedge.board.internal.core.Identity;

/** The boards that Kedge brings, one of one's own, and how the box names itself. */
public final class BoardFiles {
  /** Files in hardware/boards, packed beside this class. */
  static final List<String> NAMES =
      List.of("raspberry-pi-4", "raspberry-pi-5", "generic-x86-64", "virtual-gateway");

  private static final int FILE_MAX_BYTES = 1 << 20;

  private BoardFiles() {}

  /** Names of the boards that Kedge brings, as the setting takes them. */
  public static List<String> names() {
    return NAMES;
  }

  /** All of them, by name; good by their tests. */
  public static Map<String, Board> brought() {
    var boards = new LinkedHashMap<String, Board>();
    for (var name : NAMES) {
      var file = name + ".properties";
      try (var text = BoardFiles.class.getResourceAsStream(file)) {
        if (text == null) {
          throw new IllegalStateException("The bundle was packed without " + file);
        }
        var reading = parse(file, text);
        if (reading instanceof BoardText.Reading.Refused refused) {
          throw new IllegalStateException(refused.inWords());
        }
        boards.put(name, ((BoardText.Reading.Read) reading).board());
      } catch (IOException e) {
        throw new IllegalStateException(file + " cannot be read", e);
      }
    }
    return boards;
  }

  /** @throws IOException if there is no such file, or it cannot be read */
  public static BoardText.Reading own(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      // A pipe would hold up whoever sets this for ever.
      throw new NoSuchFileException(file.toString());
    }
    try (var text = Files.newInputStream(file)) {
      return parse(file.toString(), text);
    }
  }

  private static BoardText.Reading parse(String name, InputStream text) throws IOException {
    return BoardText.parse(
        name, new String(text.readNBytes(FILE_MAX_BYTES), StandardCharsets.UTF_8));
  }

  /**
   * How this box names itself.
   *
   * @param root of the file system
   */
  public static Identity identity(Path root) {
    var dmi = root.resolve("sys/class/dmi/id");
    var maker = line(dmi.resolve("sys_vendor"));
    var product = line(dmi.resolve("product_name"));
    return new Identity(
        line(root.resolve("proc/device-tree/model")),
        maker.or(() -> product).isEmpty()
            ? Optional.empty()
            : Optional.of((maker.orElse("") + " " + product.orElse("")).strip()));
  }

  /** Empty where it cannot be read or says nothing. */
  private static Optional<String> line(Path file) {
    try {
      // Texts of the device tree end in a zero byte.
      return Optional.of(Files.readString(file, StandardCharsets.ISO_8859_1)
              .replace("\0", "")
              .strip())
          .filter(text -> !text.isEmpty());
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
