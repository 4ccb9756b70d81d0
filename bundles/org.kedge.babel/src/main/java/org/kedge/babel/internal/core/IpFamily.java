package org.kedge.babel.internal.core;

/** The two kinds of packets a mesh carries. */
public enum IpFamily {
  IPV4("IPv4", "0.0.0.0/0", 32),
  IPV6("IPv6", "::/0", 128);

  private final String word;
  private final String everything;
  private final int addressBits;

  IpFamily(String word, String everything, int addressBits) {
    this.word = word;
    this.everything = everything;
    this.addressBits = addressBits;
  }

  /** The family of an address or prefix, by how it is written. */
  public static IpFamily ofAddress(String text) {
    return text.indexOf(':') >= 0 ? IPV6 : IPV4;
  }

  public String word() {
    return word;
  }

  /** The prefix of all addresses, as babeld writes it. */
  public String everything() {
    return everything;
  }

  public int addressBits() {
    return addressBits;
  }
}
