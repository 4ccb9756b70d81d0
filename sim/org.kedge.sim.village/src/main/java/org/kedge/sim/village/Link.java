package org.kedge.sim.village;

import org.kedge.base.api.Lane;

/** A cable or a radio path between two machines, the same both ways. */
final class Link {
  static final int COST = 96;

  final Machine one;
  final Machine other;

  /** Broken on its way: both ends lose the carrier. */
  boolean cut;

  /** Whether Babel routes over it: gained after some hellos, lost after some are missed. */
  boolean trusted;

  /** While trust is about to be gained or lost. */
  Lane.Timer turning = () -> {};

  boolean isTurning;

  Link(Machine one, Machine other) {
    this.one = one;
    this.other = other;
  }

  Machine peer(Machine machine) {
    return machine == one ? other : one;
  }

  /** Its name at this end, such as {@code to7}. */
  String deviceOf(Machine machine) {
    return "to" + peer(machine).number;
  }

  /** Address at this end: node A on its link to B is {@code fe80::5eff:fe00:AABB}. */
  String addressOf(Machine machine) {
    return "fe80::5eff:fe00:%x".formatted(machine.number << 8 | peer(machine).number);
  }

  boolean hasCarrier() {
    return !cut && one.isPowered() && other.isPowered();
  }

  /** Whether hellos pass both ways. */
  boolean isHeard() {
    return hasCarrier()
        && one.babeld.speaksOn(deviceOf(one))
        && other.babeld.speaksOn(deviceOf(other));
  }

  @Override
  public String toString() {
    return "the link " + one.number + "-" + other.number;
  }
}
