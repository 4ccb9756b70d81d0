package org.kedge.kura.internal.cloud;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.eclipse.kura.message.KuraPayload;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kedge.base.api.Uptime;
import org.kedge.telemetry.api.Uplink;

/** What leaves the gateway, read by somebody who knows only the format. */
class KuraPayloadTest {
  private static final Instant NOW = Instant.parse("2026-11-22T10:15:30Z");
  private static final String SNAPSHOT = """
      {"schema":"kedge-snapshot","schema_version":1,"node":"roof-7","boot_id":"0c1f.3","sequence":7,
       "at":"2026-11-22T08:00:00.250Z","uptime_seconds":-0.5,"state":"faulty","silent":true,"nothing":null,
       "faults":[{"kind":"BABEL_DEAD","evidence":"%s"},{"kind":"FLASH_FULL"}],"care":{"boots_count":3}}""";

  private final PublisherDouble publisher = new PublisherDouble();
  private final KuraUplink uplink =
      new KuraUplink(publisher, () -> Uptime.of(Duration.ofSeconds(1)), InstantSource.fixed(NOW));

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void a_snapshot_is_read_by_an_independent_reader_gzipped_and_plain(boolean isGzipped)
      throws Exception {
    publisher.isGzipped = isGzipped;
    var body = SNAPSHOT.formatted("gone ".repeat(100)).getBytes(StandardCharsets.UTF_8);
    hand("snapshot", body);
    var read = PayloadReader.read(publisher.encoded.get(0));
    assertThat(read.isGzipped()).isEqualTo(isGzipped);
    assertThat(read.time()).isEqualTo(Instant.parse("2026-11-22T08:00:00.250Z").toEpochMilli());
    assertThat(read.body()).isEqualTo(body);
    assertThat(read.metrics())
        .isEqualTo(Map.ofEntries(
            Map.entry("schema", "kedge-snapshot"),
            Map.entry("schema_version", 1L),
            Map.entry("node", "roof-7"),
            Map.entry("boot_id", "0c1f.3"),
            Map.entry("sequence", 7L),
            Map.entry("at", "2026-11-22T08:00:00.250Z"),
            Map.entry("uptime_seconds", -0.5),
            Map.entry("state", "faulty"),
            Map.entry("silent", true),
            Map.entry("faults", "BABEL_DEAD, FLASH_FULL"),
            Map.entry("faults_count", 2L)));
  }

  @Test
  void what_gzip_would_make_longer_leaves_plain() throws Exception {
    hand("event", "{}".getBytes(StandardCharsets.UTF_8));
    assertThat(PayloadReader.read(publisher.encoded.get(0)).isGzipped()).isFalse();
  }

  @Test
  void without_a_time_of_its_own_a_message_has_the_time_it_is_handed_over() throws Exception {
    hand("event", "{\"event\":\"boot\"}".getBytes(StandardCharsets.UTF_8));
    assertThat(PayloadReader.read(publisher.encoded.get(0)).time()).isEqualTo(NOW.toEpochMilli());
  }

  @Test
  void a_body_that_is_no_object_still_leaves_as_it_is() throws Exception {
    var body = "not JSON".getBytes(StandardCharsets.UTF_8);
    hand("event", body);
    var read = PayloadReader.read(publisher.encoded.get(0));
    assertThat(read.body()).isEqualTo(body);
    assertThat(read.metrics()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 88, 2019})
  void the_double_of_kuras_encoder_writes_what_protobuf_reads(long seed) throws Exception {
    var random = new Random(seed);
    for (var round = 0; round < 200; round++) {
      var payload = new KuraPayload();
      payload.setTimestamp(new Date(random.nextLong()));
      var body = new byte[random.nextInt(3000)];
      random.nextBytes(body);
      payload.setBody(body);
      var metrics = new HashMap<String, Object>();
      for (var i = random.nextInt(30); i > 0; i--) {
        metrics.put("metric é " + i, value(random));
      }
      metrics.forEach(payload::addMetric);
      payload.addMetric("null", null);

      var read = PayloadReader.read(KuraEncoder.encode(payload, random.nextBoolean()));
      assertThat(read.time()).isEqualTo(payload.getTimestamp().getTime());
      assertThat(read.body()).isEqualTo(body);
      assertThat(read.metrics()).usingRecursiveComparison().isEqualTo(metrics);
    }
  }

  @Test
  void the_double_of_kuras_encoder_refuses_other_types_as_kura_does() {
    var payload = new KuraPayload();
    payload.addMetric("figure", BigDecimal.ONE);
    assertThatThrownBy(() -> KuraEncoder.encode(payload, false))
        .isInstanceOf(IllegalStateException.class);
  }

  private static Object value(Random random) {
    return switch (random.nextInt(7)) {
      case 0 -> random.nextGaussian() * 1e9;
      case 1 -> (float) random.nextGaussian();
      case 2 -> random.nextLong();
      case 3 -> random.nextInt();
      case 4 -> random.nextBoolean();
      case 5 -> "text „" + random.nextInt() + "“";
      default -> new byte[] {(byte) random.nextInt(), 0, (byte) 0x80};
    };
  }

  private void hand(String subject, byte[] body) {
    uplink.connect(new Uplink.Presence(new byte[0], new byte[0]), new KuraUplinkTest.Heard());
    assertThat(uplink.hand(new Uplink.Message(1, subject, body, false)))
        .isInstanceOf(Uplink.Handover.Taken.class);
  }
}
