package org.kedge.base.internal.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kedge.base.api.Bytes;
import org.kedge.base.api.ClockTrust;
import org.kedge.base.api.Figures;
import org.kedge.base.api.Uptime;

class VitalsTest {
  private static final Instant NOON = Instant.parse("2027-03-14T12:00:00Z");

  @TempDir
  Path folder;

  private Path proc = Path.of("");
  private Instant wall = NOON;
  private Uptime uptime = Uptime.of(Duration.ofMinutes(3));

  @BeforeEach
  void makeProc() throws IOException {
    proc = Files.createDirectories(folder.resolve("proc"));
    Files.createDirectories(proc.resolve("self/fd"));
    Files.writeString(
        proc.resolve("meminfo"),
        "MemTotal:         513012 kB\nMemFree:   9 kB\nMemAvailable:     201004 kB\n");
    Files.writeString(proc.resolve("self/status"), "Name:\tjava\nVmRSS:\t   65000 kB\n");
    Files.writeString(proc.resolve("self/limits"), """
        Limit                     Soft Limit           Hard Limit           Units
        Max cpu time              unlimited            unlimited            seconds
        Max open files            1024                 524288               files
        """);
    for (var number = 0; number < 7; number++) {
      Files.writeString(proc.resolve("self/fd/" + number), "");
    }
  }

  @Test
  void memory_and_descriptors_are_read_from_proc() {
    var figures = vitals().figures();
    assertThat(figures.values()).containsOnlyKeys("clock", "memory", "flash", "descriptors");
    assertThat(section(figures, "memory"))
        .containsEntry("total_bytes", 513012L * 1024)
        .containsEntry("available_bytes", 201004L * 1024)
        .containsEntry("resident_bytes", 65000L * 1024)
        .hasEntrySatisfying("heap_used_bytes", used -> assertThat((Long) used).isPositive());
    assertThat(section(figures, "descriptors"))
        .isEqualTo(Map.of("used_count", 7L, "limit_count", 1024L));
  }

  @Test
  void flash_is_that_of_the_data_folder() throws IOException {
    assertThat(section(vitals().figures(), "flash"))
        .containsEntry("total_bytes", Files.getFileStore(folder).getTotalSpace())
        .containsKey("free_bytes");
  }

  @Test
  void traffic_is_what_the_kernel_counted_on_each_interface_but_loopback() throws IOException {
    assertThat(vitals().figures().values()).doesNotContainKey("traffic");
    networkDevices("""
            lo: 27710081   57064    0    0    0     0          0         0 27710081   57064    0    0    0     0       0          0
          eth0: 1196765164   37541    0    0    0     0          0         0  4160359   30257    0    0    0     0       0          0
        wg1:9007199254740993 1 0 0 0 0 0 0 12 1 0 0 0 0 0 0
         wlan0: soon 1 0
        """);
    assertThat(section(vitals().figures(), "traffic"))
        .isEqualTo(Map.of(
            "interfaces",
            List.of(
                counted("eth0", 1_196_765_164, 4_160_359),
                counted("wg1", 9_007_199_254_740_993L, 12))));
  }

  @Test
  void of_very_many_interfaces_the_busiest_are_told_in_the_kernels_order() throws IOException {
    networkDevices(IntStream.rangeClosed(1, 40)
        .mapToObj(
            number -> "veth" + number + ": " + 100 * number + " 1 0 0 0 0 0 0 1 1 0 0 0 0 0 0")
        .collect(Collectors.joining("\n")));
    assertThat(section(vitals().figures(), "traffic"))
        .isEqualTo(Map.of(
            "interfaces",
            IntStream.rangeClosed(9, 40)
                .mapToObj(number -> counted("veth" + number, 100L * number, 1))
                .toList()));
  }

  @Test
  void a_node_without_any_interface_has_no_traffic_which_is_not_the_same_as_unread()
      throws IOException {
    networkDevices("lo: 1 1 0 0 0 0 0 0 1 1 0 0 0 0 0 0");
    assertThat(section(vitals().figures(), "traffic")).isEqualTo(Map.of("interfaces", List.of()));
  }

  @Test
  void what_cannot_be_read_is_left_out_or_said_and_the_rest_stays() throws IOException {
    Files.delete(proc.resolve("meminfo"));
    Files.write(proc.resolve("self/status"), new byte[] {(byte) 0xff, (byte) 0xfe});
    Files.writeString(proc.resolve("self/limits"), "Max open files  unlimited  unlimited\n");
    var figures = new Vitals(proc, folder.resolve("gone"), () -> wall, () -> uptime).figures();
    assertThat(section(figures, "memory")).containsOnlyKeys("heap_used_bytes");
    assertThat(section(figures, "descriptors")).isEqualTo(Map.of("used_count", 7L));
    assertThat(section(figures, "flash")).containsOnlyKeys("unseen");
    assertThat(section(figures, "clock")).containsEntry("trusted", true);
  }

