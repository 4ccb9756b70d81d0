package org.kedge.babel.internal.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kedge.babel.internal.core.Sight.Link;
import org.kedge.babel.internal.core.Sight.Links;
import org.kedge.base.api.Uptime;

class LinkFilesTest {
  private static final Uptime NOW = new Uptime(7);

  @TempDir
  Path net;

  @Test
  void up_and_carrier_are_read_of_each_interface_asked_for() throws IOException {
    link("to2", "0x1003\n", "1\n");
    link("to3", "0x1003\n", "0\n");
    link("wg0", "0x91\n", "1\n");
    link("other", "0x1003\n", "1\n");
    var links = look("to2", "to3", "wg0");
    assertThat(links.at()).isEqualTo(NOW);
    assertThat(links.byName())
        .containsOnlyKeys("to2", "to3", "wg0")
        .containsEntry("to2", new Link(true, true))
        .containsEntry("to3", new Link(true, false))
        .containsEntry("wg0", new Link(true, true));
  }

  @Test
  void one_that_is_down_has_no_carrier_to_tell() throws IOException {
    // The kernel answers EINVAL where the carrier of a link that is down is read.
    var folder = Files.createDirectory(net.resolve("to2"));
    Files.writeString(folder.resolve("flags"), "0x1002\n");
    Files.createDirectory(folder.resolve("carrier"));
    assertThat(look("to2").byName()).containsEntry("to2", new Link(false, false));
  }

  @Test
  void one_that_does_not_exist_is_left_out() throws IOException {
    Files.writeString(net.resolve("bonding_masters"), "bond0\n");
    assertThat(look("to9", "bonding_masters").byName()).isEmpty();
  }

  @Test
  void a_name_with_a_slash_leads_nowhere() throws IOException {
    link("to2", "0x1003\n", "1\n");
    assertThat(look("./to2", "../" + net.getFileName() + "/to2", "/proc").byName())
        .isEmpty();
  }

  @Test
  void flags_that_are_not_their_format_are_not_up() throws IOException {
    for (var flags : List.of("", "1003", "0x", "0xZZ", "0x111111111111")) {
      link("to2", flags, "1\n");
      assertThat(look("to2").byName()).as(flags).containsEntry("to2", new Link(false, true));
    }
  }

  @Test
  void the_kernels_own_loopback_is_up() {
    Assumptions.assumeTrue(
        Files.isReadable(Path.of("/sys/class/net/lo/flags")),
        "NOT TESTED AGAINST THE REAL KERNEL: no /sys/class/net/lo");
    assertThat(new LinkFiles(Path.of("/sys/class/net")).look(List.of("lo"), NOW).byName())
        .containsEntry("lo", new Link(true, true));
  }

  @Test
  @Tag("root")
  void a_real_link_is_seen_down_and_without_carrier_and_whole() {
    Namespaces.require("ip");
    // Names of the machine's own namespace, since /sys shows that one.
    var name = "kh6a" + ProcessHandle.current().pid() % 100_000;
    var peer = "kh6b" + ProcessHandle.current().pid() % 100_000;
    var real = new LinkFiles(Path.of("/sys/class/net"));
    try (var namespaces = new Namespaces("kh6")) {
      namespaces.run("ip link add " + name + " type veth peer name " + peer);
      try {
        assertThat(real.look(List.of(name), NOW).byName())
            .containsEntry(name, new Link(false, false));
        namespaces.run("ip link set " + name + " up");
        assertThat(real.look(List.of(name), NOW).byName())
            .containsEntry(name, new Link(true, false));
        namespaces.run("ip link set " + peer + " up");
        assertThat(real.look(List.of(name), NOW).byName())
            .containsEntry(name, new Link(true, true));
      } finally {
        namespaces.run("ip link delete " + name);
      }
      assertThat(real.look(List.of(name), NOW).byName()).isEmpty();
    }
  }

  private Links look(String... names) {
    return new LinkFiles(net).look(List.of(names), NOW);
  }

  private void link(String name, String flags, String carrier) throws IOException {
    var folder = Files.createDirectories(net.resolve(name));
    Files.writeString(folder.resolve("flags"), flags);
    Files.writeString(folder.resolve("carrier"), carrier);
  }
}
