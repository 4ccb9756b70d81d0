package org.kedge.sim.kura;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.kura.KuraErrorCode;
import org.eclipse.kura.KuraException;
import org.eclipse.kura.cloudconnection.listener.CloudConnectionListener;
import org.eclipse.kura.cloudconnection.message.KuraMessage;
import org.eclipse.kura.message.KuraPayload;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.kedge.sim.kura.RigCloud.Confirming;
import org.kedge.sim.kura.RigCloud.Sent;

class RigCloudTest {
  private static final Duration SECOND = Duration.ofSeconds(1);

  private final RigCloud cloud = new RigCloud(5);
  private final RigPublisher telemetry = cloud.publisher("kedge", "$subject", 1, 7);
  private final List<String> confirmed = new ArrayList<>();

  @Test
  void at_quality_of_service_0_there_is_no_id_and_no_confirmation() throws Exception {
    var publisher = cloud.publisher("kedge", "$subject", 0, 7);
    publisher.registerCloudDeliveryListener(confirmed::add);
    assertThat(publisher.publish(message("status"))).isNull();
    assertThat(cloud.sent()).extracting(Sent::id).containsExactly(Optional.empty());
    assertThat(confirmed).isEmpty();
  }

  @Test
  void ids_begin_low_and_again_after_a_reconnect_with_nothing_stored() throws Exception {
    assertThat(publish()).isEqualTo("1");
    cloud.advance(SECOND);
    assertThat(publish()).isEqualTo("2");
    cloud.lose();
    assertThat(publish()).isEqualTo("3");
    cloud.establish();
    assertThat(publish()).isEqualTo("4");
    cloud.advance(SECOND.multipliedBy(5));
    cloud.lose();
    cloud.establish();
    assertThat(publish()).isEqualTo("1");
  }

  @Test
  void a_restart_of_kura_takes_the_store_with_it() throws Exception {
    cloud.lose();
    publish();
    cloud.restart();
    cloud.establish();
    assertThat(cloud.sent()).isEmpty();
    assertThat(publish()).isEqualTo("1");
  }

  @Test
  void what_was_stored_leaves_at_one_message_per_second() throws Exception {
    cloud.lose();
    for (var i = 0; i < 4; i++) {
      publish();
    }
    assertThat(cloud.sent()).isEmpty();
    cloud.establish();
    assertThat(cloud.sent()).hasSize(1);
    cloud.advance(Duration.ofMillis(2_900));
    assertThat(cloud.sent())
        .extracting(Sent::at)
        .containsExactly(Duration.ZERO, SECOND, SECOND.multipliedBy(2));
    cloud.advance(Duration.ofMillis(100));
    assertThat(cloud.sent()).hasSize(4);
  }

  @Test
  void what_is_urgent_leaves_at_once_and_first() throws Exception {
    var events = cloud.publisher("kedge", "$subject", 1, 1);
    cloud.lose();
    publish();
    publish();
    events.publish(message("event"));
    events.publish(message("event"));
    cloud.establish();
    assertThat(cloud.sent()).extracting(Sent::priority).containsExactly(1, 1, 7);
    assertThat(cloud.stored()).isEqualTo(1);
  }

  @Test
  void a_full_store_takes_no_more_but_what_is_urgent() throws Exception {
    var events = cloud.publisher("kedge", "$subject", 1, 1);
    cloud.lose();
    cloud.othersStore(4);
    publish();
    assertThatExceptionOfType(KuraException.class)
        .isThrownBy(this::publish)
        .satisfies(e -> assertThat(e.getCode()).isEqualTo(KuraErrorCode.STORE_ERROR));
    assertThat(events.publish(message("event"))).isNotNull();
  }

  @Test
  void without_its_cloud_service_a_publisher_throws() throws Exception {
    cloud.missing(true);
    assertThatExceptionOfType(KuraException.class).isThrownBy(this::publish);
    cloud.missing(false);
    assertThat(publish()).isEqualTo("1");
  }

  @Test
  void a_confirmation_may_come_before_the_id_is_known_and_twice() throws Exception {
    telemetry.registerCloudDeliveryListener(confirmed::add);
    cloud.confirming(Confirming.TWICE);
    publish();
    assertThat(confirmed).containsExactly("1", "1");
  }

