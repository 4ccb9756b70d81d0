package org.kedge.sim.kura;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import org.eclipse.kura.KuraErrorCode;
import org.eclipse.kura.KuraException;
import org.eclipse.kura.cloudconnection.message.KuraMessage;
import org.eclipse.kura.cloudconnection.request.RequestHandler;
import org.eclipse.kura.cloudconnection.request.RequestHandlerContext;
import org.eclipse.kura.message.KuraPayload;
import org.eclipse.kura.message.KuraResponsePayload;
import org.junit.jupiter.api.Test;

class RigRegistryTest {
  private static final String ID = "KEDGE-V1";

  private final RigRegistry registry = new RigRegistry();

  @Test
  void a_request_is_split_into_verb_and_words() throws Exception {
    registry.registerRequestHandler(
        ID, getting(request -> told(String.valueOf(request.getProperties().get("args")))));
    var reply = registry.ask(ID, "GET/journal/20").orElseThrow();
    assertThat(reply.code()).hasValue(200);
    assertThat(reply.isSuccess()).isTrue();
    assertThat(reply.text()).isEqualTo("[journal, 20]");
    assertThat(registry.ask(ID, "GET").orElseThrow().text()).isEqualTo("[]");
  }

  @Test
  void an_answer_without_a_code_counts_as_a_failure() throws Exception {
    registry.registerRequestHandler(
        ID, getting(request -> new KuraMessage(new KuraPayload(), Map.of())));
    var reply = registry.ask(ID, "GET").orElseThrow();
    assertThat(reply.code()).isEmpty();
    assertThat(reply.isSuccess()).isFalse();
  }

  @Test
  void what_a_handler_throws_becomes_a_code() throws Exception {
    registry.registerRequestHandler(ID, new RequestHandler() {
      @Override
      public KuraMessage doGet(RequestHandlerContext context, KuraMessage request)
          throws KuraException {
        throw new KuraException(KuraErrorCode.STORE_ERROR);
      }

      @Override
      public KuraMessage doPut(RequestHandlerContext context, KuraMessage request) {
        throw new IllegalArgumentException("not told to the asker");
      }

      @Override
      public KuraMessage doPost(RequestHandlerContext context, KuraMessage request) {
        throw new IllegalStateException("not told to the asker");
      }
    });
    assertThat(refusal("GET")).isEqualTo("500 STORE_ERROR");
    assertThat(refusal("PUT")).isEqualTo("400 -");
    assertThat(refusal("POST")).isEqualTo("500 -");
    // Not overridden.
    assertThat(refusal("DEL")).isEqualTo("500 OPERATION_NOT_SUPPORTED");
    assertThat(refusal("EXEC/x")).isEqualTo("500 OPERATION_NOT_SUPPORTED");
    assertThat(refusal("SHOW")).isEqualTo("400 -");
    assertThat(refusal("/")).isEqualTo("400 -");
  }

  @Test
  void nobody_answers_for_an_id_that_is_not_registered() throws Exception {
    assertThat(registry.ask(ID, "GET")).isEmpty();
    registry.registerRequestHandler(ID, getting(request -> told("here")));
    assertThat(registry.ids()).containsExactly(ID);
    registry.unregister(ID);
    registry.unregister(ID);
    assertThat(registry.ids()).isEmpty();
    assertThat(registry.ask(ID, "GET")).isEmpty();
  }

  @Test
  void the_last_of_an_id_answers_and_an_id_of_another_is_refused() throws Exception {
    registry.registerRequestHandler(ID, getting(request -> told("first")));
    registry.registerRequestHandler(ID, getting(request -> told("second")));
    assertThat(registry.ask(ID, "GET").map(RigRegistry.Reply::text))
        .isEqualTo(Optional.of("second"));
    registry.take("CMD-V1");
    assertThatExceptionOfType(KuraException.class)
        .isThrownBy(() -> registry.registerRequestHandler("CMD-V1", new RequestHandler() {}));
  }

  private String refusal(String path) {
    var reply = registry.ask(ID, path).orElseThrow();
    assertThat(reply.isSuccess()).isFalse();
    return reply.code().orElseThrow() + " " + reply.words().orElse("-");
  }

  private interface Getting {
    KuraMessage get(KuraMessage request);
  }

  private static RequestHandler getting(Getting getting) {
    return new RequestHandler() {
      @Override
      public KuraMessage doGet(RequestHandlerContext context, KuraMessage request) {
        return getting.get(request);
      }
    };
  }

  private static KuraMessage told(String words) {
    var payload = new KuraResponsePayload(KuraResponsePayload.RESPONSE_CODE_OK);
    payload.setBody(words.getBytes(StandardCharsets.UTF_8));
    return new KuraMessage(payload, Map.of());
  }
}
