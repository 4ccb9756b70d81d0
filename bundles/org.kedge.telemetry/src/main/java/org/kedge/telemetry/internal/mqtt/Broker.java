package org.kedge.telemetry.internal.mqtt;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Which broker, and how it lets the node in.
 *
 * @param host a name, or an address in digits without brackets
 * @param tls empty: everything goes in the clear
 */
public record Broker(String host, int port, Optional<Login> login, Optional<Tls> tls) {
  /** @param password as it is set: where the home hides secrets, its cipher text */
  public record Login(String user, Optional<String> password) {
    @Override
    public String toString() {
      return "a login";
    }
  }

  /**
   * Files are in PEM and are read anew for each connection.
   *
   * @param authorities who may vouch for the broker; empty: those of the Java runtime
   */
  public record Tls(Optional<Path> authorities, Optional<Identity> identity) {}

  /**
   * Who the node is to the broker.
   *
   * @param certificates the node's own first, then those between it and an authority
   * @param key PKCS#8, not encrypted
   */
  public record Identity(Path certificates, Path key) {}

  /** As it is set: {@code tcp://192.0.2.1:1883}, {@code ssl://[2001:db8::1]:8883}. */
  public String uri() {
    var bracketed = host.contains(":") ? "[" + host + "]" : host;
    return (tls.isPresent() ? "ssl://" : "tcp://") + bracketed + ":" + port;
  }

  /** Without the login. */
  @Override
  public String toString() {
    return uri();
  }
}
