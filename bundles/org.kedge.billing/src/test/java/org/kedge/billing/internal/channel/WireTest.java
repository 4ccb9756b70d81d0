package org.kedge.billing.internal.channel;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kedge.base.api.NodeId;
import org.kedge.billing.api.NeighbourChannel;
import org.kedge.billing.internal.core.neighbour.Message;

class WireTest {
  private static final String FAR = "fe80:1111:2222:3333:4444:5555:6666:7777";
  private static final String SESSION = "0123456789abcdef";

  @TempDir
  Path folder;

  private NodeKey key;

  @BeforeEach
  void a_key() {
    key = ((NodeKey.Opened.Held) NodeKey.open(folder.resolve("node-key"))).key();
  }

  private static Message message(String json) {
    return new Message(
        FAR, FAR, SESSION, SESSION, Message.NUMBER_MAX, new Message.Word("a".repeat(16), json));
  }

  @Test
  void a_message_is_read_as_it_was_written() {
    var message = message("{\"a\":[1,-2.50,true,null,\"\\\"\\\\ü\",{\"b\":{}}]}");
    var envelope = (Wire.Read.Envelope) Wire.read(Wire.write(key, message));
    assertThat(envelope.key()).isEqualTo(key.text());
    assertThat(envelope.isSigned()).isTrue();
    assertThat(Wire.message(envelope.body())).contains(message);
  }

  @Test
  void a_hello_is_read_as_it_was_written() {
    var hello = new Message(
        "fe80::1", "fe80::2", SESSION, "", 1, new Message.Hello(new NodeId("n1"), SESSION));
    var octets = Wire.write(key, hello);
    assertThat(new String(octets, UTF_8))
        .matches(
            "\\{\"kedge\":1,\"key\":\"[\\w-]{43}\",\"sig\":\"[\\w-]{86}\"}\n"
                + "\\{\"src\":\"fe80::1\",\"dst\":\"fe80::2\",\"session\":\"0123456789abcdef\",\"echo\":\"\",\"seq\":1,"
                + "\"topic\":\"hello\",\"json\":\\{\"node\":\"n1\",\"run\":\"0123456789abcdef\",\"speaks\":\\[1]}}");
    assertThat(Wire.message(((Wire.Read.Envelope) Wire.read(octets)).body())).contains(hello);
  }

  @Test
  void the_longest_payload_fits_with_the_longest_of_everything_else_even_if_it_is_all_quotes() {
    var json = "{\"aaaaa\":[" + "\"\",".repeat(262) + "\"\"]}";
    assertThat(json).hasSize(NeighbourChannel.PAYLOAD_MAX);
    assertThat(Wire.isPayload(json)).isTrue();
    var octets = Wire.write(key, message(json));
    assertThat(octets.length).isLessThanOrEqualTo(Wire.LONGEST);
    System.out.println(
        "channel: the longest message has " + octets.length + " octets of " + Wire.LONGEST);
    assertThat(Wire.message(((Wire.Read.Envelope) Wire.read(octets)).body())).isPresent();
  }

  @Test
  void not_one_bit_of_what_is_signed_can_be_another() {
    var octets = Wire.write(key, message("{}"));
    var body = new String(octets, UTF_8).indexOf('\n') + 1;
    for (var at = body; at < octets.length; at += 7) {
      var other = octets.clone();
      other[at] ^= 1;
      assertThat(((Wire.Read.Envelope) Wire.read(other)).isSigned()).isFalse();
    }
  }

  @Test
  void a_signature_by_another_key_is_none() {
    var other = ((NodeKey.Opened.Held) NodeKey.open(folder.resolve("other-key"))).key();
    var text = new String(Wire.write(key, message("{}")), UTF_8).replace(key.text(), other.text());
    assertThat(((Wire.Read.Envelope) Wire.read(text.getBytes(UTF_8))).isSigned())
        .isFalse();
  }

  @Test
  void a_key_that_is_no_point_signs_nothing() {
    var text = new String(Wire.write(key, message("{}")), UTF_8);
    for (var point : new String[] {"_".repeat(42) + "8", "A".repeat(43), "AQ" + "A".repeat(41)}) {
      var envelope =
          (Wire.Read.Envelope) Wire.read(text.replace(key.text(), point).getBytes(UTF_8));
      assertThat(envelope.isSigned()).isFalse();
    }
  }

  @Test
  void what_another_version_says_is_known_by_its_first_line_alone() {
    assertThat(Wire.read("{\"kedge\":2}".getBytes(UTF_8))).isEqualTo(new Wire.Read.OtherVersion(2));
    assertThat(Wire.read("{\"new\":{},\"kedge\":70}\n\u0001\u0002".getBytes(UTF_8)))
        .isEqualTo(new Wire.Read.OtherVersion(70));
  }

