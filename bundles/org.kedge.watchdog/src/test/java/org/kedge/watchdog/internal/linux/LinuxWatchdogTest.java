package org.kedge.watchdog.internal.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.kedge.watchdog.api.PetDevice.Hold;
import org.kedge.watchdog.api.PetDevice.Letting;
import org.kedge.watchdog.api.PetDevice.Taking;
import org.kedge.watchdog.internal.libc.Libc;

class LinuxWatchdogTest {
  private static final Duration MINUTE = Duration.ofSeconds(60);
  private static final Libc.Loading MISSING =
      new Libc.Loading.Missing("requests to devices are not known for the processor mips");

  @TempDir
  Path folder;

  private Path device;
  private Path sys;
  private Path proc;
  private Path timer;
  private KernelDouble kernel;

  /** As a kernel 6.1 shows the timer of i6300ESB; in its place stands the device that takes anything. */
  @BeforeEach
  void timer() throws IOException {
    device = Files.createSymbolicLink(folder.resolve("watchdog"), Path.of("/dev/null"));
    sys = Files.createDirectory(folder.resolve("sys"));
    proc = Files.createDirectory(folder.resolve("proc"));
    timer = Files.createDirectory(sys.resolve("watchdog0"));
    shows("dev", "1:3");
    shows("identity", "i6300ESB timer");
    shows("timeout", "30");
    shows("bootstatus", "0");
    shows("status", "0x8000");
    shows("nowayout", "0");
    shows("state", "inactive");
    kernel = new KernelDouble(timer);
  }

  @Test
  void it_is_taken_with_the_time_out_that_was_asked_for() {
    var hold = taken(withLibc());
    assertThat(hold.identity()).isEqualTo("i6300ESB timer, /dev/watchdog0");
    assertThat(hold.timeout()).isEqualTo(MINUTE);
    assertThat(hold.pretimeout()).isEmpty();
    assertThat(hold.caveats()).isEmpty();
    assertThat(kernel.runs).isTrue();
  }

  @Test
  void a_pet_is_one_octet_that_does_not_stop_it() throws IOException {
    var hold = taken(withLibc());
    hold.pet();
    hold.pet();
    assertThat(kernel.written).hasToString("11");
  }

  @Test
  void let_go_it_is_stopped_and_sysfs_proves_it() {
    var hold = taken(withLibc());
    assertThat(hold.letGo()).isEqualTo(new Letting.Disarmed());
    assertThat(kernel.runs).isFalse();
    assertThat(kernel.isOpen).isFalse();
    assertThatIllegalStateException().isThrownBy(hold::pet);
  }

  @Test
  void a_driver_that_rounds_is_told_with_both_figures() {
    kernel.grain = 21;
    var hold = taken(withLibc());
    assertThat(hold.timeout()).isEqualTo(Duration.ofSeconds(63));
    assertThat(hold.caveats()).containsExactly("asked for 60 s, got 63 s");
  }

  @Test
  void a_part_of_a_second_is_rounded_up() {
    var taking = withLibc().take(Duration.ofMillis(10_001));
    assertThat(hold(taking).timeout()).isEqualTo(Duration.ofSeconds(11));
  }

  @ParameterizedTest
  @CsvSource({
    "25, Inappropriate ioctl for device",
    "22, Invalid argument",
    "95, Operation not supported"
  })
  void a_time_out_that_cannot_be_set_leaves_the_one_in_force_and_says_so(int number, String words)
      throws IOException {
    kernel.setFails = OptionalInt.of(number);
    kernel.timeout = 2;
    var hold = taken(withLibc());
    assertThat(hold.timeout()).isEqualTo(Duration.ofSeconds(2));
    assertThat(hold.caveats())
        .containsExactly("its time-out cannot be set (" + words + "); 2 s is in force");
    hold.pet();
  }

