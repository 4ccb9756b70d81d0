package org.kedge.watchdog.internal.keeper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.kedge.base.api.Uptime;
import org.kedge.base.internal.lane.RealLanes;
import org.kedge.watchdog.api.PetDevice;

/** The keeper's own thread. */
class KeeperTest {
  private final RealLanes lanes = new RealLanes();
  private final Device device = new Device();
  private final Keeper keeper = new Keeper(lanes::readings, () -> new Uptime(System.nanoTime()));

  @AfterEach
  void stop() {
    device.release.countDown();
    keeper.close();
    lanes.close();
  }

  @Test
  void every_lane_may_be_stuck_and_the_keepers_thread_goes_on() throws Exception {
    var stuck = new CountDownLatch(1);
    for (var name : List.of("babel", "telemetry")) {
      lanes.open(name, 1).post("for ever", () -> awaitQuietly(stuck));
    }
    var care = lanes.open("care", 8);
    care.every(Duration.ofMillis(50), "look", care::beat);
    keeper.tell(guarding -> guarding.use(plan()));
    await().until(() -> device.pets.size() > 10);
    stuck.countDown();
  }

  @Test
  void a_device_that_throws_what_nobody_expects_ends_no_keeper() {
    device.bug = true;
    keeper.tell(guarding -> guarding.use(plan()));
    await().until(() -> device.asked > 1);
    device.bug = false;
    await().until(() -> device.pets.size() > 3);
  }

  @Test
  void a_device_that_hangs_does_not_keep_the_bundle_from_stopping() throws Exception {
    keeper.tell(guarding -> guarding.use(plan()));
    await().until(() -> !device.pets.isEmpty());
    device.hangs = true;
    assertThat(device.inside.await(10, TimeUnit.SECONDS)).isTrue();
    var begun = System.nanoTime();
    keeper.close();
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(5));
  }

  @Test
  void closing_lets_the_timer_go_and_pets_it_no_more() {
    keeper.tell(guarding -> guarding.use(plan()));
    await().until(() -> !device.pets.isEmpty());
    keeper.close();
    assertThat(device.isLetGo).isTrue();
    assertThat(keeper.guard().held()).isEmpty();
  }

  private Plan plan() {
    return new Plan(List.of(device), Duration.ofMinutes(1), true, "");
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static final class Device implements PetDevice {
    final List<Long> pets = new CopyOnWriteArrayList<>();
    final CountDownLatch inside = new CountDownLatch(1);
    final CountDownLatch release = new CountDownLatch(1);
    volatile boolean bug;
    volatile boolean hangs;
    volatile boolean isLetGo;
    volatile int asked;

    @Override
    public String name() {
      return "linux";
    }

    @Override
    public Optional<Boolean> hasReset() {
      return Optional.empty();
    }

    @Override
    public Taking take(Duration wanted) {
      asked++;
      if (bug) {
        throw new IllegalStateException("a bug, on purpose");
      }
      return new Taking.Taken(new Hold() {
        @Override
        public String identity() {
          return "a device";
        }

        @Override
        public Duration timeout() {
          return Duration.ofMillis(300);
        }

        @Override
        public Optional<Duration> pretimeout() {
          return Optional.empty();
        }

        @Override
        public List<String> caveats() {
          return List.of();
        }

        @Override
        public void pet() {
          if (hangs) {
            inside.countDown();
            awaitQuietly(release);
          }
          pets.add(System.nanoTime());
        }

        @Override
        public Letting letGo() {
          isLetGo = true;
          return new Letting.Disarmed();
        }
      });
    }
  }
}
