package org.kedge.packages;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The package for Kura 6, looked at without installing it. */
class DebianPackageTest {
  private static final Path SERVICES =
      Built.MODULE.resolve("../../hardware/services").normalize();

  @TempDir
  Path folder;

  @Test
  void two_builds_give_the_same_bytes() throws IOException {
    assertThat(
            Files.mismatch(Built.DEBIAN_PACKAGE, Built.TARGET.resolve("once-more/kedge-node.deb")))
        .isEqualTo(-1);
  }

  @Test
  void lintian_finds_nothing() {
    Shell.require("lintian");
    assertThat(Shell.run(
                Map.of(),
                List.of(
                    "lintian",
                    "--allow-root",
                    "--tag-display-limit",
                    "0",
                    "--fail-on",
                    "error,warning",
                    Built.DEBIAN_PACKAGE.toString()))
            .out()
            .lines()
            .filter(line -> line.matches("[EW]: .*")))
        .isEmpty();
  }

  @Test
  void lintian_would_find_a_file_that_is_out_of_place() throws IOException {
    Shell.require("lintian", "dpkg-deb");
    var content = folder.resolve("content");
    Shell.succeed("dpkg-deb", "-R", Built.DEBIAN_PACKAGE.toString(), content.toString());
    Files.delete(content.resolve("usr/share/doc/kedge-node/copyright"));
    var broken = folder.resolve("broken.deb");
    Shell.succeed("dpkg-deb", "--root-owner-group", "-b", content.toString(), broken.toString());
    assertThat(Shell.run(Map.of(), List.of("lintian", "--allow-root", broken.toString()))
            .out())
        .contains("E: kedge-node: no-copyright-file");
  }

  @Test
  void the_unit_and_its_helpers_are_those_of_a_node_without_kura_and_the_bundles_those_of_the_dp()
      throws IOException {
    Shell.require("dpkg-deb");
    Shell.succeed("dpkg-deb", "-x", Built.DEBIAN_PACKAGE.toString(), folder.toString());
    assertSame("usr/lib/systemd/system/kedge-babeld.service", "systemd/kedge-babeld.service");
    assertSame("opt/kedge/bin/pause-before-start", "pause-before-start");
    assertSame("opt/kedge/bin/sweep-babeld", "sweep-babeld");
    for (var jar : Built.bundles()) {
      var packed = folder.resolve("opt/eclipse/kura/plugins/6s").resolve(jar.getFileName());
      assertThat(Files.mismatch(packed, jar)).as(packed.toString()).isEqualTo(-1);
    }
    assertThat(folder.resolve("opt/eclipse/kura/plugins/6s").toFile().list())
        .hasSameSizeAs(Built.bundles());
  }

  private void assertSame(String packed, String source) throws IOException {
    assertThat(Files.mismatch(folder.resolve(packed), SERVICES.resolve(source)))
        .as(packed)
        .isEqualTo(-1);
  }
}
