package org.kedge.billing.internal.core.neighbour;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.kedge.base.api.NodeId;
import org.kedge.base.api.Uptime;
import org.kedge.billing.api.NeighbourId;

/**
 * Who is at the far ends of the links, and what is said there. A session begins with a hello that echoes what this node drew at
 * random, so no clock is needed and nothing recorded can begin one; within it each number is heard once and only upwards. Keys are
 * 43 characters of base64url. Not thread-safe.
 */
public final class Neighbourhood {
  private static final int A_SECOND = 20;
  private static final int AT_ONCE = 50;
  private static final int STRANGERS_A_SECOND = 10;

  /** Of all strangers together; so that those of one link leave room for those of others. */
  private static final int STRANGERS_OF_A_LINK = 4;

  /** So long after the other key was heard last, and the pinned one since, it was a passer-by. */
  private static final Duration QUIET = Duration.ofSeconds(60);

  private static final int TOLD_AT_MOST = 3;

  private final String ownKey;
  private final Message.Hello hello;
  private final PinBook pins;
  private final Supplier<String> draw;
  private final TokenBucket strangers;
  private final Map<LinkAddress, Link> links = new TreeMap<>();
  private final Map<LinkAddress, NeighbourId> identities = new LinkedHashMap<>();
  private final Map<NeighbourId, NodeId> names = new HashMap<>();
  private final Map<NeighbourId, TokenBucket> outgoing = new HashMap<>();
  private final Map<LinkAddress, KeyChange> keyChanges = new LinkedHashMap<>();
  private Set<String> forgotten = Set.of();

  /**
   * @param last when the other key was heard last
   * @param pinnedAt when the pinned key was heard since it was heard first
   */
  private record KeyChange(String pinned, String other, Uptime last, Optional<Uptime> pinnedAt) {}

  /**
   * @param pins changed in place
   * @param draw gives 16 characters that nobody can guess, each time others
   */
  public Neighbourhood(String ownKey, NodeId own, PinBook pins, Supplier<String> draw, Uptime now) {
    this.ownKey = ownKey;
    this.pins = pins;
    this.draw = draw;
    hello = new Message.Hello(own, draw.get());
    strangers = new TokenBucket(STRANGERS_A_SECOND, STRANGERS_A_SECOND, now);
  }

  /** Takes who is heard now. Beyond {@link PinBook#MOST} far ends no more are taken. */
  public void heard(Set<LinkAddress> heard, Uptime now) {
    links.forEach((far, link) -> link.isHeard = heard.contains(far));
    heard.stream().sorted().filter(far -> !links.containsKey(far)).forEach(far -> {
      if (links.size() < PinBook.MOST) {
        links.put(
            far,
            new Link(
                far,
                draw,
                new TokenBucket(A_SECOND, AT_ONCE, now),
                new TokenBucket(STRANGERS_OF_A_LINK, STRANGERS_OF_A_LINK, now),
                now));
      }
    });
    forgetTheSilent(now);
  }

  /** Says whether a message may cost the work of checking its signature. */
  public Optional<Drop> admit(LinkAddress from, String key, Uptime now) {
    var link = links.get(from);
    if (link == null || !link.isHeard) {
      return Optional.of(Drop.NOT_HEARD);
    }
    if (key.equals(ownKey)) {
      return Optional.of(Drop.OWN_KEY);
    }
    if (forgotten.contains(key)) {
      return Optional.of(Drop.FORGOTTEN_KEY);
    }
    // Whoever names another key than the pinned one takes nothing from what is kept for the
    // neighbour.
    var isKnown = pins.keyAt(from).filter(key::equals).isPresent();
    var hasRoom = isKnown ? link.in.take(now) : link.strangers.take(now) && strangers.take(now);
    return hasRoom ? Optional.empty() : Optional.of(Drop.TOO_FAST);
  }

