package org.kedge.babel.internal.core;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The firewall's chains, as far as they can decide on transit. What Kedge does not understand is there as such, never left out. */
public record Ruleset(List<Chain> chains) {
  public Ruleset {
    chains = List.copyOf(chains);
  }

  /** Where a chain is; the family is nftables' word, such as {@code inet}. */
  public record ChainId(String family, String table, String name) {
    /** As people write it in a command. */
    public String inWords() {
      return family + " " + table + " " + name;
    }
  }

  /**
   * Rules in their order.
   *
   * @param hooked empty for a chain that is only jumped to, or hooked elsewhere
   */
  public record Chain(ChainId id, Optional<Hooked> hooked, List<Rule> rules) {
    public Chain {
      rules = List.copyOf(rules);
    }

    boolean sees(IpFamily family) {
      return switch (id.family()) {
        case "inet" -> true;
        case "ip" -> family == IpFamily.IPV4;
        case "ip6" -> family == IpFamily.IPV6;
        default -> false;
      };
    }
  }

  /**
   * A base chain of the hook forward: lower priorities come first, and what reaches the end meets the policy.
   *
   * @param inForce no or unclear if its table is dormant or may be
   */
  public record Hooked(int priority, boolean policyDrops, Truth inForce) {}

  /**
   * One rule: statements that are done in turn until one does not hold or one decides.
   *
   * @param handle names it in {@code nft delete rule ... handle}
   */
  public record Rule(long handle, List<Statement> statements) {
    public Rule {
      statements = List.copyOf(statements);
    }
  }

  /** A part of a rule. Those that neither select nor decide (a counter, a log) are left out. */
  public sealed interface Statement {
    /** The rule goes on only if this holds. */
    record Match(Condition condition) implements Statement {}

    record Verdict(Action action, String target) implements Statement {
      public static Verdict of(Action action) {
        return new Verdict(action, "");
      }
    }

    /** A verdict map: the first entry that holds decides; if none does, the rule ends. */
    record Choice(List<Entry> entries) implements Statement {
      public Choice {
        entries = List.copyOf(entries);
      }
    }

    /** Not understood: it may accept, drop or do neither. */
    record Riddle(String word) implements Statement {}
  }

  public record Entry(Condition condition, Statement.Verdict verdict) {}

  public enum Action {
    ACCEPT,
    DROP,
    REJECT,
    RETURN,
    CONTINUE,
    JUMP,
    GOTO
  }

  /** What a rule asks of a packet. */
  public sealed interface Condition {
    Truth holdsFor(TransitPacket packet);

    /**
     * It came in by one of these interfaces.
     *
     * @param patterns names; a {@code *} at the end stands for any rest
     */
    record Arrives(Set<String> patterns) implements Condition {
      public Arrives {
        patterns = Set.copyOf(patterns);
      }

      @Override
      public Truth holdsFor(TransitPacket packet) {
        return Truth.of(isNamed(packet.arrivesOn(), patterns));
      }
    }

    /**
     * It goes out by one of these interfaces.
     *
     * @param patterns names; a {@code *} at the end stands for any rest
     */
    record Leaves(Set<String> patterns) implements Condition {
      public Leaves {
        patterns = Set.copyOf(patterns);
      }

      @Override
      public Truth holdsFor(TransitPacket packet) {
        return Truth.of(isNamed(packet.leavesOn(), patterns));
      }
    }

    record OfFamily(Set<IpFamily> families) implements Condition {
      public OfFamily {
        families = Set.copyOf(families);
      }

      @Override
      public Truth holdsFor(TransitPacket packet) {
        return Truth.of(families.contains(packet.family()));
      }
    }

    record Not(Condition condition) implements Condition {
      @Override
      public Truth holdsFor(TransitPacket packet) {
        return condition.holdsFor(packet).negated();
      }
    }

    record Always() implements Condition {
      @Override
      public Truth holdsFor(TransitPacket packet) {
        return Truth.YES;
      }
    }

    /** Depends on more than interfaces and family: addresses, the flow, a rate. */
    record Unclear() implements Condition {
      @Override
      public Truth holdsFor(TransitPacket packet) {
        return Truth.UNCLEAR;
      }
    }

    private static boolean isNamed(String name, Set<String> patterns) {
      return patterns.stream().anyMatch(pattern -> isNamed(name, pattern));
    }

    private static boolean isNamed(String name, String pattern) {
      // nft writes an asterisk that is part of a name as \*.
      var isWild = pattern.endsWith("*") && !pattern.endsWith("\\*");
      return isWild
          ? name.startsWith(plain(pattern.substring(0, pattern.length() - 1)))
          : name.equals(plain(pattern));
    }

    private static String plain(String pattern) {
      return pattern.replace("\\*", "*");
    }
  }

  /** Three-valued, since a packet is only half known. */
  public enum Truth {
    YES,
    NO,
    UNCLEAR;

    static Truth of(boolean value) {
      return value ? YES : NO;
    }

    Truth negated() {
      return switch (this) {
        case YES -> NO;
        case NO -> YES;
        case UNCLEAR -> UNCLEAR;
      };
    }
  }
}
