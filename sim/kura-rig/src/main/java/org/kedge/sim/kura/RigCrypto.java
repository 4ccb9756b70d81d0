package org.kedge.sim.kura;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.eclipse.kura.KuraErrorCode;
import org.eclipse.kura.KuraException;
import org.eclipse.kura.crypto.CryptoService;

/**
 * Kura's encryption: AES-GCM with a nonce of 12 octets and a tag of 128 bits; nonce and rest in Base64, a hyphen between. Any thread.
 */
public final class RigCrypto implements CryptoService {
  private static final String CIPHER = "AES/GCM/NoPadding";
  private static final int NONCE_OCTETS = 12;
  private static final int TAG_BITS = 128;

  /** In place of the one that stands in Kura's public sources, just as well known. */
  private static final String DEFAULT_KEY = "kura-default-key";

  private final SecureRandom random = new SecureRandom();
  private final SecretKeySpec key;
  private final List<String> asked = new CopyOnWriteArrayList<>();

  /** With the key of every Kura that was given none. */
  public RigCrypto() {
    this(DEFAULT_KEY);
  }

  /** @param key of 16, 24 or 32 octets */
  public RigCrypto(String key) {
    this.key = new SecretKeySpec(key.getBytes(StandardCharsets.UTF_8), "AES");
  }

  /** Another cipher text each time. */
  public String encrypt(String plain) {
    var nonce = new byte[NONCE_OCTETS];
    random.nextBytes(nonce);
    try {
      var cipher = Cipher.getInstance(CIPHER);
      cipher.init(Cipher.ENCRYPT_MODE, key, new GCMParameterSpec(TAG_BITS, nonce));
      var base64 = Base64.getEncoder();
      return base64.encodeToString(nonce)
          + "-"
          + base64.encodeToString(cipher.doFinal(plain.getBytes(StandardCharsets.UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Java does not encrypt", e);
    }
  }

  /** What was to be decrypted so far, readable or not. */
  public List<String> asked() {
    return List.copyOf(asked);
  }

  /**
   * @throws KuraException if it is not two parts, or was encrypted with another key
   * @throws RuntimeException if a part is no Base64, or too short for Java to look for a tag: such leave Kura, too
   */
  @Override
  public char[] decryptAes(char[] encrypted) throws KuraException {
    var text = new String(encrypted);
    asked.add(text);
    return decrypted(text);
  }

  /** For Kura itself, which asks here, too. @return empty if it was not encrypted here */
  Optional<String> decrypt(String text) {
    try {
      return Optional.of(new String(decrypted(text)));
    } catch (KuraException | RuntimeException e) {
      return Optional.empty();
    }
  }

  private char[] decrypted(String text) throws KuraException {
    if (text.isEmpty()) {
      return new char[0];
    }
    var parts = text.split("-", -1);
    if (parts.length != 2) {
      throw new KuraException(KuraErrorCode.DECODER_ERROR);
    }
    var nonce = Base64.getDecoder().decode(parts[0]);
    var rest = Base64.getDecoder().decode(parts[1]);
    if (rest.length == 0) {
      throw new KuraException(KuraErrorCode.DECODER_ERROR);
    }
    try {
      var cipher = Cipher.getInstance(CIPHER);
      cipher.init(Cipher.DECRYPT_MODE, key, new GCMParameterSpec(TAG_BITS, nonce));
      return new String(cipher.doFinal(rest), StandardCharsets.UTF_8).toCharArray();
    } catch (GeneralSecurityException e) {
      throw new KuraException(KuraErrorCode.DECODER_ERROR);
    }
  }
}
