package org.kedge.babel.internal.kernel;

import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.kedge.babel.internal.core.IpFamily;
import org.kedge.babel.internal.core.Ruleset;
import org.kedge.babel.internal.core.Ruleset.Action;
import org.kedge.babel.internal.core.Ruleset.Chain;
import org.kedge.babel.internal.core.Ruleset.ChainId;
import org.kedge.babel.internal.core.Ruleset.Condition;
import org.kedge.babel.internal.core.Ruleset.Entry;
import org.kedge.babel.internal.core.Ruleset.Hooked;
import org.kedge.babel.internal.core.Ruleset.Rule;
import org.kedge.babel.internal.core.Ruleset.Statement;
import org.kedge.babel.internal.core.Ruleset.Truth;

/** Reads what {@code nft -j -t list ruleset} prints into a {@link Ruleset}; written after nft 1.0.6. */
final class NftListing {
  private static final Set<String> FAMILIES = Set.of("inet", "ip", "ip6");
  private static final String DORMANT = "dormant";
  private static final Set<String> FLAGS = Set.of(DORMANT, "owner", "persist");
  private static final Pattern INDEX = Pattern.compile("\\d+");
  private static final Condition UNCLEAR = new Condition.Unclear();

  private final Map<ChainId, Optional<Hooked>> chains = new LinkedHashMap<>();
  private final Map<ChainId, List<Rule>> rules = new LinkedHashMap<>();
  private final Map<ChainId, Truth> tablesInForce = new HashMap<>();

  private NftListing() {}

  /** It is not a whole listing. */
  static final class UnreadableException extends Exception {
    UnreadableException(String message) {
      super(message);
    }
  }

  static Ruleset read(String json) throws UnreadableException {
    try (var reader = new JsonReader(new StringReader(json))) {
      return new NftListing().readAll(reader);
    } catch (IOException | IllegalStateException | NumberFormatException e) {
      throw new UnreadableException(
          "output of " + json.length() + " characters is not its JSON: " + e.getMessage());
    }
  }

  private Ruleset readAll(JsonReader reader) throws IOException {
    var isListing = false;
    reader.beginObject();
    while (reader.hasNext()) {
      if (reader.nextName().equals("nftables")) {
        isListing = true;
        reader.beginArray();
        while (reader.hasNext()) {
          readObject(reader);
        }
        reader.endArray();
      } else {
        reader.skipValue();
      }
    }
    reader.endObject();
    if (!isListing || reader.peek() != JsonToken.END_DOCUMENT) {
      throw new IllegalStateException("no object with one list 'nftables'");
    }
    return ruleset();
  }

  private Ruleset ruleset() {
    for (var id : rules.keySet()) {
      if (!chains.containsKey(id)) {
        throw new IllegalStateException("rules of " + id.inWords() + ", a chain not listed");
      }
    }
    var listed = new ArrayList<Chain>();
    chains.forEach(
        (id, hooked) -> listed.add(new Chain(id, hooked, rules.getOrDefault(id, List.of()))));
    return new Ruleset(listed);
  }

  private void readObject(JsonReader reader) throws IOException {
    reader.beginObject();
    while (reader.hasNext()) {
      switch (reader.nextName()) {
        case "table" -> addTable(new Json(reader));
        case "chain" -> addChain(new Json(reader));
        case "rule" -> addRule(new Json(reader));
        default -> reader.skipValue();
      }
    }
    reader.endObject();
  }

  private void addTable(Json table) {
    var id = new ChainId(table.need("family"), table.need("name"), "");
    var flags = table.get("flags");
    if (flags.isList() || flags.text().isPresent()) {
      tablesInForce.put(id, isInForce(id.table(), flags.isList() ? flags.list() : List.of(flags)));
    }
  }

  // nft 1.0.6 prints the table's own name as its flags, whatever they are (seen).
  private static Truth isInForce(String table, List<Json> flags) {
    var words = flags.stream().map(flag -> flag.text().orElse("")).toList();
    if (words.equals(List.of(table)) || !FLAGS.containsAll(words)) {
      return Truth.UNCLEAR;
    }
    return words.contains(DORMANT) ? Truth.NO : Truth.YES;
  }

  private void addChain(Json chain) {
    var id = new ChainId(chain.need("family"), chain.need("table"), chain.need("name"));
    if (!FAMILIES.contains(id.family())) {
      return;
    }
    var isForward = chain.get("hook").text().filter("forward"::equals).isPresent();
    chains.put(
        id,
        isForward
            ? Optional.of(new Hooked(
                chain.get("prio").number().orElse(0L).intValue(),
                chain.get("policy").text().filter("drop"::equals).isPresent(),
                tablesInForce.getOrDefault(tableOf(id), Truth.YES)))
            : Optional.empty());
  }

  private void addRule(Json rule) {
    var id = new ChainId(rule.need("family"), rule.need("table"), rule.need("chain"));
    if (!FAMILIES.contains(id.family())) {
      return;
    }
    var handle = rule.get("handle").number().orElse(0L);
    var expression = rule.get("expr");
    if (!expression.isList()) {
      throw new IllegalStateException(
          "rule with handle " + handle + " in " + id.inWords() + " has no list of statements");
    }
    var statements = new ArrayList<Statement>();
    expression.list().forEach(part -> statement(part).ifPresent(statements::add));
    rules.computeIfAbsent(id, same -> new ArrayList<>()).add(new Rule(handle, statements));
  }

