package org.kedge.babel.internal.osgi;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.osgi.service.metatype.annotations.Option;

/** What an operator may set about babeld. The one place of defaults, ranges and descriptions. */
@ObjectClassDefinition(
    id = BabelComponent.PID,
    name = "Kedge: Babel",
    description = "How babeld is run, asked and judged")
@interface BabelConfiguration {
  @AttributeDefinition(
      name = "Run mode",
      description =
          "child: Kedge starts babeld itself and adopts it again after its own restart; service: the system runs babeld",
      options = {
        @Option(label = "child", value = "child"),
        @Option(label = "service", value = "service")
      })
  String run_mode() default "service";

  @AttributeDefinition(
      name = "Control socket",
      description =
          "Where babeld's local socket is: a path, or [::1]:PORT; empty: babeld.sock in the data folder (child), /run/babeld.sock"
              + " (service)")
  String control_socket() default "";

  @AttributeDefinition(
      name = "Interfaces",
      description =
          "Names of the interfaces that speak Babel, with commas between; needed in mode child")
  String interfaces() default "";

  @AttributeDefinition(name = "Program", description = "Path of babeld; used in mode child")
  String babeld_program() default "/usr/sbin/babeld";

  @AttributeDefinition(
      name = "Arguments",
      description =
          "More arguments for babeld, with blanks between, such as -h 1 -H 1; used in mode child")
  String babeld_arguments() default "";

  @AttributeDefinition(
      name = "Configuration",
      description =
          "Lines of babeld's configuration, such as 'redistribute local ip 10.0.0.0/8 allow', with line ends or semicolons between;"
              + " used in mode child|TextArea")
  String babeld_configuration() default "";

  @AttributeDefinition(
      name = "Pid file",
      description = "Where the system's babeld writes its process id; used in mode service")
  String service_pid_file() default "/run/babeld.pid";

  @AttributeDefinition(
      name = "Start command",
      description =
          "Program and arguments that start the service, with blanks between; used in mode service")
  String service_start() default "/usr/sbin/service babeld start";

  @AttributeDefinition(
      name = "Stop command",
      description =
          "Program and arguments that stop the service, with blanks between; used in mode service")
  String service_stop() default "/usr/sbin/service babeld stop";

  @AttributeDefinition(
      name = "Status command",
      description =
          "Program and arguments that end with 0 if the service runs, with blanks between; used in mode service")
  String service_status() default "/usr/sbin/service babeld status";

  @AttributeDefinition(
      name = "Dump interval",
      description = "From one dump of babeld to the next, in seconds",
      min = "1",
      max = "10")
  int dump_seconds() default 5;

  @AttributeDefinition(
      name = "Answer limit",
      description = "How long babeld may keep silent while it owes an answer, in seconds",
      min = "0.2",
      max = "10")
  double answer_seconds() default 1;

  @AttributeDefinition(
      name = "Exit address",
      description =
          "Address of the exit to ask through the mesh: 2001:db8::1 by ICMP echo, [2001:db8::1]:443 by a TCP connect; empty: not"
              + " asked")
  String exit_address() default "";

  @AttributeDefinition(
      name = "Address beyond",
      description = "Address beyond the exit to ask, in the same form; empty: not asked")
  String beyond_address() default "";

  @AttributeDefinition(
      name = "Probe interval",
      description = "From one question to the exit to the next, in seconds",
      min = "1",
      max = "10")
  int probe_seconds() default 5;

  @AttributeDefinition(
      name = "Judge forwarding",
      description =
          "Whether this node has to forward packets of others; false for a node at the edge that only uses the mesh")
  boolean forwarding_expected() default true;
}
