package org.kedge.telemetry.internal.mqtt;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

/** Reads the PEM files of a TLS connection. Every refusal names the file, what is wrong with it and what to do. */
final class TlsFiles {
  /** Far above the authorities of a whole distribution, far below what a node can hold. */
  private static final int MOST_BYTES = 4 << 20;

  private static final Pattern BLOCK =
      Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([^-]*)-----END \\1-----");
  private static final String CERTIFICATE = "CERTIFICATE";
  private static final String PRIVATE_KEY = "PRIVATE KEY";

  /** How a key of a kind signs. */
  private static final Map<String, String> SIGNATURES =
      Map.of("RSA", "SHA256withRSA", "EC", "SHA256withECDSA", "EdDSA", "EdDSA");

  private final Broker.Tls tls;

  TlsFiles(Broker.Tls tls) {
    this.tls = tls;
  }

  private record Block(String label, byte[] der) {}

  /** @param now by the node's clock, which may be wrong */
  SSLContext context(Instant now) throws Refusal {
    var keys = tls.identity().isPresent()
        ? new KeyManager[] {identity(tls.identity().get(), now)}
        : new KeyManager[0];
    var trusts = tls.authorities().isPresent() ? trusts(tls.authorities().get()) : null;
    try {
      var context = SSLContext.getInstance("TLS");
      // Without authorities of its own the context takes those of the runtime.
      context.init(keys, trusts, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw Refusal.lasting("this Java runtime cannot speak TLS: " + e.getMessage());
    }
  }

  /** The key's file if everybody on the node may read it. */
  Optional<Path> openKey() {
    return tls.identity().map(Broker.Identity::key).filter(TlsFiles::isOpen);
  }

  private static boolean isOpen(Path file) {
    try {
      return Files.getPosixFilePermissions(file).contains(PosixFilePermission.OTHERS_READ);
    } catch (IOException | UnsupportedOperationException e) {
      // Gone since it was read, or on a file system that knows no owners: nothing that could be
      // told.
      return false;
    }
  }

  private static TrustManager[] trusts(Path file) throws Refusal {
    try {
      var store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      for (var authority : certificates(file)) {
        store.setCertificateEntry(Integer.toString(store.size()), authority);
      }
      var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init(store);
      return factory.getTrustManagers();
    } catch (Refusal e) {
      throw e;
    } catch (GeneralSecurityException | IOException e) {
      throw Refusal.lasting(
          file + " cannot be used as the authorities to trust: " + e.getMessage());
    }
  }

  private static OneIdentity identity(Broker.Identity files, Instant now) throws Refusal {
    var chain = certificates(files.certificates());
    for (var certificate : chain) {
      requireCurrent(certificate, files.certificates(), now);
    }
    var key = key(files, chain.get(0));
    return new OneIdentity(chain, key);
  }

  private static void requireCurrent(X509Certificate certificate, Path file, Instant now)
      throws Refusal {
    var from = certificate.getNotBefore().toInstant();
    var until = certificate.getNotAfter().toInstant();
    var facts = "the certificate of " + certificate.getSubjectX500Principal().getName() + " in "
        + file + " holds from " + from + " until " + until + ", and this node's clock says " + now;
    if (now.isBefore(from)) {
      throw Refusal.passing(facts
          + "; it passes once the clock is set, else put a certificate there that holds already");
    }
    if (now.isAfter(until)) {
      throw Refusal.lasting(
          facts + "; if the clock is right, put a renewed certificate there, it is read by itself");
    }
  }

  private static List<X509Certificate> certificates(Path file) throws Refusal {
    var found = new ArrayList<X509Certificate>();
    for (var block : blocks(file)) {
      if (block.label().equals(CERTIFICATE)) {
        found.add(certificate(block, file, found.size() + 1));
      }
    }
    if (found.isEmpty()) {
      throw Refusal.lasting(file
          + " holds no certificate in PEM (-----BEGIN CERTIFICATE-----); one in DER is converted by: openssl x509 -inform der -in "
          + file + " -out NEW");
    }
    return found;
  }

  private static X509Certificate certificate(Block block, Path file, int number) throws Refusal {
    try {
      return (X509Certificate) CertificateFactory.getInstance("X.509")
          .generateCertificate(new ByteArrayInputStream(block.der()));
    } catch (CertificateException e) {
      throw Refusal.lasting("certificate " + number + " in " + file + " is damaged ("
          + e.getMessage() + "); copy the file there again");
    }
  }

  private static PrivateKey key(Broker.Identity files, X509Certificate own) throws Refusal {
    var file = files.key();
    var block = blocks(file).stream()
        .filter(each -> each.label().endsWith(PRIVATE_KEY))
        .findFirst()
        .orElseThrow(
            () -> Refusal.lasting(file + " holds no key in PEM (-----BEGIN PRIVATE KEY-----)"));
    if (!block.label().equals(PRIVATE_KEY)) {
      throw Refusal.lasting(file + " is a '" + block.label()
          + "', and needed is a 'PRIVATE KEY' (PKCS#8, not encrypted); convert it with: openssl pkey -in "
          + file + " -out NEW");
    }
    var kind = own.getPublicKey().getAlgorithm();
    var signing = SIGNATURES.get(kind);
    if (signing == null) {
      throw Refusal.lasting("the first certificate in " + files.certificates()
          + " is for a key of kind " + kind + "; usable are RSA, EC, Ed25519 and Ed448");
    }
    try {
      var key = KeyFactory.getInstance(kind).generatePrivate(new PKCS8EncodedKeySpec(block.der()));
      var challenge = "fits".getBytes(StandardCharsets.US_ASCII);
      var signature = Signature.getInstance(signing);
      signature.initSign(key);
      signature.update(challenge);
      var signed = signature.sign();
      signature.initVerify(own.getPublicKey());
      signature.update(challenge);
      if (signature.verify(signed)) {
        return key;
      }
    } catch (InvalidKeySpecException | InvalidKeyException | SignatureException e) {
      // Damaged, of another kind, or of another size: it does not fit, which is told below.
    } catch (NoSuchAlgorithmException e) {
      throw Refusal.lasting(
          "this Java runtime cannot use a key of kind " + kind + ", as " + file + " is");
    }
    throw Refusal.lasting(
        "the key in " + file + " is damaged or does not fit the first certificate in "
            + files.certificates() + ", which is for "
            + own.getSubjectX500Principal().getName()
            + "; put the key there that it was made for, and the node's own certificate first");
  }

  private static List<Block> blocks(Path file) throws Refusal {
    var found = new ArrayList<Block>();
    var matcher = BLOCK.matcher(text(file));
    while (matcher.find()) {
      try {
        found.add(new Block(
            matcher.group(1), Base64.getMimeDecoder().decode(matcher.group(2).strip())));
      } catch (IllegalArgumentException e) {
        throw Refusal.lasting(file + " is damaged: its '" + matcher.group(1)
            + "' is not in base64; copy the file there again");
      }
    }
    return found;
  }

  private static String text(Path file) throws Refusal {
    if (!Files.isRegularFile(file)) {
      throw Refusal.lasting(
          file + (Files.exists(file) ? " is no file" : " is not there") + "; put it there");
    }
    try (var in = Files.newInputStream(file)) {
      var read = in.readNBytes(MOST_BYTES + 1);
      if (read.length > MOST_BYTES) {
        throw Refusal.lasting(
            file + " is larger than " + (MOST_BYTES >> 20) + " MiB, which no such file is");
      }
      return new String(read, StandardCharsets.ISO_8859_1);
    } catch (Refusal e) {
      throw e;
    } catch (IOException e) {
      throw Refusal.lasting(file + " cannot be read by user " + System.getProperty("user.name")
          + " (" + e.getClass().getSimpleName() + "); give that user the right to");
    }
  }
}
