package org.kedge.billing.internal.channel;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.EnumSet;
import java.util.Set;
import java.util.regex.Pattern;
import org.kedge.billing.api.NeighbourId;

/**
 * This node's own key pair, Ed25519. Any thread. The file holds both halves, PKCS#8 and X.509, in the text form that OpenSSL reads;
 * nobody but the owner of the process can read it.
 */
public final class NodeKey {
  private static final Pattern FORM = Pattern.compile(
      "-----BEGIN PRIVATE KEY-----\n([A-Za-z0-9+/=\n]+)\n-----END PRIVATE KEY-----\n"
          + "-----BEGIN PUBLIC KEY-----\n([A-Za-z0-9+/=\n]+)\n-----END PUBLIC KEY-----\n");
  private static final Set<PosixFilePermission> OURS_ALONE =
      EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);
  private static final int LONGEST = 4096;
  private static final byte[] SAMPLE = "kedge".getBytes(StandardCharsets.US_ASCII);

  private final PrivateKey secret;
  private final String text;

  private NodeKey(KeyPair pair) {
    secret = pair.getPrivate();
    text = Ed25519.text(Ed25519.raw(pair.getPublic()));
  }

  /** What came of opening the file. */
  public sealed interface Opened {
    /** @param isNew whether it was made just now: the file was not there */
    record Held(NodeKey key, boolean isNew) implements Opened {}

    /**
     * No key, and none was made in its place: for a person.
     *
     * @param why with what to do, without a full stop
     */
    record Unusable(String why) implements Opened {}
  }

  /**
   * Reads the key, or makes it where there is no file; durable when this returns. Blocks.
   *
   * @param file in a folder that is made where it is not there
   */
  public static Opened open(Path file) {
    try {
      return new Opened.Held(new NodeKey(read(file)), false);
    } catch (NoSuchFileException e) {
      return make(file);
    } catch (IOException | GeneralSecurityException e) {
      return new Opened.Unusable(
          "the key of this node in " + file + " cannot be used ("
              + e.getMessage()
              + "); put it back from a backup, or take the file away, and all neighbours will see a changed key");
    }
  }

  private static KeyPair read(Path file) throws IOException, GeneralSecurityException {
    if (Files.size(file) > LONGEST) {
      throw new GeneralSecurityException("it is no key: it has " + Files.size(file) + " bytes");
    }
    // Octets as they are: damage is no matter of characters.
    var halves = FORM.matcher(Files.readString(file, StandardCharsets.ISO_8859_1));
    if (!halves.matches()) {
      throw new GeneralSecurityException("it is damaged");
    }
    var pair = pair(decoded(halves.group(1)), decoded(halves.group(2)));
    if (!Ed25519.verify(
        Ed25519.raw(pair.getPublic()), Ed25519.sign(pair.getPrivate(), SAMPLE), SAMPLE)) {
      throw new GeneralSecurityException("it is damaged: its halves do not belong together");
    }
    if (!Files.getPosixFilePermissions(file).equals(OURS_ALONE)) {
      Files.setPosixFilePermissions(file, OURS_ALONE);
    }
    return pair;
  }

  private static KeyPair pair(byte[] secret, byte[] open) throws GeneralSecurityException {
    var factory = KeyFactory.getInstance(Ed25519.NAME);
    return new KeyPair(
        factory.generatePublic(new X509EncodedKeySpec(open)),
        factory.generatePrivate(new PKCS8EncodedKeySpec(secret)));
  }

  private static byte[] decoded(String base64) throws GeneralSecurityException {
    try {
      return Base64.getMimeDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      throw new GeneralSecurityException("it is damaged", e);
    }
  }

  private static Opened make(Path file) {
    try {
      var pair = KeyPairGenerator.getInstance(Ed25519.NAME).generateKeyPair();
      write(
          file,
          pem("PRIVATE", pair.getPrivate().getEncoded())
              + pem("PUBLIC", pair.getPublic().getEncoded()));
      return new Opened.Held(new NodeKey(pair), true);
    } catch (GeneralSecurityException e) {
      return new Opened.Unusable("this Java has no Ed25519 (" + e.getMessage() + ")");
    } catch (IOException e) {
      return new Opened.Unusable("no key for this node can be kept in " + file + " (" + e
          + "); see that the data folder can be written");
    }
  }

  private static String pem(String half, byte[] encoded) {
    return "-----BEGIN " + half + " KEY-----\n" + Base64.getEncoder().encodeToString(encoded)
        + "\n-----END " + half + " KEY-----\n";
  }

  private static void write(Path file, String content) throws IOException {
    var folder = file.toAbsolutePath().getParent();
    if (folder == null) {
      throw new IOException("it is no file");
    }
    Files.createDirectories(folder);
    var fresh = folder.resolve(file.getFileName() + ".new");
    // What a cut left of an earlier attempt; no neighbour has seen that key.
    Files.deleteIfExists(fresh);
    try (var channel = FileChannel.open(
        fresh,
        EnumSet.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
        PosixFilePermissions.asFileAttribute(OURS_ALONE))) {
      var rest = ByteBuffer.wrap(content.getBytes(StandardCharsets.US_ASCII));
      while (rest.hasRemaining()) {
        channel.write(rest);
      }
      channel.force(true);
    }
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    try (var names = FileChannel.open(folder, StandardOpenOption.READ)) {
      names.force(true);
    }
  }

  /** As neighbours know this node. */
  public NeighbourId id() {
    return new NeighbourId("key:" + text);
  }

  /** 43 characters of base64url. */
  String text() {
    return text;
  }

  byte[] sign(byte[] message) {
    try {
      return Ed25519.sign(secret, message);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("A key that was tried when it was read signs no longer", e);
    }
  }
}