  @Test
  void a_confirmation_may_be_missing_and_come_late() throws Exception {
    telemetry.registerCloudDeliveryListener(confirmed::add);
    cloud.confirming(Confirming.NOT);
    publish();
    assertThat(confirmed).isEmpty();
    assertThat(cloud.stored()).isEqualTo(1);
    cloud.confirmAll();
    assertThat(confirmed).containsExactly("1");
    assertThat(cloud.stored()).isZero();
  }

  @Test
  void what_was_not_confirmed_leaves_again_after_a_reconnect() throws Exception {
    cloud.confirming(Confirming.NOT);
    publish();
    cloud.lose();
    cloud.establish();
    cloud.advance(SECOND);
    assertThat(cloud.sent()).extracting(Sent::id).containsOnly(Optional.of("1")).hasSize(2);
  }

  @Test
  void nine_messages_at_most_wait_for_their_confirmation() throws Exception {
    var roomy = new RigCloud().confirming(Confirming.NOT);
    var publisher = roomy.publisher("kedge", "$subject", 1, 1);
    for (var i = 0; i < 12; i++) {
      publisher.publish(message("event"));
    }
    assertThat(roomy.sent()).hasSize(9);
    roomy.confirmAll();
    assertThat(roomy.sent()).hasSize(12);
  }

  @Test
  void a_listener_hears_of_whoever_has_its_application_in_the_topic() throws Exception {
    var other = cloud.publisher("others-with-kedge-inside", "x", 1, 1);
    var foreign = cloud.publisher("foreign", "x", 1, 1);
    telemetry.registerCloudDeliveryListener(confirmed::add);
    other.publish(message("x"));
    foreign.publish(message("x"));
    assertThat(confirmed).containsExactly("1");
    cloud.confirm("77");
    assertThat(confirmed).containsExactly("1", "77");
  }

  @Test
  void a_metric_of_a_foreign_type_fails_the_whole_message_and_a_null_is_left_out()
      throws Exception {
    var payload = new KuraPayload();
    payload.addMetric("nothing", null);
    payload.addMetric("load", 0.5);
    payload.setBody("{}".getBytes(StandardCharsets.UTF_8));
    telemetry.publish(new KuraMessage(payload, Map.of("subject", "status")));
    assertThat(cloud.sent()).singleElement().satisfies(one -> {
      assertThat(one.metrics()).isEqualTo(Map.of("load", 0.5));
      assertThat(one.text()).isEqualTo("{}");
      assertThat(one.topic()).isEqualTo("account/client/kedge/status");
    });
    payload.addMetric("price", BigDecimal.ONE);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> telemetry.publish(new KuraMessage(payload, Map.of("subject", "status"))));
    assertThat(cloud.sent()).hasSize(1);
  }

  @Test
  void a_token_without_a_property_stays_and_a_dollar_in_a_value_breaks_it() throws Exception {
    telemetry.publish(new KuraMessage(new KuraPayload(), Map.of()));
    assertThat(cloud.sent().get(0).topic()).isEqualTo("account/client/kedge/$subject");
    assertThatIllegalArgumentException().isThrownBy(() -> telemetry.publish(message("a$b")));
  }

  @Test
  void who_listens_hears_of_the_connection_until_it_leaves() {
    var heard = new ArrayList<String>();
    var listener = new CloudConnectionListener() {
      @Override
      public void onDisconnected() {
        heard.add("disconnected");
      }

      @Override
      public void onConnectionLost() {
        heard.add("lost");
      }

      @Override
      public void onConnectionEstablished() {
        heard.add("established");
      }
    };
    telemetry.registerCloudConnectionListener(listener);
    telemetry.registerCloudConnectionListener(listener);
    cloud.lose();
    cloud.establish();
    cloud.loseUnheard();
    cloud.disconnect();
    assertThat(heard).containsExactly("lost", "established", "disconnected");
    assertThat(telemetry.listeners()).hasSize(1);
    telemetry.unregisterCloudConnectionListener(listener);
    assertThat(telemetry.listeners()).isEmpty();
  }

  private @Nullable String publish() throws KuraException {
    return telemetry.publish(message("status"));
  }

  private static KuraMessage message(String subject) {
    return new KuraMessage(new KuraPayload(), Map.of("subject", subject));
  }
}
