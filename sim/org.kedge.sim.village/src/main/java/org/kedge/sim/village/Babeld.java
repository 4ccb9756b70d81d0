package org.kedge.sim.village;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.kedge.babel.internal.core.KernelRoute;
import org.kedge.babel.internal.supervisor.Surroundings;
import org.kedge.base.api.Lane;

/**
 * A babeld that speaks the text protocol of 1.12.1 and routes as the village's {@link Routing} tells it. Like the real one it
 * never reads back what it once gave the kernel, and leaves its routes there when it dies.
 */
final class Babeld {
  /** It serves no more. */
  private static final int CLIENTS = 4;

  private static final Duration PROMPT = Duration.ofMillis(1);
  private static final Duration SLOW = Duration.ofMillis(3_500);

  /** While torn, one answer in so many ends in the middle. */
  private static final int HANGS_UP = 40;

  private static final List<String> GARBAGE = List.of(
      "add route\n",
      "change neighbour 5600 address\n",
      "\u0001\u0002\n",
      "add route 12 installed maybe\n",
      "rubbish\n");

  private final Machine machine;
  private final Random chance;
  private final Runnable onChange;
  private final Map<String, Told> table = new LinkedHashMap<>();
  private final Map<Integer, Link> neighbours = new TreeMap<>();
  private final Map<String, Link> interfaces = new LinkedHashMap<>();
  private final List<Client> clients = new ArrayList<>();
  private Optional<byte[]> dump = Optional.empty();
  private boolean running;
  private long pid;
  private Mood mood = Mood.WELL;
  private long version;

  /** Its program file cannot be run: nothing starts until it is back. */
  boolean programGone;

  /** How it behaves while it runs. */
  enum Mood {
    WELL,
    /** Stopped: holds its socket, says nothing, routes nothing. */
    FROZEN,
    /** Routes, but its socket says nothing. */
    MUTE,
    /** Routes, but its socket answers far too late. */
    SLOW,
    /** Calls routes installed that it fails to give the kernel. */
    LYING,
    /** Well, but what it says comes in pieces, with lines in between that are none. */
    TORN
  }

  /** A route as it stands in the dump. */
  record Told(String line, KernelRoute route) {}

  /** Where a destination is reached. */
  record Hop(Link link, int metric) {}

  Babeld(Machine machine, Random chance, Runnable onChange) {
    this.machine = machine;
    this.chance = chance;
    this.onChange = onChange;
  }

  boolean isRunning() {
    return running;
  }

  long pid() {
    return pid;
  }

  Mood mood() {
    return mood;
  }

  /** Grows with everything that matters to who compares it with the kernel. */
  long version() {
    return version;
  }

  int clients() {
    return clients.size();
  }

  /** Whether it takes part in the mesh. */
  boolean routes() {
    return running && mood != Mood.FROZEN;
  }

  boolean speaksOn(String device) {
    return routes() && interfaces.containsKey(device);
  }

  boolean hasAllInterfaces() {
    return interfaces.size() == machine.links().size();
  }

  Collection<Told> table() {
    return table.values();
  }

  void start(long newPid) {
    running = true;
    pid = newPid;
    mood = Mood.WELL;
    table.clear();
    neighbours.clear();
    interfaces.clear();
    machine.links().forEach(link -> interfaces.put(link.deviceOf(machine), link));
    changed();
  }

  /** Ends it, by whatever; its routes stay in the kernel. */
  void die() {
    running = false;
    mood = Mood.WELL;
    var left = List.copyOf(clients);
    clients.clear();
    left.forEach(client -> client.lost("closed by babeld"));
    changed();
  }

  void turn(Mood next) {
    mood = next;
    changed();
  }

  /** As {@code flush interface} of a stranger who leaves it none. */
  void forgetInterfaces() {
    List.copyOf(interfaces.keySet()).forEach(this::forget);
    changed();
  }

  private void forget(String device) {
    var link = interfaces.remove(device);
    if (link != null) {
      say("flush interface " + device + " up true\n");
    }
  }

