package org.kedge.babel.internal.supervisor;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Consumer;
import org.kedge.babel.internal.core.ForwardingView;
import org.kedge.babel.internal.core.IpFamily;
import org.kedge.babel.internal.core.KernelRoute;
import org.kedge.babel.internal.core.KernelRoutesLook;
import org.kedge.babel.internal.core.ProcessLook;
import org.kedge.babel.internal.core.Sight;
import org.kedge.base.api.Lane;
import org.kedge.base.api.SettingsReader.Target;
import org.kedge.base.api.Uptime;
import org.kedge.care.api.RemedyOutcome;

/**
 * All of the node that the supervisor sees and touches: babeld's socket and process, the kernel's links, routes and switches, the
 * firewall, the way to the exit. One for the real node, one for a simulated one. What blocks is for the shared pool.
 */
public interface Surroundings {
  /** Begins to connect to babeld's control socket and returns at once. */
  Connection connect(Lane lane, Ear ear) throws IOException;

  /** One connection to babeld's control socket. */
  interface Connection extends AutoCloseable {
    /** Sends one line, without its end; on the lane, and only while babeld owes no answer. */
    void send(String command);

    /** Ends the connection without a word to the ear. Any thread. */
    @Override
    void close();
  }

  /** Hears what comes over a connection; on the lane. Nothing comes after {@link #ended} or after a close. */
  interface Ear {
    void received(ByteBuffer bytes);

    /** @param refused whether nobody listens there */
    void ended(String why, boolean refused);
  }

  /**
   * Looks at process, links, kernel and firewall. Blocks.
   *
   * @param families those the mesh has routes of
   * @param withForwarding whether to look at forwarding and the firewall too, which costs most
   */
  Seen see(List<String> interfaces, Set<IpFamily> families, boolean withForwarding);

  /** What one look brought. */
  record Seen(
      Uptime at,
      ProcessLook process,
      String gone,
      OptionalInt clients,
      Sight.Links links,
      KernelRoutesLook kernel,
      Optional<ForwardingView> forwarding) {}

  /**
   * Asks an address whether it is there. Blocks up to the limit.
   *
   * @return how long the answer took; empty if none came
   */
  Optional<Duration> ask(Target target, Duration limit) throws IOException;

  /** What the kernel says has changed. */
  enum Change {
    /** Routes of babel, or links. */
    ROUTES,
    /** The switches of forwarding, or the firewall. */
    FORWARDING
  }

  /**
   * Calls {@code changed} soon after the kernel says that something changed; on any thread, often and in rushes. It may miss some:
   * the looks go on without it. Close it to hear no more.
   */
  Following follow(Consumer<Change> changed);

  /** Ears open to the kernel. */
  interface Following extends AutoCloseable {
    @Override
    void close();
  }

  /** Puts routes into the kernel, each unless one of that name is there. Blocks. */
  RemedyOutcome putBack(List<KernelRoute> routes);

  /** Takes exactly these routes out of the kernel. Blocks. */
  RemedyOutcome sweep(List<KernelRoute> routes);

  /** Switches the kernel's forwarding on and lets transit between the interfaces pass the firewall. Blocks. */
  RemedyOutcome restoreForwarding(List<String> interfaces, Set<IpFamily> families);
}
