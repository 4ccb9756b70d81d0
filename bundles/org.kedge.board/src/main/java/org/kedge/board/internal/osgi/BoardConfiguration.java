package org.kedge.board.internal.osgi;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** What an operator may set about the box. The one place of defaults, ranges and descriptions. */
@ObjectClassDefinition(
    id = BoardComponent.PID,
    name = "Kedge: board",
    description = "What box Kedge runs on, and the load it is meant for")
@interface BoardConfiguration {
  @AttributeDefinition(
      name = "Board",
      description =
          "Which box this is: auto (by device tree or firmware), raspberry-pi-4, raspberry-pi-5, generic-x86-64, virtual-gateway, or"
              + " the path of a file of your own in the form of hardware/boards")
  String board() default "auto";

  @AttributeDefinition(
      name = "Expected clients",
      description =
          "Clients this node is meant to carry at once; limits of open files (256 and 10 a client) and of tracked connections (1024"
              + " and 128 a client) are judged by it",
      min = "1",
      max = "100000")
  int expected_clients() default 100;
}
