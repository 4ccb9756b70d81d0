package org.kedge.telemetry.internal.osgi;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.AttributeType;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.osgi.service.metatype.annotations.Option;

/** What an operator may set about telemetry. The one place of defaults, ranges and descriptions. */
@ObjectClassDefinition(
    id = TelemetryComponent.PID,
    name = "Kedge: telemetry",
    description = "Where and how often the node tells its health")
@interface TelemetryConfiguration {
  @AttributeDefinition(
      name = "Broker",
      description =
          "Central MQTT broker as tcp://HOST:PORT, or as ssl://HOST:PORT over TLS, mostly on port 8883; empty: none, only the local status is there")
  String broker_address() default "";

  @AttributeDefinition(
      name = "User",
      description = "Name to log in at the broker with; empty: none")
  String broker_user() default "";

  @AttributeDefinition(
      name = "Password",
      description = "Password to log in at the broker with; empty: none",
      type = AttributeType.PASSWORD)
  String broker_password() default "";

  @AttributeDefinition(
      name = "Authorities",
      description =
          "PEM file of the authorities that may vouch for a broker at ssl://, read at each connect; empty: those of the Java runtime")
  String broker_ca() default "";

  @AttributeDefinition(
      name = "Certificate",
      description =
          "PEM file of the node's certificate and those between it and its authority, shown to a broker at ssl://; empty: none")
  String broker_certificate() default "";

  @AttributeDefinition(
      name = "Key",
      description =
          "PEM file of the certificate's key, PKCS#8 and not encrypted, with read rights for Kedge's user alone; empty: none")
  String broker_key() default "";

  @AttributeDefinition(
      name = "Account",
      description =
          "First part of the topics, ACCOUNT/NODE/KEDGE-V1/...: letters, digits, dots, hyphens or underscores")
  String account() default "kedge";

  @AttributeDefinition(
      name = "Uplink",
      description =
          "Way to the broker. mqtt: the broker set here; kura: Kura's cloud connection; auto: Kura's where it is set up, else the broker set here",
      options = {
        @Option(label = "auto", value = "auto"),
        @Option(label = "mqtt", value = "mqtt"),
        @Option(label = "kura", value = "kura")
      })
  String uplink() default "auto";

  @AttributeDefinition(
      name = "Outbox size",
      description =
          "Most that messages which wait for the broker may take of flash, in mebibytes; the oldest are thinned",
      min = "1",
      max = "1024")
  int outbox_mebibytes() default 8;

  @AttributeDefinition(
      name = "Snapshot interval",
      description = "From one snapshot to the next while nothing changes, in seconds",
      min = "5",
      max = "3600")
  int snapshot_seconds() default 60;

  @AttributeDefinition(
      name = "Status port",
      description = "TCP port of GET /status on 127.0.0.1; 0: not served",
      min = "0",
      max = "65535")
  int status_port() default 8479;
}
