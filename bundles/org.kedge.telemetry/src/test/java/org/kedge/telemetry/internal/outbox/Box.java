package org.kedge.telemetry.internal.outbox;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.kedge.base.api.Uptime;
import org.kedge.base.internal.flash.SimulatedFlash;
import org.kedge.telemetry.internal.core.Kind;
import org.kedge.telemetry.internal.outbox.Outbox.Job;
import org.kedge.telemetry.internal.outbox.OutboxBytes.Item;

/** An outbox with its shelf on simulated flash, run as the courier runs it. */
final class Box {
  static final long MEBIBYTE = 1L << 20;

  final SimulatedFlash flash;
  final OutboxShelf shelf;
  Outbox.Limits limits = new Outbox.Limits(MEBIBYTE, Duration.ofHours(72));
  Outbox outbox;
  Uptime now = new Uptime(0);
  int failures;

  Box(SimulatedFlash flash, String bootId) throws IOException {
    this.flash = flash;
    shelf = new OutboxShelf(flash);
    outbox = open(bootId);
  }

  private Outbox open(String bootId) throws IOException {
    var opened = shelf.open();
    return new Outbox(limits, opened.contents(), bootId, opened.free(), now);
  }

  /** The runtime is gone and another begins. */
  void restart(String bootId) throws IOException {
    outbox = open(bootId);
  }

  void limit(long bytes) {
    limits = new Outbox.Limits(bytes, Duration.ofHours(72));
    outbox.limit(limits);
  }

  void pass(Duration span) {
    now = now.plus(span);
  }

  long put(Kind kind, String text) {
    return put(kind, 0, text, true);
  }

  long put(Kind kind, long journal, String text, boolean atOnce) {
    return outbox.put(
        kind, outbox.nextSequence(), journal, text.getBytes(StandardCharsets.UTF_8), atOnce, now);
  }

  /** Does what is to be done on flash, up to the first failure. */
  void work() {
    for (var job = outbox.job(now); job.isPresent(); job = outbox.job(now)) {
      if (!run(job.get())) {
        return;
      }
    }
  }

  void workAndSync() {
    work();
    outbox.sync();
    work();
  }

  private boolean run(Job job) {
    try {
      if (job instanceof Job.Load load) {
        outbox.loaded(load, shelf.read(load));
      } else if (job instanceof Job.Write write) {
        outbox.done(write, shelf.write(write));
      }
      return true;
    } catch (IOException e) {
      failures++;
      if (job instanceof Job.Load load) {
        outbox.unreadable(load);
      } else {
        outbox.failed(job);
      }
      return false;
    }
  }

  /** What would be sent, in order, without sending it. */
  List<Item> waiting() {
    var items = new ArrayList<Item>();
    Set<Long> given = new HashSet<>();
    for (var item = outbox.next(given, true); item.isPresent(); item = outbox.next(given, true)) {
      items.add(item.get());
      given.add(item.get().id());
    }
    return items;
  }

  List<String> texts() {
    return waiting().stream().map(item -> text(item.id()).orElse("?")).toList();
  }

  Optional<String> text(long id) {
    if (outbox.body(id).isEmpty()) {
      outbox.need(id).ifPresent(this::run);
    }
    return outbox.body(id).map(body -> new String(body, StandardCharsets.UTF_8));
  }

  int count() {
    return outbox.status(now).count();
  }
}
