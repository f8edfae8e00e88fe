package io.querytrail.schemas;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;
import org.apache.avro.util.ClassSecurityValidator;
import org.jspecify.annotations.Nullable;

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
    allowGeneratedClasses();
  }

  private Events() {}

  /**
   * Makes sure that Avro may build our events, also in an application that builds one before it
   * sends any.
   */
  static void prepare() {
    // Loading this class does it.
  }

  static Optional<EventType> type(String fullName) {
    return Optional.ofNullable(TYPES.get(fullName));
  }

  static Optional<Schema> schema(long fingerprint) {
    return Optional.ofNullable(BY_FINGERPRINT.get(fingerprint));
  }

  static SpecificData model(Class<? extends SpecificRecord> type) {
    return SpecificData.getForClass(type);
  }

  /**
   * Avro builds only classes that it was told of; these are exactly ours, beside whatever the
   * application allowed.
   */
  private static void allowGeneratedClasses() {
    Set<String> ours = new HashSet<>();
    TYPES.values().forEach(type -> collect(type.schema(), ours));
    // Others add to the same global setting, each holding this lock.
    synchronized (ClassSecurityValidator.class) {
      ClassSecurityValidator.ClassSecurityPredicate before = ClassSecurityValidator.getGlobal();
      ClassSecurityValidator.setGlobal(
          ClassSecurityValidator.composite(before, type -> ours.contains(type.getName())));
    }
  }

  private static void collect(@Nullable Schema schema, Set<String> names) {
    if (schema == null) {
      return;
    }
    switch (schema.getType()) {
      case RECORD -> {
        if (names.add(schema.getFullName())) {
          schema.getFields().forEach(field -> collect(field.schema(), names));
        }
      }
      case ENUM, FIXED -> names.add(schema.getFullName());
      case ARRAY -> collect(schema.getElementType(), names);
      case MAP -> collect(schema.getValueType(), names);
      case UNION -> schema.getTypes().forEach(part -> collect(part, names));
      default -> {
        // Primitive types have no class of their own.
      }
    }
  }

  /** Every event of this version. */
  static Collection<EventType> types() {
    return List.copyOf(TYPES.values());
  }
}
