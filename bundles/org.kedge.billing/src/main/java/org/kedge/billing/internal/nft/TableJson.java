package org.kedge.billing.internal.nft;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.List;
import org.kedge.base.api.IpPrefix;
import org.kedge.billing.internal.core.PassAlways;
import org.kedge.billing.internal.core.metering.Direction;
import org.kedge.billing.internal.core.metering.Hook;
import org.kedge.billing.internal.core.metering.MeteredInterface;
import org.kedge.billing.internal.core.metering.MeteredInterface.Kind;
import org.kedge.billing.internal.core.metering.Slowed;
import org.kedge.billing.internal.core.metering.TablePlan;
import org.kedge.billing.internal.core.metering.WantedTable;

/**
 * Writes a plan as one transaction of nft's JSON.
 *
 * <p>One statement that may fail a rule: an {@code update} of a full set ends the rule, and the next rule goes on. No constant can stand
 * in a set's key, therefore a set for each direction and kind of link. nft 1.0.6 takes no {@code dynamic} flag as JSON, but sets
 * it by itself where a set is made together with a rule that updates it.
 */
final class TableJson {
  static final String FAMILY = "netdev";
  static final String TABLE = "kedge";
  /** How the name of the chain begins that says that this table is ours, and of which shape; what follows names its life. */
  static final String VERSION = "version-1-";

  private static final int FIRST = -500;
  private static final int LAST = 500;
  private static final int BYTES_PER_KILOBIT = 125;
  /** On top of what comes within one second: a whole bundle of segments, or a link slowed below that would pass none. */
  private static final int BURST = 65536;

  /** Bits before an IPv4 prefix in {@link IpPrefix}. */
  private static final int MAPPED = 96;

  private static final int SSH = 22;
  private static final int BABEL = 6696;

  private final JsonArray commands = new JsonArray();

  private TableJson() {}

  /** @param life names the table if it is made */
  static String of(TablePlan plan, Sizes sizes, String life) {
    var json = new TableJson();
    if (plan.makes()) {
      json.make(sizes, life);
    }
    plan.removes().forEach(hook -> json.chain("delete", hook.chain()));
    plan.adds().forEach(json::hook);
    plan.mesh().ifPresent(json::mesh);
    plan.slowing().ifPresent(json::slowing);
    return object("nftables", json.commands).toString();
  }

  private void make(Sizes sizes, String life) {
    var table = new JsonObject();
    table.addProperty("family", FAMILY);
    table.addProperty("name", TABLE);
    command("add", "table", table);
    CounterSet.all().forEach(set -> counterSet(set, sizes));
    meshSet("mesh6", "ipv6_addr");
    meshSet("mesh4", "ipv4_addr");
    chain("add", VERSION + life);
    chain("add", slow(Direction.IN));
    chain("add", slow(Direction.OUT));
    for (var kind : Kind.values()) {
      for (var direction : Direction.values()) {
        counting(kind, direction);
      }
    }
  }

  private void counterSet(CounterSet set, Sizes sizes) {
    var json = named(set.name());
    var type = set.type();
    json.add("type", type.size() == 1 ? text(type.get(0)) : list(type));
    json.addProperty("size", set.size(sizes));
    var counter = new JsonObject();
    counter.add("counter", JsonNull.INSTANCE);
    json.add("stmt", array(counter));
    command("add", "set", json);
  }

  private void meshSet(String name, String type) {
    var json = named(name);
    json.addProperty("type", type);
    json.add("flags", array(text("interval")));
    command("add", "set", json);
  }

  /** The rules of one direction of one kind of link. */
  private void counting(Kind kind, Direction direction) {
    var chain = counting(new Hook(direction, new MeteredInterface("", kind)));
    chain("add", chain);
    leaveOut(chain, kind, direction);
    // Slowed before it is counted on its way out, after it is counted on its way in: what is
    // dropped was carried by the link in
    // the second case only, and the other side counts alike.
    if (direction == Direction.OUT) {
      rule(chain, jump(slow(direction)));
    }
    var address = station(kind, direction);
    for (var of : List.of(CounterSet.Of.MESH6, CounterSet.Of.MESH4)) {
      var daddr = payload(of == CounterSet.Of.MESH6 ? "ip6" : "ip", "daddr");
      var mesh = of == CounterSet.Of.MESH6 ? "@mesh6" : "@mesh4";
      var withTarget = address.deepCopy();
      withTarget.add(daddr);
      rule(
          chain,
          match("==", daddr, text(mesh)),
          update(new CounterSet(kind, direction, of), withTarget));
      rule(
          chain,
          match("!=", daddr, text(mesh)),
          update(new CounterSet(kind, direction, CounterSet.Of.ELSEWHERE), address));
    }
    // Last: see Meter.
    rule(chain, update(new CounterSet(kind, direction, CounterSet.Of.ANY), address));
    if (direction == Direction.IN) {
      rule(chain, jump(slow(direction)));
    }
  }

