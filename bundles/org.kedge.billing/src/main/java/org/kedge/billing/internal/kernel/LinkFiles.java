package org.kedge.billing.internal.kernel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.kedge.billing.internal.core.metering.MeteredInterface;
import org.kedge.billing.internal.core.metering.MeteredInterface.Kind;

/** The kernel's view of interfaces, from {@code /sys/class/net}. */
public final class LinkFiles {
  /** ARPHRD_ETHER, of wireless ones too. */
  private static final String ETHERNET = "1";

  private final Path net;

  /**
   * One interface.
   *
   * @param bytes received and sent since it was made, layer 2
   */
  public record Link(MeteredInterface metered, long bytes) {}

  /** @param net {@code /sys/class/net} */
  public LinkFiles(Path net) {
    this.net = net;
  }

  /** Those of them that exist, by name. */
  public Map<String, Link> look(Collection<String> names) {
    var links = new LinkedHashMap<String, Link>();
    for (var name : names) {
      if (!name.isEmpty() && !name.contains("/")) {
        look(name).ifPresent(link -> links.put(name, link));
      }
    }
    return links;
  }

  private Optional<Link> look(String name) {
    var folder = net.resolve(name);
    return line(folder.resolve("type")).map(type -> {
      var kind = type.equals(ETHERNET) ? Kind.ETHERNET : Kind.BARE;
      return new Link(
          new MeteredInterface(name, kind),
          number(folder.resolve("statistics/rx_bytes"))
              + number(folder.resolve("statistics/tx_bytes")));
    });
  }

  /** None where the interface went in the meantime. */
  private static long number(Path file) {
    return line(file)
        .filter(text -> text.matches("[0-9]{1,18}"))
        .map(Long::valueOf)
        .orElse(0L);
  }

  private static Optional<String> line(Path file) {
    try {
      return Optional.of(Files.readString(file).strip());
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
