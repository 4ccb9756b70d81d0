package org.kedge.care.internal.core;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.kedge.base.api.Uptime;
import org.kedge.care.api.Blame;
import org.kedge.care.api.CareJournal.Topic;
import org.kedge.care.api.CareReport;
import org.kedge.care.api.Effect;
import org.kedge.care.api.Fault;
import org.kedge.care.api.FaultKind;
import org.kedge.care.api.Layer;
import org.kedge.care.api.RemedyOutcome;
import org.kedge.care.internal.core.Recovery.KnownRemedy;
import org.kedge.care.internal.core.RecoveryMemory.Entry;
import org.kedge.care.internal.core.RecoveryMemory.Order;

/** A recovery, what it is shown and what it remembers; time passes when a test says so. */
final class RecoveryRig {
  /** What a look shows of one kind of fault. */
  record Shown(FaultKind kind, Blame blame, How how) {}

  enum How {
    STANDS,
    /** Reported, and seen well in this look. */
    CALMS,
    /** Reported, and not seen in this look. */
    REPORTED_UNSEEN,
    UNSEEN,
    SILENCED,
    WELL
  }

  final Map<String, KnownRemedy> known = new HashMap<>(Map.of(
      "soothe", new KnownRemedy(Effect.NONE, "soothed it"),
      "nudge", new KnownRemedy(Effect.CAPABILITY, "nudged it"),
      "restart", new KnownRemedy(Effect.TRAFFIC, "restarted it"),
      "reboot", new KnownRemedy(Effect.NODE, "rebooted the node")));
  private final Map<String, Uptime> since = new HashMap<>();
  Ladder ladder;
  Recovery recovery;
  boolean durable = true;
  Instant wall = Instant.parse("2026-11-22T12:00:00Z");
  private Uptime now = Uptime.of(Duration.ofSeconds(100));
  private String boot = "boot-1";

  RecoveryRig(String ladder) {
    this.ladder = ladder(ladder);
    recovery = Recovery.resume("", boot, now, wall).orElseThrow();
  }

  static Ladder ladder(String text) {
    var reading = LadderText.parse(text);
    if (reading instanceof LadderText.Reading.Read read) {
      return read.ladder();
    }
    throw new AssertionError(reading);
  }

  static FaultKind kind(String name) {
    return kind(name, Layer.BABEL, false);
  }

  static FaultKind kind(String name, Layer layer, boolean fades) {
    return new FaultKind(
        name, layer, Duration.ZERO, Duration.ofSeconds(30), Set.of(), fades, "Ask a person.");
  }

  static Shown stands(FaultKind kind) {
    return new Shown(kind, Blame.OURS, How.STANDS);
  }

  static Shown well(FaultKind kind) {
    return new Shown(kind, Blame.OURS, How.WELL);
  }

  static Shown shown(FaultKind kind, How how) {
    return new Shown(kind, Blame.OURS, how);
  }

  Uptime now() {
    return now;
  }

  RecoveryRig pass(Duration time) {
    now = now.plus(time);
    return this;
  }

  RecoveryRig pass(long seconds) {
    return pass(Duration.ofSeconds(seconds));
  }

  Optional<Order> look(Shown... all) {
    var faults = new ArrayList<Fault>();
    var silenced = new ArrayList<CareReport.Silenced>();
    var unknown = new ArrayList<CareReport.Unknown>();
    var well = new HashSet<String>();
    var wrong = new HashSet<String>();
    var watched = new HashSet<String>();
    for (var one : all) {
      var name = one.kind().name();
      watched.add(name);
      switch (one.how()) {
        case STANDS, SILENCED -> wrong.add(name);
        case CALMS, WELL -> well.add(name);
        case REPORTED_UNSEEN, UNSEEN -> unknown.add(new CareReport.Unknown(one.kind(), "dark"));
      }
      if (one.how() == How.WELL || one.how() == How.UNSEEN) {
        since.remove(name);
        continue;
      }
      var fault =
          new Fault(one.kind(), one.blame(), since.computeIfAbsent(name, fresh -> now), "seen");
      if (one.how() == How.SILENCED) {
        silenced.add(new CareReport.Silenced(fault, "CAUSE"));
      } else {
        faults.add(fault);
      }
    }
    var look =
        new Recovery.Look(new CareReport(now, faults, silenced, unknown), well, wrong, watched);
    return recovery.look(look, ladder, known, durable, now, wall);
  }

  /** The name of what a look orders; empty for nothing. */
  String ordered(Shown... all) {
    return look(all).map(Order::remedy).orElse("");
  }

  void done() {
    recovery.ended(new RemedyOutcome.Done("exit code 0"), now, wall);
  }

  void failed() {
    recovery.ended(new RemedyOutcome.Failed("exit code 1"), now, wall);
  }

  void useless() {
    recovery.ended(new RemedyOutcome.Useless("not here"), now, wall);
  }

  /** Orders, carries out, and lets the time to help pass without help. */
  String tryInVain(FaultKind kind) {
    var order = look(stands(kind));
    if (order.isEmpty()) {
      return "";
    }
    done();
    pass(order.get().settle());
    return order.get().remedy();
  }

  /** Kedge alone starts again, after so long. */
  void restart(Duration away) {
    var text = recovery.text(now);
    pass(away);
    resume(text, boot);
  }

  /** The node boots, after so long without power, from what was written last. */
  void reboot(String text, Duration uptime) {
    now = Uptime.of(uptime);
    boot = "boot-" + (recovery.memory().boots() + 1);
    resume(text, boot);
  }

  private void resume(String text, String kernelBoot) {
    since.clear();
    recovery = Recovery.resume(text, kernelBoot, now, wall).orElseThrow();
  }

  List<Topic> topics() {
    return recovery.memory().journal().stream().map(Entry::topic).toList();
  }

  List<String> words(Topic topic) {
    return recovery.memory().journal().stream()
        .filter(entry -> entry.topic() == topic)
        .map(Entry::words)
        .toList();
  }
}
