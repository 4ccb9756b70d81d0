package org.kedge.base.api;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The settings a component runs by. What is offered is checked whole; if anything in it is wrong, every problem is logged and the
 * old settings stay in force. Used by the thread that configures the component.
 */
public final class SettingsInForce<T> {
  private static final Logger LOG = LoggerFactory.getLogger(SettingsInForce.class);

  private static final int WORTH = 100;

  private final SettingsSchema schema;
  private final Function<Map<String, ?>, Checked<T>> read;
  private final SettingsNews news;
  private Optional<T> inForce = Optional.empty();
  private Map<String, String> texts = Map.of();

  /**
   * @param read never refuses an empty map: defaults are good settings
   * @param news told of what changes and what is refused
   */
  public SettingsInForce(
      SettingsSchema schema, Function<Map<String, ?>, Checked<T>> read, SettingsNews news) {
    this.schema = schema;
    this.read = read;
    this.news = news;
  }

  /** The settings in force; empty before the first offer. */
  public Optional<T> inForce() {
    return inForce;
  }

  /** @return the settings to change to; empty where the old ones stay, because the new are the same or refused */
  public Optional<T> offer(Map<String, ?> values) {
    SettingsReader.unknown(schema, values)
        .forEach(problem -> LOG.warn("{}. It is ignored.", problem.inWords()));
    var first = read.apply(values);
    var checked = first;
    if (checked instanceof Checked.Refused<T> refused) {
      refuse(
          refused.problems(),
          inForce.isPresent() ? "the old settings stay in force" : "the defaults are used");
      if (inForce.isPresent()) {
        return Optional.empty();
      }
      values = Map.of();
      checked = read.apply(values);
    }
    if (!(checked instanceof Checked.Accepted<T> accepted)) {
      throw new IllegalStateException(
          "The defaults of " + schema.pid() + " are refused: " + checked);
    }
    if (!accepted.complaints().isEmpty()) {
      refuse(accepted.complaints(), "it counts all the same");
    } else if (checked == first) {
      news.good(schema.pid());
    }
    if (inForce.equals(Optional.of(accepted.value()))) {
      return Optional.empty();
    }
    var before = texts;
    texts = texts(values);
    if (inForce.isPresent()) {
      news.tell(schema.pid(), false, changes(before));
    }
    inForce = Optional.of(accepted.value());
    return inForce;
  }

  private void refuse(List<SettingProblem> problems, String outcome) {
    problems.forEach(problem -> LOG.error("{}; {}.", problem.inWords(), outcome));
    news.tell(
        schema.pid(),
        true,
        problems.stream().map(problem -> problem.inWords() + "; " + outcome).toList());
  }

  private Map<String, String> texts(Map<String, ?> values) {
    return schema.settings().stream()
        .collect(Collectors.toMap(
            Setting::id, setting -> text(values.get(setting.id()), setting.standard())));
  }

  private static String text(@Nullable Object value, String standard) {
    return value == null ? standard : value.toString();
  }

  /** A whole ladder, say, is for the settings file, not for a line of news. */
  private static String shortened(@Nullable String value) {
    var text = String.valueOf(value);
    return text.length() <= WORTH ? text : text.substring(0, WORTH) + "...";
  }

  /** A secret may be the old one: Kura encrypts it differently each time. */
  private List<String> changes(Map<String, String> before) {
    return schema.settings().stream()
        .filter(setting -> !Objects.equals(before.get(setting.id()), texts.get(setting.id())))
        .map(setting -> setting.type() == Setting.Type.SECRET
            ? setting.id() + " was set anew"
            : setting.id() + " is '" + shortened(texts.get(setting.id())) + "', was '"
                + shortened(before.get(setting.id())) + "'")
        .toList();
  }
}
