package org.kedge.packages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.eclipse.kura.cloudconnection.publisher.CloudPublisher;
import org.eclipse.kura.cloudconnection.request.RequestHandlerRegistry;
import org.eclipse.kura.crypto.CryptoService;
import org.eclipse.kura.system.SystemService;
import org.eclipse.kura.watchdog.WatchdogService;
import org.kedge.sim.kura.Gateway;
import org.kedge.sim.kura.Level;
import org.kedge.sim.kura.RigCloud;
import org.kedge.sim.kura.RigConfiguration;
import org.kedge.sim.kura.RigCrypto;
import org.kedge.sim.kura.RigPublisher;
import org.kedge.sim.kura.RigRegistry;
import org.kedge.sim.kura.RigSystem;
import org.kedge.sim.kura.RigWatchdog;
import org.osgi.framework.ServiceRegistration;

/**
 * A gateway with Kura's services of its level, for Kedge to be installed on: set up so that nothing of it reaches beyond this
 * process. It can be stopped and started like a gateway, with all that such a start keeps.
 */
final class KuraNode implements AutoCloseable {
  static final Duration GENEROUS = Duration.ofSeconds(30);

  /** How long a bundle may take to stop. */
  static final Duration STOPPING = Duration.ofSeconds(5);

  /** In the order of the package. */
  static final List<String> BUNDLES = List.of(
      "org.kedge.base",
      "org.kedge.care",
      "org.kedge.babel",
      "org.kedge.watchdog",
      "org.kedge.board",
      "org.kedge.billing",
      "org.kedge.telemetry",
      "org.kedge.kura");

  /** Of components that an operator configures: those of all bundles. */
  static final List<String> PIDS = BUNDLES.stream().sorted().toList();

  final Path home;
  final RigCrypto crypto = new RigCrypto();
  final RigConfiguration configuration = new RigConfiguration(crypto);
  final RigCloud cloud = new RigCloud();
  final RigPublisher telemetry = cloud.publisher("KEDGE-V1", "$subject", 1, 7);
  final RigPublisher events = cloud.publisher("KEDGE-V1", "$subject", 1, 1);
  final RigRegistry registry = new RigRegistry();
  final RigSystem system;
  final RigWatchdog watchdog;
  final int statusPort;
  private Gateway gateway;

  private KuraNode(Path home) throws Exception {
    this.home = home;
    system = new RigSystem(home.resolve("data")).serial("roof-7");
    watchdog = new RigWatchdog(Files.createFile(home.resolve("watchdog")));
    statusPort = freePort();
    var nowhere = home.resolve("nobody").toString();
    configuration.setUp(Map.of(
        "org.kedge.care",
        Map.of("reboot.command", ""),
        "org.kedge.babel",
        Map.of(
            "control.socket",
            nowhere + ".sock",
            "service.pid.file",
            nowhere + ".pid",
            "service.start",
            "/bin/true",
            "service.stop",
            "/bin/true",
            "service.status",
            "/bin/false",
            // Or Kedge would put right the forwarding of the machine that the tests run on.
            "forwarding.expected",
            false),
        "org.kedge.telemetry",
        Map.of("status.port", statusPort)));
    gateway = Gateway.start(Level.current(), home);
  }

  /** Kura with all of its services but those that are set up by an operator: cloud connection and publishers. */
  static KuraNode withServices(Path home) throws Exception {
    var node = bare(home);
    node.offerServices();
    return node;
  }

  /** Kura without any service but the configuration's. */
  static KuraNode bare(Path home) throws Exception {
    var node = new KuraNode(home);
    node.configuration.attach(node.gateway);
    return node;
  }

  private void offerServices() throws IOException {
    watchdog.enable();
    gateway.offer(CryptoService.class, crypto, Map.of());
    gateway.offer(SystemService.class, system, Map.of());
    gateway.offer(WatchdogService.class, watchdog, watchdog.properties());
  }

  /** Kura stops and starts again; what was installed has to be installed again. */
  void restart() throws Exception {
    restartBare();
    offerServices();
  }

  /** The same, and none of its services comes. */
  void restartBare() throws Exception {
    close();
    gateway = Gateway.start(Level.current(), home);
    configuration.attach(gateway);
  }

  Gateway gateway() {
    return gateway;
  }

  ServiceRegistration<RequestHandlerRegistry> connect(RigRegistry one, String pid) {
    return gateway.offer(RequestHandlerRegistry.class, one, Map.of("kura.service.pid", pid));
  }

  ServiceRegistration<CloudPublisher> publish(RigPublisher one, String pid) {
    return gateway.offer(CloudPublisher.class, one, RigPublisher.properties(pid));
  }

  /** The jars of all bundles, in their order. */
  static List<Path> jars() {
    var folder = Path.of(System.getProperty("basedir", "")).resolve("target/bundles");
    return BUNDLES.stream()
        .map(name -> folder.resolve(name + ".jar").toAbsolutePath())
        .toList();
  }

  void install() throws Exception {
    gateway.install(jars());
  }

  void awaitWell() {
    await().atMost(GENEROUS).untilAsserted(() -> {
      assertThat(gateway.unwell()).isEmpty();
      assertThat(gateway.unsatisfied()).isEmpty();
      assertThat(configuration.pids()).containsExactlyElementsOf(PIDS);
    });
  }

  /** What the node answers to GET /status; throws while nothing listens there. */
  String status() throws IOException, InterruptedException {
    var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + statusPort + "/status"))
        .timeout(GENEROUS)
        .build();
    var answer = HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
    assertThat(answer.statusCode()).isEqualTo(200);
    return answer.body();
  }

  void awaitStatus() {
    awaitStatus(GENEROUS);
  }

  void awaitStatus(Duration patience) {
    await().atMost(patience).ignoreExceptions().until(() -> !status().isEmpty());
  }

  /** A text of this name in the status. */
  String told(String name) throws IOException, InterruptedException {
    var status = status();
    var found = Pattern.compile("\"" + name + "\":\\s*\"([^\"]*)\"").matcher(status);
    assertThat(found.find()).as(name + " in " + status).isTrue();
    return found.group(1);
  }

  /** Threads of Kedge's lanes by number, with their names. */
  static Map<Long, String> lanes() {
    var lanes = new HashMap<Long, String>();
    Stream.of(Thread.getAllStackTraces().keySet().toArray(Thread[]::new))
        .filter(one -> one.getName().startsWith("kedge-"))
        // These come and go as there is work.
        .filter(one -> !one.getName().equals("kedge-aside"))
        .forEach(one -> lanes.put(one.getId(), one.getName()));
    return lanes;
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      return socket.getLocalPort();
    }
  }

  @Override
  public void close() throws IOException {
    configuration.detach();
    gateway.close();
    watchdog.close();
  }
}
