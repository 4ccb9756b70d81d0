package org.kedge.billing.internal.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kedge.billing.internal.core.metering.MeteredInterface;
import org.kedge.billing.internal.core.metering.MeteredInterface.Kind;
import org.kedge.billing.internal.kernel.LinkFiles.Link;

class LinkFilesTest {
  @TempDir
  Path net;

  @Test
  void an_interface_is_told_with_its_kind_and_all_it_carried() throws IOException {
    link("to2", "1", "1000", "20");
    link("wg1", "65534", "7", "0");
    assertThat(new LinkFiles(net).look(List.of("to2", "wg1", "gone", "", "../to2")))
        .containsExactlyInAnyOrderEntriesOf(Map.of(
            "to2",
            new Link(new MeteredInterface("to2", Kind.ETHERNET), 1020),
            "wg1",
            new Link(new MeteredInterface("wg1", Kind.BARE), 7)));
  }

  @Test
  void one_that_goes_while_it_is_looked_at_has_carried_nothing() throws IOException {
    Files.createDirectories(net.resolve("to2"));
    Files.writeString(net.resolve("to2/type"), "1\n");
    assertThat(new LinkFiles(net).look(List.of("to2")).get("to2"))
        .extracting(Link::bytes)
        .isEqualTo(0L);
  }

  @Test
  void the_kernels_own_loopback_is_no_ethernet() {
    assertThat(new LinkFiles(Path.of("/sys/class/net")).look(List.of("lo")).get("lo"))
        .extracting(link -> link.metered().kind())
        .isEqualTo(Kind.BARE);
  }

  private void link(String name, String type, String received, String sent) throws IOException {
    var statistics = Files.createDirectories(net.resolve(name).resolve("statistics"));
    Files.writeString(net.resolve(name).resolve("type"), type + "\n");
    Files.writeString(statistics.resolve("rx_bytes"), received + "\n");
    Files.writeString(statistics.resolve("tx_bytes"), sent + "\n");
  }
}