  private void leaveOut(String chain, Kind kind, Direction direction) {
    // By the header on Ethernet: what belongs to a VLAN above still wears its tag here and is
    // counted there.
    var protocol = kind == Kind.ETHERNET ? payload("ether", "type") : meta("protocol");
    rule(chain, match("!=", protocol, set(text("ip"), text("ip6"))), verdict("return"));
    if (kind == Kind.ETHERNET && direction == Direction.IN) {
      // Seen while somebody listens to all that passes, or meant for many.
      rule(chain, match("!=", meta("pkttype"), text("host")), verdict("return"));
    }
    var local4 = prefix("169.254.0.0", 16);
    var local6 = prefix("fe80::", 10);
    rule(
        chain,
        match(
            "==",
            payload("ip", "daddr"),
            set(local4, prefix("224.0.0.0", 4), text("255.255.255.255"))),
        verdict("return"));
    rule(chain, match("==", payload("ip", "saddr"), local4), verdict("return"));
    rule(
        chain,
        match("==", payload("ip6", "daddr"), set(local6, prefix("ff00::", 8))),
        verdict("return"));
    rule(chain, match("==", payload("ip6", "saddr"), local6), verdict("return"));
  }

  private void hook(Hook hook) {
    var isIn = hook.direction() == Direction.IN;
    var json = named(hook.chain());
    json.addProperty("type", "filter");
    json.addProperty("hook", isIn ? "ingress" : "egress");
    json.addProperty("prio", isIn ? FIRST : LAST);
    json.addProperty("dev", hook.metered().name());
    json.addProperty("policy", "accept");
    command("add", "chain", json);
    rule(hook.chain(), jump(counting(hook)));
  }

  private void mesh(List<IpPrefix> prefixes) {
    for (var name : List.of("mesh6", "mesh4")) {
      var elements = new JsonArray();
      prefixes.stream()
          .filter(prefix -> prefix.isIpv4() == name.equals("mesh4"))
          .forEach(prefix -> elements.add(address(prefix)));
      command("flush", "set", named(name));
      if (!elements.isEmpty()) {
        var json = named(name);
        json.add("elem", elements);
        command("add", "element", json);
      }
    }
  }

  private void slowing(WantedTable wanted) {
    for (var direction : Direction.values()) {
      var chain = slow(direction);
      command("flush", "chain", named(chain));
      if (!wanted.slowed().isEmpty()) {
        for (var way : List.of("dport", "sport")) {
          rule(chain, match("==", payload("tcp", way), number(SSH)), verdict("return"));
          rule(chain, match("==", payload("udp", way), number(BABEL)), verdict("return"));
        }
        wanted.passAlways().forEach(pass -> passing(chain, pass));
        wanted.slowed().forEach(slowed -> slow(chain, direction, slowed));
      }
    }
  }

  private void passing(String chain, PassAlways pass) {
    for (var way : List.of("d", "s")) {
      var family = pass.address().isIpv4() ? "ip" : "ip6";
      var address = match("==", payload(family, way + "addr"), address(pass.address()));
      if (pass.port().isEmpty()) {
        rule(chain, address, verdict("return"));
      } else {
        for (var protocol : List.of("tcp", "udp")) {
          var port =
              match("==", payload(protocol, way + "port"), number(pass.port().getAsInt()));
          rule(chain, address, port, verdict("return"));
        }
      }
    }
  }

