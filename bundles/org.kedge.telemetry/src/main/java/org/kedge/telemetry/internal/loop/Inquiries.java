package org.kedge.telemetry.internal.loop;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.kedge.base.api.Inquiry;
import org.kedge.base.api.Inquiry.Answer;
import org.kedge.base.api.NodeId;
import org.kedge.care.api.CareWatch;
import org.kedge.telemetry.internal.json.JournalJson;
import org.kedge.telemetry.internal.json.Json;

/** What a maintainer may ask about the node's health. */
public final class Inquiries {
  private static final int JOURNAL_USUAL = 50;
  private static final Pattern COUNT = Pattern.compile("[1-9][0-9]{0,3}");
  private static final Answer NO_CARE = new Answer.NotNow("care has not looked at the node yet");

  private Inquiries() {}

  /** @param care empty while it is not there */
  public static List<Inquiry> of(
      NodeId node,
      InstantSource wallClock,
      TelemetryLoop loop,
      Supplier<Optional<CareWatch>> care) {
    return List.of(
        Inquiry.of(
            "status",
            "The snapshot of this moment, as GET /status on the node tells it.",
            () -> new Answer.Told(Json.of(loop.status()))),
        Inquiry.of(
            "faults",
            "What is wrong with the node, whose fault it is and what to do, and what cannot be seen.",
            () -> loop.faults()
                .<Answer>map(found -> new Answer.Told(Json.of(found)))
                .orElse(NO_CARE)),
        Inquiry.of(
            "journal",
            "The latest " + JOURNAL_USUAL
                + " entries of care's journal, newest first; journal/N tells the latest N.",
            words -> journal(node, wallClock, care.get(), words)));
  }

  private static Answer journal(
      NodeId node, InstantSource wallClock, Optional<CareWatch> care, List<String> words) {
    if (words.size() > 1 || !words.stream().allMatch(word -> COUNT.matcher(word).matches())) {
      return new Answer.Misunderstood(
          "behind 'journal' may stand how many entries to tell, 1 to 9999, as in journal/20");
    }
    if (care.isEmpty()) {
      return NO_CARE;
    }
    var count = words.stream().map(Integer::valueOf).findFirst().orElse(JOURNAL_USUAL);
    var entries = new ArrayList<>(care.get().journal().entries());
    Collections.reverse(entries);
    return new Answer.Told(JournalJson.of(
        node, wallClock.instant(), entries.subList(0, Math.min(count, entries.size()))));
  }
}
