package org.kedge.base.internal.node;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.kedge.base.api.DurableFile;
import org.kedge.base.api.Flash;
import org.kedge.base.api.FolderFlash;
import org.kedge.base.api.Node;
import org.kedge.base.api.NodeId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds out who this node is and which run of the runtime this is. */
public final class Identity {
  private static final Logger LOG = LoggerFactory.getLogger(Identity.class);
  private static final NodeId NAMELESS = new NodeId("kedge");

  private final Path proc;
  private final Path data;
  private final Flash flash;
  private final String kernelBootId;
  private final long run;

  /**
   * Counts this run.
   *
   * @throws IOException if the data folder cannot be made or written
   */
  public Identity(Path proc, Path data) throws IOException {
    this.proc = proc;
    this.data = Files.createDirectories(data);
    this.flash = new FolderFlash(data);
    this.kernelBootId = line("sys/kernel/random/boot_id").orElse("unknown");
    this.run = countRun(new DurableFile(flash, "runs"));
  }

  public Node node(Optional<NodeId> configured) {
    var id = configured
        .or(() -> line("sys/kernel/hostname").filter(NodeId::isValid).map(NodeId::new))
        .orElse(NAMELESS);
    var boot = kernelBootId.length() > 8 ? kernelBootId.substring(0, 8) : kernelBootId;
    return new Node(id, boot + "." + run, kernelBootId, data, flash);
  }

  private static long countRun(DurableFile file) throws IOException {
    var before = 0L;
    var found = file.read();
    if (found instanceof DurableFile.Found.Content content) {
      before = content.text().matches("\\d{1,18}") ? Long.parseLong(content.text()) : 0;
      if (content.damage().isPresent()) {
        // The damaged place may have held the next count, given to a run already. Both places are
        // written anew, so that a second damage cannot lead back to it either.
        before++;
        LOG.warn("Count of runs: {}; it goes on from {}.", content.damage().get(), before);
        file.write(Long.toString(before));
      }
    } else if (found instanceof DurableFile.Found.Damaged damaged) {
      // A count that begins again could repeat a boot id; the time in seconds is beyond any count.
      before = System.currentTimeMillis() / 1000;
      LOG.warn("Count of runs is lost ({}); it goes on from {}.", damaged.reason(), before);
    }
    file.write(Long.toString(before + 1));
    return before + 1;
  }

  private Optional<String> line(String file) {
    try {
      var text = Files.readString(proc.resolve(file)).strip();
      return text.isEmpty() ? Optional.empty() : Optional.of(text);
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