  private void changed() {
    version++;
    dump = Optional.empty();
    onChange.run();
  }

  // --- routing ---

  /** Takes over what the mesh tells: neighbours, and the way to each machine. */
  void learn(List<Link> heard, Map<Machine, Hop> ways) {
    var news = new StringBuilder();
    var before = new TreeMap<>(neighbours);
    neighbours.clear();
    for (var link : heard) {
      var peer = link.peer(machine);
      neighbours.put(peer.number, link);
      if (before.remove(peer.number) == null) {
        news.append("add ").append(neighbourLine(link)).append('\n');
      }
    }
    before
        .values()
        .forEach(link -> news.append("flush ").append(neighbourLine(link)).append('\n'));
    var gone = new LinkedHashMap<>(table);
    ways.forEach((to, hop) -> {
      for (var prefix : to.prefixes()) {
        var told = told(to, prefix, hop);
        gone.remove(prefix);
        var old = table.put(prefix, told);
        if (told.equals(old)) {
          continue;
        }
        news.append(old == null ? "add " : "change ").append(told.line()).append('\n');
        if (old != null && old.route().equals(told.route())) {
          continue;
        }
        if (mood != Mood.LYING) {
          machine.kernel.put(told.route());
        } else if (old != null) {
          // A change is taken out and put in again, and the second fails.
          machine.kernel.remove(old.route());
        }
      }
    });
    gone.forEach((prefix, old) -> {
      table.remove(prefix);
      news.append("flush ").append(old.line()).append('\n');
      machine.kernel.remove(old.route());
    });
    if (news.length() > 0) {
      changed();
      say(news.toString());
    }
  }

  private Told told(Machine to, String prefix, Hop hop) {
    var isIpv6 = prefix.indexOf(':') >= 0;
    var device = hop.link().deviceOf(machine);
    var via = hop.link().addressOf(hop.link().peer(machine));
    var source = isIpv6 ? "::/0" : "0.0.0.0/0";
    var line =
        "route %x prefix %s from %s installed yes id %s metric %d refmetric %d via %s if %s%s"
            .formatted(
                0x560000 + to.number * 2 + (isIpv6 ? 1 : 0),
                prefix,
                source,
                to.routerId(),
                hop.metric(),
                hop.metric() - Link.COST,
                via,
                device,
                // A fork's key, which babeld adds between versions without a word.
                machine.number % 3 == 0 ? " price 7" : "");
    return new Told(
        line,
        new KernelRoute(
            prefix,
            source,
            Optional.of(via),
            device,
            false,
            KernelRoute.MAIN_TABLE,
            isIpv6 ? 1024 : 0));
  }

  // --- the control socket ---

  Surroundings.Connection connect(Lane lane, Surroundings.Ear ear) {
    var client = new Client(lane, ear);
    if (!machine.isPowered() || !running) {
      lane.after(PROMPT, "babeld refuses", () -> client.ear.ended("connection refused", true));
    } else if (clients.size() < CLIENTS) {
      clients.add(client);
      client.answer(greeting());
    }
    return client;
  }

  private String greeting() {
    return "BABEL 1.0\nversion babeld-1.12.1\nhost node%d\nmy-id %s\nok\n"
        .formatted(machine.number, machine.routerId());
  }

  private byte[] dump() {
    if (dump.isEmpty()) {
      var text = new StringBuilder();
      interfaces.forEach((device, link) -> text.append("add interface ")
          .append(device)
          .append(" up true ipv6 ")
          .append(link.addressOf(machine))
          .append('\n'));
      neighbours
          .values()
          .forEach(link -> text.append("add ").append(neighbourLine(link)).append('\n'));
      for (var prefix : machine.prefixes()) {
        var source = prefix.indexOf(':') >= 0 ? "::/0" : "0.0.0.0/0";
        text.append("add xroute %s-%s prefix %s from %s metric 0\n"
            .formatted(prefix, source, prefix, source));
      }
      table.values().forEach(told -> text.append("add ").append(told.line()).append('\n'));
      dump = Optional.of(text.append("ok\n").toString().getBytes(StandardCharsets.ISO_8859_1));
    }
    return dump.get();
  }