  @Test
  void a_time_out_that_is_not_answered_is_read_from_sysfs_and_else_assumed_short()
      throws IOException {
    kernel.getFails = OptionalInt.of(25);
    kernel.setFails = OptionalInt.of(25);
    var device = withLibc();
    assertThat(taken(device).timeout()).isEqualTo(Duration.ofSeconds(30));
    Files.delete(timer.resolve("timeout"));
    var hold = taken(device);
    assertThat(hold.timeout()).isEqualTo(Duration.ofSeconds(10));
    assertThat(hold.caveats())
        .containsExactly(
            "its time-out cannot be set (Inappropriate ioctl for device); nothing tells what is in force, and it is"
                + " petted as if it were 10 s");
  }

  @Test
  void a_warning_before_it_acts_and_a_mere_alarm_are_told() {
    kernel.options |= KernelDouble.PRETIMEOUT | KernelDouble.ALARMONLY;
    kernel.pretimeout = 5;
    var hold = taken(withLibc());
    assertThat(hold.pretimeout()).contains(Duration.ofSeconds(5));
    assertThat(hold.caveats())
        .containsExactly("it only raises an alarm and does not reset the node");
  }

  @Test
  void without_jna_it_is_petted_by_writing_and_keeps_its_time_out() throws IOException {
    var hold = taken(withoutLibc());
    hold.pet();
    assertThat(hold.identity()).isEqualTo("i6300ESB timer, /dev/watchdog0");
    assertThat(hold.timeout()).isEqualTo(Duration.ofSeconds(30));
    assertThat(hold.caveats())
        .containsExactly(
            "its time-out could not be set, as requests to devices are not known for the processor mips; 30 s is in force");
    assertThat(hold.letGo()).isEqualTo(new Letting.Disarmed());
  }

  @Test
  void without_jna_a_time_out_that_is_already_as_wished_is_no_matter() {
    assertThat(hold(withoutLibc().take(Duration.ofSeconds(30))).caveats()).isEmpty();
  }

  @Test
  void without_jna_a_kernel_that_shows_no_more_than_the_device_makes_it_careful()
      throws IOException {
    for (var file : new String[] {"identity", "timeout", "bootstatus", "nowayout", "state"}) {
      Files.delete(timer.resolve(file));
    }
    var device = withoutLibc();
    assertThat(device.hasReset()).isEmpty();
    var hold = taken(device);
    assertThat(hold.identity()).isEqualTo("a timer without a name, /dev/watchdog0");
    assertThat(hold.timeout()).isEqualTo(Duration.ofSeconds(10));
    assertThat(hold.caveats())
        .containsExactly(
            "its time-out could not be set, as requests to devices are not known for"
                + " the processor mips; nothing tells what is in force, and it is petted as if it were 10 s");
    assertThat(hold.letGo())
        .isEqualTo(new Letting.Running(
            "it was told to stop, and nothing tells whether it did; if not: the node is reset in 10 s unless Kedge"
                + " starts again"));
  }

