package io.querytrail.schemas;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;

/** The events' schemas: those of this version, and every one that was ever released. */
final class Events {
  record EventType(Schema schema, SpecificData model) {}

  private static final Map<String, EventType> TYPES = new HashMap<>();
  private static final Map<Long, Schema> BY_FINGERPRINT = new HashMap<>();

  static {
    for (Topic topic : Topic.values()) {
      for (Class<? extends SpecificRecord> value : topic.eventTypes()) {
        SpecificData model = SpecificData.getForClass(value);
        Schema schema = model.getSchema(value);
        TYPES.put(schema.getFullName(), new EventType(schema, model));
        BY_FINGERPRINT.put(SchemaNormalization.parsingFingerprint64(schema), schema);
      }
    }
    for (ReleasedSchema released : ReleasedSchema.bundled()) {
      Schema schema = released.schema();
      BY_FINGERPRINT.putIfAbsent(SchemaNormalization.parsingFingerprint64(schema), schema);
    }
  }

  private Events() {}

  static Optional<EventType> type(String fullName) {
    return Optional.ofNullable(TYPES.get(fullName));
  }

  static Optional<Schema> schema(long fingerprint) {
    return Optional.ofNullable(BY_FINGERPRINT.get(fingerprint));
  }

  static SpecificData model(Class<? extends SpecificRecord> type) {
    return SpecificData.getForClass(type);
  }

  /** Every event of this version. */
  static Collection<EventType> types() {
    return List.copyOf(TYPES.values());
  }
}
