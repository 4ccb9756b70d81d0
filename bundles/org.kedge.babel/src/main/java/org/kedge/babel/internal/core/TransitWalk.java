package org.kedge.babel.internal.core;

import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.kedge.babel.internal.core.Ruleset.Action;
import org.kedge.babel.internal.core.Ruleset.Chain;
import org.kedge.babel.internal.core.Ruleset.ChainId;
import org.kedge.babel.internal.core.Ruleset.Hooked;
import org.kedge.babel.internal.core.Ruleset.Rule;
import org.kedge.babel.internal.core.Ruleset.Statement;
import org.kedge.babel.internal.core.Ruleset.Truth;

/**
 * Walks one packet through the chains and keeps every end it may come to. Drop is final; accept ends only the base chain it is
 * in, and the next one decides anew.
 */
final class TransitWalk {
  private final TransitPacket packet;
  private final Ruleset ruleset;
  private final Map<ChainId, Chain> chains = new HashMap<>();
  private final Map<ChainId, Ends> walked = new HashMap<>();

  TransitWalk(Ruleset ruleset, TransitPacket packet) {
    this.ruleset = ruleset;
    this.packet = packet;
    ruleset.chains().forEach(chain -> chains.put(chain.id(), chain));
  }

  /** The ends a packet may come to in a chain; at least one is possible. */
  private static final class Ends {
    /** Reaches the end of the chain, or is sent back from it. */
    boolean through;

    boolean accepted;
    boolean dropped;
    String dropReason = "";
    String doubt = "";

    static Ends anything(String doubt) {
      var ends = new Ends();
      ends.through = true;
      ends.accepted = true;
      ends.dropped = true;
      ends.doubt = doubt;
      return ends;
    }

    boolean surelyDropped() {
      return dropped && !accepted && !through;
    }

    void drop(String reason) {
      dropped = true;
      dropReason = reason;
    }

    void doubt(String cause) {
      if (doubt.isEmpty()) {
        doubt = cause;
      }
    }

    void addFinal(Ends other) {
      accepted |= other.accepted;
      if (other.dropped) {
        drop(other.dropReason);
      }
      if (!other.doubt.isEmpty()) {
        doubt(other.doubt);
      }
    }
  }

  TransitVerdict verdict() {
    Optional<TransitVerdict> doubt = Optional.empty();
    var hooked = ruleset.chains().stream()
        .filter(chain -> chain.hooked().isPresent() && chain.sees(packet.family()))
        .sorted(Comparator.comparingInt(chain -> chain.hooked().orElseThrow().priority()))
        .toList();
    for (var chain : hooked) {
      var ends = walkBase(chain, chain.hooked().orElseThrow());
      if (ends.surelyDropped()) {
        // Sure even after a chain in doubt: whatever that one lets by ends here.
        return new TransitVerdict.Dropped(
            chain.id().family() + " " + chain.id().table(),
            chain.id().name(),
            ends.dropReason + ", for " + packet.inWords());
      }
      if (ends.dropped && doubt.isEmpty()) {
        doubt = Optional.of(new TransitVerdict.Unknown(
            chain.id().inWords() + " may pass or drop " + packet.inWords() + ": " + ends.doubt));
      }
    }
    return doubt.orElseGet(TransitVerdict.Passes::new);
  }

  private Ends walkBase(Chain chain, Hooked hooked) {
    var ends = new Ends();
    if (hooked.inForce() == Truth.NO) {
      ends.accepted = true;
      return ends;
    }
    var inside = walk(chain);
    ends.addFinal(inside);
    if (inside.through && hooked.policyDrops()) {
      ends.drop("policy drop and no rule accepts");
    }
    ends.accepted |= inside.through && !hooked.policyDrops();
    if (hooked.inForce() == Truth.UNCLEAR) {
      ends.accepted = true;
      ends.doubt("its table has flags that nft does not name, and may be dormant");
    }
    return ends;
  }

  private Ends walk(Chain chain) {
    var known = walked.get(chain.id());
    if (known != null) {
      return known;
    }
    // The kernel refuses loops; this answer is only there for a listing that shows one.
    walked.put(chain.id(), Ends.anything(chain.id().inWords() + " jumps to itself"));
    var ends = new Ends();
    var open = true;
    for (var rule : chain.rules()) {
      if (!passOn(chain, rule, ends)) {
        open = false;
        break;
      }
    }
    ends.through |= open;
    walked.put(chain.id(), ends);
    return ends;
  }

  /** Adds the ends this rule may bring; answers whether the packet may come to the next rule. */
  private boolean passOn(Chain chain, Rule rule, Ends ends) {
    var sure = true;
    for (var statement : rule.statements()) {
      if (statement instanceof Statement.Match match) {
        var truth = match.condition().holdsFor(packet);
        if (truth == Truth.NO) {
          return true;
        }
        sure &= truth == Truth.YES;
      } else if (statement instanceof Statement.Riddle riddle) {
        ends.addFinal(Ends.anything("rule with handle " + rule.handle() + " has '" + riddle.word()
            + "', unknown to Kedge"));
        sure = false;
      } else if (statement instanceof Statement.Verdict verdict) {
        var isSure = noted(sure, chain, rule, ends);
        return decide(chain, rule, verdict, ends) || !isSure;
      } else if (statement instanceof Statement.Choice choice) {
        return choose(chain, rule, choice, ends, sure);
      }
    }
    return true;
  }

  private boolean choose(Chain chain, Rule rule, Statement.Choice choice, Ends ends, boolean sure) {
    var passes = !noted(sure, chain, rule, ends);
    for (var entry : choice.entries()) {
      var truth = entry.condition().holdsFor(packet);
      if (truth != Truth.NO) {
        passes |= decide(chain, rule, entry.verdict(), ends);
      }
      if (truth == Truth.YES) {
        return passes;
      }
      if (truth == Truth.UNCLEAR) {
        noted(false, chain, rule, ends);
      }
    }
    return true;
  }

  private static boolean noted(boolean sure, Chain chain, Rule rule, Ends ends) {
    if (!sure) {
      ends.doubt("rule with handle " + rule.handle() + " in " + chain.id().inWords()
          + " depends on more than interface and family");
    }
    return sure;
  }

  private boolean decide(Chain chain, Rule rule, Statement.Verdict verdict, Ends ends) {
    switch (verdict.action()) {
      case ACCEPT -> ends.accepted = true;
      case DROP, REJECT ->
        ends.drop("rule with handle " + rule.handle()
            + (verdict.action() == Action.DROP ? " drops" : " rejects")
            + (chain.hooked().isPresent() ? "" : " in chain " + chain.id().name()));
      case RETURN -> ends.through = true;
      case CONTINUE -> {
        return true;
      }
      case JUMP, GOTO -> {
        var id = new ChainId(chain.id().family(), chain.id().table(), verdict.target());
        var target = chains.get(id);
        var inside = target == null
            ? Ends.anything(id.inWords() + " is jumped to but not listed")
            : walk(target);
        ends.addFinal(inside);
        if (verdict.action() == Action.JUMP) {
          return inside.through;
        }
        ends.through |= inside.through;
      }
    }
    return false;
  }
}
