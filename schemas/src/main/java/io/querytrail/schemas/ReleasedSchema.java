package io.querytrail.schemas;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.avro.Schema;

/**
 * One schema as it was released. The jar holds every one there was, a line each, so that a record
 * of any release can be read: {@code {"release":"0.1.0","schema":{...}}}. A schema that a later
 * release left as it was has no second line.
 *
 * @param release the first version of Querytrail that wrote it
 */
record ReleasedSchema(String release, Schema schema) {
  /** Within the jar, and below {@code src/main/resources} in the source. */
  static final String RESOURCE = "/io/querytrail/schemas/released.avsc.jsonl";

  private static final ObjectMapper JSON = new ObjectMapper();

  /** Those in this jar, the oldest release first. */
  static List<ReleasedSchema> bundled() {
    try (InputStream in = ReleasedSchema.class.getResourceAsStream(RESOURCE)) {
      if (in == null) {
        throw new IllegalStateException("this jar lacks " + RESOURCE);
      }
      return readAll(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the released schemas of this jar", e);
    }
  }

  static List<ReleasedSchema> readAll(String lines) {
    return lines.lines().filter(line -> !line.isBlank()).map(ReleasedSchema::read).toList();
  }

  private static ReleasedSchema read(String line) {
    try {
      JsonNode tree = JSON.readTree(line);
      Schema schema = new Schema.Parser().parse(tree.required("schema").toString());
      return new ReleasedSchema(tree.required("release").asText(), schema);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException("not a line of released schemas: " + line, e);
    }
  }

  /** The line of this schema, without line break. */
  String line() {
    try {
      return JSON.createObjectNode()
          .put("release", release)
          .set("schema", JSON.readTree(schema.toString()))
          .toString();
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException("Avro wrote a schema that is not JSON", e);
    }
  }

  /** What of a schema decides about bytes: no documentation and no hints for Java. */
  static Schema bare(Schema schema) {
    try {
      JsonNode tree = JSON.readTree(schema.toString());
      strip(tree);
      return new Schema.Parser().parse(tree.toString());
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException("Avro wrote a schema that is not JSON", e);
    }
  }

  private static void strip(JsonNode node) {
    if (node instanceof ObjectNode object) {
      object.remove(List.of("doc", "avro.java.string"));
      object.forEach(ReleasedSchema::strip);
    } else if (node instanceof ArrayNode array) {
      array.forEach(ReleasedSchema::strip);
    }
  }
}
