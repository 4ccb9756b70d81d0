package org.kedge.billing.internal.osgi;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kedge.base.api.Checked;
import org.kedge.base.api.IpPrefix;
import org.kedge.base.api.Price;
import org.kedge.base.api.SettingsSchema;
import org.kedge.base.api.Wei;
import org.kedge.billing.internal.core.BillingRules;
import org.kedge.billing.internal.core.PassAlways;

class BillingSettingsTest {
  private static final SettingsSchema SCHEMA =
      SettingsSchema.of(BillingSettings.class, BillingComponent.PID);
  private static final String KEY = "3vKx81Qa6789abcdefghijABCDEFGHIJ0123456789-";

  @Test
  void without_settings_a_gigabyte_costs_two_hundredths_of_a_coin_and_debts_are_limited_to_three() {
    assertThat(accepted(Map.of()))
        .isEqualTo(new BillingSettings(
            new BillingRules(
                new Price(20_000_000),
                new Price(20_000_000),
                new Price(200_000_000),
                Wei.of(300_000_000_000_000_000L),
                Wei.of(3_000_000_000_000_000_000L),
                Duration.ofHours(1),
                1000,
                List.of(),
                Duration.ofMinutes(10),
                Duration.ofDays(90),
                Duration.ofDays(1095)),
            6698,
            List.of()));
  }

  @Test
  void money_is_read_digit_by_digit() {
    var rules = accepted(Map.of(
            "fee",
            "123456789.000000001",
            "tariff",
            "0",
            "pay.threshold",
            "0.1",
            "debt.limit",
            "999999999.000000000000000001"))
        .rules();
    assertThat(rules.fee()).isEqualTo(new Price(123_456_789_000_000_001L));
    assertThat(rules.tariff()).isEqualTo(Price.FREE);
    assertThat(rules.payThreshold()).isEqualTo(Wei.of(100_000_000_000_000_000L));
    assertThat(rules.debtLimit())
        .isEqualTo(Wei.ofCoins(new BigDecimal("999999999.000000000000000001")));
  }

  @Test
  void the_debt_limit_may_be_the_pay_threshold_and_nothing_below_it() {
    assertThat(accepted(Map.of("pay.threshold", "3", "debt.limit", "3")).rules().debtLimit())
        .isEqualTo(Wei.of(3_000_000_000_000_000_000L));
    assertThat(refused(Map.of("pay.threshold", "3.01")))
        .contains("debt.limit", "below the pay threshold, which is 3.01 coins");
  }

  @Test
  void what_passes_always_is_addresses_of_both_families_with_a_port_or_without() {
    var pass = accepted(Map.of(
            "pass.always", "192.0.2.1 192.0.2.2:443 2001:db8::1 [2001:db8::2]:8545 [2001:db8::3]"))
        .rules()
        .passAlways();
    assertThat(pass)
        .containsExactly(
            passing("192.0.2.1", OptionalInt.empty()),
            passing("192.0.2.2", OptionalInt.of(443)),
            passing("2001:db8::1", OptionalInt.empty()),
            passing("2001:db8::2", OptionalInt.of(8545)),
            passing("2001:db8::3", OptionalInt.empty()));
  }

  @Test
  void keys_to_forget_are_taken_as_the_fault_names_them_or_bare() {
    assertThat(accepted(Map.of("forget.keys", "key:" + KEY + " " + KEY)).forgetKeys())
        .containsExactly(KEY, KEY);
  }

  @ParameterizedTest
  @CsvSource({
    "fee, -0.02, nine decimals",
    "fee, '0,02', nine decimals",
    "fee, 1e3, nine decimals",
    "fee, .5, nine decimals",
    "fee, 0.0000000001, nine decimals",
    "fee, 1000000000, nine decimals",
    "fee, '', nine decimals",
    "tariff, free, nine decimals",
    "price.limit, NaN, nine decimals",
    "pay.threshold, 0.0000000000000000001, eighteen decimals",
    "debt.limit, -3, eighteen decimals",
    "debt.limit, 0.29, below the pay threshold",
    "grace.seconds, -1, from 0 to 2592000",
    "slow.kilobits, 63, from 64 to 1000000",
    "period.seconds, 9, from 10 to 86400",
    "minutes.days, 366, from 1 to 365",
    "hours.days, 365, from 366 to 36500",
    "channel.port, 0, from 1 to 65535",
    "pass.always, example.org, no address",
    "pass.always, 192.0.2.0/24, no address",
    "pass.always, 192.0.2.1:0, no address",
    "pass.always, '[2001:db8::1]:65536', no address",
    "forget.keys, roof-7, 43 letters"
  })
  void what_is_out_of_range_is_refused_with_what_is_allowed(String id, String value, String words) {
    assertThat(refused(Map.of(id, value))).contains(words);
  }

  private static PassAlways passing(String address, OptionalInt port) {
    return new PassAlways(IpPrefix.of(address).orElseThrow(), port);
  }

  private static BillingSettings accepted(Map<String, String> values) {
    return ((Checked.Accepted<BillingSettings>) BillingSettings.read(SCHEMA, values)).value();
  }

  private static String refused(Map<String, String> values) {
    return ((Checked.Refused<BillingSettings>) BillingSettings.read(SCHEMA, values)).toString();
  }
}