  @Test
  void an_interrupted_thread_can_pet_and_let_go() throws IOException {
    var hold = taken(withoutLibc());
    Thread.currentThread().interrupt();
    try {
      hold.pet();
      hold.pet();
      assertThat(hold.letGo()).isEqualTo(new Letting.Disarmed());
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void the_c_library_is_not_loaded_before_there_is_something_to_take() {
    var device = new LinuxWatchdog(folder.resolve("none"), sys, proc, () -> {
      throw new AssertionError("loaded");
    });
    device.hasReset();
    assertThat(device.take(MINUTE))
        .isEqualTo(new Taking.Absent("there is no " + folder
            + "/none: either the node has no such timer, or its driver is not loaded"));
  }

  @Test
  void a_device_that_goes_while_it_is_taken_is_absent() {
    kernel.openFails = OptionalInt.of(2);
    assertThat(withLibc().take(MINUTE)).isInstanceOf(Taking.Absent.class);
  }

  @Test
  void a_file_in_the_place_of_a_device_is_a_mistake_and_not_touched() throws IOException {
    Files.delete(device);
    Files.writeString(device, "1111");
    for (var watchdog : new LinuxWatchdog[] {withLibc(), withoutLibc()}) {
      assertThat(refusal(watchdog))
          .isEqualTo(device + " is no device but a file or folder in the place of one, and guards"
              + " nothing; remove it and load the driver of the timer");
    }
    assertThat(device).hasContent("1111");
    assertThat(kernel.isOpen).isFalse();
  }

  @Test
  void a_device_that_is_no_watchdog_is_refused_and_given_back() throws IOException {
    shows("dev", "250:0");
    kernel.supportFails = OptionalInt.of(25);
    assertThat(refusal(withLibc()))
        .isEqualTo(device + " is no watchdog: it is not in " + sys + " and does not answer as one");
    assertThat(kernel.isOpen).isFalse();
    assertThat(refusal(withoutLibc()))
        .isEqualTo("nothing shows that " + device + " is a watchdog: it is not in " + sys
            + ", and cannot be asked, as requests to devices are not known for the processor mips");
  }

  @Test
  void one_that_sysfs_does_not_have_but_that_answers_is_a_watchdog() throws IOException {
    shows("dev", "250:0");
    kernel.bootStatus = 32;
    var watchdog = withLibc();
    assertThat(taken(watchdog).identity()).isEqualTo("i6300ESB timer, " + device);
    assertThat(watchdog.hasReset()).contains(true);
  }

  @Test
  void a_missing_right_names_the_user_and_the_rights() {
    kernel.openFails = OptionalInt.of(13);
    assertThat(refusal(withLibc()))
        .isEqualTo("Kedge, as user " + System.getProperty("user.name") + ", may not write " + device
            + ", which is of user root and group root with rights rw-rw-rw-; run it as root, or give it that right by a"
            + " rule of udev");
  }

  @Test
  void what_confines_it_is_told_apart_from_a_missing_right() {
    kernel.openFails = OptionalInt.of(1);
    assertThat(refusal(withLibc()))
        .isEqualTo(device + " is kept from Kedge by what confines it (Operation not permitted);"
            + " allow it there, such as by 'DeviceAllow=" + device + " rw' in a unit of systemd");
  }

  @Test
  void a_device_without_a_driver_and_any_other_error_are_told_in_the_kernels_words() {
    kernel.openFails = OptionalInt.of(19);
    assertThat(refusal(withLibc()))
        .isEqualTo(device + " has no timer behind it (No such device); its driver was unloaded, or"
            + " the file is a left-over");
    kernel.openFails = OptionalInt.of(5);
    assertThat(refusal(withLibc())).isEqualTo(device + " cannot be opened (Input/output error)");
  }

  @Test
  void a_device_that_vanishes_is_told_and_can_be_taken_when_it_is_back() throws IOException {
    var watchdog = withLibc();
    var hold = taken(watchdog);
    kernel.writeFails = OptionalInt.of(19);
    assertThatIOException()
        .isThrownBy(hold::pet)
        .withMessage(device + " has vanished (No such device)");
    kernel.writeFails = OptionalInt.of(5);
    assertThatIOException()
        .isThrownBy(hold::pet)
        .withMessage(device + " did not take a pet (Input/output error)");
    kernel.writeFails = OptionalInt.empty();
    taken(watchdog).pet();
  }

  @Test
  void let_go_of_one_that_has_vanished_it_may_still_act() {
    var hold = taken(withLibc());
    kernel.writeFails = OptionalInt.of(19);
    assertThat(hold.letGo())
        .isEqualTo(new Letting.Running(
            "the timer did not take the order to stop (No such device): the node is reset in 60 s unless Kedge starts"
                + " again"));
    assertThat(kernel.isOpen).isFalse();
  }

  @Test
  void one_that_must_not_be_stopped_is_told_before_and_gets_its_whole_time_once_more()
      throws IOException {
    shows("nowayout", "1");
    kernel.nowayout = true;
    var hold = taken(withLibc());
    assertThat(hold.caveats())
        .containsExactly(
            "it cannot be stopped (nowayout): once Kedge stops, the node is reset after 60 s unless Kedge starts again");
    assertThat(hold.letGo())
        .isEqualTo(
            new Letting.Running(
                "its driver does not let it be stopped (nowayout): the node is reset in 60 s unless Kedge starts again"));
    assertThat(kernel.written).hasToString("1");
    assertThat(kernel.runs).isTrue();
  }

  @Test
  void one_that_goes_on_although_it_was_told_to_stop_is_told() throws IOException {
    kernel.nowayout = true;
    Files.delete(timer.resolve("nowayout"));
    assertThat(taken(withLibc()).letGo())
        .isEqualTo(
            new Letting.Running(
                "it was told to stop and goes on: the node is reset in 60 s unless Kedge starts again"));
  }

  @Test
  void one_without_the_magic_close_stops_when_it_is_closed() {
    kernel.options &= ~KernelDouble.MAGICCLOSE;
    assertThat(taken(withLibc()).letGo()).isEqualTo(new Letting.Disarmed());
  }

  @Test
  void where_no_state_is_shown_the_drivers_promise_to_stop_counts() throws IOException {
    Files.delete(timer.resolve("state"));
    assertThat(taken(withLibc()).letGo()).isEqualTo(new Letting.Disarmed());
    kernel.options &= ~KernelDouble.MAGICCLOSE;
    assertThat(taken(withLibc()).letGo()).isInstanceOf(Letting.Running.class);
  }

  @ParameterizedTest
  @CsvSource({
    "0, i6300ESB timer, false",
    "32, i6300ESB timer, true",
    "32, Any timer, true",
    "0, Any timer, ",
    "unknown, i6300ESB timer, "
  })
  void sysfs_tells_whether_it_acted_without_the_device_being_opened(
      String status, String driver, Boolean hasReset) throws IOException {
    shows("bootstatus", status);
    shows("identity", driver);
    assertThat(withLibc().hasReset()).isEqualTo(Optional.ofNullable(hasReset));
    assertThat(kernel.isOpen).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"0x8180, ", "0x81a0, false"})
  void a_status_of_nothing_counts_only_where_the_driver_can_tell(String options, Boolean hasReset)
      throws IOException {
    shows("identity", "Any timer");
    shows("options", options);
    assertThat(withLibc().hasReset()).isEqualTo(Optional.ofNullable(hasReset));
  }

  @Test
  void what_the_driver_said_it_can_is_remembered() throws IOException {
    shows("identity", "Any timer");
    kernel.identity = "Any timer";
    kernel.options |= KernelDouble.CARDRESET;
    var watchdog = withLibc();
    assertThat(watchdog.hasReset()).isEmpty();
    taken(watchdog).letGo();
    assertThat(watchdog.hasReset()).contains(false);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 32})
  void where_sysfs_shows_no_status_the_timer_is_asked_when_it_is_taken(int status)
      throws IOException {
    Files.delete(timer.resolve("bootstatus"));
    kernel.bootStatus = status;
    var watchdog = withLibc();
    assertThat(watchdog.hasReset()).isEmpty();
    taken(watchdog);
    assertThat(watchdog.hasReset()).contains(status == 32);
  }

