package org.kedge.base.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FolderFlashTest {
  @TempDir
  Path folder;

  @Test
  void a_file_is_written_replaced_by_a_shorter_one_and_read() throws IOException {
    var flash = new FolderFlash(folder);
    assertThat(flash.read("state")).isEmpty();
    flash.write("state", "a long content".getBytes(UTF_8));
    flash.write("state", "short".getBytes(UTF_8));
    flash.sync("state");
    assertThat(flash.read("state"))
        .hasValueSatisfying(content -> assertThat(content).asString(UTF_8).isEqualTo("short"));
    assertThat(folder.resolve("state")).hasContent("short");
  }

  @Test
  void a_durable_file_lives_in_a_real_folder() throws IOException {
    new DurableFile(new FolderFlash(folder), "runs").write("1");
    new DurableFile(new FolderFlash(folder), "runs").write("2");
    assertThat(new DurableFile(new FolderFlash(folder), "runs").read())
        .isEqualTo(new DurableFile.Found.Content("2", 2, Optional.empty()));
    try (var files = Files.list(folder)) {
      assertThat(files.map(file -> String.valueOf(file.getFileName())))
          .containsExactlyInAnyOrder("runs.a", "runs.b");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", ".", "..", "../state", "..state", "sub/state", "/etc/state", "a\0b", "state/"})
  void a_name_that_could_lead_out_of_the_folder_is_refused(String name) {
    var flash = new FolderFlash(folder);
    assertThatThrownBy(() -> flash.read(name)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> flash.write(name, new byte[1]))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> flash.sync(name)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void a_folder_that_is_gone_and_a_file_that_is_none_are_failures_of_the_world()
      throws IOException {
    var gone = new FolderFlash(folder.resolve("gone"));
    assertThat(gone.read("state")).isEmpty();
    assertThatThrownBy(() -> gone.write("state", new byte[1])).isInstanceOf(IOException.class);
    Files.createDirectory(folder.resolve("state"));
    var flash = new FolderFlash(folder);
    assertThatThrownBy(() -> flash.read("state")).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> flash.sync("absent")).isInstanceOf(IOException.class);
  }
}