  @Test
  void names_that_are_not_known_are_passed_over_on_both_lines() {
    var text = new String(Wire.write(key, message("{}")), UTF_8);
    var envelope = (Wire.Read.Envelope)
        Wire.read(text.replaceFirst("\\{", "{\"later\":[{}],").getBytes(UTF_8));
    assertThat(envelope.isSigned()).isTrue();
    var body = new String(envelope.body(), UTF_8);
    assertThat(Wire.message(body.replaceFirst("\\{", "{\"later\":{\"a\":null},").getBytes(UTF_8)))
        .contains(message("{}"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "\n",
        "{}",
        "{}\n{}",
        "[]\n{}",
        "KEDGE\n{}",
        "{\"kedge\":1}\n{}",
        "{\"kedge\":\"1\"}\n{}",
        "{\"kedge\":2.5}\n{}",
        "{\"kedge\":2e3}\n{}",
        "{\"kedge\":99999999999999999999}\n{}",
        "{\"kedge\":2,\"kedge\":3}\n{}",
        "{\"kedge\":2,}\n{}",
        "{\"kedge\":2}x\n{}",
        "{\"kedge\":2,\"x\":[[[[[[[[[[1]]]]]]]]]]}\n{}",
        "{'kedge':2}\n{}",
        "{kedge:2}\n{}",
        "{\"kedge\":2/**/}\n{}",
        " {\"kedge\":2}\n{}",
        "{\"kedge\"\t:2}\n{}",
        "\uFEFF{\"kedge\":2}\n{}"
      })
  void what_is_no_envelope_is_none(String text) {
    assertThat(Wire.read(text.getBytes(UTF_8))).isInstanceOf(Wire.Read.Malformed.class);
  }

  @Test
  void key_and_signature_are_written_in_one_way_only_and_something_is_signed() {
    var good = new String(Wire.write(key, message("{}")), UTF_8);
    var line = good.substring(0, good.indexOf('\n'));
    // The last two bits of a key's last character stand for nothing.
    var last = key.text().charAt(42);
    var twin = key.text().substring(0, 42) + (char) (last + 1);
    for (var bad : new String[] {
      line,
      good.replace(key.text(), twin),
      good.replace(key.text(), key.text() + "A"),
      good.replace(key.text(), key.text().substring(1)),
      good.replaceFirst("\"sig\":\".", "\"sig\":\""),
      good.replaceFirst("\"sig\":\"", "\"sig\":\"="),
      good.replaceFirst("\"sig\":", "\"sign\":"),
      good.replaceFirst("\"key\":\"[^\"]*\"", "\"key\":7")
    }) {
      assertThat(Wire.read(bad.getBytes(UTF_8))).as(bad).isInstanceOf(Wire.Read.Malformed.class);
    }
    var tooLong = Arrays.copyOf(good.getBytes(UTF_8), Wire.LONGEST + 1);
    assertThat(Wire.read(tooLong)).isInstanceOf(Wire.Read.Malformed.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{}",
        "{\"src\":\"fe80::1\"}",
        "s/fe80::1/fe80:0::1/",
        "s/fe80::1/fe80::1%eth0/",
        "s/fe80::1//",
        "s/0123456789abcdef/0123456789abcde/",
        "s/\"echo\":\"\"/\"echo\":\"?\"/",
        "s/\"echo\":\"\"/\"echo\":null/",
        "s/\"seq\":7/\"seq\":0/",
        "s/\"seq\":7/\"seq\":-7/",
        "s/\"seq\":7/\"seq\":07/",
        "s/\"seq\":7/\"seq\":7.0/",
        "s/\"seq\":7/\"seq\":\"7\"/",
        "s/\"seq\":7/\"seq\":9007199254740992/",
        "s/\"seq\":7/\"seq\":7,\"seq\":8/",
        "s/prices/Prices/",
        "s/prices/hello/",
        "s/prices/aaaaaaaaaaaaaaaaa/",
        "s/{\"p\":1}/[1]/",
        "s/{\"p\":1}/\"p\"/",
        "s/{\"p\":1}/{\"p\":1,\"p\":2}/",
        "s/{\"p\":1}/{\"p\":NaN}/",
        "s/{\"p\":1}/{\"p\":1}}/",
        "s/{\"p\":1}/{\"p\":\"\u0001\"}/",
        "s/{\"p\":1}/{\"p\":[[[[[[[1]]]]]]]}/",
      })
  void what_is_no_message_is_none(String text) {
    var good =
        "{\"src\":\"fe80::1\",\"dst\":\"fe80::2\",\"session\":\"0123456789abcdef\",\"echo\":\"\","
            + "\"seq\":7,\"topic\":\"prices\",\"json\":{\"p\":1}}";
    assertThat(Wire.message(good.getBytes(UTF_8))).isPresent();
    var spoilt = text;
    if (text.startsWith("s/")) {
      var parts = text.split("/", -1);
      spoilt = good.replace(parts[1], parts[2]);
      assertThat(spoilt).isNotEqualTo(good);
    }
    assertThat(Wire.message(spoilt.getBytes(UTF_8))).isEmpty();
  }

  @Test
  void octets_that_are_no_text_are_no_message() {
    assertThat(Wire.message(new byte[] {'{', (byte) 0xC0, (byte) 0x80, '}'})).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "1", "[]", "{\n}", "{}{}", "{\"a\":1,\"a\":1}", "{a:1}", "{\"a\":\"\ud800\"}"})
  void what_is_not_one_object_in_one_line_is_no_payload(String json) {
    assertThat(Wire.isPayload(json)).isFalse();
  }
}
