package org.kedge.sim.kura;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.eclipse.kura.watchdog.CriticalComponent;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RigWatchdogTest {
  @TempDir
  Path folder;

  private Path device;
  private RigWatchdog watchdog;

  private record Component(String name) implements CriticalComponent {
    @Override
    public String getCriticalComponentName() {
      return name;
    }

    @Override
    public int getCriticalComponentTimeout() {
      return 60_000;
    }
  }

  @BeforeEach
  void make() throws Exception {
    device = Files.createFile(folder.resolve("watchdog"));
    watchdog = new RigWatchdog(device);
  }

  @Test
  void it_is_disabled_at_first_and_watches_nobody() throws Exception {
    assertThat(watchdog.properties()).containsEntry("enabled", false);
    watchdog.registerCriticalComponent(new Component("kedge"));
    watchdog.advance(Duration.ofHours(1));
    assertThat(watchdog.ping()).isEmpty();
    assertThat(Files.readString(device)).isEmpty();
  }

  @Test
  void enabled_it_holds_the_device_open_feeds_it_and_disabled_ends_it() throws Exception {
    watchdog.enable();
    assertThat(watchdog.properties())
        .containsEntry("enabled", true)
        .containsEntry("watchdogDevice", device.toString());
    assertThat(opened()).isOne();
    watchdog.ping();
    watchdog.disable();
    assertThat(opened()).isZero();
    assertThat(Files.readString(device)).isEqualTo("wV");
  }

  @Test
  void enabled_without_a_device_it_guards_nothing() throws Exception {
    Files.delete(device);
    watchdog.enable();
    assertThat(watchdog.properties()).containsEntry("enabled", true);
    assertThat(opened()).isZero();
    assertThat(watchdog.ping()).isEmpty();
  }

  @Test
  void stopped_it_leaves_the_timer_going() throws Exception {
    watchdog.enable();
    watchdog.close();
    assertThat(Files.readString(device)).isEqualTo("w");
    assertThat(opened()).isZero();
  }

  @Test
  void who_registers_has_its_time_from_then_on_and_with_each_check_in() throws Exception {
    watchdog.enable();
    watchdog.advance(Duration.ofMinutes(10));
    var component = new Component("kedge");
    watchdog.registerCriticalComponent(component);
    watchdog.advance(Duration.ofSeconds(60));
    assertThat(watchdog.ping()).isEmpty();
    watchdog.checkin(component);
    watchdog.advance(Duration.ofSeconds(61));
    assertThat(watchdog.ping()).containsExactly("kedge");
    watchdog.unregisterCriticalComponent(component);
    assertThat(watchdog.ping()).isEmpty();
  }

  @Test
  void it_knows_components_by_identity() {
    var one = new Component("kedge");
    var equal = new Component("kedge");
    watchdog.registerCriticalComponent(one);
    watchdog.registerCriticalComponent(one);
    assertThat(watchdog.getCriticalComponents()).hasSize(1);
    assertThat(watchdog.warnings()).isOne();
    watchdog.checkin(equal);
    assertThat(watchdog.checkins()).isZero();
    watchdog.registerCriticalComponent(equal);
    watchdog.unregisterCriticalComponent(one);
    assertThat(watchdog.getCriticalComponents()).singleElement().isSameAs(equal);
  }

  private long opened() throws Exception {
    try (var open = Files.list(Path.of("/proc/self/fd"))) {
      return open.filter(one -> {
            try {
              return Files.readSymbolicLink(one).equals(device);
            } catch (IOException e) {
              return false;
            }
          })
          .count();
    }
  }
}
