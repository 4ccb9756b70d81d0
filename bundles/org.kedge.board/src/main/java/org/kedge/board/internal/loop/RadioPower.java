package org.kedge.board.internal.loop;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.kedge.base.api.Lane;
import org.kedge.board.internal.core.Board.Radio;
import org.kedge.board.internal.core.LinkView;
import org.kedge.board.internal.core.RadioChoice;
import org.kedge.board.internal.gpio.GpioLines;
import org.kedge.board.internal.node.NetFiles;
import org.kedge.care.api.RemedyOutcome;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Cuts the power of radios for a while. On the lane, but for {@link #close}. */
final class RadioPower implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RadioPower.class);
  private static final Duration STEP_LIMIT = Duration.ofSeconds(10);

  private final Lane lane;
  private final List<Radio> radios;
  private final Optional<GpioLines> lines;
  private final NetFiles net;
  private final List<Radio> cut = new ArrayList<>(); // guarded by itself

  RadioPower(Lane lane, List<Radio> radios, Optional<GpioLines> lines, NetFiles net) {
    this.lane = lane;
    this.radios = radios;
    this.lines = lines;
    this.net = net;
  }

  /** Off, wait, on; what must not be cut is spared. */
  void cycle(Consumer<RemedyOutcome> done) {
    if (radios.isEmpty() || lines.isEmpty()) {
      done.accept(new RemedyOutcome.Useless("this board has no relay for the power of a radio"));
      return;
    }
    lane.aside("choose radios", STEP_LIMIT, this::choose, outcome -> {
      if (!(outcome instanceof Lane.Outcome.Done<RadioChoice> chosen)) {
        done.accept(new RemedyOutcome.Failed(
            "links and routes cannot be seen, and nothing is cut off blindly: " + outcome));
      } else if (chosen.value() instanceof RadioChoice.Spare spare) {
        done.accept(new RemedyOutcome.Useless(spare.words()));
      } else {
        cut(lines.get(), (RadioChoice.Cycle) chosen.value(), done);
      }
    });
  }

  private RadioChoice choose() throws IOException {
    var ways = net.waysOut();
    var links = new HashMap<String, LinkView>();
    for (var name : ways.interfaces()) {
      links.put(name, net.link(name));
    }
    for (var radio : radios) {
      links.put(radio.interfaceName(), net.link(radio.interfaceName()));
    }
    return RadioChoice.of(radios, links, ways);
  }

  private void cut(GpioLines driven, RadioChoice.Cycle cycle, Consumer<RemedyOutcome> done) {
    lane.aside("cut power", STEP_LIMIT, () -> off(driven, cycle.radios()), outcome -> {
      if (outcome instanceof Lane.Outcome.Done<Boolean>) {
        var off =
            cycle.radios().stream().map(Radio::off).max(Duration::compareTo).orElse(Duration.ZERO);
        lane.after(off, "give power back", () -> giveBack(cycle, off, done));
      } else {
        lane.aside(
            "give power back",
            STEP_LIMIT,
            this::on,
            after -> done.accept(
                new RemedyOutcome.Failed("the power could not be cut: " + inWords(outcome))));
      }
    });
  }

  private boolean off(GpioLines driven, List<Radio> chosen) throws IOException {
    for (var radio : chosen) {
      synchronized (cut) {
        cut.add(radio);
      }
      driven.set(radio.relay(), true);
    }
    return true;
  }

  private void giveBack(RadioChoice.Cycle cycle, Duration off, Consumer<RemedyOutcome> done) {
    lane.aside(
        "give power back",
        STEP_LIMIT,
        this::on,
        outcome -> done.accept(
            outcome instanceof Lane.Outcome.Done<Boolean>
                ? new RemedyOutcome.Done("off for " + off.toSeconds() + " s, as " + cycle.words())
                : new RemedyOutcome.Failed(
                    "a radio may be left without power: " + inWords(outcome))));
  }

  /** Gives back what is cut; all of it is tried. */
  private boolean on() throws IOException {
    var left = new ArrayList<String>();
    synchronized (cut) {
      for (var radio : List.copyOf(cut)) {
        try {
          lines.orElseThrow().set(radio.relay(), false);
          cut.remove(radio);
        } catch (IOException e) {
          left.add(radio.interfaceName() + ": " + e.getMessage());
        }
      }
    }
    if (!left.isEmpty()) {
      throw new IOException(String.join("; ", left));
    }
    return true;
  }

  private static String inWords(Lane.Outcome<Boolean> outcome) {
    return outcome instanceof Lane.Outcome.Failed<Boolean> failed
        ? String.valueOf(failed.cause().getMessage())
        : "no end within " + STEP_LIMIT.toSeconds() + " s";
  }

  /** No radio is left without power. Any thread, once the lane is closed or nothing is under way. */
  @Override
  public void close() {
    try {
      on();
    } catch (IOException e) {
      LOG.error(
          "A radio may be left without power ({}); take the power from its relay, or start Kedge again.",
          e.getMessage());
    }
  }
}
