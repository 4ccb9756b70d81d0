package org.kedge.kura.internal.requests;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.eclipse.kura.KuraException;
import org.eclipse.kura.cloudconnection.message.KuraMessage;
import org.eclipse.kura.cloudconnection.request.RequestHandler;
import org.eclipse.kura.cloudconnection.request.RequestHandlerContext;
import org.eclipse.kura.cloudconnection.request.RequestHandlerMessageConstants;
import org.eclipse.kura.cloudconnection.request.RequestHandlerRegistry;
import org.eclipse.kura.message.KuraResponsePayload;
import org.jspecify.annotations.Nullable;
import org.kedge.base.api.Figures;
import org.kedge.base.api.Inquiry;
import org.kedge.kura.internal.core.Asked;
import org.kedge.kura.internal.core.Part;
import org.kedge.kura.internal.core.Reply;
import org.kedge.kura.internal.json.Listing;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers what is asked over Kura's cloud connections, each of which has a registry of its own. Answers are given on Kura's thread,
 * from what is known already, and nothing is thrown at it.
 */
@Component(immediate = true, service = Part.class)
public final class KuraRequests implements RequestHandler, Part {
  /** What topics begin with; the same as that of the publishers. */
  static final String APP_ID = "KEDGE-V1";

  private static final Logger LOG = LoggerFactory.getLogger(KuraRequests.class);

  private final List<Known> inquiries = new CopyOnWriteArrayList<>();

  /** Those that have taken this handler. */
  private final Set<RequestHandlerRegistry> registries =
      Collections.synchronizedSet(Collections.newSetFromMap(new IdentityHashMap<>()));

  private record Known(String name, String about, Inquiry inquiry) {}

  @Activate
  public KuraRequests() {}

  @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
  void addInquiry(Inquiry inquiry) {
    inquiries.add(new Known(inquiry.name(), inquiry.about(), inquiry));
  }

  void removeInquiry(Inquiry inquiry) {
    inquiries.removeIf(one -> one.inquiry() == inquiry);
  }

  @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
  void addRequestHandlerRegistry(RequestHandlerRegistry registry, Map<String, ?> properties) {
    var pid = properties.get("kura.service.pid");
    if (!registries.add(registry)) {
      // One that comes while this is being activated may be handed over twice.
      return;
    }
    try {
      registry.registerRequestHandler(APP_ID, this);
      LOG.info("Requests to {} are answered over Kura's cloud connection {}.", APP_ID, pid);
    } catch (KuraException | RuntimeException e) {
      registries.remove(registry);
      LOG.error(
          "Kura's cloud connection {} does not take requests to {}: {}. Nobody can ask this node over it until it is restarted.",
          pid,
          APP_ID,
          e.toString());
    }
  }

  void removeRequestHandlerRegistry(RequestHandlerRegistry registry) {
    if (!registries.remove(registry)) {
      return;
    }
    try {
      registry.unregister(APP_ID);
    } catch (KuraException | RuntimeException e) {
      // One that is ending has forgotten us already, and stopping must go on.
      LOG.debug("Leaving a cloud connection: {}", e.toString());
    }
  }

  /** Whatever is left there would answer for a bundle that is gone. */
  @Deactivate
  void stop() {
    List<RequestHandlerRegistry> left;
    synchronized (registries) {
      left = List.copyOf(registries);
    }
    left.forEach(this::removeRequestHandlerRegistry);
  }

  @Override
  public Figures figures() {
    return Figures.builder().count("request_registries", registries.size()).build();
  }

  @Override
  public KuraMessage doGet(@Nullable RequestHandlerContext context, @Nullable KuraMessage request) {
    var asked = Asked.of(path(request));
    if (asked instanceof Asked.Malformed malformed) {
      return message(Reply.malformed(malformed.why()));
    }
    if (asked instanceof Asked.Inquired inquired) {
      return message(answer(inquired));
    }
    return message(Reply.told("GET", Listing.of(abouts())));
  }

  private static @Nullable Object path(@Nullable KuraMessage request) {
    // Null is what Kura's interface allows, not what its own connections do.
    Map<String, Object> properties = request == null ? null : request.getProperties();
    return properties == null
        ? null
        : properties.get(RequestHandlerMessageConstants.ARGS_KEY.value());
  }

  private Reply answer(Asked.Inquired asked) {
    var found = find(asked.name());
    if (found.isEmpty()) {
      return Reply.unknown(asked.name(), abouts().keySet());
    }
    try {
      var reply = Reply.of(asked.name(), found.get().answer(asked.words()));
      if (reply instanceof Reply.Untold untold && untold.because() == Reply.Because.ERROR) {
        LOG.info("Asked for '{}' over Kura, not told: {}.", asked.name(), untold.words());
      }
      return reply;
    } catch (RuntimeException e) {
      LOG.error("What was asked over Kura failed: '{}'. Others can be asked.", asked.name(), e);
      return Reply.broken(asked.name());
    }
  }

  private Optional<Inquiry> find(String name) {
    return inquiries.stream()
        .filter(one -> one.name().equals(name))
        .map(Known::inquiry)
        .findFirst();
  }

  private TreeMap<String, String> abouts() {
    var abouts = new TreeMap<String, String>();
    inquiries.forEach(one -> abouts.putIfAbsent(one.name(), one.about()));
    return abouts;
  }

  @Override
  public KuraMessage doPut(@Nullable RequestHandlerContext context, @Nullable KuraMessage request) {
    return message(Reply.readOnly("PUT"));
  }

  @Override
  public KuraMessage doPost(
      @Nullable RequestHandlerContext context, @Nullable KuraMessage request) {
    return message(Reply.readOnly("POST"));
  }

  @Override
  public KuraMessage doDel(@Nullable RequestHandlerContext context, @Nullable KuraMessage request) {
    return message(Reply.readOnly("DEL"));
  }

  @Override
  public KuraMessage doExec(
      @Nullable RequestHandlerContext context, @Nullable KuraMessage request) {
    return message(Reply.readOnly("EXEC"));
  }

  /** Without a code Kura takes an answer for a failure. */
  private static KuraMessage message(Reply reply) {
    KuraResponsePayload payload;
    if (reply instanceof Reply.Told told) {
      payload = new KuraResponsePayload(KuraResponsePayload.RESPONSE_CODE_OK);
      payload.setBody(told.body());
    } else {
      var untold = (Reply.Untold) reply;
      payload = new KuraResponsePayload(
          switch (untold.because()) {
            case BAD_REQUEST -> KuraResponsePayload.RESPONSE_CODE_BAD_REQUEST;
            case NOT_FOUND -> KuraResponsePayload.RESPONSE_CODE_NOTFOUND;
            case ERROR -> KuraResponsePayload.RESPONSE_CODE_ERROR;
          });
      payload.setExceptionMessage(untold.words());
    }
    return new KuraMessage(payload, Map.of());
  }
}
