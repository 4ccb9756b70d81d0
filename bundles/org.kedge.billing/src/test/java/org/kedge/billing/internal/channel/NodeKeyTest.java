package org.kedge.billing.internal.channel;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kedge.billing.internal.channel.NodeKey.Opened;

class NodeKeyTest {
  @TempDir
  Path folder;

  private Path file;

  @BeforeEach
  void a_place() {
    file = folder.resolve("billing").resolve("node-key");
  }

  private Opened.Held held() {
    return (Opened.Held) NodeKey.open(file);
  }

  @Test
  void the_first_start_makes_a_key_that_only_its_owner_can_read_and_later_ones_have_the_same()
      throws IOException {
    var first = held();
    var second = held();
    assertThat(first.isNew()).isTrue();
    assertThat(second.isNew()).isFalse();
    assertThat(second.key().id()).isEqualTo(first.key().id());
    assertThat(permissions()).isEqualTo("rw-------");
    var text = "text".getBytes(UTF_8);
    assertThat(Ed25519.verify(
            Ed25519.octets(first.key().text(), 43).orElseThrow(), second.key().sign(text), text))
        .isTrue();
    try (var files = Files.list(folder.resolve("billing"))) {
      assertThat(files).containsExactly(file);
    }
  }

  private String permissions() throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }

  @Test
  void two_nodes_never_have_the_same_key() {
    var first = held().key().id();
    file = folder.resolve("other");
    assertThat(held().key().id()).isNotEqualTo(first);
  }

  @Test
  void a_key_that_others_could_read_is_closed_to_them() throws IOException {
    var key = held().key().id();
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    assertThat(held().key().id()).isEqualTo(key);
    assertThat(permissions()).isEqualTo("rw-------");
  }

  @Test
  void a_damaged_file_is_told_and_left_as_it_is_wherever_the_damage() throws IOException {
    held();
    var good = Files.readAllBytes(file);
    var refused = 0;
    for (var at = 0; at < good.length; at += 3) {
      var bad = good.clone();
      bad[at] ^= 1;
      Files.write(file, bad);
      var opened = NodeKey.open(file);
      assertThat(Files.readAllBytes(file)).isEqualTo(bad);
      if (opened instanceof Opened.Unusable unusable) {
        assertThat(unusable.why()).contains(file.toString()).contains("put it back from a backup");
        refused++;
      } else {
        // Bits of the last character that stand for nothing.
        assertThat(((Opened.Held) opened).isNew()).isFalse();
      }
    }
    assertThat(refused).isGreaterThan(good.length / 3 - 3);
  }

  @Test
  void a_file_cut_short_or_empty_or_huge_is_told_and_never_replaced() throws IOException {
    held();
    var good = Files.readAllBytes(file);
    for (var length : new int[] {0, 1, good.length / 2, good.length - 1}) {
      Files.write(file, Arrays.copyOf(good, length));
      assertThat(NodeKey.open(file)).isInstanceOf(Opened.Unusable.class);
      assertThat(Files.size(file)).isEqualTo(length);
    }
    Files.write(file, new byte[100_000]);
    assertThat(((Opened.Unusable) NodeKey.open(file)).why()).contains("100000 bytes");
  }

  @Test
  void what_a_power_cut_left_of_making_a_key_is_in_nobodys_way() throws IOException {
    Files.createDirectories(folder.resolve("billing"));
    Files.writeString(folder.resolve("billing").resolve("node-key.new"), "-----BEGIN PRI");
    assertThat(held().isNew()).isTrue();
  }

  @Test
  void where_no_file_can_be_there_is_no_key_and_it_is_told() throws IOException {
    Files.writeString(folder.resolve("billing"), "a file where the folder should be");
    assertThat(NodeKey.open(file)).isInstanceOf(Opened.Unusable.class);
    Files.delete(folder.resolve("billing"));
    Files.createDirectories(file);
    assertThat(NodeKey.open(file)).isInstanceOf(Opened.Unusable.class);
  }

  @Test
  void signing_and_checking_take_a_moment() {
    var key = held().key();
    var text = new byte[1000];
    var octets = Ed25519.octets(key.text(), 43).orElseThrow();
    for (var n = 0; n < 200; n++) {
      assertThat(Ed25519.verify(octets, key.sign(text), text)).isTrue();
    }
    var start = cpuNanos();
    byte[] signature = {};
    for (var n = 0; n < 100; n++) {
      signature = key.sign(text);
    }
    var signed = cpuNanos();
    for (var n = 0; n < 100; n++) {
      assertThat(Ed25519.verify(octets, signature, text)).isTrue();
    }
    var checked = cpuNanos();
    System.out.printf(
        "channel: signing 1,000 octets costs %d us of CPU, checking %d us%n",
        (signed - start) / 100_000, (checked - signed) / 100_000);
  }

  private static long cpuNanos() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }
}
