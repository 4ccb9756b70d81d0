package org.kedge.watchdog.internal.osgi;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.osgi.service.metatype.annotations.Option;

/** What an operator may set about the timer. The one place of defaults, ranges and descriptions. */
@ObjectClassDefinition(
    id = WatchdogComponent.PID,
    name = "Kedge: watchdog",
    description = "The timer that resets the node, or restarts Kedge, unless it is petted")
@interface WatchdogConfiguration {
  @AttributeDefinition(
      name = "Device",
      description =
          "What is petted: linux (a watchdog device), gpio (an external timer chip, as the board says), systemd (WatchdogSec= of"
              + " Kedge's unit), kura (Kura's watchdog service), none; auto: the first that is there of systemd, kura, gpio, linux,"
              + " and none where Kedge runs without a keeper",
      options = {
        @Option(label = "auto", value = "auto"),
        @Option(label = "none", value = "none"),
        @Option(label = "linux", value = "linux"),
        @Option(label = "gpio", value = "gpio"),
        @Option(label = "systemd", value = "systemd"),
        @Option(label = "kura", value = "kura")
      })
  String device() default "auto";

  @AttributeDefinition(
      name = "Watchdog device",
      description = "The file of the device that 'linux' pets")
  String linux_device() default "/dev/watchdog";

  @AttributeDefinition(
      name = "Time-out",
      description =
          "Seconds after the last pet until the timer acts, where it can be set; it is petted at a third of it",
      min = "10",
      max = "600")
  int timeout_seconds() default 60;
}
