package io.querytrail.demo;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Map;
import java.util.OptionalInt;

/** JSON in and out, the same for every wire format. */
final class JsonText {
  private static final ObjectMapper JSON = new ObjectMapper();

  private JsonText() {}

  static ObjectNode object() {
    return JSON.createObjectNode();
  }

  static JsonNode parse(byte[] body, String complaint) throws MalformedRequestException {
    try {
      return JSON.readTree(body);
    } catch (IOException e) {
      throw new MalformedRequestException(complaint);
    }
  }

  static String write(ObjectNode body) {
    try {
      return JSON.writeValueAsString(body);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Texts and numbers can always be written as JSON", e);
    }
  }

  /** The header that most providers ask to wait by. */
  static Reply withRetryAfter(Reply reply, OptionalInt seconds) {
    return seconds.isPresent()
        ? reply.with(Map.of("Retry-After", String.valueOf(seconds.getAsInt())))
        : reply;
  }

  /** The content is a text, or a list of parts of which some are texts. */
  static String text(JsonNode content) {
    if (!content.isArray()) {
      return content.asText("");
    }
    StringBuilder text = new StringBuilder();
    for (JsonNode part : content) {
      text.append(part.path("text").asText("")).append('\n');
    }
    return text.toString();
  }

  static int ceiling(JsonNode number, String name) throws MalformedRequestException {
    if (!number.isNumber()) {
      return ChatRequest.NO_CEILING;
    }
    if (number.asInt() < 1) {
      throw new MalformedRequestException(
          "Invalid '%s': expected a value >= 1, but got %d instead."
              .formatted(name, number.asInt()));
    }
    return number.asInt();
  }
}
