package org.kedge.telemetry.internal.core;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Collects samples and writes them in Prometheus' text format 0.0.4, those of one metric together and in order of their coming. A
 * value that is absent leaves its sample out, a metric without samples is not mentioned, and of two samples with the same labels
 * the first counts.
 */
final class Exposition {
  private final Map<String, Metric> metrics = new LinkedHashMap<>();

  private enum Type {
    GAUGE,
    COUNTER
  }

  private record Metric(Type type, String help, Map<String, BigDecimal> samples) {}

  /** One label of a sample; the name is ours and well-formed, the value may be any text. */
  record Label(String name, String value) {}

  /** A value that rises and falls. */
  void gauge(String name, String help, Optional<BigDecimal> value, Label... labels) {
    add(name, Type.GAUGE, help, value, labels);
  }

  /** A value that only rises until it begins anew; its name ends in {@code _total}. */
  void counter(String name, String help, Optional<BigDecimal> value, Label... labels) {
    add(name, Type.COUNTER, help, value, labels);
  }

  private void add(
      String name, Type type, String help, Optional<BigDecimal> value, Label... labels) {
    value.ifPresent(present -> metrics
        .computeIfAbsent(name, unseen -> new Metric(type, help, new LinkedHashMap<>()))
        .samples()
        .putIfAbsent(inBraces(labels), present));
  }

  String text() {
    var text = new StringBuilder(16_384);
    metrics.forEach((name, metric) -> {
      text.append("# HELP ").append(name).append(' ').append(metric.help()).append('\n');
      text.append("# TYPE ")
          .append(name)
          .append(' ')
          .append(metric.type().name().toLowerCase(Locale.ROOT))
          .append('\n');
      metric
          .samples()
          .forEach((labels, value) -> text.append(name)
              .append(labels)
              .append(' ')
              .append(value.toPlainString())
              .append('\n'));
    });
    return text.toString();
  }

  private static String inBraces(Label... labels) {
    return labels.length == 0
        ? ""
        : Arrays.stream(labels)
            .map(label -> label.name() + "=\"" + escaped(label.value()) + "\"")
            .collect(Collectors.joining(",", "{", "}"));
  }

  private static String escaped(String value) {
    return value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
  }
}
