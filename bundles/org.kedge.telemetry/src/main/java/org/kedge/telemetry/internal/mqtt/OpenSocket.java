package org.kedge.telemetry.internal.mqtt;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A way to the broker that is open already, as Paho takes it. Nothing can be read from it before something was written: Paho waits
 * for ever for its own receiver to start if a broker that hangs up at once has ended it meanwhile, one thread for each try.
 */
final class OpenSocket extends Socket {
  private final Socket way;
  private final Socket wire;
  private final CountDownLatch spoken = new CountDownLatch(1);

  /**
   * @param way what is read and written
   * @param wire the TCP connection below it, or the same
   */
  OpenSocket(Socket way, Socket wire) {
    this.way = way;
    this.wire = wire;
  }

  /** Waits until the client's first word was written, or nobody will write one. */
  void awaitFirstWord(Duration limit) throws InterruptedException {
    if (!spoken.await(limit.toNanos(), TimeUnit.NANOSECONDS)) {
      spoken.countDown();
    }
  }

  @Override
  public void connect(SocketAddress ignored, int timeout) {
    // It is connected.
  }

  @Override
  public void setSoTimeout(int ignored) {
    // A read ends when the socket is closed; waking up each second, as Paho wants it, is for
    // nothing.
  }

  @Override
  public InputStream getInputStream() throws IOException {
    var in = way.getInputStream();
    return new InputStream() {
      @Override
      public int available() throws IOException {
        return spoken.getCount() == 0 ? in.available() : 0;
      }

      @Override
      public int read() throws IOException {
        awaitWord();
        return in.read();
      }

      @Override
      public int read(byte[] target, int offset, int length) throws IOException {
        awaitWord();
        return in.read(target, offset, length);
      }

      @Override
      public void close() throws IOException {
        OpenSocket.this.close();
      }
    };
  }

  private void awaitWord() throws IOException {
    try {
      spoken.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted before the greeting");
    }
  }

  @Override
  public OutputStream getOutputStream() throws IOException {
    var out = way.getOutputStream();
    return new OutputStream() {
      @Override
      public void write(int octet) throws IOException {
        write(new byte[] {(byte) octet}, 0, 1);
      }

      @Override
      public void write(byte[] source, int offset, int length) throws IOException {
        try {
          out.write(source, offset, length);
        } finally {
          spoken.countDown();
        }
      }

      @Override
      public void flush() throws IOException {
        out.flush();
      }

      @Override
      public void close() throws IOException {
        OpenSocket.this.close();
      }
    };
  }

  @Override
  public boolean isClosed() {
    return wire.isClosed();
  }

  /** Closes the wire at once: TLS would wait to say goodbye behind a write that is stuck. */
  @Override
  public void close() throws IOException {
    wire.close();
    spoken.countDown();
  }
}
