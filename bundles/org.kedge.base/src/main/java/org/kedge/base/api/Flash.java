package org.kedge.base.api;

import java.io.IOException;
import java.util.Optional;

/**
 * A folder on storage that outlives a power cut, with writing and syncing apart, so that tests can cut the power between them.
 * Names are plain file names. Blocks; any thread, but one writer a name.
 */
public interface Flash {
  /** The content of a file; empty if there is none. */
  Optional<byte[]> read(String name) throws IOException;

  /** Replaces the content in place, not yet durable. */
  void write(String name, byte[] content) throws IOException;

  /** Makes the file's content durable, and its name in the folder. */
  void sync(String name) throws IOException;
}
