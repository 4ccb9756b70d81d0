package org.kedge.sim.village;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.kedge.babel.internal.core.BabelLine;
import org.kedge.babel.internal.core.LineParser;
import org.kedge.babel.internal.supervisor.Surroundings;
import org.kedge.care.internal.loop.BuiltInLadder;

class BabeldTest {
  private final Village village = new Village(3, 4, BuiltInLadder.text(), line -> {});
  private final Machine machine = village.nodes().get(2);
  private final Ear ear = new Ear();

  @Test
  void its_protocol_is_the_real_ones() {
    village.pass(Duration.ofMinutes(2));

    var client = machine.babeld.connect(village.world(), ear);
    village.pass(Duration.ofSeconds(1));
    assertThat(ear.text.toString())
        .matches("BABEL 1.0\nversion babeld-1.12.1\nhost node3\nmy-id [0-9a-f:]{23}\nok\n");

    assertThat(asked(client, "monitor")).endsWith("ok\n").contains("add route ");
    var device = machine.devices().get(0);
    assertThat(asked(client, "flush interface " + device))
        .contains("flush interface " + device)
        .contains("ok\n");
    assertThat(asked(client, "flush interface " + device)).isEqualTo("no No such interface\n");
    assertThat(asked(client, "interface " + device)).contains("ok\n");
    village.pass(Duration.ofSeconds(30));
    assertThat(asked(client, "unmonitor")).contains("ok\n");
    assertThat(asked(client, "dump x")).isEqualTo("bad\n");

    var dump = asked(client, "dump");
    var parser = new LineParser();
    for (var line : List.of(dump.split("\n"))) {
      var bytes = line.getBytes(StandardCharsets.ISO_8859_1);
      assertThat(parser.parse(bytes, 0, bytes.length))
          .isNotInstanceOfAny(BabelLine.Malformed.class, BabelLine.Unknown.class);
    }
    // Two addresses of each of the four others.
    assertThat(dump.lines().filter(line -> line.startsWith("add route "))).hasSize(8);
  }

  @Test
  void a_dead_one_refuses_a_mute_one_says_nothing_and_a_fifth_client_is_not_greeted() {
    village.pass(Duration.ofMinutes(2));
    for (var client = 0; client < 3; client++) {
      machine.babeld.connect(village.world(), new Ear());
    }
    machine.babeld.connect(village.world(), ear);
    village.pass(Duration.ofSeconds(1));
    assertThat(ear.text.toString()).isEmpty();

    machine.babeld.turn(Babeld.Mood.MUTE);
    var mute = new Ear();
    machine.babeld.connect(village.world(), mute);
    village.pass(Duration.ofMillis(200));
    assertThat(mute.text.toString() + mute.end).isEmpty();

    machine.babeld.die();
    var refused = new Ear();
    machine.babeld.connect(village.world(), refused);
    village.pass(Duration.ofMillis(10));
    assertThat(refused.end).isEqualTo("connection refused, refused");
  }

  private String asked(Surroundings.Connection client, String command) {
    ear.text.setLength(0);
    client.send(command);
    village.pass(Duration.ofMillis(20));
    return ear.text.toString();
  }

  private static final class Ear implements Surroundings.Ear {
    private final StringBuilder text = new StringBuilder();
    private String end = "";

    @Override
    public void received(ByteBuffer bytes) {
      text.append(StandardCharsets.ISO_8859_1.decode(bytes));
    }

    @Override
    public void ended(String why, boolean refused) {
      end = why + (refused ? ", refused" : "");
    }
  }
}
