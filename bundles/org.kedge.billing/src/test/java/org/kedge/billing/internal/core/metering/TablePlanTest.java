package org.kedge.billing.internal.core.metering;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.kedge.base.api.IpPrefix;
import org.kedge.billing.internal.core.PassAlways;
import org.kedge.billing.internal.core.metering.MeteredInterface.Kind;

class TablePlanTest {
  private static final MeteredInterface TO2 = new MeteredInterface("to2", Kind.ETHERNET);
  private static final MeteredInterface WG1 = new MeteredInterface("wg1", Kind.BARE);
  private static final WantedTable WANTED = new WantedTable(
      List.of(TO2, WG1),
      prefixes("2001:db8::/32", "198.51.100.0/24"),
      List.of(new Slowed(new Station("wg1", ""), 1000)),
      List.of());
  private static final Set<Hook> HOOKS = Set.of(in(TO2), out(TO2), in(WG1), out(WG1));

  @Test
  void without_a_table_all_is_made() {
    var plan = TablePlan.between(Optional.empty(), Optional.empty(), WANTED);
    assertThat(plan.makes()).isTrue();
    assertThat(plan.removes()).isEmpty();
    assertThat(plan.adds()).containsExactlyInAnyOrderElementsOf(HOOKS);
    assertThat(plan.mesh()).contains(prefixes("198.51.100.0/24", "2001:db8::/32"));
    assertThat(plan.slowing()).contains(WANTED);
  }

  @Test
  void what_is_as_wanted_is_left_as_it_is() {
    assertThat(plan(HOOKS, WANTED, WANTED).isNothing()).isTrue();
  }

  @Test
  void of_a_table_found_or_made_by_somebody_else_prefixes_and_slowing_are_put_on_whole() {
    for (var past : List.of(
        Optional.<TablePlan.Past>empty(), Optional.of(new TablePlan.Past("other", WANTED)))) {
      var plan = TablePlan.between(Optional.of(new SeenTable("one", HOOKS)), past, WANTED);
      assertThat(plan.makes()).isFalse();
      assertThat(plan.adds()).isEmpty();
      assertThat(plan.mesh()).isPresent();
      assertThat(plan.slowing()).isPresent();
    }
  }

  @Test
  void hooks_follow_the_interfaces_whatever_was_applied_before() {
    var sit = new MeteredInterface("wg1", Kind.ETHERNET);
    var wanted = new WantedTable(List.of(sit), WANTED.mesh(), WANTED.slowed(), WANTED.passAlways());
    var plan = plan(Set.of(in(TO2), out(WG1), in(sit)), wanted, wanted);
    assertThat(plan.removes()).containsExactly(in(TO2), out(WG1));
    assertThat(plan.adds()).containsExactly(out(sit));
    assertThat(plan.mesh()).isEmpty();
    assertThat(plan.slowing()).isEmpty();
  }

  @Test
  void each_part_changes_for_itself() {
    var mesh = plan(
        HOOKS,
        WANTED,
        new WantedTable(
            WANTED.interfaces(), prefixes("2001:db8::/32"), WANTED.slowed(), List.of()));
    assertThat(mesh.mesh()).contains(prefixes("2001:db8::/32"));
    assertThat(mesh.slowing()).isEmpty();
    var released = new WantedTable(WANTED.interfaces(), WANTED.mesh(), List.of(), List.of());
    assertThat(plan(HOOKS, WANTED, released).mesh()).isEmpty();
    assertThat(plan(HOOKS, WANTED, released).slowing()).contains(released);
    var passing = new WantedTable(
        WANTED.interfaces(),
        WANTED.mesh(),
        WANTED.slowed(),
        List.of(PassAlways.of("192.0.2.1").orElseThrow()));
    assertThat(plan(HOOKS, WANTED, passing).slowing()).contains(passing);
  }

  @Test
  void of_prefixes_within_each_other_the_larger_stays_and_default_routes_are_none() {
    var wanted = new WantedTable(
        List.of(),
        prefixes(
            "2001:db8:1::/48",
            "::/0",
            "0.0.0.0/0",
            "2001:db8::/32",
            "fd00::/8",
            "2001:db8::/33",
            "198.51.100.7",
            "198.51.100.0/24",
            "2001:db9::1",
            "2001:db8::/32"),
        List.of(),
        List.of());
    assertThat(
            TablePlan.between(Optional.empty(), Optional.empty(), wanted).mesh().orElseThrow())
        .containsExactlyElementsOf(
            prefixes("198.51.100.0/24", "2001:db8::/32", "2001:db9::1", "fd00::/8"));
  }

  @Test
  void a_hook_is_known_by_the_name_of_its_chain() {
    for (var hook : HOOKS) {
      assertThat(Hook.of(hook.chain())).contains(hook);
    }
    assertThat(Hook.of("on_in_ether_on_out_bare_x"))
        .contains(in(new MeteredInterface("on_out_bare_x", Kind.ETHERNET)));
    assertThat(Hook.of("on_in_ether_")).isEmpty();
    assertThat(Hook.of("count-ether-in")).isEmpty();
  }

  private static TablePlan plan(Set<Hook> seen, WantedTable before, WantedTable wanted) {
    return TablePlan.between(
        Optional.of(new SeenTable("one", seen)),
        Optional.of(new TablePlan.Past("one", before)),
        wanted);
  }

  private static Hook in(MeteredInterface metered) {
    return new Hook(Direction.IN, metered);
  }

  private static Hook out(MeteredInterface metered) {
    return new Hook(Direction.OUT, metered);
  }

  private static List<IpPrefix> prefixes(String... texts) {
    return List.of(texts).stream().map(text -> IpPrefix.of(text).orElseThrow()).toList();
  }
}
