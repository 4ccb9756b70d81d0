package org.kedge.board.internal.loop;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.kedge.base.api.Bytes;
import org.kedge.base.api.Figures;
import org.kedge.base.api.Lane;
import org.kedge.base.api.Uptime;
import org.kedge.base.api.UptimeSource;
import org.kedge.base.api.WatchedProcess;
import org.kedge.board.internal.core.Board;
import org.kedge.board.internal.core.BoardFaults;
import org.kedge.board.internal.core.LedPattern;
import org.kedge.board.internal.core.Limits;
import org.kedge.board.internal.core.Limits.Look;
import org.kedge.board.internal.gpio.GpioLines;
import org.kedge.board.internal.led.StatusLed;
import org.kedge.board.internal.node.LimitFiles;
import org.kedge.board.internal.node.LimitRaiser;
import org.kedge.board.internal.node.NetFiles;
import org.kedge.care.api.CareReport;
import org.kedge.care.api.CareWatch.Doing;
import org.kedge.care.api.Reading;
import org.kedge.care.api.RemedyOutcome;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks at limits every 10 s, shows the status light, and does what care orders about the box. State on board's lane. */
public final class BoardLoop implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(BoardLoop.class);
  private static final Duration PERIOD = Duration.ofSeconds(10);
  private static final Duration LOOK_LIMIT = Duration.ofSeconds(5);
  private static final Duration LED_LIMIT = Duration.ofSeconds(5);
  private static final Duration RAISE_LIMIT = Duration.ofSeconds(20);

  private final Lane lane;
  private final UptimeSource uptime;
  private final Box box;
  private final Node node;
  private final int clients;
  private final RadioPower radios;
  private volatile View view;

  // This lane only.
  private Optional<LedPattern> wanted = Optional.empty();
  private boolean isShowing;
  private String ledTrouble = "";
  private volatile boolean closed;

  /**
   * What this box has.
   *
   * @param board empty where it is unknown, or its file was refused
   * @param name as telemetry tells it
   * @param trouble why there is no GPIO though there might be; empty text for none
   */
  public record Box(
      String name,
      Optional<Board> board,
      String trouble,
      Optional<GpioLines> lines,
      Optional<StatusLed> led) {}

  /** The node around it. */
  public record Node(
      LimitFiles limits,
      LimitRaiser raiser,
      NetFiles net,
      Supplier<List<WatchedProcess>> processes,
      Runnable nudge) {}

  private record View(
      Uptime at,
      List<Limits.Judged> limits,
      String unseen,
      Optional<LedPattern> led,
      String trouble) {}

  /** @param clients the load to judge limits by */
  public BoardLoop(Lane lane, UptimeSource uptime, Box box, Node node, int clients) {
    this.lane = lane;
    this.uptime = uptime;
    this.box = box;
    this.node = node;
    this.clients = clients;
    radios = new RadioPower(
        lane, box.board().map(Board::radios).orElse(List.of()), box.lines(), node.net());
    view = new View(
        uptime.now(), List.of(), "the limits were not looked at yet", Optional.empty(), "");
  }

  /** Begins; once. */
  public void start() {
    lane.promise(PERIOD.plus(LOOK_LIMIT).plusSeconds(5));
    look(this::lookOn);
  }

  // --- limits ---

  private void look(Runnable then) {
    if (closed) {
      return;
    }
    lane.aside(
        "look at limits",
        LOOK_LIMIT,
        () -> node.limits().look(node.processes().get(), clients),
        outcome -> {
          seen(outcome);
          lane.beat();
          then.run();
        });
  }

  /** One look follows the other, however long it took. */
  private void lookOn() {
    if (!closed) {
      show();
      lane.after(PERIOD, "look at limits", () -> look(this::lookOn));
    }
  }

  private void seen(Lane.Outcome<List<Look>> outcome) {
    var now = uptime.now();
    var before = view;
    if (outcome instanceof Lane.Outcome.Done<List<Look>> done) {
      view = new View(now, Limits.judge(done.value(), clients), "", before.led(), before.trouble());
    } else {
      view = new View(
          now,
          List.of(),
          outcome instanceof Lane.Outcome.Failed<List<Look>> failed
              ? failed.cause().toString()
              : "no answer within " + LOOK_LIMIT.toSeconds() + " s",
          before.led(),
          before.trouble());
    }
    if (!lows(before).equals(lows(view))) {
      node.nudge().run();
    }
  }

  private static List<String> lows(View view) {
    return view.limits().stream().flatMap(one -> one.low().stream()).toList();
  }

  /** For care. Any thread. */
  public Reading limits() {
    var now = view;
    return now.unseen().isEmpty()
        ? Limits.reading(now.limits(), now.at())
        : new Reading.Unseen(BoardFaults.LIMIT_LOW, now.at(), now.unseen());
  }

  /** Raises what is low and may be raised, as care orders. Any thread. */
  public void raiseLimits(Consumer<RemedyOutcome> done) {
    lane.after(Duration.ZERO, "raise limits", () -> {
      var files = view.limits().stream()
          .filter(one -> one.low().isPresent())
          .map(Limits.Judged::look)
          .filter(Look.Files.class::isInstance)
          .map(Look.Files.class::cast)
          .toList();
      if (files.isEmpty()) {
        done.accept(new RemedyOutcome.Useless("what is short is not Kedge's to raise"));
        return;
      }
      lane.aside(
          "raise limits",
          RAISE_LIMIT,
          () -> raise(files),
          outcome -> look(() -> {
            node.nudge().run();
            done.accept(
                outcome instanceof Lane.Outcome.Done<String> raised
                    ? new RemedyOutcome.Done(raised.value())
                    : new RemedyOutcome.Failed(
                        outcome instanceof Lane.Outcome.Failed<String> failed
                            ? String.valueOf(failed.cause().getMessage())
                            : "no end within " + RAISE_LIMIT.toSeconds() + " s"));
          }));
    });
  }

  /** Every one is tried. */
  private String raise(List<Look.Files> low) throws IOException {
    var done = new ArrayList<String>();
    var failed = new ArrayList<String>();
    for (var files : low) {
      try {
        done.add("open files of " + files.process() + ": "
            + node.raiser().raise(files.pid(), Limits.enoughFiles(files)));
      } catch (IOException e) {
        failed.add(files.process() + ": " + e.getMessage());
      }
    }
    if (!failed.isEmpty()) {
      throw new IOException(
          String.join("; ", failed) + (done.isEmpty() ? "" : "; but " + String.join("; ", done)));
    }
    return String.join("; ", done);
  }

  // --- radios ---

  /** As care orders. Any thread. */
  public void powerCycleRadios(Consumer<RemedyOutcome> done) {
    lane.after(Duration.ZERO, "power-cycle radios", () -> radios.cycle(done));
  }

  // --- the light ---

  /** Any thread: this is how the node is now. */
  public void changed(CareReport report, Doing doing) {
    lane.post("state of the node", () -> {
      wanted = LedPattern.of(Optional.of(report), doing);
      show();
    });
  }

  private void show() {
    if (closed
        || isShowing
        || box.led().isEmpty()
        || wanted.isEmpty()
        || wanted.equals(view.led())) {
      return;
    }
    isShowing = true;
    var led = box.led().get();
    var pattern = wanted.get();
    lane.aside(
        "status light",
        LED_LIMIT,
        () -> {
          led.show(pattern);
          return pattern;
        },
        outcome -> {
          isShowing = false;
          shown(pattern, outcome);
        });
  }

  private void shown(LedPattern pattern, Lane.Outcome<LedPattern> outcome) {
    var isShown = outcome instanceof Lane.Outcome.Done<LedPattern>;
    var trouble = isShown
        ? ""
        : outcome instanceof Lane.Outcome.Failed<LedPattern> failed
            ? String.valueOf(failed.cause().getMessage())
            : "no end within " + LED_LIMIT.toSeconds() + " s";
    if (!trouble.equals(ledTrouble) && !isShown) {
      LOG.warn("The status light cannot be set: {}. It is tried again with every look.", trouble);
    }
    ledTrouble = trouble;
    view = new View(
        view.at(),
        view.limits(),
        view.unseen(),
        isShown ? Optional.of(pattern) : Optional.empty(),
        trouble);
    if (isShown) {
      // It may have changed meanwhile.
      show();
    }
  }

  // --- telling ---

  /** Board's section of the snapshot. Any thread. */
  public Figures figures() {
    var now = view;
    var figures =
        Figures.builder().text("board", box.name()).flag("gpio", box.lines().isPresent());
    if (!box.trouble().isEmpty()) {
      figures.text("trouble", box.trouble());
    }
    figures.text("led", now.led().map(LedPattern::word));
    if (!now.trouble().isEmpty()) {
      figures.text("led_trouble", now.trouble());
    }
    return figures
        .count("expected_clients", clients)
        .list("limits", now.limits().stream().map(BoardLoop::limit).toList())
        .build();
  }

  private static Figures limit(Limits.Judged judged) {
    var look = judged.look();
    var figures = Figures.builder().text("name", look.name());
    if (look instanceof Look.Files files) {
      figures.count("used", files.used());
      files.limit().ifPresent(limit -> figures.count("limit", limit));
      figures.count("needed", judged.needed());
    } else if (look instanceof Look.Connections connections) {
      figures
          .count("used", connections.used())
          .count("limit", connections.limit())
          .count("needed", judged.needed());
    } else if (look instanceof Look.Memory memory) {
      figures.bytes("free", memory.free()).bytes("needed", new Bytes(judged.needed()));
    } else if (look instanceof Look.Flash flash) {
      figures.bytes("free", flash.free()).bytes("needed", new Bytes(judged.needed()));
    } else if (look instanceof Look.Unseen unseen) {
      figures.text("unseen", unseen.why());
    }
    return figures.flag("low", judged.low().isPresent()).build();
  }

  /** On any thread: gives radios their power back, leaves the light as it was found, lets the lines go. */
  @Override
  public void close() {
    closed = true;
    radios.close();
    box.led().ifPresent(led -> {
      try {
        led.letGo();
      } catch (IOException e) {
        LOG.warn("The status light stays as it is: {}.", e.getMessage());
      }
    });
    box.lines().ifPresent(GpioLines::close);
  }
}
