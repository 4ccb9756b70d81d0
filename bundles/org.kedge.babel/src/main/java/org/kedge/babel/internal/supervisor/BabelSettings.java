package org.kedge.babel.internal.supervisor;

import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.kedge.base.api.Checked;
import org.kedge.base.api.SettingsReader;
import org.kedge.base.api.SettingsReader.Target;
import org.kedge.base.api.SettingsSchema;

/**
 * What an operator set, checked.
 *
 * @param socket as given; empty: the default of the mode
 */
public record BabelSettings(
    Mode mode,
    Optional<SocketAddress> socket,
    List<String> interfaces,
    String program,
    List<String> arguments,
    List<String> configuration,
    Path pidFile,
    List<String> start,
    List<String> stop,
    List<String> status,
    Duration dump,
    Duration answer,
    Optional<Target> exit,
    Optional<Target> beyond,
    Duration probe,
    boolean forwardingExpected) {
  /** The kernel's limit of a socket's path, less its closing zero. */
  public static final int PATH_MAX = 107;

  private static final int INTERFACE_NAME_MAX = 15;

  /** Who runs babeld. */
  public enum Mode {
    CHILD,
    SERVICE
  }

  public static Checked<BabelSettings> read(SettingsSchema schema, Map<String, ?> values) {
    var reader = new SettingsReader(schema, values);
    var mode = reader.choice("run.mode", Mode.class);
    var interfaces = reader.words("interfaces");
    if (mode == Mode.CHILD && interfaces.isEmpty()) {
      reader.refuse(
          "interfaces", "mode child needs at least one interface: babeld does not start without");
    }
    for (var name : interfaces) {
      if (name.length() > INTERFACE_NAME_MAX || name.contains("/") || name.startsWith("-")) {
        reader.refuse(
            "interfaces",
            "'" + name
                + "' is no interface name: at most 15 characters, no slash, no leading hyphen");
      }
    }
    if (reader.words("babeld.program").size() != 1 || !isAbsolute(reader.text("babeld.program"))) {
      reader.refuse("babeld.program", "allowed is one absolute path");
    }
    if (!isAbsolute(reader.text("service.pid.file"))) {
      reader.refuse("service.pid.file", "allowed is an absolute path");
    }
    for (var command : List.of("service.start", "service.stop", "service.status")) {
      if (reader.words(command).isEmpty()) {
        reader.refuse(command, "allowed is a program and its arguments");
      }
    }
    var socket = socket(reader);
    var exit = reader.target("exit.address");
    var beyond = reader.target("beyond.address");
    if (beyond.isPresent() && exit.isEmpty()) {
      reader.refuse(
          "beyond.address",
          "it takes 'exit.address' too: only an exit that answers tells an outage beyond it");
    }
    var arguments = reader.words("babeld.arguments");
    var configuration = reader.lines("babeld.configuration");
    var dump = reader.seconds("dump.seconds");
    var answer = reader.seconds("answer.seconds");
    var probe = reader.seconds("probe.seconds");
    var forwarding = reader.flag("forwarding.expected");
    return reader.finish(() -> new BabelSettings(
        mode,
        socket,
        interfaces,
        reader.text("babeld.program"),
        arguments,
        configuration,
        Path.of(reader.text("service.pid.file")),
        reader.words("service.start"),
        reader.words("service.stop"),
        reader.words("service.status"),
        dump,
        answer,
        exit,
        beyond,
        probe,
        forwarding));
  }

  private static Optional<SocketAddress> socket(SettingsReader reader) {
    var text = reader.text("control.socket");
    if (text.isEmpty()) {
      return Optional.empty();
    }
    if (isAbsolute(text)) {
      if (text.length() > PATH_MAX) {
        reader.refuse("control.socket", "a socket's path is at most " + PATH_MAX + " characters");
        return Optional.empty();
      }
      return Optional.of(UnixDomainSocketAddress.of(text));
    }
    return reader.target("control.socket").flatMap(target -> {
      if (target.port().isEmpty()
          || !target.address().isLoopbackAddress()
          || !(target.address() instanceof Inet6Address)) {
        reader.refuse(
            "control.socket",
            "allowed is an absolute path, or [::1]:PORT: babeld listens on no other address");
        return Optional.empty();
      }
      return Optional.of(
          (SocketAddress) new InetSocketAddress(target.address(), target.port().get()));
    });
  }

  private static boolean isAbsolute(String path) {
    return path.startsWith("/") && path.chars().noneMatch(Character::isISOControl);
  }

  /** The line that gives babeld an interface, with the options its configuration has for it. */
  String interfaceLine(String name) {
    return configuration.stream()
        .filter(
            line -> line.equals("interface " + name) || line.startsWith("interface " + name + " "))
        .findFirst()
        .orElse("interface " + name);
  }

  /** Where babeld's socket is, with the default of the mode where none was set. */
  public SocketAddress socketIn(Path data) {
    return socket.orElseGet(() -> UnixDomainSocketAddress.of(
        mode == Mode.CHILD ? data.resolve("babeld.sock") : Path.of("/run/babeld.sock")));
  }
}
