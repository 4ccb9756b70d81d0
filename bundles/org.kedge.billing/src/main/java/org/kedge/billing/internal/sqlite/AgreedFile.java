package org.kedge.billing.internal.sqlite;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.kedge.base.api.DurableFile;
import org.kedge.base.api.FolderFlash;
import org.kedge.base.api.Wei;
import org.kedge.billing.api.NeighbourId;
import org.kedge.billing.internal.core.ledger.Balance;
import org.kedge.billing.internal.core.ledger.SignedStatements;
import org.kedge.billing.internal.core.ledger.SignedStatements.Outcome;

/**
 * What was last agreed with each neighbour, beside the database, for the day on which that is damaged. That it is there at all tells
 * that there were books.
 */
final class AgreedFile {
  private static final String NAME = "billing-agreed";
  private static final String HEAD = "kedge agreed 1";

  private final DurableFile file;

  /**
   * With one neighbour.
   *
   * @param statements without evidence, which stays in the database
   * @param received settled by it at that time, and {@code paid} to it
   */
  record Agreed(SignedStatements statements, Wei received, Wei paid) {
    static Agreed of(SignedStatements statements, Balance balance) {
      return new Agreed(
          new SignedStatements(
              statements.neighbour(), statements.ours(), statements.theirs(), Outcome.AGREED, ""),
          balance.received(),
          balance.paid());
    }

    /** What both say this node earned: the less of the two. */
    Wei earned() {
      var ours = statements.ours();
      return statements
          .theirs()
          .map(theirs -> ours.earned().min(theirs.owed()))
          .orElse(ours.earned());
    }

    /** What both say this node owes. */
    Wei spent() {
      var ours = statements.ours();
      return statements
          .theirs()
          .map(theirs -> ours.owed().min(theirs.earned()))
          .orElse(ours.owed());
    }
  }

  AgreedFile(Path folder) {
    file = new DurableFile(new FolderFlash(folder), NAME);
  }

  /** @return empty where no books were ever begun in this folder */
  Optional<Map<NeighbourId, Agreed>> read() throws IOException, Damage {
    var found = file.read();
    if (found instanceof DurableFile.Found.Content content) {
      return Optional.of(parse(content.text()));
    }
    if (found instanceof DurableFile.Found.Damaged damaged) {
      throw new Damage(damaged.reason());
    }
    return Optional.empty();
  }

  /** Durable when this returns. */
  void write(Map<NeighbourId, Agreed> agreed) throws IOException {
    var text = new StringBuilder(HEAD).append('\n');
    new TreeMap<>(agreed)
        .forEach((neighbour, one) -> text.append(neighbour.value())
            .append('\t')
            .append(one.received().amount())
            .append('\t')
            .append(one.paid().amount())
            .append('\t')
            .append(Talks.text(one.statements().ours()))
            .append('\t')
            .append(one.statements().theirs().map(Talks::text).orElse(""))
            .append('\n'));
    file.write(text.toString());
  }

  private static Map<NeighbourId, Agreed> parse(String text) throws Damage {
    var lines = text.split("\n", -1);
    if (!lines[0].equals(HEAD)) {
      throw new Damage("it begins with '" + lines[0] + "', not with '" + HEAD + "'");
    }
    var agreed = new HashMap<NeighbourId, Agreed>();
    for (var line = 1; line < lines.length - 1; line++) {
      var words = lines[line].split("\t", -1);
      if (words.length != 5) {
        throw new Damage("its line " + line + " is none");
      }
      try {
        var neighbour = new NeighbourId(words[0]);
        agreed.put(
            neighbour,
            new Agreed(
                new SignedStatements(
                    neighbour,
                    Talks.statement(words[3]),
                    words[4].isEmpty() ? Optional.empty() : Optional.of(Talks.statement(words[4])),
                    Outcome.AGREED,
                    ""),
                new Wei(new BigInteger(words[1])),
                new Wei(new BigInteger(words[2]))));
      } catch (IllegalArgumentException e) {
        throw new Damage("its line " + line + " is none: " + e.getMessage());
      }
    }
    return agreed;
  }
}
