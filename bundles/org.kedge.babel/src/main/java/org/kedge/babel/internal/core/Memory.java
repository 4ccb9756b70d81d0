package org.kedge.babel.internal.core;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.kedge.babel.api.Neighbour;
import org.kedge.babel.api.Route;

/**
 * What this node once had, so that losing it is a fault and never having had it is none. Kept on flash: a restart in the middle of
 * an outage must not make the outage look normal.
 */
public record Memory(boolean neighbours, boolean routes, boolean exitRoute, Set<String> links) {
  // Without links the line ends in a blank, which may be stripped.
  private static final Pattern FORM = Pattern.compile(
      "neighbours (true|false) routes (true|false) exit (true|false) links ?(\\S*)");

  public static final Memory NONE = new Memory(false, false, false, Set.of());

  public Memory {
    links = Set.copyOf(links);
  }

  /** With what is seen now added. */
  public Memory with(Sight sight) {
    var table = sight.socket().table();
    var known = new HashSet<>(links);
    sight.links().ifPresent(seen -> known.addAll(seen.byName().keySet()));
    return new Memory(
        neighbours
            || table.stream()
                .flatMap(told -> told.neighbours().stream())
                .anyMatch(Neighbour::isUsable),
        routes || table.stream().flatMap(told -> told.routes().stream()).anyMatch(Route::carries),
        exitRoute || Judge.wayToExit(sight).isPresent(),
        known);
  }

  /** One line of text, for a file. */
  public String text() {
    return "neighbours %s routes %s exit %s links %s"
        .formatted(
            neighbours,
            routes,
            exitRoute,
            links.stream().sorted().collect(Collectors.joining(",")));
  }

  /** The memory in a line of text; {@link #NONE} if it is not one. */
  public static Memory parse(String text) {
    var words = FORM.matcher(text.strip());
    if (!words.matches()) {
      return NONE;
    }
    return new Memory(
        words.group(1).equals("true"),
        words.group(2).equals("true"),
        words.group(3).equals("true"),
        Arrays.stream(words.group(4).split(","))
            .filter(name -> !name.isEmpty())
            .collect(Collectors.toSet()));
  }
}
