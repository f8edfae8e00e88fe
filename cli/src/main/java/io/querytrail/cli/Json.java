package io.querytrail.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/** Events and reports as JSON: amounts as plain decimals, instants in ISO 8601. */
final class Json {
  static final ObjectMapper MAPPER =
      new ObjectMapper()
          .registerModule(new JavaTimeModule())
          .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
          .enable(JsonGenerator.Feature.WRITE_BIGDECIMAL_AS_PLAIN);

  private static final JsonNodeFactory NODES = JsonNodeFactory.withExactBigDecimals(true);

  private Json() {}

  /** One line. */
  static String line(Object value) {
    try {
      return MAPPER.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The tree of a JSON text.
   *
   * @throws UncheckedIOException when it is none
   */
  static JsonNode parsed(String text) {
    try {
      return MAPPER.readTree(text);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  static ObjectNode object() {
    return NODES.objectNode();
  }

  static ObjectNode of(SpecificRecord event) {
    ObjectNode node = NODES.objectNode();
    for (Schema.Field field : event.getSchema().getFields()) {
      node.set(field.name(), value(event.get(field.pos())));
    }
    return node;
  }

  private static JsonNode value(@Nullable Object value) {
    return switch (value) {
      case null -> NODES.nullNode();
      case SpecificRecord nested -> of(nested);
      case Collection<?> items -> {
        ArrayNode array = NODES.arrayNode();
        items.forEach(item -> array.add(value(item)));
        yield array;
      }
      case Map<?, ?> entries -> {
        ObjectNode node = NODES.objectNode();
        entries.forEach((key, item) -> node.set(String.valueOf(key), value(item)));
        yield node;
      }
      case BigDecimal amount -> NODES.numberNode(plain(amount));
      case Instant instant -> NODES.textNode(instant.toString());
      case Boolean bool -> NODES.booleanNode(bool);
      case Integer number -> NODES.numberNode(number);
      case Long number -> NODES.numberNode(number);
      case Double number -> NODES.numberNode(number);
      default -> NODES.textNode(value.toString());
    };
  }

  /** Without the trailing zeros that the fixed scale brings. */
  static BigDecimal plain(BigDecimal amount) {
    return amount.signum() == 0
        ? BigDecimal.ZERO
        : new BigDecimal(amount.stripTrailingZeros().toPlainString());
  }
}
