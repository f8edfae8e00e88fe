package io.querytrail.schemas;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;

/**
 * Writes events: Avro single-object encoding ({@code C3 01} and the schema's fingerprint), or the
 * Confluent frame ({@code 00} and the registry's 4-byte id) when {@code schema.registry.url} is
 * configured. Safe for use by several threads.
 */
public final class EventSerializer implements Serializer<SpecificRecord> {
  static final byte[] SINGLE_OBJECT_MARK = {(byte) 0xC3, 0x01};
  static final byte REGISTRY_MARK = 0x00;

  private record Frame(byte[] prefix, SpecificDatumWriter<SpecificRecord> writer) {}

  private final Map<String, Frame> frames = new ConcurrentHashMap<>();
  private @Nullable SchemaRegistry registry;

  @Override
  public void configure(Map<String, ?> configs, boolean isKey) {
    registry = SchemaRegistry.fromConfig(configs);
  }

  /**
   * The event in bytes; null for null, which deletes a key of a compacted topic.
   *
   * @throws SerializationException when a field misses a value or the registry refuses the schema
   * @throws RegistryUnavailableException when the registry does not answer
   */
  @Override
  public byte @Nullable [] serialize(String topic, @Nullable SpecificRecord event) {
    if (event == null) {
      return null;
    }
    Schema schema = event.getSchema();
    Frame frame =
        frames.computeIfAbsent(topic + '/' + schema.getFullName(), ignored -> frame(topic, event));
    ByteArrayOutputStream out = new ByteArrayOutputStream(1024);
    out.writeBytes(frame.prefix());
    try {
      BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(out, null);
      frame.writer().write(event, encoder);
      encoder.flush();
    } catch (IOException | RuntimeException e) {
      throw new SerializationException(
          "cannot write " + schema.getName() + " for topic " + topic + ": " + e.getMessage(), e);
    }
    return out.toByteArray();
  }

  private Frame frame(String topic, SpecificRecord event) {
    Schema schema = event.getSchema();
    byte[] prefix =
        registry == null
            ? singleObjectPrefix(schema)
            : registryPrefix(registry.register(topic + '-' + schema.getFullName(), schema));
    return new Frame(prefix, new SpecificDatumWriter<>(schema, Events.model(event.getClass())));
  }

  private static byte[] singleObjectPrefix(Schema schema) {
    return ByteBuffer.allocate(10)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(SINGLE_OBJECT_MARK)
        .putLong(SchemaNormalization.parsingFingerprint64(schema))
        .array();
  }

  private static byte[] registryPrefix(int id) {
    return ByteBuffer.allocate(5).put(REGISTRY_MARK).putInt(id).array();
  }
}
