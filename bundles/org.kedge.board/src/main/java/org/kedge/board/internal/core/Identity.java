package org.kedge.board.internal.core;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * How a box names itself.
 *
 * @param model of the device tree; empty where there is none
 * @param dmi maker and product as firmware tells them, one blank between; empty where it tells nothing
 */
public record Identity(Optional<String> model, Optional<String> dmi) {
  /** The board whose pattern says most about this box; empty where none matches. */
  public Optional<Board> choose(Collection<Board> boards) {
    return boards.stream()
        .filter(board -> weight(board) >= 0)
        .max(Comparator.comparingInt(this::weight));
  }

  /** Letters that match, not counting what any letter would; below zero where nothing matches. */
  private int weight(Board board) {
    return Math.max(weight(model, board.models()), weight(dmi, board.dmi()));
  }

  private static int weight(Optional<String> told, List<String> patterns) {
    return patterns.stream()
        .filter(pattern -> told.filter(name -> matches(pattern, name)).isPresent())
        .mapToInt(pattern -> pattern.replace("*", "").length())
        .max()
        .orElse(-1);
  }

  private static boolean matches(String pattern, String name) {
    return name.matches(Pattern.quote(pattern).replace("*", "\\E.*\\Q"));
  }

  /** For people, as far as it tells anything. */
  public String inWords() {
    return model
        .map(name -> "device tree '" + name + "'")
        .or(() -> dmi.map(name -> "firmware '" + name + "'"))
        .orElse("neither device tree nor firmware names it");
  }
}
