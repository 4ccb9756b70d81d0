package org.kedge.watchdog.internal.libc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kedge.watchdog.internal.libc.Libc.Loading;
import org.kedge.watchdog.internal.libc.Libc.Refusal;

/** The C library of the system, really called. */
class LibcTest {
  @TempDir
  Path folder;

  @Test
  void a_request_carries_its_argument_in_and_out() throws IOException {
    var size = ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.nativeOrder());
    var file = Files.writeString(folder.resolve("file"), "seven!!");
    var libc = libc();
    var opened = libc.open(file);
    try {
      libc.ioctl(opened, 0x541B, size.array()); // FIONREAD: octets left to read
      assertThat(size.getInt(0)).isEqualTo(7);
      size.putInt(0, 1);
      libc.ioctl(opened, 0x5421, size.array()); // FIONBIO: reads the argument
      assertThat(flags(opened)).isEqualTo(0x80000 | 0x800 | 1);
    } finally {
      libc.close(opened);
    }
  }

  @Test
  void a_request_with_the_highest_bit_reaches_the_kernel_as_it_is() throws IOException {
    var libc = libc();
    var opened = libc.open(Path.of("/dev/null"));
    try {
      var refusal =
          catchThrowableOfType(Refusal.class, () -> libc.ioctl(opened, 0x80285700, new byte[40]));
      assertThat(refusal.number()).isEqualTo(25);
      assertThat(refusal).hasMessage("Inappropriate ioctl for device");
    } finally {
      libc.close(opened);
    }
  }

  @Test
  void what_is_opened_is_for_writing_alone_and_not_passed_to_children() throws IOException {
    var libc = libc();
    var opened = libc.open(Path.of("/dev/null"));
    try {
      assertThat(flags(opened)).isEqualTo(0x80000 | 1);
      libc.write(opened, new byte[] {'1'});
    } finally {
      libc.close(opened);
    }
  }

  @Test
  void what_is_not_there_is_not_made() throws IOException {
    var none = folder.resolve("none");
    assertThatExceptionOfType(Refusal.class)
        .isThrownBy(() -> libc().open(none))
        .withMessage("No such file or directory")
        .satisfies(refusal -> assertThat(refusal.number()).isEqualTo(2));
    assertThat(none).doesNotExist();
  }

  @Test
  void a_name_with_other_letters_is_found() throws IOException {
    var file = Files.writeString(folder.resolve("Wächter"), "");
    var libc = libc();
    var opened = libc.open(file);
    libc.write(opened, new byte[] {'V'});
    libc.close(opened);
    assertThat(file).hasContent("V");
    assertThatExceptionOfType(Refusal.class)
        .isThrownBy(() -> libc.close(opened))
        .withMessage("Bad file descriptor");
  }

  @Test
  void a_full_device_is_told() throws IOException {
    var libc = libc();
    var opened = libc.open(Path.of("/dev/full"));
    try {
      assertThatExceptionOfType(Refusal.class)
          .isThrownBy(() -> libc.write(opened, new byte[] {'1'}))
          .withMessage("No space left on device");
    } finally {
      libc.close(opened);
    }
  }

  @Test
  void a_library_that_does_not_load_is_told_with_what_to_do() {
    assertThat(Loader.tried("aarch64", () -> {
          throw new UnsatisfiedLinkError(
              "/tmp/jna.so: failed to map segment from shared object\nmore");
        }))
        .isEqualTo(
            new Loading.Missing(
                "JNA has no library that this system loads (java.lang.UnsatisfiedLinkError: /tmp/jna.so: failed to map"
                    + " segment from shared object); where its folder is mounted noexec, name another with -Djna.tmpdir="));
  }

  @Test
  void an_older_library_of_the_system_is_told_and_a_full_heap_is_not_hidden() {
    assertThat(Loader.tried("amd64", () -> {
          throw new Error("There is an incompatible JNA native library installed");
        }))
        .isEqualTo(
            new Loading.Missing(
                "JNA does not work here (java.lang.Error: There is an incompatible JNA native library installed)"));
    assertThatExceptionOfType(OutOfMemoryError.class)
        .isThrownBy(() -> Loader.tried("amd64", () -> {
          throw new OutOfMemoryError();
        }));
  }

  @Test
  void a_processor_with_other_numbers_is_not_asked() {
    assertThat(Loader.tried("mips64el", () -> {
          throw new AssertionError("asked");
        }))
        .isEqualTo(
            new Loading.Missing("requests to devices are not known for the processor mips64el"));
  }

  private static Libc libc() {
    assertThat(Libc.load()).isInstanceOf(Loading.Loaded.class);
    return ((Loading.Loaded) Libc.load()).libc();
  }

  private static int flags(int descriptor) throws IOException {
    return Files.readAllLines(Path.of("/proc/self/fdinfo/" + descriptor)).stream()
            .filter(line -> line.startsWith("flags:"))
            .map(line -> Integer.parseInt(line.substring(6).strip(), 8))
            .findFirst()
            .orElseThrow()
        // O_LARGEFILE, which C libraries add on some processors.
        & ~0x8000;
  }
}
