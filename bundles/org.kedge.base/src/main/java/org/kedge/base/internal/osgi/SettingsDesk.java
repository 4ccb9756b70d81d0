package org.kedge.base.internal.osgi;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.kedge.base.api.Setting;
import org.kedge.base.api.SettingProblem;
import org.kedge.base.api.SettingsContract;
import org.kedge.base.api.SettingsReader;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;

/**
 * The settings of the whole node at once, for a host that keeps them in a file: a {@code Function} that gives every problem with
 * all sections, a line each, and a {@code Supplier} of an annotated example. Types of the JDK, because a host stands outside the
 * framework and shares no other class with the bundles.
 */
@Component(
    service = {Function.class, Supplier.class},
    property = "org.kedge.desk=settings")
public final class SettingsDesk
    implements Function<Map<String, Map<String, String>>, List<String>>, Supplier<String> {
  private static final int WIDTH = 100;

  private final List<SettingsContract> contracts = new CopyOnWriteArrayList<>();

  @Reference(cardinality = ReferenceCardinality.AT_LEAST_ONE, policy = ReferencePolicy.DYNAMIC)
  void addContract(SettingsContract contract) {
    contracts.add(contract);
    contracts.sort(Comparator.comparing(one -> one.schema().pid()));
  }

  void removeContract(SettingsContract contract) {
    contracts.remove(contract);
  }

  @Override
  public List<String> apply(Map<String, Map<String, String>> sections) {
    var problems = new ArrayList<String>();
    var known = contracts.stream().map(contract -> contract.schema().pid()).toList();
    for (var pid : sections.keySet()) {
      if (!known.contains(pid)) {
        problems.add("There is no section [" + pid + "]; known are " + String.join(", ", known));
      }
    }
    for (var contract : contracts) {
      var values = sections.getOrDefault(contract.schema().pid(), Map.of());
      var found = new ArrayList<SettingProblem>(SettingsReader.unknown(contract.schema(), values));
      found.addAll(contract.problems(values));
      found.forEach(problem -> problems.add(problem.inWords()));
    }
    return problems;
  }

  @Override
  public String get() {
    return contracts.stream().map(SettingsDesk::section).collect(Collectors.joining("\n"));
  }

  private static String section(SettingsContract contract) {
    var schema = contract.schema();
    var text = new StringBuilder(comment(schema.description()) + "[" + schema.pid() + "]\n");
    for (var setting : schema.settings()) {
      text.append('\n')
          .append(comment(words(setting)))
          .append(setting.id())
          .append(" = ")
          .append(setting.standard())
          .append('\n');
    }
    return text.toString();
  }

  private static String words(Setting setting) {
    // Kura shows a text area where a description ends in this mark; it says nothing to people.
    var words = setting.description().replace("|TextArea", "") + ".";
    return setting.isFree() ? words : words + " Allowed: " + setting.allowed() + ".";
  }

  private static String comment(String words) {
    var text = new StringBuilder("#");
    var column = 1;
    for (var word : List.of(words.split(" ", -1))) {
      if (column + 1 + word.length() > WIDTH) {
        text.append("\n#");
        column = 1;
      }
      text.append(' ').append(word);
      column += 1 + word.length();
    }
    return text.append('\n').toString();
  }
}
