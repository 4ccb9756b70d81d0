package org.kedge.packages;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Debian's own dpkg, in a root folder that is thrown away. A stand-in is there for Kura and babeld. The scripts run outside of that
 * root and are told of it by {@code DPKG_ROOT}, except where a test has them run inside.
 */
class DebianInstallTest {
  private static final String NEWER = "0.2.0-1";
  private static final String JARS = "opt/eclipse/kura/plugins/6s";
  private static final String UNIT = "usr/lib/systemd/system/kedge-babeld.service";
  private static final String RULE = "usr/share/polkit-1/rules.d/kedge-node.rules";
  private static final String ENABLED =
      "etc/systemd/system/multi-user.target.wants/kedge-babeld.service";
  private static final String ALIAS = "etc/systemd/system/babeld.service";
  private static final String DATA = "opt/eclipse/kura/data/kedge";
  private static final int KURAD = 4711;

  @TempDir
  Path folder;

  private Path root = Path.of("");

  @BeforeEach
  void gateway() throws IOException {
    Shell.requireRoot();
    Shell.require("dpkg", "dpkg-deb", "deb-systemd-helper");
    root = Files.createDirectory(folder.resolve("root"));
    for (var made : List.of("var/lib/dpkg/info", "var/lib/dpkg/updates", "etc", "tmp")) {
      Files.createDirectories(root.resolve(made));
    }
    Files.createFile(root.resolve("var/lib/dpkg/status"));
    user("kurad:x:" + KURAD + ":" + KURAD + "::/:/sbin/nologin\n");
    install(false, standIn());
  }

  private void user(String kurad) throws IOException {
    Files.writeString(root.resolve("etc/passwd"), "root:x:0:0:root:/root:/bin/sh\n" + kurad);
    Files.writeString(root.resolve("etc/group"), "root:x:0:\nkurad:x:" + KURAD + ":\n");
  }

  @Test
  void what_is_installed_belongs_to_kura_and_is_closed_to_others() throws IOException {
    var told = install(false, Built.DEBIAN_PACKAGE);
    assertThat(told).contains("restart of Kura: systemctl restart kura");
    assertInstalled(Built.bundles().size());
    assertThat(mode("opt/kedge/bin/pause-before-start")).isEqualTo("rwxr-xr-x");
    assertThat(mode("opt/kedge/bin/sweep-babeld")).isEqualTo("rwxr-xr-x");
    assertThat(mode(UNIT)).isEqualTo("rw-r--r--");
    assertThat(mode(RULE)).isEqualTo("rw-r--r--");
    assertThat(link(ENABLED)).isTrue();
    assertThat(Files.readSymbolicLink(root.resolve(ALIAS))).hasFileName("kedge-babeld.service");
  }

  @Test
  void an_upgrade_leaves_what_the_operator_has_decided_and_nothing_that_is_no_longer_there()
      throws IOException {
    install(false, Built.DEBIAN_PACKAGE);
    write(DATA + "/journal", "since years");
    Files.delete(root.resolve(ENABLED));
    Files.delete(root.resolve(ALIAS));

    install(false, newer());

    assertThat(status()).isEqualTo("install ok installed " + NEWER);
    assertInstalled(Built.bundles().size() - 1);
    assertThat(root.resolve(JARS).resolve("org.kedge.board.jar")).doesNotExist();
    assertThat(root.resolve(DATA).resolve("journal")).hasContent("since years");
    assertThat(link(ENABLED)).as("enabled again against the operator").isFalse();
    assertThat(link(ALIAS)).isFalse();

    install(false, Built.DEBIAN_PACKAGE);
    assertInstalled(Built.bundles().size());
  }

  @Test
  void removed_it_is_gone_purged_the_data_stay_and_are_told_of() throws IOException {
    install(false, Built.DEBIAN_PACKAGE);
    write(DATA + "/journal", "since years");

    var removed = dpkg(false, "--remove", "kedge-node");
    assertThat(removed).contains("A babeld that runs goes on", "systemctl restart kura");
    assertGone();
    var purged = dpkg(false, "--purge", "kedge-node");
    assertThat(purged).contains("Kedge's data stay in /" + DATA);
    assertThat(root.resolve(DATA).resolve("journal")).hasContent("since years");
    assertGone();
    assertThat(left()).as("what it has left").isEmpty();

    install(false, Built.DEBIAN_PACKAGE);
    assertInstalled(Built.bundles().size());
    assertThat(link(ENABLED)).as("as on the first day").isTrue();
  }

  @Test
  void a_script_may_run_again_with_the_same_result() throws IOException {
    install(false, Built.DEBIAN_PACKAGE);
    var info = root.resolve("var/lib/dpkg/info");
    var removing = Files.copy(info.resolve("kedge-node.postrm"), folder.resolve("postrm"));
    script(info.resolve("kedge-node.postinst"), "configure", "0.1.0~snapshot-1");
    assertInstalled(Built.bundles().size());
    assertThat(link(ENABLED)).isTrue();
    dpkg(false, "--purge", "kedge-node");
    script(removing, "remove");
    script(removing, "purge");
    assertGone();
    // Words of dpkg for what went wrong elsewhere.
    for (var word : List.of("abort-install", "abort-upgrade", "disappear", "failed-upgrade")) {
      script(removing, word);
    }
  }

