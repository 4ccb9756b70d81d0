package org.kedge.services;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InstallTest {
  private static final String SETTINGS = "etc/kedge/node.settings";

  @TempDir
  Path folder;

  @Test
  void each_init_gets_its_files_and_nothing_else() throws IOException {
    var common = List.of(
        SETTINGS,
        "opt/kedge/bin/kedge",
        "opt/kedge/bin/pause-before-start",
        "opt/kedge/bin/sweep-babeld");
    assertThat(installed("none")).containsExactlyInAnyOrderElementsOf(common);
    assertThat(installed("systemd"))
        .containsAll(common)
        .contains(
            "etc/systemd/system/kedge.service",
            "etc/systemd/system/kedge-babeld.service",
            "etc/systemd/system/babeld.service -> kedge-babeld.service",
            "etc/systemd/system/multi-user.target.wants/kedge.service -> ../kedge.service",
            "etc/systemd/system/multi-user.target.wants/kedge-babeld.service -> ../kedge-babeld.service",
            "etc/systemd/system.conf.d/kedge.conf")
        .hasSize(common.size() + 6);
    assertThat(installed("procd"))
        .containsAll(common)
        .contains(
            "etc/init.d/kedge",
            "etc/rc.d/S95kedge -> ../init.d/kedge",
            "etc/rc.d/K05kedge -> ../init.d/kedge")
        .hasSize(common.size() + 3);
    assertThat(installed("runit"))
        .containsAll(common)
        .contains(
            "etc/sv/kedge/run",
            "etc/sv/kedge/finish",
            "etc/sv/kedge/log/run",
            "etc/service/kedge -> /etc/sv/kedge")
        .hasSize(common.size() + 4);
  }

  /** Files and links by their path, without the jars. */
  private List<String> installed(String init) throws IOException {
    var root = Files.createDirectory(folder.resolve(init));
    Installed.below(root, init);
    assertThat(root.resolve("opt/kedge/bundles/org.kedge.babel.jar")).isNotEmptyFile();
    assertThat(root.resolve("opt/kedge/lib/org.kedge.sim.host.jar")).isNotEmptyFile();
    try (var files = Files.walk(root)) {
      return files
          .filter(file -> !Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS))
          .filter(file -> !file.toString().endsWith(".jar"))
          .map(file -> root.relativize(file) + target(file))
          .toList();
    }
  }

  private static String target(Path file) {
    try {
      return Files.isSymbolicLink(file) ? " -> " + Files.readSymbolicLink(file) : "";
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void installing_again_replaces_the_program_and_touches_neither_settings_nor_data()
      throws IOException {
    Installed.below(folder, "systemd");
    var settings = folder.resolve(SETTINGS);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(settings)))
        .isEqualTo("rw-------");
    assertThat(settings).content().contains("[org.kedge.babel]", "run.mode = service");
    Files.writeString(settings, "[org.kedge.babel]\nrun.mode = child\n");
    Files.writeString(folder.resolve("var/lib/kedge/memory"), "tried once");
    Files.writeString(folder.resolve("opt/kedge/bundles/of-an-older-version.jar"), "");

    Installed.below(folder, "systemd");

    assertThat(settings).hasContent("[org.kedge.babel]\nrun.mode = child\n");
    assertThat(folder.resolve("var/lib/kedge/memory")).hasContent("tried once");
    assertThat(folder.resolve("opt/kedge/bundles/of-an-older-version.jar")).doesNotExist();
    assertThat(folder.resolve("opt")).isDirectoryNotContaining("glob:**kedge.*");
  }

  @Test
  void a_babeld_that_kedge_starts_itself_gets_no_second_one_from_systemd() throws IOException {
    Files.createDirectories(folder.resolve("etc/kedge"));
    Files.writeString(folder.resolve(SETTINGS), "[org.kedge.babel]\n run.mode=child\n");
    Installed.below(folder, "systemd");
    assertThat(folder.resolve("etc/systemd/system/multi-user.target.wants"))
        .isDirectoryNotContaining("glob:**babeld*")
        .isDirectoryContaining("glob:**kedge.service");
  }

  @Test
  void an_absolute_link_means_a_folder_below_the_root_and_nothing_outside_is_touched()
      throws IOException {
    var root = Files.createDirectory(folder.resolve("root"));
    var outside = Files.createDirectory(folder.resolve("outside"));
    Files.createSymbolicLink(root.resolve("opt"), outside);
    Installed.below(root, "none");
    assertThat(outside).isEmptyDirectory();
    assertThat(Path.of(root.toString(), outside.toString(), "kedge/bin/kedge")).isExecutable();
  }

  @Test
  void what_is_not_understood_is_told_and_nothing_is_installed() {
    Map<List<String>, String> wrong =
        new TreeMap<>((one, other) -> one.toString().compareTo(other.toString()));
    wrong.put(List.of(), "--root is missing");
    wrong.put(List.of("--root", folder.toString()), "--init is missing");
    wrong.put(List.of("--root"), "--root needs a value");
    wrong.put(
        List.of("--root", folder.toString(), "--init", "upstart"), "--init upstart is not known");
    wrong.put(List.of("--force"), "'--force' is not known");
    wrong.forEach((words, told) -> {
      var command = new ArrayList<>(List.of(Shell.SERVICES.resolve("install").toString()));
      command.addAll(words);
      var result = Shell.run(command);
      assertThat(result.code()).as(told).isEqualTo(2);
      assertThat(result.out()).contains(told);
    });
    assertThat(folder).isEmptyDirectory();
    assertThat(Shell.succeed(Shell.SERVICES.resolve("install").toString(), "--help"))
        .contains("--init", "node.settings");
    assertThat(Installed.install(folder.resolve("nowhere"), "none").out())
        .contains("there is no folder");
  }

  @Test
  void a_kedge_that_is_not_built_is_not_installed_and_the_command_to_build_it_is_told()
      throws IOException {
    var services = Files.createDirectories(folder.resolve("source/hardware/services"));
    Files.copy(Shell.SERVICES.resolve("install"), services.resolve("install"));
    var root = Files.createDirectory(folder.resolve("root"));
    var result = Shell.run(List.of(
        "bash",
        services.resolve("install").toString(),
        "--root",
        root.toString(),
        "--init",
        "none"));
    assertThat(result.code()).isEqualTo(1);
    assertThat(result.out()).contains("not built", "mvn -DskipTests package");
    assertThat(root).isEmptyDirectory();
  }

  @Test
  void the_launcher_that_was_installed_runs_the_host_and_passes_its_exit_code_on()
      throws IOException {
    Installed.below(folder, "none");
    assertThat(Installed.launch(folder, Map.of(), "--help").out())
        .contains("--settings FILE --data DIR");
    var unreadable = Installed.launch(
        folder,
        Map.of(),
        "--settings",
        folder.resolve("none").toString(),
        "--data",
        folder.resolve("data").toString());
    assertThat(unreadable.code()).isEqualTo(2);
    assertThat(unreadable.out()).contains("is not there");
  }

  @Test
  void options_of_the_operator_win_and_the_keeper_is_named_to_the_host() throws IOException {
    Installed.below(folder, "none");
    var shown = Installed.launch(
        folder,
        Map.of("KEDGE_KEEPER", "runit", "KEDGE_JAVA_OPTIONS", "-Xmx40m -XshowSettings:all"),
        "--help");
    assertThat(shown.out()).contains("kedge.keeper = runit", "Max. Heap Size: 40.00M");
    var unkept =
        Installed.launch(folder, Map.of("KEDGE_JAVA_OPTIONS", "-XshowSettings:all"), "--help");
    assertThat(unkept.out()).contains("kedge.keeper = none", "Max. Heap Size: 48.00M");
  }

  @Test
  void without_java_the_launcher_says_what_to_install() throws IOException {
    Installed.below(folder, "none");
    var bare = Files.createDirectory(folder.resolve("path"));
    for (var program : List.of("sh", "readlink", "dirname")) {
      Files.createSymbolicLink(bare.resolve(program), Path.of("/usr/bin", program));
    }
    var result = Installed.launch(folder, Map.of("PATH", bare.toString()), "--help");
    assertThat(result.code()).isEqualTo(127);
    assertThat(result.out()).contains("no 'java'", "17 or newer");
  }
}