  private static ChainId tableOf(ChainId id) {
    return new ChainId(id.family(), id.table(), "");
  }

  private static Optional<Statement> statement(Json part) {
    var name = part.onlyName();
    var body = part.get(name);
    return switch (name) {
      case "counter", "log", "notrack", "dup", "flow", "secmark", "ct helper", "ct timeout" ->
        Optional.empty();
      case "mangle" -> mangle(body);
      case "match" -> Optional.of(new Statement.Match(match(body)));
      case "limit", "quota", "ct count", "set", "meter" ->
        Optional.of(new Statement.Match(UNCLEAR));
      case "vmap" -> Optional.of(choice(body));
      default -> {
        Optional<Statement> verdict = verdict(part).map(found -> found);
        yield Optional.of(verdict.orElseGet(
            () -> new Statement.Riddle(name.isEmpty() ? "a part without a name" : name)));
      }
    };
  }

  /** Setting a mark always succeeds; a header may not be there, and then the rule ends. */
  private static Optional<Statement> mangle(Json body) {
    var key = body.get("key").onlyName();
    return key.equals("meta") || key.equals("ct")
        ? Optional.empty()
        : Optional.of(new Statement.Match(UNCLEAR));
  }

  private static Optional<Statement.Verdict> verdict(Json part) {
    var name = part.onlyName();
    return switch (name) {
      case "accept" -> Optional.of(Statement.Verdict.of(Action.ACCEPT));
      case "drop" -> Optional.of(Statement.Verdict.of(Action.DROP));
      case "reject" -> Optional.of(Statement.Verdict.of(Action.REJECT));
      case "return" -> Optional.of(Statement.Verdict.of(Action.RETURN));
      case "continue" -> Optional.of(Statement.Verdict.of(Action.CONTINUE));
      case "jump" ->
        Optional.of(new Statement.Verdict(Action.JUMP, part.get(name).need("target")));
      case "goto" ->
        Optional.of(new Statement.Verdict(Action.GOTO, part.get(name).need("target")));
      default -> Optional.empty();
    };
  }

  private static Condition match(Json match) {
    var condition = condition(match.get("left"), elements(match.get("right")));
    return switch (match.get("op").text().orElse("")) {
      case "==" -> condition;
      case "!=" -> new Condition.Not(condition);
      default -> UNCLEAR;
    };
  }

  private static Statement choice(Json map) {
    var data = map.get("data").get("set");
    if (!data.isList()) {
      // A named map; a terse listing leaves its elements out.
      return new Statement.Riddle("vmap of a named map");
    }
    var entries = new ArrayList<Entry>();
    Optional<Entry> otherwise = Optional.empty();
    for (var pair : data.list()) {
      var parts = pair.list();
      var verdict = parts.size() == 2 ? verdict(parts.get(1)) : Optional.<Statement.Verdict>empty();
      if (verdict.isEmpty()) {
        return new Statement.Riddle("vmap");
      }
      if (parts.get(0).text().filter("*"::equals).isPresent()) {
        otherwise = Optional.of(new Entry(new Condition.Always(), verdict.get()));
      } else {
        entries.add(new Entry(condition(map.get("key"), List.of(parts.get(0))), verdict.get()));
      }
    }
    otherwise.ifPresent(entries::add);
    return new Statement.Choice(entries);
  }

  private static List<Json> elements(Json right) {
    var set = right.get("set");
    if (set.isList()) {
      return set.list();
    }
    return right.isList() ? right.list() : List.of(right);
  }

  private static Condition condition(Json left, List<Json> right) {
    var values = new HashSet<String>();
    for (var element : right) {
      var text = element.text();
      // "@name" is a named set, whose elements a terse listing leaves out.
      if (text.isEmpty() || text.get().startsWith("@")) {
        return UNCLEAR;
      }
      values.add(text.get());
    }
    return switch (left.get("meta").get("key").text().orElse("")) {
      case "iifname" -> new Condition.Arrives(values);
      case "oifname" -> new Condition.Leaves(values);
      case "iif" -> byIndex(values, Condition.Arrives::new);
      case "oif" -> byIndex(values, Condition.Leaves::new);
      case "nfproto" -> ofFamily(values, "ipv4", "ipv6");
      case "protocol" -> ofFamily(values, "ip", "ip6");
      default -> UNCLEAR;
    };
  }

  /** nft shows an index as the name it has now, and as its number if that interface is gone. */
  private static Condition byIndex(Set<String> values, Function<Set<String>, Condition> named) {
    return values.stream().anyMatch(value -> INDEX.matcher(value).matches() || value.endsWith("*"))
        ? UNCLEAR
        : named.apply(values);
  }

  private static Condition ofFamily(Set<String> values, String ipv4, String ipv6) {
    var families = EnumSet.noneOf(IpFamily.class);
    for (var value : values) {
      if (value.equals(ipv4)) {
        families.add(IpFamily.IPV4);
      } else if (value.equals(ipv6)) {
        families.add(IpFamily.IPV6);
      } else {
        return UNCLEAR;
      }
    }
    return new Condition.OfFamily(families);
  }
}