  @Test
  void without_systemd_and_inside_a_root_of_its_own_the_scripts_do_the_same() throws IOException {
    Shell.require("busybox");
    Files.createDirectories(root.resolve("bin"));
    Files.copy(Path.of("/bin/busybox"), root.resolve("bin/busybox"));
    Shell.succeed("chroot", root.toString(), "/bin/busybox", "--install", "-s", "/bin");

    install(true, Built.DEBIAN_PACKAGE);
    assertInstalled(Built.bundles().size());
    install(true, newer());
    assertInstalled(Built.bundles().size() - 1);
    write(DATA + "/journal", "since years");
    dpkg(true, "--remove", "kedge-node");
    assertGone();
    assertThat(dpkg(true, "--purge", "kedge-node")).contains("Kedge's data stay in /" + DATA);
    assertThat(root.resolve(DATA).resolve("journal")).hasContent("since years");
  }

  @Test
  void without_the_user_of_kura_it_is_not_set_up_and_the_reason_is_told() throws IOException {
    user("");
    var result = Shell.run(Map.of(), command(false, "--install", Built.DEBIAN_PACKAGE.toString()));
    assertThat(result.code()).isNotZero();
    assertThat(result.out()).contains("there is no user kurad");
    user("kurad:x:" + KURAD + ":" + KURAD + "::/:/sbin/nologin\n");
    dpkg(false, "--configure", "kedge-node");
    assertInstalled(Built.bundles().size());
  }

  private void assertInstalled(int bundles) throws IOException {
    assertThat(status()).startsWith("install ok installed");
    try (var jars = Files.list(root.resolve(JARS))) {
      assertThat(jars).hasSize(bundles).allSatisfy(jar -> {
        assertThat(Files.getAttribute(jar, "unix:uid")).as("%s: owner", jar).isEqualTo(KURAD);
        assertThat(Files.getAttribute(jar, "unix:gid")).as("%s: group", jar).isEqualTo(KURAD);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(jar)))
            .isEqualTo("rw-------");
      });
    }
    assertThat(root.resolve(UNIT)).exists();
    assertThat(root.resolve(RULE)).exists();
  }

  private void assertGone() {
    for (var path : List.of(JARS, UNIT, RULE, "opt/kedge", "usr/share/doc/kedge-node")) {
      assertThat(root.resolve(path)).doesNotExist();
    }
    assertThat(link(ENABLED)).isFalse();
    assertThat(link(ALIAS)).isFalse();
  }

  /** What names the package, or is a link of systemd, anywhere but among the operator's data. */
  private List<String> left() throws IOException {
    try (var files = Files.walk(root)) {
      return files
          .filter(file -> !Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS))
          .map(file -> root.relativize(file).toString())
          .filter(file -> file.contains("kedge") || file.startsWith("etc/systemd"))
          .filter(file -> !file.startsWith(DATA))
          .toList();
    }
  }

  private String install(boolean inside, Path deb) {
    return dpkg(inside, "--install", deb.toString());
  }

  private String dpkg(boolean inside, String... words) {
    var command = command(inside, words);
    var result = Shell.run(Map.of(), command);
    assertThat(result.code()).as("%s: %s", command, result.out()).isZero();
    return result.out();
  }

  private List<String> command(boolean inside, String... words) {
    var command = new ArrayList<>(List.of("dpkg", "--root=" + root));
    if (!inside) {
      command.add("--force-script-chrootless");
    }
    command.addAll(List.of(words));
    return command;
  }

  private void script(Path script, String... words) {
    var command = new ArrayList<>(List.of("sh", script.toString()));
    command.addAll(List.of(words));
    var result = Shell.run(Map.of("DPKG_ROOT", root.toString()), command);
    assertThat(result.code()).as("%s: %s", command, result.out()).isZero();
  }

  private String status() {
    return Shell.succeed(
            "dpkg-query",
            "--admindir=" + root.resolve("var/lib/dpkg"),
            "--show",
            "--showformat=${Status} ${Version}",
            "kedge-node")
        .strip();
  }

  private String mode(String path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(root.resolve(path)));
  }

  private boolean link(String path) {
    return Files.isSymbolicLink(root.resolve(path));
  }

  private void write(String path, String text) throws IOException {
    Files.createDirectories(root.resolve(path).getParent());
    Files.writeString(root.resolve(path), text);
  }

  /** The same with a higher version and one bundle less, which belongs to root while it is unpacked. */
  private Path newer() throws IOException {
    var content = folder.resolve("newer");
    Shell.succeed("dpkg-deb", "-R", Built.DEBIAN_PACKAGE.toString(), content.toString());
    Files.delete(content.resolve(JARS).resolve("org.kedge.board.jar"));
    var control = content.resolve("DEBIAN/control");
    Files.writeString(
        control, Files.readString(control).replaceFirst("(?m)^Version: .*$", "Version: " + NEWER));
    return deb("newer");
  }

  private Path standIn() throws IOException {
    var control = Files.createDirectories(folder.resolve("stand-in/DEBIAN")).resolve("control");
    Files.writeString(control, """
        Package: gateway-of-a-test
        Version: 1
        Architecture: all
        Maintainer: Nobody <nobody@kedge.example>
        Provides: kura-core (= 6.0.0), babeld (= 1.12.1), iproute2 (= 6.1.0)
        Description: stands in for Kura and babeld
        """);
    return deb("stand-in");
  }

  private Path deb(String content) {
    var file = folder.resolve(content + ".deb");
    Shell.succeed(
        "dpkg-deb",
        "--root-owner-group",
        "-b",
        folder.resolve(content).toString(),
        file.toString());
    return file;
  }
}
