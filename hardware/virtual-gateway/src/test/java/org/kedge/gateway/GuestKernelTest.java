package org.kedge.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GuestKernelTest {
  private static final Map<String, List<String>> NEEDS = Map.of(
      "9p", List.of("9pnet", "netfs"),
      "9pnet_virtio", List.of("virtio", "9pnet", "virtio_ring"),
      "virtio_blk", List.of("virtio", "virtio_ring"));

  @Test
  void a_module_comes_after_all_that_it_needs_and_none_comes_twice() {
    var ordered = GuestKernel.inOrder(
        List.of("9pnet_virtio", "9p", "virtio_blk"),
        module -> NEEDS.getOrDefault(module, List.of()));

    assertThat(ordered)
        .containsExactly(
            "virtio", "9pnet", "virtio_ring", "9pnet_virtio", "netfs", "9p", "virtio_blk");
  }
}
