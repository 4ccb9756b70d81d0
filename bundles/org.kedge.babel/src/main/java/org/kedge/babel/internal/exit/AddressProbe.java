package org.kedge.babel.internal.exit;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Optional;
import org.kedge.base.api.SettingsReader.Target;

/** Asks an address whether it is there: by ICMP echo, or by a TCP connect where a port is given. Blocks up to the limit. */
public final class AddressProbe {
  private AddressProbe() {}

  /** @return how long the answer took; empty if none came within the limit */
  public static Optional<Duration> ask(Target target, Duration limit) throws IOException {
    var start = System.nanoTime();
    var millis = (int) limit.toMillis();
    var answered =
        target.port().isPresent() ? connects(target, millis) : target.address().isReachable(millis);
    return answered ? Optional.of(Duration.ofNanos(System.nanoTime() - start)) : Optional.empty();
  }

  private static boolean connects(Target target, int millis) {
    try (var socket = new Socket()) {
      socket.connect(new InetSocketAddress(target.address(), target.port().orElseThrow()), millis);
      return true;
    } catch (ConnectException e) {
      // Refused is an answer of the far end; unreachable and timed out are not.
      return e.getMessage() != null && e.getMessage().contains("refused");
    } catch (IOException e) {
      return false;
    }
  }
}
