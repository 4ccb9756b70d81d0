package org.kedge.sim.kura;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class RigSystemTest {
  private final RigSystem system = new RigSystem(Path.of("/opt/eclipse/kura/data"));

  @Test
  void a_machine_may_have_no_serial_number_or_an_odd_one() {
    assertThat(system.getSerialNumber()).isNotEmpty();
    assertThat(system.serial(null).getSerialNumber()).isNull();
    assertThat(system.serial("").getSerialNumber()).isEmpty();
    assertThat(system.serial("To be filled by O.E.M.").getSerialNumber()).contains("O.E.M.");
    assertThat(system.mac(null).getPrimaryMacAddress()).isNull();
    assertThat(system.getKuraDataDirectory()).isEqualTo("/opt/eclipse/kura/data");
  }

  @Test
  void what_is_asked_may_fail() {
    system.failing();
    assertThatIllegalStateException().isThrownBy(system::getSerialNumber);
    assertThatIllegalStateException().isThrownBy(system::getPrimaryMacAddress);
  }
}
