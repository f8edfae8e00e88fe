package io.querytrail.generator.answer;

import static org.assertj.core.api.Assertions.assertThat;

import io.querytrail.generator.model.ErrorType;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AnswerReaderTest {
  @Test
  void readsTheWholeObject() {
    assertThat(
            AnswerReader.read(
                """
                {"sql": "SELECT 1", "explanation": "one", "warnings": ["w1", "w2"],
                 "suggested_visualization": "bar"}
                """))
        .isEqualTo(new Answer.Sql("SELECT 1", "one", List.of("w1", "w2"), "bar"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"sql\": \"SELECT 1\"}",
        "{\"sql\": \"SELECT 1\", \"explanation\": null, \"warnings\": null}",
        "{\"sql\": \"SELECT 1\", \"confidence\": 0.9}",
        "{\"sql\": \"SELECT 1\", \"suggested_visualization\": \"hologram\"}"
      })
  void takesTheStatementWithoutTheRest(String text) {
    assertThat(AnswerReader.read(text))
        .isEqualTo(new Answer.Sql("SELECT 1", null, List.of(), null));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT 1",
        "Here is your query: {\"sql\": \"SELECT 1\"}",
        "{\"sql\": \"SELECT 1\"} I hope this helps!",
        "```json\n{\"sql\": \"SELECT 1\"}\n```",
        "{\"sql\": \"SELECT 1\"} {\"sql\": \"SELECT 2\"}",
        "{\"sql\": \"SELECT 1\", \"sql\": \"SELECT 2\"}",
        "{\"sql\": \"SELECT 1\"",
        "{'sql': 'SELECT 1'}",
        "[{\"sql\": \"SELECT 1\"}]",
        "\"SELECT 1\"",
        "null"
      })
  void takesNothingButOneJsonObject(String text) {
    assertFailure(text, ErrorType.NOT_JSON);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"sql\": null}",
        "{\"sql\": 1}",
        "{\"sql\": [\"SELECT 1\"]}",
        "{\"SQL\": \"SELECT 1\"}",
        "{\"sql\": \"SELECT 1\", \"explanation\": 1}",
        "{\"sql\": \"SELECT 1\", \"warnings\": \"none\"}",
        "{\"sql\": \"SELECT 1\", \"warnings\": [1]}",
        "{\"sql\": \"SELECT 1\", \"suggested_visualization\": {}}",
        "{\"sql\": \"SELECT \\u0000\"}"
      })
  void refusesMissingSqlAndWrongTypes(String text) {
    assertFailure(text, ErrorType.WRONG_SHAPE);
  }

  @ParameterizedTest
  @CsvSource({"'', EMPTY", "'  ', EMPTY", "'{\"sql\": \" \"}', UNANSWERABLE"})
  void tellsNothingFromNoAnswer(String text, ErrorType error) {
    assertFailure(text, error);
  }

  private static void assertFailure(String text, ErrorType error) {
    Answer answer = AnswerReader.read(text);
    assertThat(answer).isInstanceOf(Answer.Unusable.class);
    assertThat(((Answer.Unusable) answer).error()).isEqualTo(error);
    assertThat(((Answer.Unusable) answer).message()).doesNotContain("SELECT");
  }
}
