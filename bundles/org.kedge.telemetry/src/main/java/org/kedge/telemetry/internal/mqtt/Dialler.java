package org.kedge.telemetry.internal.mqtt;

import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.InstantSource;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens the way to one broker: name, TCP, TLS, all before one deadline. Paho would look the name up without a limit, try its first
 * address only, and cannot speak TLS to an address of IPv6. One call at a time; closing, from any thread, ends it.
 */
final class Dialler implements Closeable {
  private static final Logger LOG = LoggerFactory.getLogger(Dialler.class);

  private final Broker broker;
  private final Names names;
  private final InstantSource clock;
  private final ScheduledExecutorService timer;
  private volatile @Nullable FutureTask<InetAddress[]> asked;
  private volatile @Nullable Socket opening;
  private volatile boolean closed;
  private boolean warned;

  /** Who knows the addresses of a name. May take as long as it likes. */
  interface Names {
    InetAddress[] of(String host) throws UnknownHostException;
  }

  Dialler(Broker broker, Names names, InstantSource clock, ScheduledExecutorService timer) {
    this.broker = broker;
    this.names = names;
    this.clock = clock;
    this.timer = timer;
  }

  OpenSocket dial(Deadline deadline) throws IOException {
    try {
      // Before anything is opened: what is wrong with a file is worth knowing also while the broker
      // is away.
      var context = broker.tls().isPresent() ? context(broker.tls().get()) : null;
      var wire = wire(addresses(deadline), deadline);
      try {
        return new OpenSocket(context == null ? wire : secured(context, wire, deadline), wire);
      } catch (IOException | RuntimeException e) {
        wire.close();
        throw e;
      }
    } finally {
      opening = null;
    }
  }

  private SSLContext context(Broker.Tls tls) throws Refusal {
    var files = new TlsFiles(tls);
    var context = files.context(clock.instant());
    var open = files.openKey();
    if (open.isPresent() && !warned) {
      LOG.warn(
          "Everybody on this node may read the key {}. Run: chmod 600 {}", open.get(), open.get());
    }
    warned = open.isPresent();
    return context;
  }

  private InetAddress[] addresses(Deadline deadline) throws IOException {
    var question = asked;
    if (question == null) {
      question = new FutureTask<>(() -> names.of(broker.host()));
      asked = question;
      // Nothing can end a look-up that hangs. It is asked again only when it has come back, so
      // there is one at most.
      var thread = new Thread(question, "kedge-broker-name");
      thread.setDaemon(true);
      thread.start();
    }
    refuseIfClosed();
    try {
      var found = question.get(deadline.left().toNanos(), TimeUnit.NANOSECONDS);
      asked = null;
      return found;
    } catch (TimeoutException e) {
      throw Refusal.passing("no name server told the address of " + broker.host()
          + " in time; check the node's name server, or set 'broker.address' in digits");
    } catch (ExecutionException e) {
      asked = null;
      throw Refusal.passing("no address is known for " + broker.host()
          + "; check 'broker.address' and the node's name server");
    } catch (CancellationException e) {
      throw closedMeanwhile();
    } catch (InterruptedException e) {
      throw interrupted();
    }
  }

  private Socket wire(InetAddress[] addresses, Deadline deadline) throws IOException {
    var failure = Refusal.passing("no address is known for " + broker.host());
    for (var i = 0; i < addresses.length; i++) {
      // Each its share: a name with an address of a family that leads nowhere must not use up the
      // time of the other.
      var share = deadline.left().dividedBy(addresses.length - i).toMillis();
      if (share < 1) {
        break;
      }
      var socket = new Socket();
      opening = socket;
      try {
        refuseIfClosed();
        socket.connect(new InetSocketAddress(addresses[i], broker.port()), (int) share);
        socket.setTcpNoDelay(true);
        return socket;
      } catch (IOException e) {
        socket.close();
        refuseIfClosed();
        failure = Refusal.passing(addresses[i].getHostAddress() + " port " + broker.port()
            + (e instanceof SocketTimeoutException
                ? " does not answer"
                : " cannot be reached: " + e.getMessage()));
      }
    }
    throw failure;
  }

  private Socket secured(SSLContext context, Socket wire, Deadline deadline) throws IOException {
    var secured = (SSLSocket)
        context.getSocketFactory().createSocket(wire, broker.host(), broker.port(), true);
    var parameters = secured.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    secured.setSSLParameters(parameters);
    var late = watch(wire, deadline);
    try {
      secured.startHandshake();
    } catch (IOException e) {
      refuseIfClosed();
      if (deadline.isOver()) {
        throw Refusal.passing(
            "it does not finish the TLS handshake in time; is its port one for TLS?");
      }
      throw e;
    } finally {
      late.cancel(false);
    }
    return secured;
  }

  /** A limit for the handshake as a whole: a socket's own holds for each read alone. */
  private ScheduledFuture<?> watch(Socket wire, Deadline deadline) throws Refusal {
    try {
      return timer.schedule(
          () -> {
            wire.close();
            return true;
          },
          deadline.left().toNanos(),
          TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException e) {
      throw closedMeanwhile();
    }
  }

  private void refuseIfClosed() throws Refusal {
    if (closed) {
      throw closedMeanwhile();
    }
  }

  static Refusal closedMeanwhile() {
    return Refusal.lasting("the uplink is closed");
  }

  static InterruptedIOException interrupted() {
    Thread.currentThread().interrupt();
    return new InterruptedIOException("interrupted");
  }

  @Override
  public void close() throws IOException {
    closed = true;
    var question = asked;
    if (question != null) {
      question.cancel(false);
    }
    var socket = opening;
    if (socket != null) {
      socket.close();
    }
  }
}
