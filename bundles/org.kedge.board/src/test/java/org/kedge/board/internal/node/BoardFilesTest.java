package org.kedge.board.internal.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kedge.board.internal.core.BoardText;
import org.kedge.board.internal.core.Identity;

class BoardFilesTest {
  @TempDir
  private Path folder;

  @Test
  void every_file_of_hardware_boards_is_brought() throws IOException {
    try (var files =
        Files.list(Path.of(System.getProperty("basedir", ""), "../../hardware/boards"))) {
      assertThat(files
              .map(file -> file.getFileName().toString())
              .filter(name -> !name.equals("README.md")))
          .containsExactlyInAnyOrderElementsOf(
              BoardFiles.names().stream().map(name -> name + ".properties").toList());
    }
    assertThat(BoardFiles.brought()).containsOnlyKeys(BoardFiles.names());
  }

  @Test
  void a_device_tree_names_the_box() throws IOException {
    write("proc/device-tree/model", "Raspberry Pi 4 Model B Rev 1.4\0");
    assertThat(BoardFiles.identity(folder))
        .isEqualTo(new Identity(Optional.of("Raspberry Pi 4 Model B Rev 1.4"), Optional.empty()));
  }

  @Test
  void firmware_names_the_box_as_far_as_it_does() throws IOException {
    write("sys/class/dmi/id/sys_vendor", "QEMU\n");
    assertThat(BoardFiles.identity(folder).dmi()).contains("QEMU");
    write("sys/class/dmi/id/product_name", "Standard PC\n");
    assertThat(BoardFiles.identity(folder).dmi()).contains("QEMU Standard PC");
  }

  @Test
  void a_box_that_names_itself_nowhere_has_no_name() {
    assertThat(BoardFiles.identity(folder))
        .isEqualTo(new Identity(Optional.empty(), Optional.empty()));
  }

  @Test
  void a_file_of_ones_own_is_read_and_called_by_its_path() throws IOException {
    var file = folder.resolve("my-board");
    Files.writeString(file, "name = mine");
    assertThat(BoardFiles.own(file)).isInstanceOf(BoardText.Reading.Read.class);
    Files.writeString(file, "nam = mine");
    assertThat(BoardFiles.own(file))
        .isInstanceOfSatisfying(
            BoardText.Reading.Refused.class,
            refused -> assertThat(refused.inWords()).startsWith(file + ", line 1, 'nam = mine'"));
  }

  @Test
  void a_file_that_is_none_is_not_waited_for() {
    assertThatThrownBy(() -> BoardFiles.own(Path.of("/dev/zero")))
        .isInstanceOf(NoSuchFileException.class);
  }

  private void write(String file, String text) throws IOException {
    var path = folder.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }
}
