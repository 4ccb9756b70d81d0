package org.kedge.babel.internal.kernel;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.kedge.babel.internal.supervisor.Surroundings.Change;
import org.kedge.babel.internal.supervisor.Surroundings.Following;

/**
 * Hears of changes from the kernel itself, by two programs that stay: {@code ip monitor} for routes, links and switches, {@code nft
 * monitor} for the firewall. They hear what happens in the network namespace of Kedge.
 */
public final class KernelEars {
  private static final List<String> IP =
      List.of("ip", "monitor", "link", "route", "netconf", "label");

  /** Terse, as the elements of sets are no news. */
  private static final List<String> NFT = List.of("nft", "-t", "monitor", "ruleset");

  private KernelEars() {}

  /** @param changed called on two threads, at most 50 times a second for each kind on each */
  public static Following open(Consumer<Change> changed) {
    return open(List.of(), changed);
  }

  /** @param entry words before each program, such as those that enter a namespace */
  static Following open(List<String> entry, Consumer<Change> changed) {
    var programs = List.of(
        start(entry, IP, KernelNews::fromIp, changed),
        start(entry, NFT, KernelNews::fromNft, changed));
    return () -> programs.forEach(ResidentProgram::close);
  }

  private static ResidentProgram start(
      List<String> entry,
      List<String> program,
      Function<String, Optional<Change>> news,
      Consumer<Change> changed) {
    var words = new ArrayList<>(entry);
    words.addAll(program);
    return ResidentProgram.start(words, new Teller(news, changed));
  }

  /** Tells each kind of change once for all lines that came together. */
  private static final class Teller implements ResidentProgram.Ear {
    private final Function<String, Optional<Change>> news;
    private final Consumer<Change> changed;
    private final Set<Change> untold = EnumSet.noneOf(Change.class);

    Teller(Function<String, Optional<Change>> news, Consumer<Change> changed) {
      this.news = news;
      this.changed = changed;
    }

    @Override
    public void line(String line) {
      news.apply(line).ifPresent(untold::add);
    }

    @Override
    public void quiet() {
      untold.forEach(changed);
      untold.clear();
    }
  }
}
