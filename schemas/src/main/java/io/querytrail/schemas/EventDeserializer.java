package io.querytrail.schemas;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.Schema;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;

/**
 * Reads events in either frame that {@link EventSerializer} writes, told apart by the first byte,
 * so that a topic may hold both. Safe for use by several threads.
 */
public final class EventDeserializer implements Deserializer<SpecificRecord> {
  private static final int SINGLE_OBJECT_HEADER = 10;
  private static final int REGISTRY_HEADER = 5;

  private final Map<Schema, SpecificDatumReader<SpecificRecord>> readers =
      new ConcurrentHashMap<>();
  private @Nullable SchemaRegistry registry;

  @Override
  public void configure(Map<String, ?> configs, boolean isKey) {
    registry = SchemaRegistry.fromConfig(configs);
  }

  /**
   * The event in these bytes; null for null.
   *
   * @throws SerializationException when the bytes are not one whole event of a known schema
   * @throws RegistryUnavailableException when the registry that would know the schema does not
   *     answer: the record may be sound
   */
  @Override
  public @Nullable SpecificRecord deserialize(String topic, byte @Nullable [] bytes) {
    if (bytes == null) {
      return null;
    }
    if (bytes.length == 0) {
      throw new SerializationException("the record is empty");
    }
    if (bytes[0] == EventSerializer.REGISTRY_MARK) {
      return read(bytes, REGISTRY_HEADER, registrySchema(bytes));
    }
    return read(bytes, SINGLE_OBJECT_HEADER, singleObjectSchema(bytes));
  }

  private Schema singleObjectSchema(byte[] bytes) {
    if (bytes.length < SINGLE_OBJECT_HEADER
        || bytes[0] != EventSerializer.SINGLE_OBJECT_MARK[0]
        || bytes[1] != EventSerializer.SINGLE_OBJECT_MARK[1]) {
      throw new SerializationException(
          "the record starts neither with C3 01 (Avro single-object) nor with 00 (registry frame)");
    }
    long fingerprint = ByteBuffer.wrap(bytes, 2, 8).order(ByteOrder.LITTLE_ENDIAN).getLong();
    return Events.schema(fingerprint)
        .orElseThrow(() ->
            new SerializationException(
                "no released schema has the fingerprint %016x".formatted(fingerprint)));
  }

  private Schema registrySchema(byte[] bytes) {
    if (bytes.length < REGISTRY_HEADER) {
      throw new SerializationException("the record is shorter than a registry frame");
    }
    int id = ByteBuffer.wrap(bytes, 1, 4).getInt();
    if (registry == null) {
      throw new SerializationException(
          "the record names schema %d of a registry: set schema.registry.url".formatted(id));
    }
    return registry.schema(id);
  }

  private SpecificRecord read(byte[] bytes, int headerLength, Schema written) {
    SpecificDatumReader<SpecificRecord> reader =
        readers.computeIfAbsent(written, EventDeserializer::reader);
    BinaryDecoder decoder =
        DecoderFactory.get().binaryDecoder(bytes, headerLength, bytes.length - headerLength, null);
    try {
      SpecificRecord event = reader.read(null, decoder);
      if (!decoder.isEnd()) {
        throw new SerializationException("bytes follow the end of " + written.getName());
      }
      return event;
    } catch (SerializationException e) {
      throw e;
    } catch (IOException | RuntimeException | StackOverflowError e) {
      // Avro answers broken bytes with whatever its decoder trips over.
      throw new SerializationException(
          "the bytes are not a " + written.getName() + ": " + e.getMessage(), e);
    }
  }

  private static SpecificDatumReader<SpecificRecord> reader(Schema written) {
    Optional<Events.EventType> type = Events.type(written.getFullName());
    if (type.isEmpty()) {
      throw new SerializationException(written.getFullName() + " is not an event of Querytrail");
    }
    return new SpecificDatumReader<>(written, type.get().schema(), type.get().model());
  }
}
