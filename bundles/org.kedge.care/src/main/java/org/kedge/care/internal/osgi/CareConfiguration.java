package org.kedge.care.internal.osgi;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** What an operator may set about care. The one place of defaults, ranges and descriptions. */
@ObjectClassDefinition(
    id = CareComponent.PID,
    name = "Kedge: care",
    description = "What is done about faults, and what is not")
@interface CareConfiguration {
  @AttributeDefinition(
      name = "Ladder",
      description =
          "What to do about which fault: the path of a file or the text itself, in the form of the built-in ladder; empty: the"
              + " built-in one|TextArea")
  String ladder() default "";

  @AttributeDefinition(
      name = "Pause",
      description =
          "Minutes for which no remedy is ordered, counted from when this was set; setting another value begins or ends a pause",
      min = "0",
      max = "1440")
  int pause_minutes() default 0;

  @AttributeDefinition(
      name = "Command that restarts the runtime",
      description =
          "Program and arguments, with blanks between, that restart Kedge and what it runs in; empty: Kedge leaves, for its keeper"
              + " to start it again")
  String restart_command() default "";

  @AttributeDefinition(
      name = "Command that reboots the node",
      description = "Program and arguments, with blanks between; empty: the node is never rebooted")
  String reboot_command() default "/sbin/reboot";
}
