package org.kedge.base.api;

/** An amount of memory, storage or traffic in bytes; never negative. */
public record Bytes(long count) implements Comparable<Bytes> {
  public static final Bytes NONE = new Bytes(0);

  public Bytes {
    if (count < 0) {
      throw new IllegalArgumentException("An amount of bytes cannot be negative, but was " + count);
    }
  }

  public static Bytes kibi(long count) {
    return new Bytes(Math.multiplyExact(count, 1024L));
  }

  public static Bytes mebi(long count) {
    return new Bytes(Math.multiplyExact(count, 1024L * 1024L));
  }

  @Override
  public int compareTo(Bytes other) {
    return Long.compare(count, other.count);
  }
}
