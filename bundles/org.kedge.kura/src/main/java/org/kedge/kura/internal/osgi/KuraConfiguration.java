package org.kedge.kura.internal.osgi;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** What an operator may set about Kura. The one place of defaults, ranges and descriptions. */
@ObjectClassDefinition(
    id = KuraComponent.PID,
    name = "Kedge: Kura",
    description = "Which of Kura's services Kedge uses")
@interface KuraConfiguration {
  // Kura's console offers the publishers that are there for an attribute of this name.
  @AttributeDefinition(
      name = "Publisher",
      description =
          "Filter of the cloud publisher that telemetry leaves by; while none matches, Kura is not used for it")
  String CloudPublisher_target() default KuraComponent.STANDARD_TARGET;
}
