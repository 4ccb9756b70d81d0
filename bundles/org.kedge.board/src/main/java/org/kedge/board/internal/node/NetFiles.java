package org.kedge.board.internal.node;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.kedge.board.internal.core.LinkView;
import org.kedge.board.internal.core.WaysOut;

/** Links and routes as the kernel shows them in small files. Any thread. */
public final class NetFiles {
  private static final int IFF_UP = 1;

  private final Path proc;
  private final Path sys;

  public NetFiles(Path proc, Path sys) {
    this.proc = proc;
    this.sys = sys;
  }

  /** @throws IOException if it cannot be told */
  public LinkView link(String name) throws IOException {
    var folder = sys.resolve("class/net").resolve(name);
    if (!Files.isDirectory(folder)) {
      return LinkView.NONE;
    }
    var flags = Files.readString(folder.resolve("flags")).strip();
    if (!flags.matches("0x[0-9a-fA-F]{1,7}")) {
      throw new IOException(folder + "/flags holds no flags but '" + flags + "'");
    }
    var isUp = (Integer.parseInt(flags.substring(2), 16) & IFF_UP) != 0;
    // The kernel refuses to tell the carrier of an interface that is down.
    return new LinkView(
        true, isUp, isUp && Files.readString(folder.resolve("carrier")).strip().equals("1"));
  }

  /** @throws IOException if it cannot be told */
  public WaysOut waysOut() throws IOException {
    return WaysOut.of(
        Files.readAllLines(proc.resolve("net/route")), lines(proc.resolve("net/ipv6_route")));
  }

  /** A kernel without IPv6 has no such file. */
  private static List<String> lines(Path file) throws IOException {
    try {
      return Files.readAllLines(file);
    } catch (NoSuchFileException e) {
      return List.of();
    }
  }
}
