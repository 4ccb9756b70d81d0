package org.kedge.billing.internal.osgi;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.AttributeType;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** What an operator may set about billing. The one place of defaults, ranges and descriptions. */
@ObjectClassDefinition(
    id = BillingComponent.PID,
    name = "Kedge: billing",
    description = "What carrying costs, when to settle, what happens to who does not")
@interface BillingConfiguration {
  @AttributeDefinition(
      name = "Own fee",
      description =
          "What this node asks for carrying, in coins a gigabyte (10^9 bytes), up to nine decimals",
      type = AttributeType.STRING)
  String fee() default "0.02";

  @AttributeDefinition(
      name = "Tariff",
      description =
          "What a neighbour that does not speak Kedge is taken to ask, in coins a gigabyte (10^9 bytes)",
      type = AttributeType.STRING)
  String tariff() default "0.02";

  @AttributeDefinition(
      name = "Highest price",
      description =
          "More than this is never reckoned for what a neighbour carries, whatever it asks, in coins a gigabyte (10^9 bytes)",
      type = AttributeType.STRING)
  String price_limit() default "0.20";

  @AttributeDefinition(
      name = "Pay threshold",
      description = "A neighbour that owes more than this should pay, in coins",
      type = AttributeType.STRING)
  String pay_threshold() default "0.30";

  @AttributeDefinition(
      name = "Debt limit",
      description =
          "A neighbour that owes more than this for longer than the grace time is slowed, in coins",
      type = AttributeType.STRING)
  String debt_limit() default "3.00";

  @AttributeDefinition(
      name = "Grace time",
      description =
          "How long a neighbour may owe more than the debt limit before it is slowed, in seconds",
      min = "0",
      max = "2592000")
  int grace_seconds() default 3600;

  @AttributeDefinition(
      name = "Slow rate",
      description = "What is left to a neighbour that is slowed, in each direction, in kbit/s",
      min = "64",
      max = "1000000")
  int slow_kilobits() default 1000;

  @AttributeDefinition(
      name = "Always passes",
      description =
          "Addresses that are reached at full rate through this node by who is slowed, such as where payments go and the broker, each"
              + " with a port where one is meant: 192.0.2.1 [2001:db8::1]:443; Babel, the neighbour channel and SSH always pass",
      required = false)
  String pass_always() default "";

  @AttributeDefinition(
      name = "Period",
      description = "How often statements are exchanged with neighbours, in seconds",
      min = "10",
      max = "86400")
  int period_seconds() default 600;

  @AttributeDefinition(
      name = "Minutes kept",
      description = "After so many days the minutes of the ledger become hours, in days",
      min = "1",
      max = "365")
  int minutes_days() default 90;

  @AttributeDefinition(
      name = "Hours kept",
      description = "After so many days the hours of the ledger become one sum, in days",
      min = "366",
      max = "36500")
  int hours_days() default 1095;

  @AttributeDefinition(
      name = "Channel port",
      description = "UDP port of the neighbour channel; the same on all nodes of a mesh",
      min = "1",
      max = "65535")
  int channel_port() default 6698;

  @AttributeDefinition(
      name = "Keys to forget",
      description =
          "Keys of neighbours, as the fault NEIGHBOUR_KEY_CHANGED names them, that are not theirs any more; blank for none",
      required = false)
  String forget_keys() default "";
}