  private void slow(String chain, Direction direction, Slowed slowed) {
    var rule = new JsonArray();
    rule.add(match("==", name(direction), text(slowed.station().interfaceName())));
    if (!slowed.station().mac().isEmpty()) {
      rule.add(match("==", mac(direction), text(slowed.station().mac())));
    }
    var limit = new JsonObject();
    limit.addProperty("rate", (long) slowed.kilobits() * BYTES_PER_KILOBIT);
    limit.addProperty("rate_unit", "bytes");
    limit.addProperty("per", "second");
    limit.addProperty("burst", BURST);
    limit.addProperty("burst_unit", "bytes");
    limit.addProperty("inv", true);
    rule.add(object("limit", limit));
    rule.add(verdict("drop"));
    rule(chain, rule);
  }

  private static String counting(Hook hook) {
    return "count-" + (hook.metered().kind() == Kind.ETHERNET ? "ether" : "bare")
        + (hook.direction() == Direction.IN ? "-in" : "-out");
  }

  private static String slow(Direction direction) {
    return direction == Direction.IN ? "slow-in" : "slow-out";
  }

  private static JsonArray station(Kind kind, Direction direction) {
    return kind == Kind.ETHERNET ? array(name(direction), mac(direction)) : array(name(direction));
  }

  private static JsonObject name(Direction direction) {
    return meta(direction == Direction.IN ? "iifname" : "oifname");
  }

  private static JsonObject mac(Direction direction) {
    return payload("ether", direction == Direction.IN ? "saddr" : "daddr");
  }

  private void chain(String verb, String name) {
    command(verb, "chain", named(name));
  }

  private void rule(String chain, JsonElement... expressions) {
    rule(chain, array(expressions));
  }

  private void rule(String chain, JsonArray expressions) {
    var json = new JsonObject();
    json.addProperty("family", FAMILY);
    json.addProperty("table", TABLE);
    json.addProperty("chain", chain);
    json.add("expr", expressions);
    command("add", "rule", json);
  }

  private void command(String verb, String what, JsonObject json) {
    commands.add(object(verb, object(what, json)));
  }

  private static JsonObject named(String name) {
    var json = new JsonObject();
    json.addProperty("family", FAMILY);
    json.addProperty("table", TABLE);
    json.addProperty("name", name);
    return json;
  }

  private static JsonObject match(String operator, JsonElement left, JsonElement right) {
    var json = new JsonObject();
    json.addProperty("op", operator);
    json.add("left", left);
    json.add("right", right);
    return object("match", json);
  }

  private static JsonObject update(CounterSet set, JsonArray key) {
    var json = new JsonObject();
    json.addProperty("op", "update");
    json.add("elem", key.size() == 1 ? key.get(0) : object("concat", key));
    json.addProperty("set", "@" + set.name());
    return object("set", json);
  }

  private static JsonObject payload(String protocol, String field) {
    var json = new JsonObject();
    json.addProperty("protocol", protocol);
    json.addProperty("field", field);
    return object("payload", json);
  }

  private static JsonObject meta(String key) {
    return object("meta", object("key", text(key)));
  }

  private static JsonObject jump(String chain) {
    return object("jump", object("target", text(chain)));
  }

  private static JsonObject verdict(String word) {
    return object(word, JsonNull.INSTANCE);
  }

  private static JsonObject set(JsonElement... elements) {
    return object("set", array(elements));
  }

  private static JsonElement address(IpPrefix prefix) {
    return prefix.isAddress()
        ? text(prefix.address())
        : prefix(prefix.address(), prefix.length() - (prefix.isIpv4() ? MAPPED : 0));
  }

  private static JsonObject prefix(String address, int length) {
    var json = new JsonObject();
    json.addProperty("addr", address);
    json.addProperty("len", length);
    return object("prefix", json);
  }

  private static JsonObject object(String name, JsonElement value) {
    var json = new JsonObject();
    json.add(name, value);
    return json;
  }

  private static JsonArray array(JsonElement... elements) {
    var array = new JsonArray();
    for (var element : elements) {
      array.add(element);
    }
    return array;
  }

  private static JsonArray list(List<String> words) {
    var array = new JsonArray();
    words.forEach(array::add);
    return array;
  }

  private static JsonPrimitive text(String text) {
    return new JsonPrimitive(text);
  }

  private static JsonPrimitive number(int number) {
    return new JsonPrimitive(number);
  }
}
