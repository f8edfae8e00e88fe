package io.querytrail.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.querytrail.safety.SafetyGuard;
import io.querytrail.safety.SafetyPolicy;
import io.querytrail.safety.SchemaScript;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SafetyCheckTest {
  private final SafetyCheck check =
      new SafetyCheck(
          new SafetyGuard(),
          SafetyPolicy.defaults(List.of("shop")),
          SchemaScript.read("CREATE TABLE shop.orders (id bigint, total numeric)"));
  private long errors;

  @Test
  void answersEachLineInOrder() throws IOException {
    // When
    List<JsonNode> answers =
        judge(
            """
            {"sql": "SELECT id FROM orders"}
            {"id": 7, "sql": "SELECT 'é', pg_sleep(1)"}
            """);

    // Then
    assertThat(answers).hasSize(2);
    assertThat(answers.get(0).path("verdict").asText()).isEqualTo("approved");
    assertThat(answers.get(0).path("violations")).isEmpty();
    assertThat(answers.get(0).path("sql").asText())
        .isEqualTo("SELECT * FROM (\nSELECT id FROM shop.orders\n) AS q LIMIT 1000");
    assertThat(answers.get(0).path("relations").toString()).isEqualTo("[\"shop.orders\"]");
    assertThat(answers.get(0).path("micros").isIntegralNumber()).isTrue();
    assertThat(answers.get(1).path("verdict").asText()).isEqualTo("rejected");
    assertThat(answers.get(1).path("violations").toString())
        .isEqualTo(
            "[{\"rule\":\"FUNCTION_NOT_ALLOWED\",\"severity\":\"reject\","
                + "\"message\":\"Function pg_sleep is not allowed\",\"position\":13}]");
    assertThat(answers.get(1).get("sql").isNull()).isTrue();
    assertThat(errors).isZero();
  }

  @Test
  void answersALineThatCannotBeJudgedWithAnError() throws IOException {
    // When
    List<JsonNode> answers =
        judge(
            """
            SELECT 1

            {"sql": 5}
            ["sql"]
            {"sql": "SELECT 1"} {"sql": "SELECT 2"}
            {"sql": "SELECT 1"}\
            """);

    // Then
    assertThat(answers)
        .extracting(answer -> answer.path("verdict").asText())
        .containsExactly("error", "error", "error", "error", "error", "approved");
    assertThat(answers.get(2).at("/violations/0/rule").asText()).isEqualTo("INPUT");
    assertThat(answers.get(2).at("/violations/0/message").asText()).startsWith("Line 3 ");
    assertThat(errors).isEqualTo(5);
  }

  @Test
  void passesOverALineThatIsTooLong() throws IOException {
    // Given
    String huge = "{\"sql\": \"SELECT '" + "x".repeat(SafetyCheck.MAX_LINE_BYTES) + "'\"}";

    // When
    List<JsonNode> answers = judge(huge + "\n{\"sql\": \"SELECT 1\"}\n");

    // Then
    assertThat(answers)
        .extracting(answer -> answer.path("verdict").asText())
        .containsExactly("error", "approved");
  }

  @Test
  void judgesTextThatIsNoUnicodeWithoutGuessing() throws IOException {
    // Given
    byte[] broken = "{\"sql\": \"SELECT '?'\"}\n".getBytes(StandardCharsets.US_ASCII);
    broken[17] = (byte) 0xff;

    // Then
    assertThat(judge(broken).getFirst().path("verdict").asText()).isEqualTo("error");
    assertThat(judge("{\"sql\": \"SELECT '\\ud800'\"}").getFirst().path("verdict").asText())
        .isEqualTo("rejected");
  }

  private List<JsonNode> judge(String input) throws IOException {
    return judge(input.getBytes(StandardCharsets.UTF_8));
  }

  private List<JsonNode> judge(byte[] input) throws IOException {
    var out = new ByteArrayOutputStream();
    errors = check.judgeAll(new ByteArrayInputStream(input), out);
    var answers = new ArrayList<JsonNode>();
    for (String line : out.toString(StandardCharsets.UTF_8).lines().toList()) {
      answers.add(Json.MAPPER.readTree(line));
    }
    return answers;
  }
}
