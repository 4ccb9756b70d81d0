package org.kedge.kura.internal.osgi;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** What an operator may set about Kura. The one place of defaults, ranges and descriptions. */
@ObjectClassDefinition(
    id = KuraComponent.PID,
    name = "Kedge: Kura",
    description = "Which of Kura's services Kedge uses")
@interface KuraConfiguration {
  // Kura's console offers the publishers that are there for attributes of these names.
  @AttributeDefinition(
      name = "Publisher",
      description =
          "Filter of the cloud publisher that telemetry leaves by, one message a minute; its qos has to be 1; while none matches,"
              + " Kura is not used for it")
  String CloudPublisher_target() default KuraComponent.STANDARD_TARGET;

  @AttributeDefinition(
      name = "Publisher for events",
      description =
          "Filter of the cloud publisher that events leave by, so that they pass by what waits; its priority has to be 1 and its"
              + " qos 1; while none matches, events leave like other messages")
  String EventPublisher_target() default KuraComponent.STANDARD_EVENT_TARGET;
}
