package org.kedge.babel.internal.kernel;

import com.google.gson.stream.JsonReader;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.kedge.babel.internal.core.ForwardingView;
import org.kedge.babel.internal.core.ForwardingView.Switch;
import org.kedge.babel.internal.core.IpFamily;
import org.kedge.babel.internal.core.TransitVerdict;
import org.kedge.base.api.Command;
import org.kedge.base.api.CommandResult;
import org.kedge.base.api.CommandRunner;
import org.kedge.care.api.RemedyOutcome;

/**
 * Switches forwarding on where it is off, and has the firewall accept transit of the mesh where it surely drops it. Touches nothing
 * else. Blocks up to 26 s, and some tenths of a second mostly.
 */
public final class ForwardingRepair {
  /** Marks the rules Kedge puts into other people's chains, for them and for itself. */
  static final String COMMENT = "kedge: transit of the mesh";

  private static final Duration LIMIT = Duration.ofSeconds(2);

  /** Base chains that drop one after the other; more is not one node's firewall but somebody's intent. */
  private static final int CHAINS = 4;

  /** What can stand in a rule as it is: no word of nft's, no quote, no pattern. */
  private static final Pattern INTERFACE = Pattern.compile("[\\w.:@-]+");

  private static final Pattern IDENTIFIER = Pattern.compile("[a-zA-Z_][\\w./-]*");

  private final Path sysRoot;
  private final CommandRunner runner;
  private final Forwarding forwarding;

  /** @param sysRoot {@code /proc/sys} */
  public ForwardingRepair(Path sysRoot, CommandRunner runner) {
    this.sysRoot = sysRoot;
    this.runner = runner;
    forwarding = new Forwarding(sysRoot, runner);
  }

  /** Why it cannot go on. */
  private static final class StuckException extends Exception {
    StuckException(String why) {
      super(why);
    }
  }

  /**
   * Carries it out and looks again.
   *
   * @param interfaces those babeld uses
   * @param families those the mesh has routes of; nothing is done for another
   */
  public RemedyOutcome restore(List<String> interfaces, Set<IpFamily> families) {
    var done = new ArrayList<String>();
    try {
      var view = forwarding.look(interfaces, families);
      switchOn(view, interfaces, families, done);
      for (var chain = 0; chain < CHAINS; chain++) {
        if (view.transit() instanceof TransitVerdict.Dropped dropped) {
          insert(dropped, interfaces, done);
          // An accept ends only its own base chain; the next one may drop as well.
          view = forwarding.look(interfaces, families);
        }
      }
      return outcome(done.isEmpty() ? view : forwarding.look(interfaces, families), families, done);
    } catch (StuckException e) {
      done.add(e.getMessage());
      return new RemedyOutcome.Failed(String.join("; ", done));
    }
  }

  private static RemedyOutcome outcome(
      ForwardingView view, Set<IpFamily> families, List<String> done) throws StuckException {
    if (isOff(view, families)) {
      throw new StuckException("forwarding is off again: something else switches it off");
    }
    if (view.transit() instanceof TransitVerdict.Dropped dropped) {
      throw new StuckException("but " + dropped.table() + " " + dropped.chain()
          + " still drops transit: " + dropped.reason());
    }
    if (!done.isEmpty()) {
      return new RemedyOutcome.Done(String.join("; ", done));
    }
    if (view.transit() instanceof TransitVerdict.Unknown unknown) {
      throw new StuckException(
          "no switch of forwarding is off, but whether the firewall drops transit"
              + " cannot be told: " + unknown.why());
    }
    return new RemedyOutcome.Useless(
        "no switch of forwarding is off, and the firewall lets transit pass");
  }

  private static boolean isOff(ForwardingView view, Set<IpFamily> families) {
    return (families.contains(IpFamily.IPV6) && view.forwardsIpv6() == Switch.OFF)
        || (families.contains(IpFamily.IPV4) && view.forwardsIpv4() == Switch.OFF);
  }

