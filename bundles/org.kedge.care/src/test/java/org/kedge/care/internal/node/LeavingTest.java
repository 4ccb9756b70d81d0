package org.kedge.care.internal.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class LeavingTest {
  /** Run by itself: leaves, and hangs while it does if so told. */
  public static final class Left {
    public static void main(String[] arguments) {
      if (arguments[0].equals("hangs")) {
        Runtime.getRuntime().addShutdownHook(new Thread(Left::hang));
      }
      new Leaving().accept("a test says so");
      hang();
    }

    private static void hang() {
      while (true) {
        try {
          Thread.sleep(60_000);
        } catch (InterruptedException e) {
          // It hangs whatever anybody says.
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"goes", "hangs"})
  void it_ends_with_its_exit_code_even_where_a_bundle_hangs(String how)
      throws IOException, InterruptedException {
    var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    var process = new ProcessBuilder(
            java,
            "-Xmx32m",
            "-cp",
            System.getProperty("java.class.path"),
            Left.class.getName(),
            how)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start();
    try {
      assertThat(process.waitFor(40, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isEqualTo(Leaving.EXIT_CODE);
    } finally {
      process.destroyForcibly();
    }
  }
}
