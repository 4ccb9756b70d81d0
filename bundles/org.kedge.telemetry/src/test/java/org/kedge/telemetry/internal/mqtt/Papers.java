package org.kedge.telemetry.internal.mqtt;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** Authorities, certificates and keys, made for one test run by the JDK's keytool and written as PEM. */
final class Papers {
  private static final String SECRET = "changeit";

  private final Path folder;
  private final Path store;

  Papers(Path folder) {
    this.folder = folder;
    store = folder.resolve("papers.p12");
  }

  Path authority(String name) throws IOException {
    keytool(name, "CN=" + name, List.of("-ext", "bc:c"));
    return certificate(name);
  }

  /** @param options of keytool: names, dates, kind of key */
  Broker.Identity issue(String name, String authority, String... options) throws IOException {
    var all = new ArrayList<>(List.of("-signer", authority));
    all.addAll(List.of(options));
    keytool(name, "CN=" + name, all);
    return new Broker.Identity(certificate(name), key(name));
  }

  private void keytool(String alias, String name, List<String> options) throws IOException {
    var arguments = new ArrayList<>(List.of(
        "-genkeypair",
        "-alias",
        alias,
        "-dname",
        name,
        "-keystore",
        store.toString(),
        "-storetype",
        "PKCS12",
        "-storepass",
        SECRET));
    arguments.addAll(options);
    if (!options.contains("-keyalg")) {
      arguments.addAll(List.of("-keyalg", "EC", "-groupname", "secp256r1"));
    }
    if (!options.contains("-validity")) {
      arguments.addAll(List.of("-validity", "30"));
    }
    Mosquitto.run(
        Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
        arguments.toArray(String[]::new));
  }

  private Path certificate(String alias) throws IOException {
    try {
      return pem(alias + ".pem", "CERTIFICATE", opened().getCertificate(alias).getEncoded());
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private Path key(String alias) throws IOException {
    try {
      var key = opened().getKey(alias, SECRET.toCharArray());
      var file = pem(alias + ".key", "PRIVATE KEY", key.getEncoded());
      return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private KeyStore opened() throws IOException, GeneralSecurityException {
    var loaded = KeyStore.getInstance("PKCS12");
    try (var in = Files.newInputStream(store)) {
      loaded.load(in, SECRET.toCharArray());
    }
    return loaded;
  }

  private Path pem(String file, String label, byte[] der) throws IOException {
    var body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encode(der);
    return Files.writeString(
        folder.resolve(file),
        "-----BEGIN " + label + "-----\n" + new String(body, StandardCharsets.US_ASCII)
            + "\n-----END " + label + "-----\n");
  }
}
