package org.kedge.board.internal.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.kedge.board.internal.core.Board.Radio;

/** Which radios may be without power for a while. */
public sealed interface RadioChoice {
  /** @param words why these */
  record Cycle(List<Radio> radios, String words) implements RadioChoice {
    public Cycle {
      radios = List.copyOf(radios);
    }
  }

  /** None of them. */
  record Spare(String words) implements RadioChoice {}

  /**
   * Those that are dead, as nothing is lost with them; if none is, those that are not the only way out: a maintainer may be on it.
   *
   * @param links of every interface that carries a radio or is a way out
   */
  static RadioChoice of(List<Radio> radios, Map<String, LinkView> links, WaysOut ways) {
    if (radios.isEmpty()) {
      return new Spare("this board has no relay for the power of a radio");
    }
    var dead = radios.stream()
        .filter(radio -> link(links, radio.interfaceName()).isDead())
        .toList();
    if (!dead.isEmpty()) {
      return new Cycle(dead, inWords(dead, links));
    }
    var spared = new ArrayList<String>();
    var chosen = new ArrayList<Radio>();
    for (var radio : radios) {
      // All that is chosen goes at once: what is left must still lead out.
      var isWay = ways.interfaces().contains(radio.interfaceName());
      var othersLead = ways.interfaces().stream()
          .filter(name -> !name.equals(radio.interfaceName()))
          .filter(name -> chosen.stream().noneMatch(one -> one.interfaceName().equals(name)))
          .anyMatch(name -> !link(links, name).isDead());
      if (isWay && !othersLead) {
        spared.add(radio.interfaceName());
      } else {
        chosen.add(radio);
      }
    }
    return chosen.isEmpty()
        ? new Spare("the only way to this node may be through " + String.join(", ", spared)
            + ", which is not dead")
        : new Cycle(chosen, inWords(chosen, links));
  }

  private static LinkView link(Map<String, LinkView> links, String name) {
    return links.getOrDefault(name, LinkView.NONE);
  }

  private static String inWords(List<Radio> radios, Map<String, LinkView> links) {
    return String.join(
        ", ",
        radios.stream()
            .map(radio ->
                radio.interfaceName() + " " + link(links, radio.interfaceName()).inWords())
            .toList());
  }
}
