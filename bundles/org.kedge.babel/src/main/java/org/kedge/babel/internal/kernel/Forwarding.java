package org.kedge.babel.internal.kernel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import org.kedge.babel.internal.core.ForwardingView;
import org.kedge.babel.internal.core.ForwardingView.Switch;
import org.kedge.babel.internal.core.IpFamily;
import org.kedge.babel.internal.core.TransitVerdict;
import org.kedge.base.api.Command;
import org.kedge.base.api.CommandResult;
import org.kedge.base.api.CommandRunner;

/** Reads the kernel's forwarding switches, and the firewall by one run of {@code nft}. Blocks up to 2 s. */
public final class Forwarding {
  /** Terse: named sets of a firewall may be long, and their elements decide nothing here. */
  static final Command COMMAND =
      Command.of(Duration.ofSeconds(2), "nft", "-j", "-t", "list", "ruleset");

  static final String IPV6 = "net/ipv6/conf/all/forwarding";
  static final String IPV4 = "net/ipv4/ip_forward";

  private final Path sysRoot;
  private final CommandRunner runner;

  /** @param sysRoot {@code /proc/sys} */
  public Forwarding(Path sysRoot, CommandRunner runner) {
    this.sysRoot = sysRoot;
    this.runner = runner;
  }

  /**
   * Looks once.
   *
   * @param interfaces those babeld uses; transit is judged between them
   * @param families those the mesh has routes of: a closed door nobody needs is no fault
   */
  public ForwardingView look(Collection<String> interfaces, Collection<IpFamily> families) {
    var ipv4 = new LinkedHashMap<String, Switch>();
    interfaces.forEach(name -> ipv4.put(name, read(ipv4Of(name))));
    return new ForwardingView(read(IPV6), read(IPV4), ipv4, transit(interfaces, families));
  }

  static String ipv4Of(String interfaceName) {
    return "net/ipv4/conf/" + interfaceName + "/forwarding";
  }

  /** @param file below the root */
  Switch read(String file) {
    try {
      return switch (Files.readString(sysRoot.resolve(file)).strip()) {
        case "0" -> Switch.OFF;
        case "1", "2" -> Switch.ON;
        default -> Switch.UNKNOWN;
      };
    } catch (IOException | InvalidPathException e) {
      return Switch.UNKNOWN;
    }
  }

  private TransitVerdict transit(Collection<String> interfaces, Collection<IpFamily> families) {
    var result = runner.run(COMMAND);
    if (!(result instanceof CommandResult.Ended ended) || !ended.succeeded()) {
      return new TransitVerdict.Unknown(COMMAND + ": " + result.inWords());
    }
    if (ended.truncated()) {
      return new TransitVerdict.Unknown(
          COMMAND + ": more than " + COMMAND.outputLimit().count() + " bytes of output");
    }
    try {
      return TransitVerdict.between(NftListing.read(ended.output()), interfaces, families);
    } catch (NftListing.UnreadableException e) {
      return new TransitVerdict.Unknown(COMMAND + ": " + e.getMessage());
    }
  }
}