  private String neighbourLine(Link link) {
    var peer = link.peer(machine);
    return "neighbour %x address %s if %s reach ffff ureach 0000 rxcost 96 txcost 96%s cost 96"
        .formatted(
            0x5600 + peer.number,
            link.addressOf(peer),
            link.deviceOf(machine),
            machine.number % 2 == 0 ? " rtt 0.268 rttcost 0" : "");
  }

  private byte[] obey(Client client, String command) {
    var words = command.split(" ");
    switch (command) {
      case "dump":
        return dump();
      case "monitor":
        client.monitors = true;
        return dump();
      case "unmonitor":
        client.monitors = false;
        return bytes("ok\n");
      default:
        break;
    }
    var device = words[words.length - 1];
    var link = machine.link(device);
    if (command.startsWith("flush interface ") && words.length == 3) {
      if (!interfaces.containsKey(device)) {
        return bytes("no No such interface\n");
      }
      forget(device);
      changed();
      return bytes("ok\n");
    }
    if (command.startsWith("interface ") && words.length >= 2) {
      link = machine.link(words[1]);
      if (link.isPresent() && interfaces.put(words[1], link.get()) == null) {
        changed();
        say("add interface " + words[1] + " up true ipv6 " + link.get().addressOf(machine) + "\n");
      }
      return bytes("ok\n");
    }
    return bytes("bad\n");
  }

  private void say(String news) {
    for (var client : clients) {
      if (client.monitors) {
        client.answer(news);
      }
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  /** One connection, as the node's side holds it. */
  private final class Client implements Surroundings.Connection {
    private final Lane lane;
    private final Surroundings.Ear ear;
    private final long servedBy = pid;
    private boolean monitors;
    private boolean closed;

    Client(Lane lane, Surroundings.Ear ear) {
      this.lane = lane;
      this.ear = ear;
    }

    @Override
    public void send(String command) {
      later("babeld answers", () -> deliver(obey(this, command)));
    }

    private void answer(String text) {
      later("babeld says", () -> deliver(bytes(text)));
    }

    private void later(String task, Runnable work) {
      lane.after(mood == Mood.SLOW ? SLOW : PROMPT, task, () -> {
        if (!closed && running && pid == servedBy && mood != Mood.FROZEN && mood != Mood.MUTE) {
          work.run();
        }
      });
    }

    private void deliver(byte[] bytes) {
      if (mood != Mood.TORN) {
        ear.received(ByteBuffer.wrap(bytes));
        return;
      }
      var at = 0;
      var hangsUpAt = chance.nextInt(HANGS_UP) == 0 ? chance.nextInt(bytes.length) : bytes.length;
      while (at < bytes.length && !closed) {
        if (at >= hangsUpAt) {
          clients.remove(this);
          lost("connection reset");
          return;
        }
        var length = Math.min(bytes.length - at, 1 + chance.nextInt(200));
        ear.received(ByteBuffer.wrap(bytes, at, length).slice());
        at += length;
        // Between two lines only: within one it would be another line.
        if (at < bytes.length && bytes[at - 1] == '\n') {
          ear.received(ByteBuffer.wrap(bytes(GARBAGE.get(chance.nextInt(GARBAGE.size())))));
        }
      }
    }

    private void lost(String why) {
      lane.after(PROMPT, "babeld hangs up", () -> {
        if (!closed) {
          ear.ended(why, false);
        }
      });
    }

    @Override
    public void close() {
      closed = true;
      clients.remove(this);
    }
  }

  @Override
  public String toString() {
    return running
        ? "babeld %d, %s".formatted(pid, mood.name().toLowerCase(Locale.ROOT))
        : "no babeld";
  }
}
