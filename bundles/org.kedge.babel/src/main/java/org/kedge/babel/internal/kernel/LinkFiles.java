package org.kedge.babel.internal.kernel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.Optional;
import org.kedge.babel.internal.core.Sight;
import org.kedge.base.api.Uptime;

/** The kernel's view of interfaces, from {@code /sys/class/net}. */
public final class LinkFiles {
  private static final int IFF_UP = 1;

  private final Path net;

  public LinkFiles(Path net) {
    this.net = net;
  }

  /** Reads two small files an interface; one without a folder does not exist and is left out. */
  public Sight.Links look(Collection<String> names, Uptime now) {
    var links = new HashMap<String, Sight.Link>();
    for (var name : names) {
      if (!name.contains("/") && Files.isDirectory(net.resolve(name))) {
        var flags = line(net.resolve(name).resolve("flags")).map(LinkFiles::hex).orElse(0);
        // The kernel refuses to tell the carrier of an interface that is down.
        var carrier =
            line(net.resolve(name).resolve("carrier")).filter("1"::equals).isPresent();
        links.put(name, new Sight.Link((flags & IFF_UP) != 0, carrier));
      }
    }
    return new Sight.Links(now, links);
  }

  private static int hex(String text) {
    return text.matches("0x[0-9a-f]{1,7}") ? Integer.parseInt(text.substring(2), 16) : 0;
  }

  private static Optional<String> line(Path file) {
    try {
      return Optional.of(Files.readString(file).strip());
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