  @Test
  void taken_again_the_first_hold_is_over() {
    var watchdog = withLibc();
    var first = taken(watchdog);
    taken(watchdog);
    assertThatIllegalStateException()
        .isThrownBy(first::pet)
        .withMessage(device + " is not held any more");
  }

  @Test
  void systemd_as_the_holder_is_named_with_its_setting() throws IOException {
    holds(1, "systemd");
    assertThat(busy(proc))
        .isEqualTo(device
            + " is busy: systemd (RuntimeWatchdogSec) holds it; take RuntimeWatchdogSec= out of its system.conf, or"
            + " guard Kedge by WatchdogSec= in its unit");
  }

  @Test
  void another_init_and_kedge_itself_as_holders_are_named() throws IOException {
    holds(1, "procd");
    assertThat(busy(proc))
        .isEqualTo(
            device + " is busy: procd (pid 1) holds it; have it let go, or name another device");
    Files.delete(proc.resolve("1/fd/9"));
    holds(ProcessHandle.current().pid(), "java");
    assertThat(busy(proc))
        .isEqualTo(device
            + " is busy: this process holds it itself, by Kura's watchdog or by a second Kedge in it; let one of them"
            + " be the owner");
  }

  @Test
  void a_holder_that_proc_does_not_show_is_told_too() {
    assertThat(busy(proc))
        .isEqualTo(device
            + " is busy: /proc does not show to Kedge who holds it, perhaps another user or container; find out with"
            + " 'fuser " + device + "' as root, and have it let go");
  }

