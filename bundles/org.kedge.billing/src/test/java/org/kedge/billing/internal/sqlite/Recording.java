package org.kedge.billing.internal.sqlite;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** What a process did to the files of one folder, as strace saw it, and what a power cut amid it may leave. */
final class Recording {
  private static final int SECTOR = 512;
  private static final Pattern CALL = Pattern.compile("(\\d+) +(\\w+)\\((.*)\\) += (-?\\d+).*");
  private static final Pattern DESCRIPTOR = Pattern.compile("(\\d+)<([^>]*)>.*");
  private static final Pattern QUOTED = Pattern.compile("\"((?:\\\\x[0-9a-f]{2})*)\"");

  private final List<Operation> operations = new ArrayList<>();
  private final Map<String, byte[]> synced = new TreeMap<>();
  private final List<Operation> pending = new ArrayList<>();
  private int at;
  private int acknowledged;

  /** How unsynced operations fare. */
  enum Damage {
    /** All of them are there. */
    WHOLE,
    /** Of the last only the first half, or its first sectors. */
    TORN,
    /** None of them. */
    DROPPED,
    /** Any of them, in any order. */
    REORDERED,
    /** All, and one of them a second time, at the end. */
    DOUBLED,
    /** All, but of one of them a sector holds what was there before. */
    OLD
  }

  /** One call. {@code file} is a name in the folder. */
  private sealed interface Operation {
    record Write(String file, int offset, byte[] bytes) implements Operation {}

    record Truncate(String file, int length) implements Operation {}

    record Create(String file) implements Operation {}

    record Delete(String file) implements Operation {}

    record Sync(String file) implements Operation {}

    record Acknowledged(int number) implements Operation {}
  }

  /**
   * @param trace strace's output with {@code -f -y -xx}
   * @param acknowledged file of the process's own account
   */
  static Recording of(Path trace, Path folder, Path acknowledged) throws IOException {
    var recording = new Recording();
    var unfinished = new HashMap<String, String>();
    var positions = new HashMap<Integer, Integer>();
    for (var line : Files.readAllLines(trace, StandardCharsets.ISO_8859_1)) {
      var whole = line;
      var pid = line.substring(0, Math.max(0, line.indexOf(' ')));
      if (line.endsWith("<unfinished ...>")) {
        unfinished.put(
            pid, line.substring(0, line.length() - "<unfinished ...>".length()).strip());
        continue;
      }
      var resumed = line.indexOf(" resumed>");
      if (resumed >= 0) {
        whole = unfinished.remove(pid) + line.substring(resumed + " resumed>".length());
      }
      var call = CALL.matcher(whole);
      if (call.matches() && !call.group(4).startsWith("-")) {
        recording.add(
            call.group(2),
            call.group(3),
            Integer.parseInt(call.group(4)),
            folder,
            acknowledged,
            positions);
      }
    }
    return recording;
  }

  private void add(
      String call,
      String arguments,
      int result,
      Path folder,
      Path acknowledged,
      Map<Integer, Integer> positions) {
    if (call.equals("openat")) {
      var path = Path.of(text(arguments));
      positions.put(result, 0);
      if (folder.equals(path.getParent()) && arguments.contains("O_CREAT")) {
        operations.add(new Operation.Create(name(path)));
      }
      if (folder.equals(path.getParent()) && arguments.contains("O_TRUNC")) {
        operations.add(new Operation.Truncate(name(path), 0));
      }
      return;
    }
    if (call.equals("unlink")) {
      var path = Path.of(text(arguments));
      if (folder.equals(path.getParent())) {
        operations.add(new Operation.Delete(name(path)));
      }
      return;
    }
    var descriptor = DESCRIPTOR.matcher(arguments);
    if (!descriptor.matches()) {
      return;
    }
    var path = Path.of(
        descriptor.group(2).contains("\\x")
            ? text('"' + descriptor.group(2) + '"')
            : descriptor.group(2));
    var number = Integer.parseInt(descriptor.group(1));
    if (path.equals(acknowledged)) {
      operations.add(new Operation.Acknowledged(Integer.parseInt(text(arguments).strip())));
    } else if (path.equals(folder) || folder.equals(path.getParent())) {
      var last = arguments.substring(arguments.lastIndexOf(' ') + 1);
      switch (call) {
        case "pwrite64" ->
          operations.add(new Operation.Write(name(path), Integer.parseInt(last), bytes(arguments)));
        case "write" -> {
          var at = positions.merge(number, result, Integer::sum) - result;
          operations.add(new Operation.Write(name(path), at, bytes(arguments)));
        }
        case "ftruncate" ->
          operations.add(new Operation.Truncate(name(path), Integer.parseInt(last)));
        case "fsync", "fdatasync" -> operations.add(new Operation.Sync(name(path)));
        default -> throw new IllegalStateException("No word about " + call);
      }
    }
  }

  private static String name(Path path) {
    return String.valueOf(path.getFileName());
  }

  private static String text(String arguments) {
    return new String(bytes(arguments), StandardCharsets.UTF_8);
  }

  private static byte[] bytes(String arguments) {
    var quoted = QUOTED.matcher(arguments);
    if (!quoted.find()) {
      throw new IllegalStateException("No data in " + arguments);
    }
    return HexFormat.of().parseHex(quoted.group(1).replace("\\x", ""));
  }

