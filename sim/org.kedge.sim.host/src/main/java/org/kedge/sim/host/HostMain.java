package org.kedge.sim.host;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import org.osgi.framework.BundleException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sun.misc.Signal;

/** One node in the foreground: checks its settings, runs the bundles, stops cleanly when told to. */
public final class HostMain {
  static final int STOPPED = 0;
  static final int INTERNAL_ERROR = 1;
  static final int BAD_SETTINGS = 2;
  static final int DATA_IN_USE = 3;

  private static final Logger LOG = LoggerFactory.getLogger(HostMain.class);

  private HostMain() {}

  private enum Told {
    STOP,
    RELOAD
  }

  public static void main(String[] words) {
    // Threads of libraries must not keep a node alive that was told to stop.
    System.exit(run(List.of(words)));
  }

  private static int run(List<String> words) {
    var arguments = Arguments.parse(words);
    try {
      if (arguments instanceof Arguments.Wrong wrong) {
        System.err.println("sim/node: " + wrong.why() + ".\n\n" + Arguments.HELP);
        return BAD_SETTINGS;
      }
      if (arguments instanceof Arguments.ExampleSettings) {
        return printExample();
      }
      if (arguments instanceof Arguments.Run run) {
        return runNode(run);
      }
      System.out.print(Arguments.HELP);
      return STOPPED;
    } catch (BundleException | IOException e) {
      LOG.error("Kedge cannot run: {}", e.getMessage(), e);
      return INTERNAL_ERROR;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return INTERNAL_ERROR;
    }
  }

  private static int printExample() throws BundleException, IOException {
    var scratch = Files.createTempDirectory("kedge-example");
    try (var host = Host.start(bundles(), scratch)) {
      System.out.print(host.exampleSettings());
      return STOPPED;
    } finally {
      delete(scratch);
    }
  }

  private static int runNode(Arguments.Run run)
      throws BundleException, IOException, InterruptedException {
    var signals = new LinkedBlockingQueue<Told>();
    Signal.handle(new Signal("TERM"), signal -> signals.add(Told.STOP));
    Signal.handle(new Signal("INT"), signal -> signals.add(Told.STOP));
    Signal.handle(new Signal("HUP"), signal -> signals.add(Told.RELOAD));
    try (var folder = DataFolder.take(run.data());
        var host = Host.start(bundles(), run.data())) {
      var settings = read(run.settings());
      var problems = problems(host, settings);
      if (!problems.isEmpty()) {
        System.err.println(report(run.settings(), problems) + "Kedge was not started.");
        return BAD_SETTINGS;
      }
      host.configure(complete(settings.sections()));
      var unwell = host.unwell();
      if (!unwell.isEmpty()) {
        LOG.error("Bundles that do not run: {}.", unwell);
      }
      LOG.info("Kedge runs with {} and keeps its files in {}.", run.settings(), folder.path());
      while (signals.take() == Told.RELOAD) {
        reload(host, run.settings());
      }
      LOG.info("Kedge stops; babeld goes on forwarding.");
      if (!host.stop()) {
        LOG.warn("The framework did not stop in time and is left behind.");
      }
      return STOPPED;
    } catch (DataFolder.InUse e) {
      System.err.println(e.getMessage());
      return DATA_IN_USE;
    }
  }

  private static void reload(Host host, Path file) {
    try {
      var settings = read(file);
      var problems = problems(host, settings);
      if (problems.isEmpty()) {
        host.configure(complete(settings.sections()));
        LOG.info("Settings read again from {}.", file);
      } else {
        LOG.error("{}The old settings stay in force.", report(file, problems));
      }
    } catch (IOException e) {
      LOG.error("Settings of {} could not be put in force: {}.", file, e.toString());
    }
  }

  private static SettingsFile read(Path file) {
    try {
      return SettingsFile.parse(Files.readAllLines(file));
    } catch (NoSuchFileException e) {
      return unreadable(file, "is not there");
    } catch (CharacterCodingException e) {
      return unreadable(file, "is not written in UTF-8");
    } catch (IOException e) {
      return unreadable(file, "cannot be read (" + e.getMessage() + ")");
    }
  }

  private static SettingsFile unreadable(Path file, String why) {
    return new SettingsFile(Map.of(), List.of("The settings file " + file + " " + why));
  }

  private static List<String> problems(Host host, SettingsFile settings) {
    var problems = new ArrayList<>(settings.problems());
    problems.addAll(host.problems(settings.sections()));
    return problems;
  }

  private static String report(Path file, List<String> problems) {
    return "Settings "
        + file
        + ": "
        + problems.size()
        + (problems.size() == 1 ? " problem\n" : " problems\n")
        + String.join(
            "", problems.stream().map(problem -> "  " + problem + ".\n").toList());
  }

  /** A section left out means its defaults, and a component without any configuration would not start. */
  private static Map<String, Map<String, String>> complete(
      Map<String, Map<String, String>> sections) {
    var all = new LinkedHashMap<String, Map<String, String>>();
    for (var pid : List.of(
        "org.kedge.base",
        "org.kedge.care",
        "org.kedge.babel",
        "org.kedge.watchdog",
        "org.kedge.board",
        "org.kedge.billing",
        "org.kedge.telemetry")) {
      all.put(pid, sections.getOrDefault(pid, Map.of()));
    }
    return all;
  }

  private static Path bundles() {
    var folder = System.getProperty("kedge.bundles");
    if (folder == null) {
      throw new IllegalStateException(
          "The property kedge.bundles has to name the folder of bundles; sim/node sets it");
    }
    return Path.of(folder);
  }

  private static void delete(Path folder) throws IOException {
    try (var files = Files.walk(folder)) {
      for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
