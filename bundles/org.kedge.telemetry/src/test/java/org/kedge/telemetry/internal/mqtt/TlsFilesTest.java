package org.kedge.telemetry.internal.mqtt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TlsFilesTest {
  @TempDir
  static Path made;

  private static Path authority;
  private static Broker.Identity node;
  private static Broker.Identity other;
  private static Broker.Identity rsa;

  @TempDir
  Path folder;

  @BeforeAll
  static void make() throws IOException {
    var papers = new Papers(made);
    authority = papers.authority("harbour");
    node = papers.issue("roof", "harbour");
    other = papers.issue("mast", "harbour");
    rsa = papers.issue("rsa", "harbour", "-keyalg", "RSA");
  }

  @Test
  void good_files_are_taken_also_when_one_file_holds_all() throws IOException {
    assertThat(read(authority, node)).isNotNull();
    var whole = Files.writeString(
        folder.resolve("whole.pem"),
        "subject=/CN=roof\n" + Files.readString(node.key())
            + Files.readString(node.certificates()).replace("\n", "\r\n")
            + Files.readString(authority));
    assertThat(read(authority, new Broker.Identity(whole, whole))).isNotNull();
  }

  @Test
  void a_file_that_is_not_there_or_none_is_named() {
    var gone = folder.resolve("gone.pem");
    assertRefused(gone, node, gone + " is not there");
    assertRefused(folder, node, folder + " is no file");
    assertRefused(authority, new Broker.Identity(gone, node.key()), gone + " is not there");
    assertRefused(
        authority, new Broker.Identity(node.certificates(), gone), gone + " is not there");
  }

  @Test
  void a_file_without_a_certificate_or_a_key_says_which_it_lacks() throws IOException {
    assertRefused(node.key(), node, "openssl x509 -inform der -in " + node.key());
    assertRefused(
        authority,
        new Broker.Identity(node.certificates(), authority),
        authority + " holds no key");
    var empty = Files.createFile(folder.resolve("empty.pem"));
    assertRefused(empty, node, empty + " holds no certificate");
  }

  @Test
  void a_damaged_certificate_is_told_with_its_number() throws IOException {
    var whole = Files.readString(authority);
    var damaged = Files.writeString(
        folder.resolve("damaged.pem"),
        whole + whole.replaceFirst("\n[^\n]{24}", "\n" + "A".repeat(24)));
    assertRefused(damaged, node, "certificate 2 in " + damaged);
  }

  @Test
  void a_key_of_another_certificate_or_kind_or_a_damaged_one_does_not_fit() throws IOException {
    for (var wrong : new Path[] {other.key(), rsa.key()}) {
      assertRefused(
          authority,
          new Broker.Identity(node.certificates(), wrong),
          wrong + " is damaged or does not fit");
    }
    assertRefused(authority, new Broker.Identity(rsa.certificates(), node.key()), "does not fit");
    var cut = Files.writeString(
        folder.resolve("cut.key"),
        Files.readString(node.key()).replaceFirst("\n[^\n]{24}", "\n" + "A".repeat(24)));
    assertRefused(authority, new Broker.Identity(node.certificates(), cut), "does not fit");
  }

  @ParameterizedTest
  @CsvSource({"ec, EC PRIVATE KEY", "rsa, RSA PRIVATE KEY", "ec -aes128, ENCRYPTED PRIVATE KEY"})
  void a_key_in_another_form_is_refused_with_the_command_that_converts_it(String how, String label)
      throws IOException {
    Mosquitto.require("openssl");
    var identity = how.startsWith("ec") ? node : rsa;
    var old = folder.resolve("old.key");
    if (how.contains("aes")) {
      Mosquitto.run(
          "openssl",
          "pkcs8",
          "-topk8",
          "-in",
          identity.key().toString(),
          "-passout",
          "pass:secret",
          "-out",
          old.toString());
    } else {
      Mosquitto.run(
          "openssl",
          "pkey",
          "-in",
          identity.key().toString(),
          "-traditional",
          "-out",
          old.toString());
    }
    var advice = "openssl pkey -in " + old + " -out NEW";
    assertRefused(authority, new Broker.Identity(identity.certificates(), old), label);
    assertRefused(authority, new Broker.Identity(identity.certificates(), old), advice);
    var fresh = folder.resolve("new.key");
    Mosquitto.run(
        "openssl",
        "pkey",
        "-in",
        old.toString(),
        "-out",
        fresh.toString(),
        "-passin",
        "pass:secret");
    assertThat(read(authority, new Broker.Identity(identity.certificates(), fresh)))
        .isNotNull();
  }

  @Test
  void a_certificate_out_of_its_time_says_its_dates_and_what_the_clock_says() {
    var later = Instant.now().plus(Duration.ofDays(31));
    assertThatThrownBy(() -> read(authority, node, later))
        .isInstanceOfSatisfying(Refusal.class, refusal -> {
          assertThat(refusal.why())
              .contains(node.certificates().toString(), "until", "clock says " + later);
          assertThat(refusal.waitingHelps()).isFalse();
        });
    assertThatThrownBy(() -> read(authority, node, Instant.EPOCH))
        .isInstanceOfSatisfying(Refusal.class, refusal -> {
          assertThat(refusal.why()).contains(node.certificates().toString(), "1970-01-01");
          assertThat(refusal.waitingHelps()).isTrue();
        });
  }

  @Test
  void a_file_too_large_to_be_one_is_not_read_whole() throws IOException {
    var large = folder.resolve("large.pem");
    Files.write(large, new byte[(4 << 20) + 1]);
    assertRefused(large, node, "larger than 4 MiB");
  }

  @ParameterizedTest
  @ValueSource(strings = {"rw-------,false", "rw-r-----,false", "rw-r--r--,true"})
  void a_key_that_everybody_may_read_is_told(String rights) throws IOException {
    var parts = rights.split(",", -1);
    var key = Files.copy(node.key(), folder.resolve("copy.key"));
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString(parts[0]));
    var files = new TlsFiles(new Broker.Tls(
        Optional.empty(), Optional.of(new Broker.Identity(node.certificates(), key))));
    assertThat(files.openKey().isPresent()).isEqualTo(Boolean.parseBoolean(parts[1]));
  }

  private static void assertRefused(Path authorities, Broker.Identity identity, String word) {
    assertThatThrownBy(() -> read(authorities, identity))
        .isInstanceOfSatisfying(Refusal.class, refusal -> {
          assertThat(refusal.why()).contains(word);
          assertThat(refusal.waitingHelps()).isFalse();
        });
  }

  private static SSLContext read(Path authorities, Broker.Identity identity) throws Refusal {
    return read(authorities, identity, Instant.now());
  }

  private static SSLContext read(Path authorities, Broker.Identity identity, Instant now)
      throws Refusal {
    return new TlsFiles(new Broker.Tls(Optional.of(authorities), Optional.of(identity)))
        .context(now);
  }
}
