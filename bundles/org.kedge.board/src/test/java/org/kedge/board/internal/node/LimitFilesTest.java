package org.kedge.board.internal.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kedge.base.api.Bytes;
import org.kedge.base.api.WatchedProcess;
import org.kedge.board.internal.core.Limits.Look;

class LimitFilesTest {
  private static final String LIMITS = """
      Limit                     Soft Limit           Hard Limit           Units
      Max processes             96262                96262                processes
      Max open files            %s files
      """;

  @TempDir
  private Path proc;

  private LimitFiles files;

  @BeforeEach
  void kernel() throws IOException {
    write("self/limits", LIMITS.formatted("1024                 4096       "));
    descriptors("self", 5);
    write("812/limits", LIMITS.formatted("64                   unlimited  "));
    descriptors("812", 3);
    write("meminfo", "MemTotal:  24684084 kB\nMemAvailable:    1024 kB\n");
    write("sys/net/netfilter/nf_conntrack_count", "7\n");
    write("sys/net/netfilter/nf_conntrack_max", "262144\n");
    files = new LimitFiles(proc, proc);
  }

  @Test
  void everything_is_read() {
    assertThat(look().get("kedge-descriptors"))
        .isEqualTo(new Look.Files("kedge", OptionalLong.empty(), 5, OptionalLong.of(1024), 1256));
    assertThat(look().get("babeld-descriptors"))
        .isEqualTo(new Look.Files("babeld", OptionalLong.of(812), 3, OptionalLong.of(64), 64));
    assertThat(look().get("memory")).isEqualTo(new Look.Memory(Bytes.mebi(1)));
    assertThat(look().get("conntrack")).isEqualTo(new Look.Connections(7, 262_144));
    assertThat(look().get("flash")).isInstanceOf(Look.Flash.class);
  }

  @Test
  void no_limit_is_no_limit() throws IOException {
    write("self/limits", LIMITS.formatted("unlimited            unlimited  "));
    assertThat(own().limit()).isEmpty();
  }

  @Test
  void a_kernel_that_tracks_nothing_is_no_trouble() throws IOException {
    Files.delete(proc.resolve("sys/net/netfilter/nf_conntrack_count"));
    assertThat(look()).doesNotContainKey("conntrack");
  }

  @Test
  void a_process_that_does_not_run_is_left_out() {
    assertThat(look(process(OptionalLong.empty()))).doesNotContainKey("babeld-descriptors");
    assertThat(look(process(OptionalLong.of(99)))).doesNotContainKey("babeld-descriptors");
  }

  @Test
  void what_is_not_of_its_form_is_unseen() throws IOException {
    write("self/limits", LIMITS.formatted("many                 4096       "));
    write("812/limits", "nothing here\n");
    write("meminfo", "MemTotal:  24684084 kB\n");
    write("sys/net/netfilter/nf_conntrack_max", "");
    assertThat(look().values())
        .filteredOn(Look.Unseen.class::isInstance)
        .extracting(Look::name)
        .containsExactlyInAnyOrder(
            "kedge-descriptors", "babeld-descriptors", "memory", "conntrack");
  }

  @Test
  void what_should_be_there_and_is_not_is_unseen() throws IOException {
    Files.delete(proc.resolve("self/limits"));
    Files.delete(proc.resolve("meminfo"));
    files = new LimitFiles(proc, proc.resolve("nowhere"));
    assertThat(look().values())
        .filteredOn(Look.Unseen.class::isInstance)
        .extracting(Look::name)
        .containsExactlyInAnyOrder("kedge-descriptors", "memory", "flash");
  }

  @Test
  void a_figure_of_the_kernel_is_read_whole() throws IOException {
    assertThat(LimitFiles.number(Path.of("/proc/sys/fs/file-max"))).isGreaterThan(9);
    assertThat(LimitFiles.number(Path.of("/proc/sys/kernel/pid_max"))).isGreaterThan(300);
  }

  @Test
  void this_very_process_can_be_looked_at() {
    files = new LimitFiles(Path.of("/proc"), proc);
    var looks =
        files.look(List.of(process(OptionalLong.of(ProcessHandle.current().pid()))), 100);
    assertThat(looks)
        .filteredOn(Look.Files.class::isInstance)
        .hasSize(2)
        .extracting(look -> ((Look.Files) look).limit())
        .satisfies(limits -> assertThat(limits.get(0)).isEqualTo(limits.get(1)));
    assertThat(own().used()).isPositive();
  }

  private Look.Files own() {
    return files.look(List.of(), 100).stream()
        .filter(Look.Files.class::isInstance)
        .map(Look.Files.class::cast)
        .findFirst()
        .orElseThrow();
  }

  private Map<String, Look> look() {
    return look(process(OptionalLong.of(812)));
  }

  private Map<String, Look> look(WatchedProcess process) {
    return files.look(List.of(process), 100).stream()
        .collect(Collectors.toMap(Look::name, one -> one));
  }

  static WatchedProcess process(OptionalLong pid) {
    return new WatchedProcess() {
      @Override
      public String name() {
        return "babeld";
      }

      @Override
      public OptionalLong pid() {
        return pid;
      }

      @Override
      public long descriptorsNeeded() {
        return 64;
      }
    };
  }

  private void descriptors(String process, int count) throws IOException {
    for (var i = 0; i < count; i++) {
      write(process + "/fd/" + i, "");
    }
  }

  private void write(String file, String text) throws IOException {
    var path = proc.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }
}
