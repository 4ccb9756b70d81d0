package org.kedge.base.internal.osgi;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** What an operator may set about the node itself. */
@ObjectClassDefinition(
    id = NodeComponent.PID,
    name = "Kedge: node",
    description = "Who this node is")
@interface NodeConfiguration {
  @AttributeDefinition(
      name = "Node name",
      description =
          "Name of the node in the mesh and in MQTT topics: 1 to 63 letters, digits, dots, hyphens or underscores; empty: the"
              + " name of the device as Kura knows it, without Kura the host's name")
  String node_id() default "";
}
