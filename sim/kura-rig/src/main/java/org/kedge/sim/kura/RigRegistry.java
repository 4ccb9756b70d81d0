package org.kedge.sim.kura;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.kura.KuraErrorCode;
import org.eclipse.kura.KuraException;
import org.eclipse.kura.cloudconnection.message.KuraMessage;
import org.eclipse.kura.cloudconnection.request.RequestHandler;
import org.eclipse.kura.cloudconnection.request.RequestHandlerContext;
import org.eclipse.kura.cloudconnection.request.RequestHandlerMessageConstants;
import org.eclipse.kura.cloudconnection.request.RequestHandlerRegistry;
import org.eclipse.kura.message.KuraPayload;
import org.jspecify.annotations.Nullable;

/**
 * The registry of one cloud connection, which calls a handler and makes an answer of what comes back, as Kura's standard connection
 * does. Any thread.
 */
public final class RigRegistry implements RequestHandlerRegistry {
  private static final String CODE = "response.code";
  private static final String MESSAGE = "response.exception.message";

  private final Map<String, RequestHandler> handlers = new ConcurrentHashMap<>();
  private final Set<String> taken = ConcurrentHashMap.newKeySet();

  /**
   * What the asker gets.
   *
   * @param code empty where the handler gave none, which Kura's audit counts as a failure
   * @param words of a refusal
   */
  public record Reply(
      OptionalInt code,
      Optional<String> words,
      Map<String, Object> metrics,
      byte @Nullable [] body) {
    public Reply {
      metrics = Map.copyOf(metrics);
    }

    /** As Kura's audit counts it. */
    public boolean isSuccess() {
      return code.isPresent() && code.getAsInt() / 200 == 1;
    }

    /** The body as text; throws if there is none. */
    public String text() {
      if (body == null) {
        throw new IllegalStateException("There is no body in the answer " + code + " " + words);
      }
      return new String(body, StandardCharsets.UTF_8);
    }
  }

  /** From now on this id belongs to another: registering it throws, as a connection may that keeps ids apart. */
  public void take(String id) {
    taken.add(id);
  }

  /** The ids that are registered now. */
  public Set<String> ids() {
    return Set.copyOf(handlers.keySet());
  }

  /** Kura's standard connection replaces a handler of the same id without a word. */
  @Override
  public void registerRequestHandler(String id, RequestHandler handler) throws KuraException {
    if (taken.contains(id)) {
      throw new KuraException(KuraErrorCode.OPERATION_NOT_SUPPORTED);
    }
    handlers.put(id, handler);
  }

  /** By the id alone, whoever registered it. */
  @Override
  public void unregister(String id) throws KuraException {
    handlers.remove(id);
  }

  /**
   * A request arrives.
   *
   * @param path verb and what follows it, such as {@code GET/journal/20}
   * @return empty where nobody has the id: then no answer is sent at all
   */
  public Optional<Reply> ask(String id, String path) {
    return ask(id, path, new KuraPayload());
  }

  public Optional<Reply> ask(String id, String path, KuraPayload request) {
    return Optional.ofNullable(handlers.get(id))
        .map(handler -> reply(answer(handler, path, request).getPayload()));
  }

  private static KuraMessage answer(RequestHandler handler, String path, KuraPayload request) {
    // As by splitting at slashes: nothing is left of those at the end.
    var segments = new ArrayList<>(List.of(path.split("/")));
    var verb = segments.isEmpty() ? "" : segments.remove(0);
    request.addMetric("request.id", "1");
    request.addMetric("requester.client.id", "tester");
    var message =
        new KuraMessage(request, Map.of(RequestHandlerMessageConstants.ARGS_KEY.value(), segments));
    var context = new RequestHandlerContext();
    try {
      return switch (verb) {
        case "GET" -> handler.doGet(context, message);
        case "PUT" -> handler.doPut(context, message);
        case "POST" -> handler.doPost(context, message);
        case "DEL" -> handler.doDel(context, message);
        case "EXEC" -> handler.doExec(context, message);
        default -> failure(400, null);
      };
    } catch (IllegalArgumentException e) {
      return failure(400, null);
    } catch (KuraException e) {
      // By name: the codes that Kedge is compiled with are not all of Kura's.
      return switch (e.getCode().name()) {
        case "BAD_REQUEST" -> failure(400, e.getMessage());
        case "NOT_FOUND" -> failure(404, e.getMessage());
        default -> failure(500, e.getMessage());
      };
    } catch (RuntimeException e) {
      return failure(500, null);
    }
  }

  private static KuraMessage failure(int code, @Nullable String words) {
    var payload = new KuraPayload();
    payload.addMetric(CODE, code);
    if (words != null) {
      payload.addMetric(MESSAGE, words);
    }
    return new KuraMessage(payload, Map.of());
  }

  private static Reply reply(KuraPayload payload) {
    return new Reply(
        payload.getMetric(CODE) instanceof Integer code
            ? OptionalInt.of(code)
            : OptionalInt.empty(),
        payload.getMetric(MESSAGE) instanceof String words ? Optional.of(words) : Optional.empty(),
        payload.metrics(),
        payload.getBody());
  }
}
