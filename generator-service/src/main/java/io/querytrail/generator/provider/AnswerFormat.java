package io.querytrail.generator.provider;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.langchain4j.model.chat.request.ResponseFormat;
import dev.langchain4j.model.chat.request.ResponseFormatType;
import dev.langchain4j.model.chat.request.json.JsonArraySchema;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.chat.request.json.JsonSchema;
import dev.langchain4j.model.chat.request.json.JsonStringSchema;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How a provider's models are held to the JSON that they are asked for. */
public enum AnswerFormat {
  /** By the provider's own feature for schemas. */
  @JsonProperty("schema")
  SCHEMA,
  /** By its mode for JSON of any shape. */
  @JsonProperty("json")
  JSON,
  /** By the prompt alone: for servers that know neither. */
  @JsonProperty("prompt")
  PROMPT;

  /** Strict schemas want every key required and no other one allowed. */
  private static final JsonSchema SCHEMA_OF_ANSWERS =
      JsonSchema.builder()
          .name("sql_answer")
          .rootElement(
              JsonObjectSchema.builder()
                  .addStringProperty("sql")
                  .addStringProperty("explanation")
                  .addProperty(
                      "warnings",
                      JsonArraySchema.builder().items(JsonStringSchema.builder().build()).build())
                  .addEnumProperty(
                      "suggested_visualization", List.of("bar", "line", "table", "pie", "none"))
                  .required("sql", "explanation", "warnings", "suggested_visualization")
                  .additionalProperties(false)
                  .build())
          .build();

  @Nullable ResponseFormat parameter() {
    return switch (this) {
      case SCHEMA ->
          ResponseFormat.builder()
              .type(ResponseFormatType.JSON)
              .jsonSchema(SCHEMA_OF_ANSWERS)
              .build();
      case JSON -> ResponseFormat.JSON;
      case PROMPT -> null;
    };
  }
}
