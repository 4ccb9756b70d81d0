package org.kedge.sim.kura;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Base64;
import org.eclipse.kura.KuraException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RigCryptoTest {
  private final RigCrypto crypto = new RigCrypto();

  @Test
  void a_secret_is_a_nonce_a_hyphen_and_the_rest_with_its_tag() throws Exception {
    var encrypted = crypto.encrypt("grün");
    var parts = encrypted.split("-");
    assertThat(parts).hasSize(2);
    assertThat(Base64.getDecoder().decode(parts[0])).hasSize(12);
    assertThat(Base64.getDecoder().decode(parts[1])).hasSize(5 + 16);
    assertThat(crypto.decryptAes(encrypted.toCharArray())).isEqualTo("grün".toCharArray());
    assertThat(crypto.asked()).containsExactly(encrypted);
  }

  @Test
  void it_is_another_each_time() {
    assertThat(crypto.encrypt("secret")).isNotEqualTo(crypto.encrypt("secret"));
  }

  @Test
  void nothing_is_nothing_encrypted() throws Exception {
    assertThat(crypto.decryptAes(new char[0])).isEmpty();
  }

  @Test
  void what_another_key_encrypted_is_not_read() {
    var encrypted = new RigCrypto("a key of its own").encrypt("secret");
    assertThatExceptionOfType(KuraException.class)
        .isThrownBy(() -> crypto.decryptAes(encrypted.toCharArray()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"secret", "a-plain-one", "-", "AAAA-"})
  void what_is_plain_is_not_read(String plain) {
    assertThatExceptionOfType(KuraException.class)
        .isThrownBy(() -> crypto.decryptAes(plain.toCharArray()));
  }

  @Test
  void what_is_no_base64_or_too_short_may_be_an_exception_that_nobody_declares() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> crypto.decryptAes("not:base-64!".toCharArray()));
    assertThatException().isThrownBy(() -> crypto.decryptAes("my-secret".toCharArray()));
  }
}
