package io.querytrail.schemas;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/** Makes events with arbitrary content, the same ones for the same seed. */
final class Samples {
  /** How much of what may be left out is there. */
  enum Fill {
    NOTHING,
    SOMETHING,
    EVERYTHING
  }

  private static final int DECIMAL_BITS = 90;
  private static final String TEXT = "aZ9 .|{}\"'\\\n\u00e4\u20ac\u4e2d\ud83d\ude00";

  private final Random random;
  private final Fill fill;

  Samples(long seed, Fill fill) {
    this.random = new Random(seed);
    this.fill = fill;
  }

  /** All events that any topic carries. */
  static List<Class<? extends SpecificRecord>> eventTypes() {
    List<Class<? extends SpecificRecord>> types = new ArrayList<>();
    for (Topic topic : Topic.values()) {
      for (Class<? extends SpecificRecord> type : topic.eventTypes()) {
        if (!types.contains(type)) {
          types.add(type);
        }
      }
    }
    return types;
  }

  /** A request that keeps all rules. */
  static io.querytrail.events.QueryRequested request(String account, String id) {
    return io.querytrail.events.QueryRequested.newBuilder()
        .setAccount(account)
        .setRequestId(id)
        .setUser("ada")
        .setQuestion("How many orders came in yesterday?")
        .build();
  }

  SpecificRecord event(Class<? extends SpecificRecord> type) {
    return record(SpecificData.get().getSchema(type));
  }

  private SpecificRecord record(Schema schema) {
    SpecificRecord record =
        (SpecificRecord) SpecificData.newInstance(SpecificData.get().getClass(schema), schema);
    for (Schema.Field field : schema.getFields()) {
      record.put(field.pos(), value(field.schema()));
    }
    return record;
  }

  private @Nullable Object value(Schema schema) {
    return switch (schema.getType()) {
      case RECORD -> record(schema);
      case ENUM -> symbol(schema);
      case ARRAY -> list(schema.getElementType());
      case MAP -> map(schema.getValueType());
      case UNION -> present() ? value(schema.getTypes().get(1)) : null;
      case STRING -> text();
      case INT -> random.nextInt();
      case LONG ->
          schema.getLogicalType() instanceof LogicalTypes.TimestampMillis
              ? Instant.ofEpochMilli(random.nextLong() >> 20)
              : (Object) random.nextLong();
      case DOUBLE -> random.nextDouble() * 1e9;
      case BOOLEAN -> random.nextBoolean();
      case BYTES -> decimal(((LogicalTypes.Decimal) schema.getLogicalType()).getScale());
      case FIXED, FLOAT, NULL -> throw new IllegalArgumentException("not in use: " + schema);
    };
  }

  private Object symbol(Schema schema) {
    String symbol = schema.getEnumSymbols().get(random.nextInt(schema.getEnumSymbols().size()));
    for (Object constant : SpecificData.get().getClass(schema).getEnumConstants()) {
      if (constant.toString().equals(symbol)) {
        return constant;
      }
    }
    throw new IllegalStateException(schema.getFullName() + " lacks " + symbol);
  }

  private boolean present() {
    return switch (fill) {
      case NOTHING -> false;
      case SOMETHING -> random.nextBoolean();
      case EVERYTHING -> true;
    };
  }

  private int size() {
    return switch (fill) {
      case NOTHING -> 0;
      case SOMETHING -> random.nextInt(3);
      case EVERYTHING -> 1 + random.nextInt(2);
    };
  }

  private List<@Nullable Object> list(Schema element) {
    List<@Nullable Object> list = new ArrayList<>();
    for (int i = size(); i > 0; i--) {
      list.add(value(element));
    }
    return list;
  }

  private Map<String, @Nullable Object> map(Schema valueSchema) {
    Map<String, @Nullable Object> map = new HashMap<>();
    for (int i = size(); i > 0; i--) {
      map.put(text(), value(valueSchema));
    }
    return map;
  }

  private String text() {
    StringBuilder text = new StringBuilder();
    int[] characters = TEXT.codePoints().toArray();
    for (int i = random.nextInt(20); i > 0; i--) {
      text.appendCodePoint(characters[random.nextInt(characters.length)]);
    }
    return text.toString();
  }

  private BigDecimal decimal(int scale) {
    BigDecimal positive = new BigDecimal(new BigInteger(DECIMAL_BITS, random), scale);
    return random.nextBoolean() ? positive : positive.negate();
  }
}