  int size() {
    return operations.size();
  }

  /** Makes the next operation happen. */
  void advance() {
    var done = operations.get(at++);
    if (done instanceof Operation.Sync sync) {
      var others = new ArrayList<Operation>();
      for (var one : pending) {
        // With any file the names are made durable, as a journalling file system does it in order.
        if (file(one).equals(sync.file()) || isOfNames(one)) {
          apply(synced, one);
        } else {
          others.add(one);
        }
      }
      pending.clear();
      pending.addAll(others);
    } else if (done instanceof Operation.Acknowledged) {
      acknowledged++;
    } else {
      pending.add(done);
    }
  }

  /** How many batches were acknowledged up to now. */
  int acknowledged() {
    return acknowledged;
  }

  /** Files as they may be found when power fails now. */
  Map<String, byte[]> cut(Damage damage, Random random) {
    var files = new TreeMap<String, byte[]>();
    synced.forEach((name, content) -> files.put(name, content.clone()));
    damaged(files, pending, damage, random);
    return files;
  }

  private static void damaged(
      Map<String, byte[]> files, List<Operation> pending, Damage damage, Random random) {
    switch (damage) {
      case WHOLE -> pending.forEach(one -> apply(files, one));
      case DROPPED -> {}
      case TORN -> {
        for (var at = 0; at < pending.size() - 1; at++) {
          apply(files, pending.get(at));
        }
        if (!pending.isEmpty() && last(pending) instanceof Operation.Write write) {
          var length = write.bytes().length;
          var kept = length > SECTOR ? SECTOR * random.nextInt(length / SECTOR) : length / 2;
          apply(
              files,
              new Operation.Write(
                  write.file(), write.offset(), Arrays.copyOf(write.bytes(), kept)));
        }
      }
      case REORDERED -> {
        var rest = new ArrayList<>(pending);
        while (!rest.isEmpty()) {
          var one = rest.remove(random.nextInt(rest.size()));
          var isInOrder = one instanceof Operation.Write
              && pending.subList(0, pending.indexOf(one)).stream()
                  .noneMatch(before ->
                      !(before instanceof Operation.Write) && file(before).equals(file(one)));
          // What changes lengths and names goes through the journal, and what builds on it with it:
          // such a file keeps its order.
          if (isInOrder && random.nextBoolean()) {
            apply(files, one);
          }
        }
      }
      case DOUBLED -> {
        pending.forEach(one -> apply(files, one));
        var writes = pending.stream().filter(Operation.Write.class::isInstance).toList();
        if (!writes.isEmpty()) {
          apply(files, writes.get(random.nextInt(writes.size())));
        }
      }
      case OLD -> {
        var before = new TreeMap<String, byte[]>();
        files.forEach((name, content) -> before.put(name, content.clone()));
        pending.forEach(one -> apply(files, one));
        var writes = pending.stream()
            .filter(Operation.Write.class::isInstance)
            .map(Operation.Write.class::cast)
            .filter(write -> files.containsKey(write.file()))
            .toList();
        if (!writes.isEmpty()) {
          var write = writes.get(random.nextInt(writes.size()));
          var at = write.offset() + SECTOR * random.nextInt(write.bytes().length / SECTOR + 1);
          var old = before.getOrDefault(write.file(), new byte[0]);
          var block = at < old.length
              ? Arrays.copyOfRange(old, at, Math.min(at + SECTOR, old.length))
              : new byte[0];
          var length = Math.min(SECTOR, write.offset() + write.bytes().length - at);
          apply(
              files,
              new Operation.Write(write.file(), at, Arrays.copyOf(block, Math.max(0, length))));
        }
      }
    }
  }

  private static <T> T last(List<T> list) {
    return list.get(list.size() - 1);
  }

  private static boolean isOfNames(Operation operation) {
    return operation instanceof Operation.Create || operation instanceof Operation.Delete;
  }

  private static String file(Operation operation) {
    if (operation instanceof Operation.Write write) {
      return write.file();
    }
    if (operation instanceof Operation.Truncate truncate) {
      return truncate.file();
    }
    if (operation instanceof Operation.Create create) {
      return create.file();
    }
    return operation instanceof Operation.Delete delete ? delete.file() : "";
  }

  private static void apply(Map<String, byte[]> files, Operation operation) {
    if (operation instanceof Operation.Create create) {
      files.putIfAbsent(create.file(), new byte[0]);
    } else if (operation instanceof Operation.Delete delete) {
      files.remove(delete.file());
    } else if (operation instanceof Operation.Truncate truncate) {
      files.computeIfPresent(
          truncate.file(), (name, content) -> Arrays.copyOf(content, truncate.length()));
    } else if (operation instanceof Operation.Write write && write.bytes().length > 0) {
      var before = files.getOrDefault(write.file(), new byte[0]);
      var end = write.offset() + write.bytes().length;
      var after = end <= before.length ? before : Arrays.copyOf(before, end);
      System.arraycopy(write.bytes(), 0, after, write.offset(), write.bytes().length);
      files.put(write.file(), after);
    }
  }
}
