package org.kedge.billing.internal.core.neighbour;

/** A message to be sent; who carries it out knows the address to send it from. */
public record Saying(
    LinkAddress to, String session, String echo, long number, Message.Content content) {
  public Message from(String ownAddress) {
    return new Message(ownAddress, to.address(), session, echo, number, content);
  }
}
