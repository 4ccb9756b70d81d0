package org.kedge.billing.internal.talk;

import com.google.gson.JsonObject;
import com.google.gson.stream.JsonReader;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.kedge.base.api.Bytes;
import org.kedge.base.api.Wei;
import org.kedge.billing.api.Statement;
import org.kedge.billing.internal.core.statement.StatementMessage;
import org.kedge.billing.internal.core.statement.StatementMessage.Answer;
import org.kedge.billing.internal.core.statement.StatementMessage.Behind;
import org.kedge.billing.internal.core.statement.StatementMessage.Proposal;
import org.kedge.billing.internal.core.statement.StatementMessage.Verdict;
import org.kedge.billing.internal.talk.Strict.Malformed;

/**
 * Messages of the topic {@code statement} as JSON. Any thread. Amounts are wei in decimal text:
 *
 * <pre>{@code
 * {"say":"answer","agrees":true,"ours":STATEMENT,"yours":STATEMENT}   so also "verdict"; "proposal" has "ours" alone
 * {"say":"behind","number":12}
 * STATEMENT: {"number":12,"carried":1024,"earned":"20480000","handed":0,"owed":"0","at":"2026-11-23T09:00:00Z"}
 * }</pre>
 */
public final class StatementTalk {
  public static final String TOPIC = "statement";

  private StatementTalk() {}

  /** At most {@code NeighbourChannel.PAYLOAD_MAX} octets. */
  public static String write(StatementMessage message) {
    var json = new JsonObject();
    if (message instanceof Proposal proposal) {
      json.addProperty("say", "proposal");
      json.add("ours", statement(proposal.ours()));
    } else if (message instanceof Answer answer) {
      json.addProperty("say", "answer");
      both(json, answer.agrees(), answer.ours(), answer.yours());
    } else if (message instanceof Verdict verdict) {
      json.addProperty("say", "verdict");
      both(json, verdict.agrees(), verdict.ours(), verdict.yours());
    } else if (message instanceof Behind behind) {
      json.addProperty("say", "behind");
      json.addProperty("number", behind.number());
    }
    return json.toString();
  }

  private static void both(JsonObject json, boolean agrees, Statement ours, Statement yours) {
    json.addProperty("agrees", agrees);
    json.add("ours", statement(ours));
    json.add("yours", statement(yours));
  }

  private static JsonObject statement(Statement statement) {
    var json = new JsonObject();
    json.addProperty("number", statement.number());
    json.addProperty("carried", statement.carried().count());
    json.addProperty("earned", statement.earned().amount().toString());
    json.addProperty("handed", statement.handed().count());
    json.addProperty("owed", statement.owed().amount().toString());
    json.addProperty("at", statement.at().toString());
    return json;
  }

  public static Parsed<StatementMessage> read(String json) {
    return Strict.read(json, StatementTalk::read);
  }

  private static final class Parts {
    @Nullable
    String say;

    @Nullable
    Boolean agrees;

    @Nullable
    Statement ours;

    @Nullable
    Statement yours;

    @Nullable
    Long number;
  }

  private static StatementMessage read(JsonReader json) throws IOException, Malformed {
    var parts = new Parts();
    Strict.object(json, name -> {
      switch (name) {
        case "say" -> parts.say = Strict.text(json);
        case "agrees" -> parts.agrees = json.nextBoolean();
        case "ours" -> parts.ours = statement(json);
        case "yours" -> parts.yours = statement(json);
        case "number" -> parts.number = Strict.whole(json);
        default -> {
          return false;
        }
      }
      return true;
    });
    switch (Strict.due(Optional.ofNullable(parts.say), "say")) {
      case "proposal":
        return new Proposal(ours(parts));
      case "answer":
        return new Answer(ours(parts), yours(parts), agrees(parts));
      case "verdict":
        return new Verdict(ours(parts), yours(parts), agrees(parts));
      case "behind":
        return new Behind(Strict.due(Optional.ofNullable(parts.number), "number"));
      default:
        throw new Malformed("nothing that is known to be said");
    }
  }

  private static Statement ours(Parts parts) throws Malformed {
    return Strict.due(Optional.ofNullable(parts.ours), "ours");
  }

  private static Statement yours(Parts parts) throws Malformed {
    return Strict.due(Optional.ofNullable(parts.yours), "yours");
  }

  private static boolean agrees(Parts parts) throws Malformed {
    return Strict.due(Optional.ofNullable(parts.agrees), "agrees");
  }

  private static final class Sums {
    @Nullable
    Long number;

    @Nullable
    Long carried;

    @Nullable
    Wei earned;

    @Nullable
    Long handed;

    @Nullable
    Wei owed;

    @Nullable
    Instant at;
  }

  private static Statement statement(JsonReader json) throws IOException, Malformed {
    var sums = new Sums();
    Strict.object(json, name -> {
      switch (name) {
        case "number" -> sums.number = Strict.whole(json);
        case "carried" -> sums.carried = Strict.whole(json);
        case "earned" -> sums.earned = Strict.amount(json);
        case "handed" -> sums.handed = Strict.whole(json);
        case "owed" -> sums.owed = Strict.amount(json);
        case "at" -> sums.at = instant(json);
        default -> {
          return false;
        }
      }
      return true;
    });
    var number = Strict.due(Optional.ofNullable(sums.number), "number");
    if (number < 1) {
      throw new Malformed("statements count from 1");
    }
    return new Statement(
        number,
        new Bytes(Strict.due(Optional.ofNullable(sums.carried), "carried")),
        Strict.due(Optional.ofNullable(sums.earned), "earned"),
        new Bytes(Strict.due(Optional.ofNullable(sums.handed), "handed")),
        Strict.due(Optional.ofNullable(sums.owed), "owed"),
        Strict.due(Optional.ofNullable(sums.at), "at"));
  }

  private static Instant instant(JsonReader json) throws IOException, Malformed {
    var text = Strict.text(json);
    try {
      return Instant.parse(text);
    } catch (DateTimeException e) {
      throw new Malformed("no time");
    }
  }
}
