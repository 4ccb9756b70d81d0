package org.kedge.base.api;

import java.io.IOException;
import java.util.List;
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

  /** Adds to the end of a file, making it where there is none; not yet durable. After a failure part of it may stand there. */
  void append(String name, byte[] content) throws IOException;

  /** Makes the file's content durable, and all names in the folder: what was deleted stays so. */
  void sync(String name) throws IOException;

  /** Takes a file away; nothing happens where there is none. Until the next sync a power cut may bring it back. */
  void delete(String name) throws IOException;

  /** Bytes that may still be written, as far as the file system tells. */
  long free() throws IOException;

  /** Names of the files there are, sorted. */
  List<String> names() throws IOException;
}
