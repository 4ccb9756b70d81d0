package org.kedge.sim.mesh.console;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.kedge.sim.browser.BrowserTests;

class ConsoleBrowserTest {
  @TestFactory
  Stream<DynamicTest> the_pages_in_a_browser() throws Exception {
    var now = Instant.parse("2026-11-22T15:03:20Z");
    try (var page = ConsolePage.open(0, Story.until(now), () -> now)) {
      return BrowserTests.of(
          Path.of("src/test/browser/console.mjs"),
          Map.of("KEDGE_CONSOLE", page.address().toString()));
    }
  }
}
