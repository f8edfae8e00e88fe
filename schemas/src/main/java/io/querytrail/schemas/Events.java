package io.querytrail.schemas;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
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
  /**
   * One line a schema, as the build's release step writes them; a record of any of them can be
   * read.
   */
  private static final String RELEASED = "/io/querytrail/schemas/released.avsc.jsonl";

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
    readReleased();
    allowGeneratedClasses();
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

  private static void readReleased() {
    try (InputStream in = Events.class.getResourceAsStream(RELEASED)) {
      if (in == null) {
        return;
      }
      new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.isBlank())
          .map(line -> new Schema.Parser().parse(line))
          .forEach(schema ->
              BY_FINGERPRINT.putIfAbsent(SchemaNormalization.parsingFingerprint64(schema), schema));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the released schemas of this jar", e);
    }
  }

  /**
   * Avro builds only classes that it was told of; these are exactly ours, beside whatever the
   * application allowed.
   */
  private static void allowGeneratedClasses() {
    Set<String> ours = new HashSet<>();
    TYPES.values().forEach(type -> collect(type.schema(), ours));
    ClassSecurityValidator.ClassSecurityPredicate before = ClassSecurityValidator.getGlobal();
    ClassSecurityValidator.setGlobal(
        ClassSecurityValidator.composite(before, type -> ours.contains(type.getName())));
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

  /** Full names of all events. */
  static Set<String> names() {
    return Set.copyOf(TYPES.keySet());
  }
}
