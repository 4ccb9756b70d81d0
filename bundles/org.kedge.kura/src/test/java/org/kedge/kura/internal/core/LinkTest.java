package org.kedge.kura.internal.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.kedge.base.api.Uptime;

class LinkTest {
  private static final Uptime START = at(1000);

  @Test
  void before_anything_is_heard_one_message_may_be_tried() {
    var link = Link.unheard(START);
    assertThat(link.refusal(START)).isEmpty();
    var tried = link.tried(true, at(1001));
    assertThat(tried.refusal(at(1001)))
        .hasValueSatisfying(why -> assertThat(why)
            .isEqualTo("nothing was heard of Kura's connection; one message each 5 min is tried"));
    assertThat(tried.refusal(at(1300))).isPresent();
    assertThat(tried.refusal(at(1301))).isEmpty();
  }

  @Test
  void a_message_that_is_never_confirmed_is_not_waited_for() {
    assertThat(Link.unheard(START).tried(false, START).refusal(START)).isEmpty();
  }

  @Test
  void once_the_connection_is_up_any_number_may_be_handed_over() {
    var link = Link.unheard(START).tried(true, START).established(START);
    assertThat(link.tried(true, at(1001)).tried(true, at(1002)).refusal(at(1002)))
        .isEmpty();
  }

  @Test
  void while_it_is_down_none_may_until_the_quiet_time_is_over() {
    var link = Link.unheard(START).established(START).down("lost", at(2000));
    assertThat(link.refusal(at(2000))).hasValue("lost");
    assertThat(link.refusal(at(2299))).hasValue("lost");
    assertThat(link.refusal(at(2300))).isEmpty();
  }

  @Test
  void while_it_is_down_one_is_tried_each_quiet_time_whether_confirmable_or_not() {
    var down = Link.unheard(START).down("lost", at(2000));
    for (var isConfirmable : new boolean[] {true, false}) {
      var tried = down.tried(isConfirmable, at(2400));
      assertThat(tried.refusal(at(2699))).isPresent();
      assertThat(tried.refusal(at(2700))).isEmpty();
    }
  }

  @Test
  void a_confirmation_of_a_message_handed_over_after_the_loss_proves_the_connection() {
    var down = Link.unheard(START).down("lost", at(2000));
    assertThat(down.confirmed(at(2001), at(2002)).isUp()).isTrue();
  }

  @Test
  void a_confirmation_of_before_the_loss_proves_nothing() {
    var down = Link.unheard(START).down("lost", at(2000));
    assertThat(down.confirmed(at(1999), at(2002))).isEqualTo(down);
    assertThat(down.confirmed(at(2000), at(2002))).isEqualTo(down);
  }

  @Test
  void any_confirmation_ends_a_doubt_or_the_silence_of_the_beginning() {
    assertThat(Link.unheard(START).confirmed(START, at(1001)).isUp()).isTrue();
    var doubted = Link.unheard(START).established(START).doubted("no confirmation", at(2000));
    assertThat(doubted.refusal(at(2001))).hasValue("no confirmation");
    assertThat(doubted.refusal(at(2300))).isEmpty();
    assertThat(doubted.confirmed(at(1100), at(2001)).isUp()).isTrue();
  }

  private static Uptime at(long seconds) {
    return Uptime.of(Duration.ofSeconds(seconds));
  }
}
