package org.kedge.kura.internal.osgi;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.kedge.base.api.Figures;
import org.kedge.kura.internal.core.Part;
import org.kedge.kura.internal.requests.KuraRequests;
import org.kedge.sim.schema.MessageCheck;

class KuraGaugeTest {
  private static final MessageCheck CHECK = MessageCheck.ofThisBuild();

  private final KuraGauge gauge = new KuraGauge();

  @Test
  void what_of_kura_is_in_use_is_one_section_as_the_schema_says() {
    assertThat(gauge.section()).isEqualTo("kura");
    gauge.addPart(new KuraRequests());
    assertThat(CHECK.problems("kura", gauge.figures())).isEmpty();
    Part cloud = () -> Figures.builder()
        .text("publisher", "kedge-telemetry")
        .text("event_publisher", "kedge-events")
        .build();
    gauge.addPart(cloud);
    Part home = () -> Figures.builder().flag("crypto_key_public", true).build();
    gauge.addPart(home);
    assertThat(CHECK.problems("kura", gauge.figures())).isEmpty();
    assertThat(CHECK.missing("kura", List.of(gauge.figures()))).isEmpty();
    gauge.removePart(cloud);
    assertThat(gauge.figures().values())
        .isEqualTo(Map.of("request_registries_count", 0L, "crypto_key_public", true));
  }
}
