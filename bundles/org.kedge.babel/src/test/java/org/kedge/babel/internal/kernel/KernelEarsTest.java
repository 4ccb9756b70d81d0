package org.kedge.babel.internal.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.kedge.babel.internal.supervisor.Surroundings.Change;
import org.kedge.babel.internal.supervisor.Surroundings.Following;

@Timeout(120)
class KernelEarsTest {
  private static final Duration SOON = Duration.ofMillis(300);
  private static final String ROUTE = "2001:db8:2::1 via fe80::2 dev to2 onlink";

  @TempDir
  Path folder;

  @Test
  @Tag("root")
  void a_lost_route_a_link_a_switch_and_a_rule_are_each_heard_of_soon() {
    try (var net = new Node()) {
      net.ip("-6 route add " + ROUTE + " proto babel");
      net.hear(Change.ROUTES, "ip -6 route flush proto babel");
      net.hear(Change.ROUTES, "ip link set to2 down");
      net.hear(Change.FORWARDING, "sysctl -qw net.ipv6.conf.all.forwarding=1");
      net.hear(Change.FORWARDING, "sysctl -qw net.ipv4.ip_forward=1");
      net.hear(Change.FORWARDING, "nft add table inet t");
      net.hear(
          Change.FORWARDING,
          "nft add chain inet t f { type filter hook forward priority 0 ; policy drop ; }");
      net.hear(Change.FORWARDING, "nft delete table inet t");
      System.out.println("Heard after " + net.slowest() + " ms at the latest");
    }
  }

  @Test
  @Tag("root")
  void other_routes_and_elements_of_sets_are_no_news() {
    try (var net = new Node()) {
      net.namespaces.in(net.name, "nft add table inet t");
      net.namespaces.in(net.name, "nft add set inet t s { type ipv6_addr ; flags dynamic ; }");
      net.namespaces.in(
          net.name, "nft add chain inet t out { type filter hook output priority 0 ; }");
      net.hear(Change.FORWARDING, "nft add rule inet t out add @s { ip6 daddr }");
      net.ip("-6 route add 2001:db8:3::1 dev to2");
      net.namespaces.in(net.name, "nft add element inet t s { 2001:db8::7 }");
      net.namespaces.in(net.name, "ping -c 1 -W 1 ::1");
      var before = net.count(Change.FORWARDING);
      var routesBefore = net.count(Change.ROUTES);
      // What comes after them is heard, so that they have been passed over by then.
      net.hear(Change.ROUTES, "ip -6 route add " + ROUTE + " proto babel");
      assertThat(net.count(Change.ROUTES)).isEqualTo(routesBefore + 1);
      net.hear(Change.FORWARDING, "nft add table inet t2");
      assertThat(net.count(Change.FORWARDING)).isEqualTo(before + 1);
    }
  }

  @Test
  @Tag("root")
  void both_programs_end_with_the_ears_and_are_small() {
    try (var net = new Node()) {
      var programs = net.programs();
      assertThat(programs).hasSize(2);
      programs.forEach(
          (pid, words) -> System.out.println(words + ": " + status(pid, "VmRSS") + " resident"));
      net.following.close();
      programs.keySet().forEach(pid -> await().until(() -> !isAlive(pid)));
    }
  }

  @Test
  @Tag("root")
  void a_program_that_was_killed_is_started_again_and_hears() {
    try (var net = new Node()) {
      net.programs().keySet().forEach(pid -> ProcessHandle.of(pid).orElseThrow().destroyForcibly());
      await().until(() -> net.programs().size() == 2);
      net.awaitEars();
    }
  }

