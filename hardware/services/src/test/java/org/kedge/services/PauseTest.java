package org.kedge.services;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The growing pause, in every shell of a node; a stand-in for sleep tells how long it would have been. */
class PauseTest {
  private static final String SCRIPT =
      Shell.SERVICES.resolve("pause-before-start").toString();

  @TempDir
  Path folder;

  private Path notes;

  @BeforeEach
  void name_the_folder_of_notes() {
    notes = folder.resolve("run");
  }

  /** A function, since busybox takes its own sleep before any on the path. */
  private Shell.Result start(String shell, String... words) {
    var command = new ArrayList<>(Arrays.asList(shell.split(" ")));
    command.addAll(
        List.of("-c", "sleep() { echo \"$1\" >>" + folder + "/slept; }; . \"$0\"", SCRIPT));
    command.addAll(List.of(words));
    return Shell.run(command);
  }

  private List<String> slept() throws IOException {
    var file = folder.resolve("slept");
    return Files.exists(file) ? Files.readAllLines(file) : List.of();
  }

  private void startedSecondsAgo(long seconds, int pause) throws IOException {
    var uptime = Files.readString(Path.of("/proc/uptime")).split("\\.", 2)[0];
    Files.createDirectories(notes);
    Files.writeString(
        notes.resolve("last-start"), (Long.parseLong(uptime) - seconds) + " " + pause + "\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"dash", "busybox ash", "bash --posix"})
  void starts_in_a_row_wait_longer_up_to_a_minute_and_for_ever(String shell) throws IOException {
    Shell.require(shell.split(" ")[0]);
    for (var i = 0; i < 10; i++) {
      assertThat(start(shell, notes.toString(), "echo", "started").out()).endsWith("started");
    }
    assertThat(slept()).containsExactly("1", "2", "4", "8", "16", "32", "60", "60", "60");
  }

  @ParameterizedTest
  @ValueSource(strings = {"dash", "busybox ash", "bash --posix"})
  void a_long_run_an_end_on_purpose_and_a_stop_begin_anew_and_a_crash_does_not(String shell)
      throws IOException {
    Shell.require(shell.split(" ")[0]);
    startedSecondsAgo(59, 16);
    start(shell, notes.toString());
    startedSecondsAgo(60, 16);
    start(shell, notes.toString());
    assertThat(slept()).containsExactly("32");

    for (var code : List.of("75", "0")) {
      startedSecondsAgo(1, 16);
      start(shell, "--ended", notes.toString(), code);
      start(shell, notes.toString());
    }
    assertThat(slept()).containsExactly("32");

    for (var code : List.of("1", "2", "137", "-1", "KILL", "")) {
      startedSecondsAgo(1, 16);
      assertThat(start(shell, "--ended", notes.toString(), code).code()).isZero();
      start(shell, notes.toString());
    }
    assertThat(slept()).hasSize(7).containsOnly("32");
  }

  @ParameterizedTest
  @ValueSource(strings = {"dash", "busybox ash", "bash --posix"})
  void whatever_stands_in_the_note_it_starts(String shell) throws IOException {
    Shell.require(shell.split(" ")[0]);
    Files.createDirectories(notes);
    for (var note : List.of("", "\n", " 3", "x y", "5", "5 ", "-5 3", "9 9 9", "\0\1")) {
      Files.writeString(notes.resolve("last-start"), note);
      var result = start(shell, notes.toString(), "echo", "started");
      assertThat(result.out()).as("note '%s'", note).isEqualTo("started");
    }
    var result = start(shell, "/proc/nowhere", "echo", "started");
    assertThat(result.out()).contains("cannot be written").endsWith("started");
    assertThat(slept()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"dash", "busybox ash", "bash --posix"})
  void told_to_stop_while_it_waits_it_ends_and_starts_nothing(String shell) throws Exception {
    Shell.require(shell.split(" ")[0]);
    startedSecondsAgo(1, 16);
    var printed = folder.resolve("printed");
    var command = new ArrayList<>(Arrays.asList(shell.split(" ")));
    command.addAll(List.of(SCRIPT, notes.toString(), "echo", "started"));
    var process = new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(printed.toFile())
        .start();
    try {
      await().until(() -> process.children().count() == 1);
      var sleeper = process.children().findFirst().orElseThrow();
      process.destroy();
      assertThat(process.waitFor()).isEqualTo(143);
      sleeper.onExit().join();
      assertThat(printed).content().doesNotContain("\nstarted");
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }
}
