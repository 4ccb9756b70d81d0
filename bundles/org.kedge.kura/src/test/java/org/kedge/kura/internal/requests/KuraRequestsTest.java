package org.kedge.kura.internal.requests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.eclipse.kura.KuraErrorCode;
import org.eclipse.kura.KuraException;
import org.eclipse.kura.cloudconnection.message.KuraMessage;
import org.eclipse.kura.cloudconnection.request.RequestHandler;
import org.eclipse.kura.cloudconnection.request.RequestHandlerContext;
import org.eclipse.kura.cloudconnection.request.RequestHandlerRegistry;
import org.eclipse.kura.message.KuraPayload;
import org.eclipse.kura.message.KuraResponsePayload;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.kedge.base.api.Inquiry;
import org.kedge.base.api.Inquiry.Answer;
import org.kedge.sim.kura.RigRegistry;

class KuraRequestsTest {
  private static final Map<String, Object> PID = Map.of("kura.service.pid", "cloud");

  private final KuraRequests requests = new KuraRequests();

  // What is answered.

  @Test
  void without_words_it_lists_what_can_be_asked_by_name() {
    offer("status", words -> told("{}"));
    offer("faults", words -> told("[]"));
    var reply = get();
    assertThat(reply.getResponseCode()).isEqualTo(200);
    assertThat(body(reply))
        .isEqualTo("{\"inquiries\":[{\"name\":\"faults\",\"about\":\"Tells faults.\"},"
            + "{\"name\":\"status\",\"about\":\"Tells status.\"}]}");
  }

  @Test
  void an_inquiry_is_found_by_its_name_gets_the_other_words_and_its_body_leaves_as_it_is() {
    offer("journal", words -> told("[\"" + String.join("+", words) + "\"]"));
    var reply = get("journal", "20", "x");
    assertThat(reply.getResponseCode()).isEqualTo(200);
    assertThat(body(reply)).isEqualTo("[\"20+x\"]");
    assertThat(reply.getExceptionMessage()).isNull();
  }

  @Test
  void a_name_nobody_offers_is_not_found_and_the_known_ones_are_told() {
    offer("status", words -> told("{}"));
    offer("faults", words -> told("[]"));
    refused(get("ledger"), 404, "'ledger' cannot be asked; known are: faults, status");
    refused(get(""), 404, "'' cannot be asked; known are: faults, status");
  }

  @Test
  void an_inquiry_that_goes_is_asked_no_more() {
    var gone = offered("gone");
    assertThat(get("gone").getResponseCode()).isEqualTo(200);
    requests.removeInquiry(gone);
    assertThat(get("gone").getResponseCode()).isEqualTo(404);
  }

  @Test
  void words_that_an_inquiry_does_not_know_are_a_bad_request() {
    offer("journal", words -> new Answer.Misunderstood("a number from 1 to 100 is needed"));
    refused(get("journal", "x"), 400, "a number from 1 to 100 is needed");
  }

  @Test
  void what_is_not_known_yet_is_an_error_and_may_be_asked_again() {
    offer("status", words -> new Answer.NotNow("nothing was looked at yet"));
    refused(get("status"), 500, "nothing was looked at yet; ask again later");
  }

  @Test
  void an_inquiry_that_breaks_is_an_error_and_harms_no_other() {
    offer("broken", words -> {
      throw new IllegalStateException("secret of the inside");
    });
    offer("status", words -> told("{}"));
    refused(get("broken"), 500, "'broken' failed; the log of the node tells more");
    assertThat(get("status").getResponseCode()).isEqualTo(200);
  }

  @Test
  void an_answer_of_more_than_a_mebibyte_is_not_sent_and_says_why() {
    var size = new int[] {1 << 20};
    offer("all", words -> new Answer.Told(new byte[size[0]]));
    assertThat(get("all").getResponseCode()).isEqualTo(200);
    size[0]++;
    var reply = get("all");
    assertThat(reply.getResponseCode()).isEqualTo(500);
    assertThat(reply.getBody()).isNull();
    assertThat(reply.getExceptionMessage())
        .contains("'all' has 1048577 bytes and is not sent", "dropped by a broker");
  }

  @Test
  void every_other_verb_is_refused_as_it_only_reads() {
    var request = request(Map.of("args", List.of("status")));
    var context = new RequestHandlerContext();
    var replies = Map.of(
        "PUT", requests.doPut(context, request),
        "POST", requests.doPost(context, request),
        "DEL", requests.doDel(context, request),
        "EXEC", requests.doExec(context, request));
    replies.forEach((verb, reply) -> refused(
        (KuraResponsePayload) reply.getPayload(),
        400,
        verb + " is not answered: Kedge only reads as yet, ask by GET"));
  }

  @Test
  void a_malformed_request_is_a_bad_request_never_an_exception() {
    var nothing = new HashMap<String, Object>();
    nothing.put("args", null);
    for (var properties : List.<Map<String, Object>>of(
        Map.of(),
        nothing,
        Map.of("args", "status"),
        Map.of("args", new String[] {"status"}),
        Map.of("args", List.of(1)),
        Map.of("args", Arrays.asList((Object) null)),
        Map.of("args", List.of("a".repeat(1_000_000))))) {
      var reply = payload(requests.doGet(new RequestHandlerContext(), request(properties)));
      assertThat(reply.getResponseCode()).isEqualTo(400);
      assertThat(reply.getExceptionMessage()).isNotBlank().hasSizeLessThan(200);
    }
    assertThat(payload(requests.doGet(null, null)).getResponseCode()).isEqualTo(400);
  }

  // Over a cloud connection.