  /**
   * Takes a message that was admitted and is signed by the key.
   *
   * @param own this node's addresses on the link
   */
  public Received receive(
      LinkAddress from, Set<String> own, String key, Message message, Uptime now) {
    var link = links.get(from);
    if (link == null || !link.isHeard) {
      return new Received.Dropped(Drop.NOT_HEARD);
    }
    if (!message.from().equals(from.address()) || !own.contains(message.to())) {
      return new Received.Dropped(Drop.OTHER_ADDRESS);
    }
    if (message.echo().isEmpty() && message.content() instanceof Message.Hello) {
      return link.answer(message, neighbour(key), hello, now)
          .<Received>map(Received.Asked::new)
          .orElseGet(() -> new Received.Dropped(Drop.TOO_FAST));
    }
    var session = link.session(now);
    var isSession =
        session.filter(standing -> standing.own().equals(message.echo())).isPresent();
    if (!isSession && !link.isOffer(message.echo())) {
      return new Received.Dropped(Drop.STALE);
    }
    var pinned = pins.keyAt(from);
    if (pinned.isPresent() && !pinned.get().equals(key)) {
      otherHeard(from, pinned.get(), key, now);
      return new Received.Dropped(Drop.OTHER_KEY);
    }
    if (isSession) {
      return inSession(from, link, session.orElseThrow(), message, now);
    }
    return message.content() instanceof Message.Hello greeting
        ? begin(from, link, key, message, greeting, now)
        : new Received.Dropped(Drop.NO_SESSION);
  }

  private Received inSession(
      LinkAddress from, Link link, Link.Session session, Message message, Uptime now) {
    if (!message.session().equals(session.theirs())) {
      return new Received.Dropped(Drop.STALE);
    }
    if (message.number() <= session.last()) {
      return new Received.Dropped(Drop.OLD);
    }
    link.heard(session.heard(message.number(), now));
    pinnedHeard(from, now);
    if (message.content() instanceof Message.Word word) {
      return new Received.Heard(session.neighbour(), word.topic(), word.json());
    }
    return new Received.Kept();
  }

  private Received begin(
      LinkAddress from,
      Link link,
      String key,
      Message message,
      Message.Hello greeting,
      Uptime now) {
    var neighbour = neighbour(key);
    var isMet = links.entrySet().stream()
        .filter(other -> !other.getKey().equals(from))
        .flatMap(other -> other.getValue().session(now).stream())
        .noneMatch(session ->
            session.neighbour().equals(neighbour) && session.run().equals(greeting.run()));
    var isPinned = pins.keyAt(from).isEmpty();
    var unpinned = isPinned ? pins.pin(from, key, links.keySet()) : Optional.<LinkAddress>empty();
    link.begin(message, neighbour, greeting.run(), now);
    pins.heard(from);
    pinnedHeard(from, now);
    identify(from, neighbour, greeting.node());
    return new Received.Began(
        neighbour,
        greeting.node(),
        isMet,
        isPinned,
        unpinned,
        link.inSession(link.session(now).orElseThrow(), hello));
  }

  private void otherHeard(LinkAddress from, String pinned, String other, Uptime now) {
    var before = keyChanges.get(from);
    if (before != null || keyChanges.size() < PinBook.MOST) {
      keyChanges.put(
          from,
          new KeyChange(pinned, other, now, before == null ? Optional.empty() : before.pinnedAt()));
    }
  }

  private void pinnedHeard(LinkAddress from, Uptime now) {
    keyChanges.computeIfPresent(
        from,
        (far, change) -> now.since(change.last()).compareTo(QUIET) > 0
            ? null
            : new KeyChange(change.pinned(), change.other(), change.last(), Optional.of(now)));
  }

  private void identify(LinkAddress from, NeighbourId neighbour, NodeId name) {
    identities.remove(from);
    if (identities.size() >= PinBook.MOST) {
      identities.remove(identities.keySet().iterator().next());
    }
    identities.put(from, neighbour);
    names.put(neighbour, name);
    names.keySet().retainAll(Set.copyOf(identities.values()));
  }

  /** Hellos that are due. */
  public List<Saying> due(Uptime now) {
    forgetTheSilent(now);
    var due = new ArrayList<Saying>();
    for (var link : links.values()) {
      link.hello(hello, now).ifPresent(saying -> {
        due.add(saying);
        // The far end counts hellos too.
        link.session(now).ifPresent(session -> mayTell(session.neighbour(), now));
      });
    }
    return due;
  }

  private void forgetTheSilent(Uptime now) {
    links.values().removeIf(link -> !link.isHeard && link.session(now).isEmpty());
    outgoing
        .keySet()
        .retainAll(links.values().stream()
            .flatMap(link -> link.session(now).stream())
            .map(Link.Session::neighbour)
            .collect(Collectors.toSet()));
  }

