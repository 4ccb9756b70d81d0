package org.kedge.billing.internal.channel;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;

/** Signatures as Java makes them, and keys as they go over the link: 32 octets in 43 characters of base64url. */
final class Ed25519 {
  static final String NAME = "Ed25519";
  static final int KEY_CHARACTERS = 43;
  static final int SIGNATURE_CHARACTERS = 86;

  /** What stands before the 32 octets in the X.509 form. */
  private static final byte[] X509 = HexFormat.of().parseHex("302a300506032b6570032100");

  private Ed25519() {}

  static String text(byte[] octets) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(octets);
  }

  /** The octets behind a text; empty unless it has that length and is the one way of writing them. */
  static Optional<byte[]> octets(String text, int characters) {
    if (text.length() != characters) {
      return Optional.empty();
    }
    try {
      var octets = Base64.getUrlDecoder().decode(text);
      return text(octets).equals(text) ? Optional.of(octets) : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  static byte[] raw(PublicKey key) {
    var encoded = key.getEncoded();
    return Arrays.copyOfRange(encoded, X509.length, encoded.length);
  }

  static byte[] sign(PrivateKey key, byte[] text) throws GeneralSecurityException {
    var signature = Signature.getInstance(NAME);
    signature.initSign(key);
    signature.update(text);
    return signature.sign();
  }

  /** Whether the signature is that of this key over this text; a key or signature that is none signs nothing. */
  static boolean verify(byte[] key, byte[] signature, byte[] text) {
    try {
      var encoded = Arrays.copyOf(X509, X509.length + key.length);
      System.arraycopy(key, 0, encoded, X509.length, key.length);
      var verifier = Signature.getInstance(NAME);
      verifier.initVerify(
          KeyFactory.getInstance(NAME).generatePublic(new X509EncodedKeySpec(encoded)));
      verifier.update(text);
      return verifier.verify(signature);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }
}
