package org.kedge.billing.api;

import java.util.List;
import java.util.Optional;
import org.kedge.base.api.Bytes;
import org.kedge.base.api.Price;
import org.kedge.base.api.Wei;

/**
 * The account of one neighbour as it stands; immutable. Sums are since the account began.
 *
 * @param name of the node, as it says itself; empty where it does not speak Kedge
 * @param links interface and link-local address of each link on which it is heard now, as {@code wg1 fe80::1c}
 * @param carried bytes it handed to this node
 * @param handed bytes this node handed to it
 * @param earned what it owes for what was carried, settlements not yet taken off
 * @param spent what this node owes it, settlements not yet taken off
 * @param received settled by it
 * @param paid settled by this node
 * @param charges what a byte costs it at most now, over all destinations; empty while no route is there
 * @param asks what it asks for a byte at most, over the routes that lead through it
 * @param isShaped whether its traffic is slowed right now
 * @param why of standing and shaping in plain words without a full stop
 * @param agreed the last statement that both signed, as this node said it
 * @param isDisputed whether the latest statements of the two do not agree
 */
public record NeighbourAccount(
    NeighbourId id,
    Optional<String> name,
    List<String> links,
    Bytes carried,
    Bytes handed,
    Wei earned,
    Wei spent,
    Wei received,
    Wei paid,
    Optional<Price> charges,
    Optional<Price> asks,
    Standing standing,
    boolean isShaped,
    String why,
    Optional<Statement> agreed,
    boolean isDisputed) {
  public NeighbourAccount {
    links = List.copyOf(links);
  }

  /** What it owes this node on balance; none where this node owes it. */
  public Wei owes() {
    return rest(earned.plus(paid), spent.plus(received));
  }

  /** What this node owes it on balance. */
  public Wei owed() {
    return rest(spent.plus(received), earned.plus(paid));
  }

  private static Wei rest(Wei one, Wei other) {
    return one.compareTo(other) > 0 ? one.minus(other) : Wei.NONE;
  }
}
