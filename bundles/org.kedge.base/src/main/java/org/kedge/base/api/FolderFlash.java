package org.kedge.base.api;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;

/** A folder of the node's own storage, which has to be there already. */
public final class FolderFlash implements Flash {
  private final Path folder;

  public FolderFlash(Path folder) {
    this.folder = folder;
  }

  @Override
  public Optional<byte[]> read(String name) throws IOException {
    try {
      return Optional.of(Files.readAllBytes(file(name)));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  @Override
  public void write(String name, byte[] content) throws IOException {
    put(name, content, StandardOpenOption.TRUNCATE_EXISTING);
  }

  @Override
  public void append(String name, byte[] content) throws IOException {
    put(name, content, StandardOpenOption.APPEND);
  }

  private void put(String name, byte[] content, StandardOpenOption how) throws IOException {
    try (var channel =
        FileChannel.open(file(name), StandardOpenOption.CREATE, StandardOpenOption.WRITE, how)) {
      var rest = ByteBuffer.wrap(content);
      while (rest.hasRemaining()) {
        channel.write(rest);
      }
    }
  }

  @Override
  public void sync(String name) throws IOException {
    try (var channel = FileChannel.open(file(name), StandardOpenOption.WRITE)) {
      channel.force(true);
    }
    // The name is in the folder, not in the file: without this a new file may be gone after a cut.
    try (var entries = FileChannel.open(folder, StandardOpenOption.READ)) {
      entries.force(true);
    }
  }

  @Override
  public void delete(String name) throws IOException {
    Files.deleteIfExists(file(name));
  }

  @Override
  public long free() throws IOException {
    return Files.getFileStore(folder).getUsableSpace();
  }

  @Override
  public List<String> names() throws IOException {
    try (var files = Files.list(folder)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> String.valueOf(file.getFileName()))
          .sorted()
          .toList();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private Path file(String name) {
    if (name.isEmpty() || name.contains("/") || name.equals(".") || name.startsWith("..")) {
      throw new IllegalArgumentException("A plain file name is needed, but was '" + name + "'");
    }
    return folder.resolve(name);
  }
}