  /** Where a neighbour can be told something now, best first: the latest session is surely with its present run. */
  public List<LinkAddress> ways(NeighbourId neighbour, Uptime now) {
    return links.entrySet().stream()
        .filter(link -> link.getValue().isHeard && isWith(link.getValue(), neighbour, now))
        .sorted(Comparator.comparing((Map.Entry<LinkAddress, Link> link) ->
                link.getValue().session(now).orElseThrow().begun())
            .reversed())
        .map(Map.Entry::getKey)
        .toList();
  }

  private static boolean isWith(Link link, NeighbourId neighbour, Uptime now) {
    return link.session(now)
        .filter(session -> session.neighbour().equals(neighbour))
        .isPresent();
  }

  /** Whether it may be told something now without being told too much; if so, that counts. */
  public boolean mayTell(NeighbourId neighbour, Uptime now) {
    return outgoing
        .computeIfAbsent(neighbour, unused -> new TokenBucket(A_SECOND, AT_ONCE, now))
        .take(now);
  }

  /** @param way one of {@link #ways} at the same moment */
  public Saying say(LinkAddress way, Message.Word word, Uptime now) {
    var link = links.get(way);
    if (link == null) {
      throw new IllegalArgumentException("Nobody is heard at " + way);
    }
    return link.inSession(link.session(now).orElseThrow(), word);
  }

  /** Heard, and with a session; sorted. */
  public List<NeighbourId> peers(Uptime now) {
    return links.values().stream()
        .filter(link -> link.isHeard)
        .flatMap(link -> link.session(now).stream())
        .map(Link.Session::neighbour)
        .distinct()
        .sorted()
        .toList();
  }

  /** Who was met where since the start, heard now or not, and who is pinned where somebody is heard: met before it, and silent yet. Where another key speaks, nobody. */
  public Map<LinkAddress, NeighbourId> identities() {
    var known = new HashMap<LinkAddress, NeighbourId>();
    links.keySet().stream()
        .filter(far -> !keyChanges.containsKey(far))
        .forEach(far -> pins.keyAt(far).ifPresent(key -> known.put(far, neighbour(key))));
    known.putAll(identities);
    return Map.copyOf(known);
  }

  public Optional<NodeId> nameOf(NeighbourId neighbour) {
    return Optional.ofNullable(names.get(neighbour));
  }

  /**
   * Forgets these keys, and no others: sessions with them end, and they are not taken again.
   *
   * @return whether a pin is gone
   */
  public boolean forget(Set<String> keys, Uptime now) {
    forgotten = Set.copyOf(keys);
    for (var link : links.values()) {
      if (link.session(now)
          .filter(session -> forgotten.contains(key(session.neighbour())))
          .isPresent()) {
        link.end(now);
      }
    }
    identities.values().removeIf(neighbour -> forgotten.contains(key(neighbour)));
    keyChanges.values().removeIf(change -> forgotten.contains(change.pinned()));
    return !pins.forget(forgotten).isEmpty();
  }

  public PinBook pins() {
    return pins;
  }

  /** What is wrong with keys, in plain words without a full stop; empty if nothing is. */
  public Optional<String> keyTrouble(Uptime now) {
    if (keyChanges.isEmpty()) {
      return Optional.empty();
    }
    var told = keyChanges.entrySet().stream()
        .limit(TOLD_AT_MOST)
        .map(entry -> inWords(entry.getKey(), entry.getValue(), now))
        .collect(Collectors.joining("; "));
    var more = keyChanges.size() - TOLD_AT_MOST;
    return Optional.of(more > 0 ? told + "; and " + more + " more" : told);
  }

  private static String inWords(LinkAddress far, KeyChange change, Uptime now) {
    return "%s is known by the key %s, which stays in force, but %s spoke there %d s ago; the known key %s"
        .formatted(
            far,
            change.pinned(),
            change.other(),
            now.since(change.last()).toSeconds(),
            change
                .pinnedAt()
                .map(at -> "was heard as well, " + now.since(at).toSeconds() + " s ago")
                .orElse("has not been heard since"));
  }

  private static NeighbourId neighbour(String key) {
    return new NeighbourId("key:" + key);
  }

  private static String key(NeighbourId neighbour) {
    return neighbour.value().substring("key:".length());
  }
}