  private void switchOn(
      ForwardingView view, List<String> interfaces, Set<IpFamily> families, List<String> done)
      throws StuckException {
    if (families.contains(IpFamily.IPV6) && view.forwardsIpv6() == Switch.OFF) {
      switchOn(Forwarding.IPV6, done);
    }
    if (families.contains(IpFamily.IPV4) && view.forwardsIpv4() == Switch.OFF) {
      if (view.ipv4() == Switch.OFF) {
        // The kernel then sets every interface too, so that they are asked afterwards.
        switchOn(Forwarding.IPV4, done);
      }
      for (var name : interfaces) {
        if (forwarding.read(Forwarding.ipv4Of(name)) == Switch.OFF) {
          switchOn(Forwarding.ipv4Of(name), done);
        }
      }
    }
  }

  private void switchOn(String file, List<String> done) throws StuckException {
    // As sysctl takes it; a slash stands for the dot in a name such as eth0.2.
    var name = file.replace('.', ' ').replace('/', '.').replace(' ', '/');
    try {
      Files.writeString(sysRoot.resolve(file), "1\n", StandardOpenOption.WRITE);
    } catch (IOException e) {
      throw new StuckException(name + " cannot be switched on: " + e);
    }
    done.add("switched " + name + " on");
  }

  /** Puts our rule at the head of the chain, in place of any that Kedge put there before. */
  private void insert(TransitVerdict.Dropped where, List<String> interfaces, List<String> done)
      throws StuckException {
    var table = where.table().split(" ", 2);
    if (table.length < 2
        || !IDENTIFIER.matcher(table[1]).matches()
        || !IDENTIFIER.matcher(where.chain()).matches()) {
      throw new StuckException("nft cannot name " + where.table() + " " + where.chain()
          + ", which drops transit: " + where.reason());
    }
    for (var name : interfaces) {
      if (!INTERFACE.matcher(name).matches()) {
        throw new StuckException("a rule of nft cannot name the interface '" + name + "'");
      }
    }
    var chain = List.of(table[0], table[1], where.chain());
    var links = interfaces.stream()
        .map(name -> '"' + name + '"')
        .collect(Collectors.joining(", ", "{ ", " }"));
    // One transaction: there is never a moment with both rules or none.
    var words = new ArrayList<>(List.of("nft", "insert", "rule"));
    words.addAll(chain);
    words.addAll(List.of("iifname", links, "oifname", links, "accept"));
    words.addAll(List.of("comment", '"' + COMMENT + '"'));
    for (var handle : ourRules(chain)) {
      words.addAll(List.of(";", "delete", "rule"));
      words.addAll(chain);
      words.addAll(List.of("handle", handle));
    }
    run(words);
    done.add("inserted a rule that accepts transit between " + String.join(", ", interfaces)
        + " at the head of " + String.join(" ", chain) + ", which dropped it: " + where.reason());
  }

  private List<String> ourRules(List<String> chain) throws StuckException {
    var words = new ArrayList<>(List.of("nft", "-j", "-t", "list", "chain"));
    words.addAll(chain);
    var listing = run(words);
    try (var reader = new JsonReader(new StringReader(listing))) {
      return new Json(reader)
          .get("nftables").list().stream()
              .map(entry -> entry.get("rule"))
              .filter(rule -> rule.get("comment").text().filter(COMMENT::equals).isPresent())
              .map(rule -> rule.need("handle"))
              .toList();
    } catch (IOException | IllegalStateException e) {
      throw new StuckException(
          String.join(" ", words) + ": its output is not its JSON: " + e.getMessage());
    }
  }

  private String run(List<String> words) throws StuckException {
    var command = Command.of(LIMIT, words);
    var result = runner.run(command);
    if (!(result instanceof CommandResult.Ended ended) || !ended.succeeded() || ended.truncated()) {
      throw new StuckException(command + ": " + result.inWords());
    }
    return ended.output();
  }
}
