package org.kedge.billing.internal.kernel;

import java.nio.file.Path;
import java.util.Collection;
import java.util.Map;
import org.kedge.billing.internal.core.metering.MeteredInterface;

/** The kernel's view of interfaces, from {@code /sys/class/net}. */
public final class LinkFiles {
  /**
   * One interface.
   *
   * @param bytes received and sent since it was made, layer 2
   */
  public record Link(MeteredInterface metered, long bytes) {}

  /** @param net {@code /sys/class/net} */
  public LinkFiles(Path net) {
    throw new UnsupportedOperationException(net.toString());
  }

  /** Those of them that exist, by name. */
  public Map<String, Link> look(Collection<String> names) {
    throw new UnsupportedOperationException(names.toString());
  }
}