  @Test
  void a_system_without_proc_gives_what_it_has() {
    var figures = new Vitals(folder.resolve("none"), folder, () -> wall, () -> uptime).figures();
    assertThat(section(figures, "memory")).containsOnlyKeys("heap_used_bytes");
    assertThat(section(figures, "descriptors")).containsOnlyKeys("unseen");
  }

  @Test
  void a_clock_that_runs_with_the_uptime_is_trusted() {
    var vitals = vitals();
    for (var minute = 0; minute < 60; minute++) {
      assertTrusted(vitals, true, "plausible");
      pass(Duration.ofMinutes(1), Duration.ofMinutes(1).plusMillis(minute % 2 == 0 ? 4000 : -4000));
    }
  }

  @Test
  void a_clock_that_steps_forth_or_back_is_not_trusted_any_more() {
    for (var step : new Duration[] {Duration.ofSeconds(6), Duration.ofDays(-3650)}) {
      wall = NOON.plus(Duration.ofDays(9000));
      var vitals = vitals();
      assertTrusted(vitals, true, "plausible");
      pass(Duration.ofSeconds(60), Duration.ofSeconds(60).plus(step));
      assertTrusted(vitals, false, "stepped by " + step.toSeconds() + " s");
      pass(Duration.ofHours(1), Duration.ofHours(1));
      assertTrusted(vitals, false, "stepped by " + step.toSeconds() + " s");
    }
  }

  @Test
  void a_pause_of_the_node_is_no_step() {
    var vitals = vitals();
    assertTrusted(vitals, true, "plausible");
    pass(Duration.ofDays(3), Duration.ofDays(3));
    assertTrusted(vitals, true, "plausible");
  }

  @Test
  void a_clock_from_before_this_software_is_not_trusted_until_it_is_set() {
    wall = Instant.EPOCH;
    var vitals = vitals();
    assertTrusted(vitals, false, "1970-01-01T00:00:00Z");
    wall = ClockTrust.EARLIEST.minusNanos(1);
    assertTrusted(vitals, false, "before this software was made");

    wall = NOON;
    assertTrusted(vitals, true, "plausible");
    pass(Duration.ofMinutes(1), Duration.ofHours(1));
    assertTrusted(vitals, false, "stepped by 3540 s");
  }

  @Test
  void uptime_goes_on_from_what_the_kernel_says() throws IOException {
    Files.writeString(proc.resolve("uptime"), "12345.67 54321.00\n");
    var source = new KernelUptime(proc);
    var first = source.now();
    assertThat(first).isGreaterThanOrEqualTo(Uptime.of(Duration.ofMillis(12_345_670)));
    assertThat(source.now()).isGreaterThanOrEqualTo(first);
    assertThat(first).as("seconds, not another unit").isLessThan(Uptime.of(Duration.ofHours(4)));
  }

  @Test
  void uptime_without_proc_counts_from_the_start_of_the_runtime() throws IOException {
    for (var text : new String[] {"", "soon", "x y"}) {
      Files.writeString(proc.resolve("uptime"), text);
      assertThat(new KernelUptime(proc).now()).isLessThan(Uptime.of(Duration.ofMinutes(30)));
    }
    assertThat(new KernelUptime(folder.resolve("none")).now())
        .isLessThan(Uptime.of(Duration.ofMinutes(30)));
  }

  private void networkDevices(String lines) throws IOException {
    Files.createDirectories(proc.resolve("net"));
    Files.writeString(proc.resolve("net/dev"), """
        Inter-|   Receive                                                |  Transmit
         face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
        """ + lines);
  }

  private static Figures counted(String name, long received, long sent) {
    return Figures.builder()
        .text("name", name)
        .bytes("received", new Bytes(received))
        .bytes("sent", new Bytes(sent))
        .build();
  }

  private Vitals vitals() {
    return new Vitals(proc, folder, () -> wall, () -> uptime);
  }

  private void pass(Duration steady, Duration onTheWall) {
    uptime = uptime.plus(steady);
    wall = wall.plus(onTheWall);
  }

  private static void assertTrusted(Vitals vitals, boolean trusted, String evidence) {
    assertThat(section(vitals.figures(), "clock"))
        .containsEntry("trusted", trusted)
        .hasEntrySatisfying("evidence", words -> assertThat(words).asString().contains(evidence));
  }

  private static Map<String, Object> section(Figures figures, String name) {
    return ((Figures) figures.values().getOrDefault(name, Figures.builder().build())).values();
  }
}