  @Test
  @Tag("root")
  void a_thousand_changes_a_second_are_told_together_and_cost_little() throws IOException {
    try (var net = new Node()) {
      var batch = changes(100);
      var threads = net.threadTime();
      var before = net.count(Change.ROUTES);
      var rounds = new AtomicInteger();
      var start = System.nanoTime();
      await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(100)).until(() -> {
        net.ip("-batch " + batch);
        return rounds.incrementAndGet() == 50;
      });
      var took = Duration.ofNanos(System.nanoTime() - start);
      var told = net.count(Change.ROUTES) - before;
      System.out.printf(
          "5000 route changes in %d ms: told %d times for %d ms of this runtime's CPU; the programs took %s%n",
          took.toMillis(),
          told,
          (net.threadTime() - threads) / 1_000_000,
          net.programs().keySet().stream().map(KernelEarsTest::cpu).toList());
      assertThat(told).isBetween(50, (int) (took.toMillis() / 20 + 2));
    }
  }

  @Test
  @Tag("root")
  void more_than_anybody_can_hear_is_told_seldom_and_the_next_change_is_heard() throws IOException {
    try (var net = new Node()) {
      var batch = changes(20_000);
      var before = net.count(Change.ROUTES);
      var start = System.nanoTime();
      net.ip("-batch " + batch);
      net.awaitQuiet();
      var took = Duration.ofNanos(System.nanoTime() - start);
      assertThat(net.count(Change.ROUTES) - before).isBetween(1, (int) (took.toMillis() / 20 + 2));
      net.hear(Change.ROUTES, "ip -6 route add " + ROUTE + " proto babel");
    }
  }

  /** A batch for ip: routes put in and taken out in turn. */
  private Path changes(int count) throws IOException {
    return Files.writeString(
        folder.resolve("batch"),
        IntStream.range(0, count)
            .mapToObj(i -> "route %s 2001:db8:5::%x via fe80::2 dev to2 onlink proto babel%n"
                .formatted(i % 2 == 0 ? "add" : "del", i / 2 % 0xFFFF + 1))
            .collect(Collectors.joining()));
  }

  @Test
  @Tag("root")
  void a_killed_runtime_leaves_no_program_behind() throws Exception {
    Namespaces.require("ip", "nft", "setpriv");
    try (var namespaces = new Namespaces()) {
      var name = namespaces.add("orphan");
      var runtime = new ProcessBuilder(
              "ip",
              "netns",
              "exec",
              name,
              Path.of(System.getProperty("java.home"), "bin", "java").toString(),
              "-cp",
              System.getProperty("java.class.path"),
              Inside.class.getName())
          .inheritIO()
          .start();
      var programs = new ArrayList<ProcessHandle>();
      try {
        await()
            .until(() -> runtime
                    .descendants()
                    .map(KernelEarsTest::words)
                    .filter(words -> words.contains(" monitor ") && !words.contains("setpriv"))
                    .count()
                == 2);
        runtime.descendants().forEach(programs::add);
        runtime.destroyForcibly();
        programs.forEach(program -> await().until(() -> !isAlive(program.pid())));
      } finally {
        runtime.descendants().forEach(programs::add);
        programs.forEach(ProcessHandle::destroyForcibly);
        runtime.destroyForcibly();
      }
    }
  }

  /** Listens until it is killed. */
  static final class Inside {
    private Inside() {}

    public static void main(String[] arguments) throws InterruptedException {
      KernelEars.open(change -> {});
      Thread.currentThread().join();
    }
  }

  @Test
  void lines_of_any_length_and_a_program_that_ends_or_lacks_do_no_harm() throws Exception {
    var lines = new AtomicInteger();
    var longest = new AtomicInteger();
    var ear = new ResidentProgram.Ear() {
      @Override
      public void line(String line) {
        lines.incrementAndGet();
        longest.accumulateAndGet(line.length(), Math::max);
      }

      @Override
      public void quiet() {}
    };
    var loud = "echo one; head -c 300000 /dev/zero | tr '\\0' x; echo; echo last >&2";
    try (var program = ResidentProgram.start(List.of("sh", "-c", loud), ear);
        var missing = ResidentProgram.start(List.of("no-such-program-of-kedge"), ear)) {
      await("second run, after a pause").until(() -> lines.get() == 6);
      assertThat(longest.get()).isBetween(4096, 4097);
    }
  }

  /** A node with ears. */
  private static final class Node implements AutoCloseable {
    final Namespaces namespaces;
    final String name;
    final Following following;
    private final Map<Change, AtomicInteger> heard = new ConcurrentHashMap<>();
    private final AtomicLong slowest = new AtomicLong();

    Node() {
      Namespaces.require("ip", "nft", "ping");
      namespaces = new Namespaces();
      name = namespaces.add("ears");
      namespaces.link(name, "to2", name, "peer");
      for (var change : Change.values()) {
        heard.put(change, new AtomicInteger());
      }
      following = KernelEars.open(
          List.of("ip", "netns", "exec", name), change -> counter(change).incrementAndGet());
      awaitEars();
    }

    /** Both hear, and nothing is on its way any more. */
    void awaitEars() {
      await().until(() -> {
        ip("-6 route replace 2001:db8:f::1 dev to2 proto babel");
        return count(Change.ROUTES) > 0;
      });
      await().until(() -> {
        namespaces.in(name, "nft add table inet ears");
        namespaces.in(name, "nft delete table inet ears");
        return count(Change.FORWARDING) > 0;
      });
      ip("-6 route flush proto babel");
      awaitQuiet();
    }

    void awaitQuiet() {
      var last = new AtomicInteger(-1);
      await().pollInterval(Duration.ofMillis(250)).until(() -> {
        var now = count(Change.ROUTES) + count(Change.FORWARDING);
        return last.getAndSet(now) == now;
      });
    }

    void hear(Change change, String words) {
      var before = count(change);
      namespaces.in(name, words);
      var start = System.nanoTime();
      await().pollInterval(Duration.ofMillis(1)).atMost(SOON).until(() -> count(change) > before);
      slowest.accumulateAndGet((System.nanoTime() - start) / 1_000_000, Math::max);
      // The rest of the same news.
      awaitQuiet();
    }

    long slowest() {
      return slowest.get();
    }

    int count(Change change) {
      return counter(change).get();
    }

    private AtomicInteger counter(Change change) {
      return heard.computeIfAbsent(change, same -> new AtomicInteger());
    }

    void ip(String words) {
      namespaces.run("ip -n " + name + " " + words);
    }

    /** Those of this namespace, by pid. */
    Map<Long, String> programs() {
      return ProcessHandle.current()
          .children()
          .filter(child -> words(child).contains(" monitor ") && !words(child).contains("netns"))
          .collect(Collectors.toMap(ProcessHandle::pid, KernelEarsTest::words));
    }

    /** In nanoseconds. */
    long threadTime() {
      var threads = ManagementFactory.getThreadMXBean();
      var time = 0L;
      for (var info : threads.getThreadInfo(threads.getAllThreadIds())) {
        if (info != null && info.getThreadName().contains(" monitor ")) {
          time += threads.getThreadCpuTime(info.getThreadId());
        }
      }
      return time;
    }

    @Override
    public void close() {
      following.close();
      namespaces.close();
    }
  }

  private static String words(ProcessHandle process) {
    return read(process.pid(), "cmdline").replace('\0', ' ');
  }

  private static boolean isAlive(long pid) {
    var stat = read(pid, "stat");
    return !stat.isEmpty() && stat.charAt(stat.lastIndexOf(')') + 2) != 'Z';
  }

  private static String status(long pid, String key) {
    return read(pid, "status")
        .lines()
        .filter(line -> line.startsWith(key + ":"))
        .map(line -> line.substring(key.length() + 1).strip())
        .findFirst()
        .orElse("");
  }

  /** In user and system mode, in milliseconds. */
  private static String cpu(long pid) {
    var stat = read(pid, "stat");
    var fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    return words(ProcessHandle.of(pid).orElseThrow())
        + 10 * (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) + " ms";
  }

  private static String read(long pid, String file) {
    try {
      return Files.readString(Path.of("/proc", Long.toString(pid), file));
    } catch (NoSuchFileException e) {
      return "";
    } catch (IOException e) {
      if (String.valueOf(e.getMessage()).contains("No such process")) {
        return "";
      }
      throw new UncheckedIOException(e);
    }
  }
}
