package org.kedge.billing.internal.osgi;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.kedge.base.api.Checked;
import org.kedge.base.api.Price;
import org.kedge.base.api.SettingsReader;
import org.kedge.base.api.SettingsSchema;
import org.kedge.base.api.Wei;
import org.kedge.billing.internal.core.BillingRules;
import org.kedge.billing.internal.core.PassAlways;

/**
 * What an operator set, checked.
 *
 * @param forgetKeys keys as {@code NeighbourId} writes them, without {@code key:}
 */
record BillingSettings(BillingRules rules, int channelPort, List<String> forgetKeys) {
  private static final Pattern COINS = Pattern.compile("[0-9]{1,9}(\\.[0-9]{1,18})?");
  private static final Pattern PRICE = Pattern.compile("[0-9]{1,9}(\\.[0-9]{1,9})?");
  private static final Pattern KEY = Pattern.compile("[A-Za-z0-9_-]{43}");

  static Checked<BillingSettings> read(SettingsSchema schema, Map<String, ?> values) {
    var reader = new SettingsReader(schema, values);
    var fee = price(reader, schema, "fee");
    var tariff = price(reader, schema, "tariff");
    var limit = price(reader, schema, "price.limit");
    var threshold = coins(reader, schema, "pay.threshold");
    var debt = coins(reader, schema, "debt.limit");
    if (debt.compareTo(threshold) < 0) {
      reader.refuse(
          "debt.limit",
          "it may not be below the pay threshold, which is " + threshold.inCoins(2) + " coins");
    }
    var pass = new ArrayList<PassAlways>();
    for (var word : reader.words("pass.always")) {
      PassAlways.of(word)
          .ifPresentOrElse(
              pass::add,
              () -> reader.refuse(
                  "pass.always",
                  "'" + word
                      + "' is no address such as 192.0.2.1, 192.0.2.1:443 or [2001:db8::1]:443"));
    }
    var keys = reader.words("forget.keys").stream()
        .map(word -> word.startsWith("key:") ? word.substring(4) : word)
        .toList();
    if (!keys.stream().allMatch(key -> KEY.matcher(key).matches())) {
      reader.refuse("forget.keys", "a key has 43 letters, digits, hyphens and underscores");
    }
    var rules = new BillingRules(
        fee,
        tariff,
        limit,
        threshold,
        debt,
        reader.seconds("grace.seconds"),
        reader.integer("slow.kilobits"),
        pass,
        reader.seconds("period.seconds"),
        Duration.ofDays(reader.integer("minutes.days")),
        Duration.ofDays(reader.integer("hours.days")));
    var port = reader.integer("channel.port");
    return reader.finish(() -> new BillingSettings(rules, port, keys));
  }

  private static Price price(SettingsReader reader, SettingsSchema schema, String id) {
    return number(reader, schema, id, PRICE, "nine", Price::ofCoinsPerGigabyte);
  }

  private static Wei coins(SettingsReader reader, SettingsSchema schema, String id) {
    return number(reader, schema, id, COINS, "eighteen", Wei::ofCoins);
  }

  /** Money is read digit by digit: no floating point comes near it. */
  private static <T> T number(
      SettingsReader reader,
      SettingsSchema schema,
      String id,
      Pattern form,
      String decimals,
      Function<BigDecimal, T> make) {
    var text = reader.text(id);
    if (!form.matcher(text).matches()) {
      reader.refuse(
          id, "allowed is a number of coins such as 0.02, with up to " + decimals + " decimals");
      text = schema.find(id).orElseThrow().standard();
    }
    return make.apply(new BigDecimal(text));
  }
}
