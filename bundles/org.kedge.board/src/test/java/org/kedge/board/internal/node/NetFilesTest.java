package org.kedge.board.internal.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kedge.board.internal.core.LinkView;

class NetFilesTest {
  @TempDir
  private Path folder;

  @Test
  void a_link_is_seen_as_the_kernel_shows_it() throws IOException {
    var net = new NetFiles(folder, folder);
    assertThat(net.link("wlan1")).isEqualTo(LinkView.NONE);
    write("class/net/wlan1/flags", "0x1003\n");
    write("class/net/wlan1/carrier", "1\n");
    assertThat(net.link("wlan1")).isEqualTo(new LinkView(true, true, true));
    write("class/net/wlan1/carrier", "0\n");
    assertThat(net.link("wlan1").isDead()).isTrue();
    write("class/net/wlan1/flags", "0x1002\n");
    assertThat(net.link("wlan1")).isEqualTo(new LinkView(true, false, false));
  }

  @Test
  void a_link_that_cannot_be_told_is_not_called_dead() throws IOException {
    write("class/net/wlan1/flags", "");
    assertThatThrownBy(() -> new NetFiles(folder, folder).link("wlan1"))
        .isInstanceOf(IOException.class);
  }

  @Test
  void a_kernel_without_ipv6_has_routes_all_the_same() throws IOException {
    write(
        "net/route",
        "Iface Destination Gateway Flags RefCnt Use Metric Mask\n"
            + "eth0 00000000 0101A8C0 0003 0 0 100 00000000\n");
    assertThat(new NetFiles(folder, folder).waysOut().interfaces()).containsExactly("eth0");
  }

  @Test
  void routes_of_this_machine_can_be_read() throws IOException {
    var net = new NetFiles(Path.of("/proc"), Path.of("/sys"));
    for (var name : net.waysOut().interfaces()) {
      assertThat(net.link(name).exists()).isTrue();
    }
  }

  private void write(String file, String text) throws IOException {
    var path = folder.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }
}
