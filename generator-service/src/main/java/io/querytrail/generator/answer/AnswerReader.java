package io.querytrail.generator.answer;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.querytrail.generator.model.ErrorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Takes a JSON object and nothing else: prose, a code fence around JSON or a second value after it
 * are failures. What looks almost right was written by a model that did not keep to its task. Keys
 * that nobody asked for are left aside.
 */
public final class AnswerReader {
  private static final Set<String> VISUALIZATIONS = Set.of("bar", "line", "table", "pie", "none");

  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .build();

  private AnswerReader() {}

  /** What this text is. */
  public static Answer read(String text) {
    if (text.isBlank()) {
      return new Answer.Unusable(ErrorType.EMPTY, "the model wrote nothing");
    }
    JsonNode root;
    try {
      root = JSON.readTree(text);
    } catch (JsonProcessingException e) {
      return new Answer.Unusable(ErrorType.NOT_JSON, "the model wrote something else than JSON");
    }
    if (!root.isObject()) {
      return new Answer.Unusable(ErrorType.NOT_JSON, "the model wrote JSON, but not an object");
    }
    return object(root);
  }

  private static Answer object(JsonNode root) {
    JsonNode sql = root.path("sql");
    JsonNode explanation = root.path("explanation");
    JsonNode warnings = root.path("warnings");
    JsonNode visualization = root.path("suggested_visualization");
    if (!sql.isTextual()) {
      return wrongShape("sql is not a string");
    }
    if (isPresent(explanation) && !explanation.isTextual()) {
      return wrongShape("explanation is not a string");
    }
    if (isPresent(warnings) && !isTexts(warnings)) {
      return wrongShape("warnings is not an array of strings");
    }
    if (isPresent(visualization) && !visualization.isTextual()) {
      return wrongShape("suggested_visualization is not a string");
    }
    if (sql.textValue().isBlank()) {
      return new Answer.Unusable(
          ErrorType.UNANSWERABLE, "the model found no answer to the question in the schema");
    }
    if (sql.textValue().indexOf('\0') >= 0) {
      return wrongShape("sql holds a NUL character");
    }
    return new Answer.Sql(
        sql.textValue(),
        explanation.textValue(),
        texts(warnings),
        VISUALIZATIONS.contains(visualization.asText()) ? visualization.textValue() : null);
  }

  private static boolean isPresent(JsonNode node) {
    return !node.isMissingNode() && !node.isNull();
  }

  private static boolean isTexts(JsonNode node) {
    return node.isArray() && node.valueStream().allMatch(JsonNode::isTextual);
  }

  private static List<String> texts(JsonNode node) {
    List<String> texts = new ArrayList<>();
    node.forEach(element -> texts.add(element.textValue()));
    return texts;
  }

  private static Answer wrongShape(String what) {
    return new Answer.Unusable(
        ErrorType.WRONG_SHAPE, "the model's answer has the wrong shape: " + what);
  }
}
