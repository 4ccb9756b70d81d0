package org.kedge.sim.village;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.kedge.base.api.Uptime;

/** How long each kind of trouble lasted that a node had to cure itself. */
final class Cures {
  private final Village village;
  private final List<Wound> open = new ArrayList<>();
  private final Map<Trouble, List<Duration>> taken = new EnumMap<>(Trouble.class);

  private record Wound(Machine machine, Trouble trouble, Uptime at) {}

  Cures(Village village) {
    this.village = village;
  }

  void wounded(Machine machine, Trouble trouble) {
    open.add(new Wound(machine, trouble, village.now()));
  }

  /** Nothing is wrong with it. */
  void well(Machine machine) {
    for (Iterator<Wound> each = open.iterator(); each.hasNext(); ) {
      var wound = each.next();
      if (wound.machine() == machine) {
        each.remove();
        var took = village.now().since(wound.at());
        taken.computeIfAbsent(wound.trouble(), trouble -> new ArrayList<>()).add(took);
        village
            .diary()
            .note(
                machine,
                wound.trouble().words() + " is cured after " + took.toMillis() / 1000.0 + " s");
      }
    }
  }

  /** Something else ended it: that says nothing about Kedge. */
  void interrupted(Machine machine) {
    open.removeIf(wound -> wound.machine() == machine);
  }

  Map<Trouble, List<Duration>> taken() {
    return taken;
  }
}
