package org.kedge.watchdog.internal.keeper;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.kedge.base.api.Uptime;
import org.kedge.base.api.UptimeSource;
import org.kedge.watchdog.api.PetDevice;

/** A timer that says when it would have acted. */
public final class FakeTimer implements PetDevice {
  final List<Uptime> pets = new ArrayList<>();
  final List<Duration> wanted = new ArrayList<>();
  private final UptimeSource uptime;
  private final String name;
  private final Runnable work;
  private Optional<Uptime> armed = Optional.empty();
  public Optional<Boolean> hasReset = Optional.empty();
  public Optional<Duration> pretimeout = Optional.empty();
  Optional<Duration> fixedTimeout = Optional.empty();
  String absent = "";
  String refused = "";
  String broken = "";
  String unstoppable = "";
  Duration timeout = Duration.ofMinutes(1);
  Duration longestGap = Duration.ZERO;
  boolean hasActed;
  int held;

  /** @param work done within each pet, as of a slow device */
  FakeTimer(String name, UptimeSource uptime, Runnable work) {
    this.name = name;
    this.uptime = uptime;
    this.work = work;
  }

  public FakeTimer(UptimeSource uptime) {
    this("linux", uptime, () -> {});
  }

  boolean isArmed() {
    return armed.isPresent();
  }

  /** Acts if its time is over. */
  void look() {
    armed.ifPresent(since -> {
      var gap = uptime.now().since(since);
      longestGap = gap.compareTo(longestGap) > 0 ? gap : longestGap;
      hasActed |= gap.compareTo(timeout) >= 0;
    });
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Optional<Boolean> hasReset() {
    return hasReset;
  }

  @Override
  public Taking take(Duration asked) {
    wanted.add(asked);
    if (!absent.isEmpty()) {
      return new Taking.Absent(absent);
    }
    if (!refused.isEmpty()) {
      return new Taking.Refused(refused);
    }
    if (held++ > 0) {
      throw new IllegalStateException("held already: a device is opened once");
    }
    timeout = fixedTimeout.orElse(asked);
    armed = Optional.of(uptime.now());
    return new Taking.Taken(new FakeHold());
  }

  private final class FakeHold implements Hold {
    @Override
    public String identity() {
      return "fake " + name;
    }

    @Override
    public Duration timeout() {
      return timeout;
    }

    @Override
    public Optional<Duration> pretimeout() {
      return pretimeout;
    }

    @Override
    public List<String> caveats() {
      return fixedTimeout.isPresent() ? List.of("the time-out cannot be set") : List.of();
    }

    @Override
    public void pet() throws IOException {
      look();
      if (!broken.isEmpty()) {
        throw new IOException(broken);
      }
      work.run();
      pets.add(uptime.now());
      armed = Optional.of(uptime.now());
    }

    @Override
    public Letting letGo() {
      held--;
      if (!unstoppable.isEmpty()) {
        return new Letting.Running(unstoppable);
      }
      armed = Optional.empty();
      return new Letting.Disarmed();
    }
  }
}
