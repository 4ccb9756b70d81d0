package org.kedge.kura.internal.home;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.eclipse.kura.KuraErrorCode;
import org.eclipse.kura.KuraException;
import org.eclipse.kura.crypto.CryptoService;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kedge.base.api.Home.Revealed;
import org.kedge.sim.kura.RigCrypto;

class SecretsTest {
  private static final Revealed ABSENT =
      new Revealed.Hidden("Kura's crypto service is not there", true);
  private static final Revealed UNREADABLE =
      new Revealed.Hidden("Kura's crypto service cannot read it; set it again", false);

  private final Secrets secrets = new Secrets();

  @Test
  void a_secret_is_read_while_the_service_is_there_and_waiting_helps_while_it_is_not() {
    assertThat(secrets.reveal("iv-cipher")).isEqualTo(ABSENT);
    CryptoService first = encrypted -> "first".toCharArray();
    CryptoService second = encrypted -> "second".toCharArray();
    secrets.use(first);
    assertThat(secrets.reveal("iv-cipher")).isEqualTo(new Revealed.Plain("first"));
    secrets.use(second);
    secrets.leave(first);
    assertThat(secrets.reveal("iv-cipher")).isEqualTo(new Revealed.Plain("second"));
    secrets.leave(second);
    assertThat(secrets.reveal("iv-cipher")).isEqualTo(ABSENT);
  }

  @Test
  void what_kura_encrypted_is_read_and_only_with_its_key() {
    var ours = new RigCrypto("0123456789abcdef");
    secrets.use(ours);
    assertThat(secrets.reveal(ours.encrypt("grüße-42"))).isEqualTo(new Revealed.Plain("grüße-42"));
    assertThat(secrets.reveal(new RigCrypto().encrypt("grüße-42"))).isEqualTo(UNREADABLE);
    for (var plain : List.of("grüße-42", "grüße", "a-b", "-", "AAAA-AAAA")) {
      assertThat(secrets.reveal(plain)).as(plain).isEqualTo(UNREADABLE);
    }
  }

  @Test
  void what_the_service_cannot_read_has_to_be_set_again_and_is_in_no_words() {
    secrets.use(encrypted -> {
      throw new KuraException(KuraErrorCode.DECODER_ERROR);
    });
    assertThat(secrets.reveal("iv-cipher")).isEqualTo(UNREADABLE);
    secrets.use(encrypted -> {
      throw new IllegalArgumentException("no Base64: " + new String(encrypted));
    });
    assertThat(secrets.reveal("iv-cipher")).isEqualTo(UNREADABLE);
    secrets.use(encrypted -> null);
    assertThat(secrets.reveal("iv-cipher")).isEqualTo(UNREADABLE);
  }

  @Test
  void neither_cipher_text_nor_plain_text_is_left_in_memory_that_was_shared() {
    var shared = new ArrayList<char[]>();
    secrets.use(encrypted -> {
      var plain = "plain".toCharArray();
      shared.addAll(List.of(encrypted, plain));
      return plain;
    });
    assertThat(secrets.reveal("iv-cipher")).isEqualTo(new Revealed.Plain("plain"));
    assertThat(shared).hasSize(2).allSatisfy(array -> assertThat(array).containsOnly('\0'));
  }

  @Test
  void the_key_is_public_where_kura_is_given_none(@TempDir Path folder) throws IOException {
    var property = "org.eclipse.kura.core.crypto.secretKey";
    assertThat(Secrets.isKeyPublic(name -> null, name -> null)).isTrue();
    assertThat(Secrets.isKeyPublic(Map.of(property, "")::get, name -> null)).isTrue();
    assertThat(Secrets.isKeyPublic(Map.of(property, "0123456789abcdef")::get, name -> null))
        .isFalse();
    var credentials = Map.of("CREDENTIALS_DIRECTORY", folder.toString());
    assertThat(Secrets.isKeyPublic(name -> null, credentials::get)).isTrue();
    Files.writeString(folder.resolve("kura_encryption_key"), "0123456789abcdef");
    assertThat(Secrets.isKeyPublic(name -> null, credentials::get)).isFalse();
  }
}
