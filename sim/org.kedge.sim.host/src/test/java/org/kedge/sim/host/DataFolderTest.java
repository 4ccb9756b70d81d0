package org.kedge.sim.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataFolderTest {
  @TempDir
  Path folder;

  /** Holds a folder in a process of its own, until told to go: the lock is the kernel's, between processes. */
  static final class Holder implements AutoCloseable {
    private final Process process;
    private final BufferedReader said;

    Holder(Path folder) throws IOException {
      process = new ProcessBuilder(
              Path.of(System.getProperty("java.home"), "bin", "java").toString(),
              "-cp",
              System.getProperty("java.class.path"),
              Holder.class.getName(),
              folder.toString())
          .redirectError(Redirect.INHERIT)
          .start();
      said = process.inputReader(StandardCharsets.UTF_8);
      assertThat(said.readLine()).isEqualTo("held");
    }

    public static void main(String[] words) throws Exception {
      try (var held = DataFolder.take(Path.of(words[0]))) {
        System.out.println(held == null ? "none" : "held");
        if (System.in.read() < 0) {
          Runtime.getRuntime().halt(1);
        }
      }
      System.out.println("freed");
      var unused = System.in.read();
    }

    void free() throws IOException {
      process.getOutputStream().write('\n');
      process.getOutputStream().flush();
      assertThat(said.readLine()).isEqualTo("freed");
    }

    void kill() {
      process.destroyForcibly().onExit().join();
    }

    @Override
    public void close() {
      kill();
    }
  }

  @Test
  void a_folder_in_use_is_refused_and_names_its_holder_until_that_one_frees_it() throws Exception {
    try (var holder = new Holder(folder)) {
      assertThatThrownBy(() -> DataFolder.take(folder))
          .isInstanceOf(DataFolder.InUse.class)
          .hasMessageContaining(folder.toString())
          .hasMessageContaining("pid " + holder.process.pid());

      holder.free();
      DataFolder.take(folder).close();
    }
  }

  @Test
  void a_holder_that_was_killed_leaves_the_folder_free() throws Exception {
    try (var holder = new Holder(folder)) {
      holder.kill();
      DataFolder.take(folder).close();
    }
  }

  @Test
  void a_folder_is_free_again_after_close_and_its_lock_file_names_this_process() throws Exception {
    for (var turn = 0; turn < 3; turn++) {
      try (var held = DataFolder.take(folder)) {
        assertThat(held).isNotNull();
        assertThat(Files.readString(folder.resolve("lock")))
            .isEqualTo(ProcessHandle.current().pid() + "\n");
      }
    }
  }

  @Test
  void a_folder_that_is_not_there_is_made_with_all_above_it() throws Exception {
    var deep = folder.resolve("a/b/c");
    DataFolder.take(deep).close();
    assertThat(deep).isDirectory();
  }

  @Test
  void a_folder_that_cannot_be_made_says_so() throws IOException {
    var file = Files.createFile(folder.resolve("file"));
    assertThatThrownBy(() -> DataFolder.take(file.resolve("data"))).isInstanceOf(IOException.class);
  }
}
