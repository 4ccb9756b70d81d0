package org.kedge.sim.browser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.opentest4j.TestAbortedException;

class BrowserTestsTest {
  @TempDir
  Path folder;

  @Test
  void what_no_page_may_have_fails_its_test_and_a_good_page_passes() throws Throwable {
    var outcomes = outcomes(Path.of("src/test/browser/bad-pages.mjs"));
    assertThat(outcomes.get("an error in the console")).contains("a thing is wrong");
    assertThat(outcomes.get("an error that is thrown")).contains("thrown late");
    assertThat(outcomes.get("a request to another machine"))
        .contains("request to another machine: http://192.0.2.7/spy.png");
    assertThat(outcomes.get("wider than its window")).contains("wide");
    assertThat(outcomes.get("too pale to be read")).contains("pale");
    assertThat(outcomes).containsEntry("nothing wrong", "").hasSize(6);
  }

  @Test
  void a_script_that_cannot_run_is_a_failure_and_not_silence() throws Throwable {
    var broken = Files.writeString(folder.resolve("broken.mjs"), "this is no script");
    assertThat(outcomes(broken).toString()).contains("ended with 1", "SyntaxError");
    var empty = Files.writeString(folder.resolve("empty.mjs"), "");
    assertThat(outcomes(empty)).containsKey("the script itself ends well");
  }

  private static Map<String, String> outcomes(Path script) throws Throwable {
    var outcomes = new LinkedHashMap<String, String>();
    for (var test : BrowserTests.of(script, Map.of()).toList()) {
      var thrown = catchThrowable(() -> test.getExecutable().execute());
      if (thrown instanceof TestAbortedException) {
        throw thrown;
      }
      outcomes.put(
          test.getDisplayName(), thrown == null ? "" : String.valueOf(thrown.getMessage()));
    }
    return outcomes;
  }
}