  @Test
  void a_real_process_that_holds_it_is_found_whatever_it_calls_it() throws IOException {
    try (var tty = Pseudoterminal.open(folder)) {
      device = tty.device();
      shows("dev", tty.number());
      // socat keeps both of its ends open, this one as /dev/pts/N.
      assertThat(busy(Path.of("/proc")))
          .isEqualTo(device + " is busy: socat (pid " + tty.pid()
              + ") holds it; stop that, or name another device");
    }
  }

  @Test
  void a_real_device_is_petted_and_stopped_by_writing_with_and_without_jna() throws IOException {
    try (var tty = Pseudoterminal.open(folder)) {
      device = tty.device();
      shows("dev", tty.number());
      var byLibc = taken(new LinuxWatchdog(device, sys, proc, Libc::load));
      assertThat(byLibc.caveats())
          .containsExactly(
              "its time-out cannot be set (Inappropriate ioctl for device); 30 s is in force");
      byLibc.pet();
      tty.awaitWritten("1");
      assertThat(byLibc.letGo()).isEqualTo(new Letting.Disarmed());
      tty.awaitWritten("1V");
      var byFile = taken(withoutLibc());
      byFile.pet();
      tty.awaitWritten("1V1");
      byFile.letGo();
      tty.awaitWritten("1V1V");
    }
  }

  @Test
  void a_real_device_that_is_no_watchdog_says_so_to_a_real_request() throws IOException {
    try (var tty = Pseudoterminal.open(folder)) {
      device = tty.device();
      assertThat(refusal(new LinuxWatchdog(device, sys, proc, Libc::load)))
          .startsWith(device + " is no watchdog: ");
      tty.assertNotWritten();
    }
  }

  private void shows(String file, String value) throws IOException {
    Files.writeString(timer.resolve(file), value + "\n");
  }

  private void holds(long pid, String command) throws IOException {
    var process = Files.createDirectories(proc.resolve(Long.toString(pid)));
    Files.writeString(process.resolve("comm"), command + "\n");
    Files.createDirectories(process.resolve("fd"));
    Files.createSymbolicLink(process.resolve("fd/9"), Path.of("/dev/null"));
  }

  private String busy(Path processes) {
    kernel.openFails = OptionalInt.of(16);
    return refusal(
        new LinuxWatchdog(device, sys, processes, () -> new Libc.Loading.Loaded(kernel)));
  }

  private LinuxWatchdog withLibc() {
    return new LinuxWatchdog(device, sys, proc, () -> new Libc.Loading.Loaded(kernel));
  }

  private LinuxWatchdog withoutLibc() {
    return new LinuxWatchdog(device, sys, proc, () -> MISSING);
  }

  private static Hold taken(LinuxWatchdog watchdog) {
    return hold(watchdog.take(MINUTE));
  }

  private static Hold hold(Taking taking) {
    assertThat(taking).isInstanceOf(Taking.Taken.class);
    return ((Taking.Taken) taking).hold();
  }

  private static String refusal(LinuxWatchdog watchdog) {
    var taking = watchdog.take(MINUTE);
    assertThat(taking).isInstanceOf(Taking.Refused.class);
    return ((Taking.Refused) taking).why();
  }
}
