package org.kedge.sim.bench;

import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.kedge.babel.api.RoutingTable;
import org.kedge.babel.internal.core.LineParser;
import org.kedge.babel.internal.core.LineReader;
import org.kedge.babel.internal.core.LiveTable;
import org.kedge.base.api.Uptime;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** What it costs to read babeld, from the bytes of its socket to the table. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
public class ParserBenchmark {
  static final int DUMP_ROUTES = 10_000;
  static final int MONITOR_ROUTES = 670;
  private static final int CHUNK_BYTES = 8192;
  private static final Uptime NOW = new Uptime(1);

  private final byte[] dump = MeshText.dump(DUMP_ROUTES);
  private final byte[] repeats = MeshText.repeats(MONITOR_ROUTES);
  private final LiveTable table = new LiveTable();
  private final LineParser parser = new LineParser();
  private final LineReader reader =
      new LineReader((bytes, offset, length) -> table.apply(parser.parse(bytes, offset, length)));

  /** Fails at once if what is measured is not what is read. */
  @Setup
  public void prove() {
    var known = dump().routes().size();
    if (known != DUMP_ROUTES || table.faults().malformed() > 0) {
      throw new IllegalStateException("Read " + known + " routes, " + table.faults());
    }
    table.beginDump();
    feed(MeshText.dump(MONITOR_ROUTES));
    table.endDump(NOW);
  }

  @Benchmark
  @OutputTimeUnit(TimeUnit.MILLISECONDS)
  public RoutingTable dump() {
    table.beginDump();
    feed(dump);
    return table.endDump(NOW);
  }

  @Benchmark
  @OutputTimeUnit(TimeUnit.MICROSECONDS)
  @OperationsPerInvocation(MONITOR_ROUTES)
  public LiveTable monitorLine() {
    feed(repeats);
    return table;
  }

  private void feed(byte[] bytes) {
    for (var at = 0; at < bytes.length; at += CHUNK_BYTES) {
      reader.feed(ByteBuffer.wrap(bytes, at, Math.min(CHUNK_BYTES, bytes.length - at)));
    }
  }
}
