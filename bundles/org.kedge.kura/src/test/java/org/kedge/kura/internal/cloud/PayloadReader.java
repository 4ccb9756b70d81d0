package org.kedge.kura.internal.cloud;

import com.google.protobuf.ByteString;
import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumDescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumValueDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto.Label;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto.Type;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Message;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;

/**
 * A reader at the far end: protobuf's own, by a schema written down here from the description of the format. It shares nothing with
 * {@link KuraEncoder}.
 *
 * @param time milliseconds since 1970
 * @param metrics by name, in their types
 */
record PayloadReader(long time, Map<String, Object> metrics, byte[] body, boolean isGzipped) {
  private static final List<String> TYPES =
      List.of("DOUBLE", "FLOAT", "INT64", "INT32", "BOOL", "STRING", "BYTES");

  static PayloadReader read(byte[] wire) throws IOException, DescriptorValidationException {
    var isGzipped = wire.length > 1 && (wire[0] & 0xFF) == 0x1F && (wire[1] & 0xFF) == 0x8B;
    var plain =
        isGzipped ? new GZIPInputStream(new ByteArrayInputStream(wire)).readAllBytes() : wire;
    var schema = schema();
    var message = DynamicMessage.parseFrom(schema, plain);
    if (!message.getUnknownFields().asMap().isEmpty()) {
      throw new IOException("Unknown fields: " + message.getUnknownFields());
    }
    var metrics = new LinkedHashMap<String, Object>();
    for (var metric : (List<?>) message.getField(field(schema, "metric"))) {
      var read = (Message) metric;
      var name = (String) read.getField(field(read.getDescriptorForType(), "name"));
      if (metrics.put(name, value(read)) != null) {
        throw new IOException("Metric " + name + " is there twice");
      }
    }
    return new PayloadReader(
        (Long) message.getField(field(schema, "timestamp")),
        metrics,
        ((ByteString) message.getField(field(schema, "body"))).toByteArray(),
        isGzipped);
  }

  /** The value where the type says it is, and nowhere else. */
  private static Object value(Message metric) throws IOException {
    var schema = metric.getDescriptorForType();
    var type = ((EnumValueDescriptor) metric.getField(field(schema, "type"))).getNumber();
    var holder = schema.findFieldByNumber(type + 3);
    var set = metric.getAllFields().keySet();
    if (set.size() != 3 || !set.contains(holder)) {
      throw new IOException("A metric of type " + TYPES.get(type) + " with fields " + set);
    }
    var value = metric.getField(holder);
    return value instanceof ByteString octets ? octets.toByteArray() : value;
  }

  private static FieldDescriptor field(Descriptor schema, String name) {
    return schema.findFieldByName(name);
  }

  private static Descriptor schema() throws DescriptorValidationException {
    var types = EnumDescriptorProto.newBuilder().setName("ValueType");
    for (var number = 0; number < TYPES.size(); number++) {
      types.addValue(
          EnumValueDescriptorProto.newBuilder().setName(TYPES.get(number)).setNumber(number));
    }
    var metric = DescriptorProto.newBuilder()
        .setName("Metric")
        .addEnumType(types)
        .addField(field("name", 1, Label.LABEL_REQUIRED, Type.TYPE_STRING))
        .addField(field("type", 2, Label.LABEL_REQUIRED, Type.TYPE_ENUM).setTypeName("ValueType"))
        .addField(field("double_value", 3, Label.LABEL_OPTIONAL, Type.TYPE_DOUBLE))
        .addField(field("float_value", 4, Label.LABEL_OPTIONAL, Type.TYPE_FLOAT))
        .addField(field("long_value", 5, Label.LABEL_OPTIONAL, Type.TYPE_INT64))
        .addField(field("int_value", 6, Label.LABEL_OPTIONAL, Type.TYPE_INT32))
        .addField(field("bool_value", 7, Label.LABEL_OPTIONAL, Type.TYPE_BOOL))
        .addField(field("string_value", 8, Label.LABEL_OPTIONAL, Type.TYPE_STRING))
        .addField(field("bytes_value", 9, Label.LABEL_OPTIONAL, Type.TYPE_BYTES));
    var payload = DescriptorProto.newBuilder()
        .setName("Payload")
        .addNestedType(metric)
        .addField(field("timestamp", 1, Label.LABEL_OPTIONAL, Type.TYPE_INT64))
        .addField(
            field("metric", 5000, Label.LABEL_REPEATED, Type.TYPE_MESSAGE).setTypeName("Metric"))
        .addField(field("body", 5001, Label.LABEL_OPTIONAL, Type.TYPE_BYTES));
    var file = FileDescriptorProto.newBuilder()
        .setName("payload.proto")
        .setSyntax("proto2")
        .addMessageType(payload)
        .build();
    return FileDescriptor.buildFrom(file, new FileDescriptor[0]).findMessageTypeByName("Payload");
  }

  private static FieldDescriptorProto.Builder field(
      String name, int number, Label label, Type type) {
    return FieldDescriptorProto.newBuilder()
        .setName(name)
        .setNumber(number)
        .setLabel(label)
        .setType(type);
  }
}