  @Test
  void over_a_connection_it_answers_as_kuras_tools_expect_and_fails_no_audit() {
    offer("journal", words -> told("[" + String.join(",", words) + "]"));
    var cloud = new RigRegistry();
    requests.addRequestHandlerRegistry(cloud, PID);
    assertThat(cloud.ask("KEDGE-V1", "GET/journal/20")).hasValueSatisfying(reply -> {
      assertThat(reply.isSuccess()).isTrue();
      assertThat(reply.text()).isEqualTo("[20]");
    });
    assertThat(cloud.ask("KEDGE-V1", "GET"))
        .hasValueSatisfying(reply -> assertThat(reply.text()).contains("journal"));
    assertThat(cloud.ask("KEDGE-V1", "GET/ledger")).hasValueSatisfying(reply -> {
      assertThat(reply.code()).hasValue(404);
      assertThat(reply.words()).hasValue("'ledger' cannot be asked; known are: journal");
    });
    assertThat(cloud.ask("KEDGE-V1", "EXEC/reboot"))
        .hasValueSatisfying(reply -> assertThat(reply.code()).hasValue(400));
    requests.stop();
    assertThat(cloud.ids()).isEmpty();
  }

  // Registries.

  @Test
  void a_connection_that_is_handed_over_twice_is_taken_once_and_left() {
    var registry = new RigRegistry();
    requests.addRequestHandlerRegistry(registry, PID);
    requests.addRequestHandlerRegistry(registry, PID);
    assertThat(requests.figures().values().toString()).contains("request_registries_count=1");
    requests.removeRequestHandlerRegistry(registry);
    assertThat(registry.ids()).isEmpty();
  }

  @Test
  void every_connection_is_answered_however_many_come_and_go() {
    var first = new Registry();
    var second = new Registry();
    requests.addRequestHandlerRegistry(first, PID);
    requests.addRequestHandlerRegistry(second, PID);
    assertThat(first.handlers).isEqualTo(Map.of("KEDGE-V1", requests));
    assertThat(second.handlers).isEqualTo(Map.of("KEDGE-V1", requests));
    assertThat(registries()).isEqualTo(2L);
    requests.removeRequestHandlerRegistry(first);
    assertThat(first.handlers).isEmpty();
    assertThat(second.handlers).hasSize(1);
    assertThat(registries()).isEqualTo(1L);
  }

  @Test
  void stopped_it_is_left_nowhere_though_a_registry_throws() {
    var broken = new Registry();
    var good = new Registry();
    var worse = new Registry();
    requests.addRequestHandlerRegistry(broken, PID);
    requests.addRequestHandlerRegistry(worse, PID);
    requests.addRequestHandlerRegistry(good, PID);
    broken.failure = new KuraException(KuraErrorCode.SERVICE_UNAVAILABLE);
    worse.failure = new IllegalStateException("gone");
    assertThatNoException().isThrownBy(requests::stop);
    assertThat(good.handlers).isEmpty();
    assertThat(registries()).isEqualTo(0L);
    requests.removeRequestHandlerRegistry(good);
    assertThat(good.unregistered).as("once").isEqualTo(1);
  }

  @Test
  void a_registry_that_refuses_is_not_counted_and_others_are_served() {
    var refusing = new Registry();
    refusing.failure = new KuraException(KuraErrorCode.SERVICE_UNAVAILABLE);
    var good = new Registry();
    requests.addRequestHandlerRegistry(refusing, PID);
    requests.addRequestHandlerRegistry(good, Map.of());
    assertThat(registries()).isEqualTo(1L);
    requests.removeRequestHandlerRegistry(refusing);
    assertThat(refusing.unregistered).isZero();
  }

  private @Nullable Object registries() {
    return requests.figures().values().get("request_registries_count");
  }

  private Inquiry offered(String name) {
    return offer(name, words -> told("{}"));
  }

  private Inquiry offer(String name, Function<List<String>, Answer> answer) {
    var inquiry = new Inquiry() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public String about() {
        return "Tells " + name + ".";
      }

      @Override
      public Answer answer(List<String> words) {
        return answer.apply(words);
      }
    };
    requests.addInquiry(inquiry);
    return inquiry;
  }

  private static Answer told(String json) {
    return new Answer.Told(json.getBytes(StandardCharsets.UTF_8));
  }

  private KuraResponsePayload get(String... path) {
    return payload(
        requests.doGet(new RequestHandlerContext(), request(Map.of("args", List.of(path)))));
  }

  private static KuraMessage request(Map<String, Object> properties) {
    return new KuraMessage(new KuraPayload(), properties);
  }

  private static KuraResponsePayload payload(KuraMessage message) {
    return (KuraResponsePayload) message.getPayload();
  }

  private static String body(KuraPayload payload) {
    return new String(payload.getBody(), StandardCharsets.UTF_8);
  }

  private static void refused(KuraResponsePayload reply, int code, String words) {
    assertThat(reply.getResponseCode()).isEqualTo(code);
    assertThat(reply.getExceptionMessage()).isEqualTo(words);
    assertThat(reply.getBody()).isNull();
  }

  /** As a cloud connection's: one handler for each name. */
  private static final class Registry implements RequestHandlerRegistry {
    final Map<String, RequestHandler> handlers = new TreeMap<>();
    int unregistered;

    @Nullable
    Exception failure;

    @Override
    public void registerRequestHandler(String id, RequestHandler handler) throws KuraException {
      fail();
      if (handlers.putIfAbsent(id, handler) != null) {
        throw new AssertionError(id + " is there twice");
      }
    }

    @Override
    public void unregister(String id) throws KuraException {
      unregistered++;
      fail();
      handlers.remove(id);
    }

    private void fail() throws KuraException {
      if (failure instanceof KuraException checked) {
        throw checked;
      }
      if (failure instanceof RuntimeException unchecked) {
        throw unchecked;
      }
    }
  }
}
