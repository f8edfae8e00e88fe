package io.querytrail.generator.provider;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.querytrail.generator.model.Usage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bodies as each provider's documentation shows them. */
class UsageTest {
  @Test
  void openAiCountsCachedTokensInTheInputAndReasoningInTheOutput() {
    assertThat(
            usage(
                Protocol.OPENAI,
                """
                {"usage": {"prompt_tokens": 1000, "completion_tokens": 300, "total_tokens": 1300,
                  "prompt_tokens_details": {"cached_tokens": 800, "audio_tokens": 0},
                  "completion_tokens_details": {"reasoning_tokens": 200}}}
                """))
        .isEqualTo(new Usage(1000L, 800L, null, 300L, 200L));
  }

  @Test
  void openAiCompatibleServersMayCountReasoningBesideTheOutput() {
    assertThat(
            usage(
                Protocol.OPENAI,
                """
                {"usage": {"prompt_tokens": 32, "completion_tokens": 9, "total_tokens": 135,
                  "completion_tokens_details": {"reasoning_tokens": 94}}}
                """))
        .isEqualTo(new Usage(32L, null, null, 103L, 94L));
  }

  @Test
  void openAiLeavesUnknownWhatIsNotSaid() {
    assertThat(
            usage(
                Protocol.OPENAI, "{\"usage\": {\"prompt_tokens\": 10, \"completion_tokens\": 0}}"))
        .isEqualTo(new Usage(10L, null, null, 0L, null));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"usage\": null}",
        "{\"usage\": {}}",
        "{\"usage\": \"many\"}",
        "{\"usage\": {\"prompt_tokens\": -1, \"completion_tokens\": 1.5}}",
        "{\"usage\": {\"prompt_tokens\": \"10\", \"completion_tokens\": 1e2}}",
        "{\"usage\": {\"prompt_tokens\": 99999999999999999999}}",
        "{\"usage\": {\"input_tokens\": -1, \"output_tokens\": \"7\"}}",
        "{\"usageMetadata\": {}}",
        "{\"usageMetadata\": {\"promptTokenCount\": -1, \"totalTokenCount\": 1.5}}",
        "{\"prompt_eval_count\": null, \"eval_count\": true}"
      })
  void nonsenseIsUnknownToEveryProtocolAndNever0(String body) {
    for (Protocol protocol : Protocol.values()) {
      assertThat(usage(protocol, body)).as(protocol.name()).isNull();
    }
  }

  @Test
  void openAiIsNotBelievedAPartLargerThanItsWhole() {
    assertThat(
            usage(
                Protocol.OPENAI,
                """
                {"usage": {"prompt_tokens": 10, "completion_tokens": 5,
                  "prompt_tokens_details": {"cached_tokens": 11},
                  "completion_tokens_details": {"reasoning_tokens": 6}}}
                """))
        .isEqualTo(new Usage(10L, null, null, 5L, null));
  }

  @Test
  void anthropicCountsTheCacheBesideTheInput() {
    assertThat(
            usage(
                Protocol.ANTHROPIC,
                """
                {"usage": {"input_tokens": 50, "cache_read_input_tokens": 100000,
                  "cache_creation_input_tokens": 248,
                  "cache_creation": {"ephemeral_5m_input_tokens": 248,
                    "ephemeral_1h_input_tokens": 0},
                  "output_tokens": 503, "service_tier": "standard"}}
                """))
        .isEqualTo(new Usage(100_298L, 100_000L, 248L, 503L, null));
  }

  @Test
  void anthropicWithoutCacheCountsLeavesThemUnknown() {
    assertThat(
            usage(Protocol.ANTHROPIC, "{\"usage\": {\"input_tokens\": 12, \"output_tokens\": 6}}"))
        .isEqualTo(new Usage(12L, null, null, 6L, null));
  }

  @Test
  void anthropicWithoutInputCannotTellTheInput() {
    assertThat(
            usage(
                Protocol.ANTHROPIC,
                "{\"usage\": {\"cache_read_input_tokens\": 12, \"output_tokens\": 6}}"))
        .isEqualTo(new Usage(null, 12L, null, 6L, null));
  }

  @Test
  void geminiCountsCachedTokensInTheInputAndThoughtsBesideTheCandidates() {
    assertThat(
            usage(
                Protocol.GEMINI,
                """
                {"usageMetadata": {"promptTokenCount": 2000, "cachedContentTokenCount": 1500,
                  "candidatesTokenCount": 40, "thoughtsTokenCount": 160, "totalTokenCount": 2200,
                  "promptTokensDetails": [{"modality": "TEXT", "tokenCount": 2000}]}}
                """))
        .isEqualTo(new Usage(2000L, 1500L, null, 200L, 160L));
  }

  @Test
  void geminiLeavesOutCountsOf0AndTheTotalTellsThem() {
    assertThat(
            usage(
                Protocol.GEMINI,
                """
                {"usageMetadata": {"promptTokenCount": 7, "thoughtsTokenCount": 93,
                  "totalTokenCount": 100}}
                """))
        .isEqualTo(new Usage(7L, null, null, 93L, 93L));
    assertThat(
            usage(
                Protocol.GEMINI,
                "{\"usageMetadata\": {\"promptTokenCount\": 7, \"totalTokenCount\": 7}}"))
        .isEqualTo(new Usage(7L, null, null, 0L, null));
  }

  @Test
  void geminiBillsThoughtsThatOnlyTheTotalKnows() {
    assertThat(
            usage(
                Protocol.GEMINI,
                """
                {"usageMetadata": {"promptTokenCount": 10, "candidatesTokenCount": 5,
                  "totalTokenCount": 45}}
                """))
        .isEqualTo(new Usage(10L, null, null, 35L, null));
  }

  @Test
  void ollamaLeavesOutAPromptThatItStillHadInMemory() {
    assertThat(usage(Protocol.OLLAMA, "{\"prompt_eval_count\": 26, \"eval_count\": 298}"))
        .isEqualTo(new Usage(26L, null, null, 298L, null));
    assertThat(usage(Protocol.OLLAMA, "{\"eval_count\": 298}"))
        .isEqualTo(new Usage(null, null, null, 298L, null));
  }

  private static @Nullable Usage usage(Protocol protocol, String body) {
    try {
      return protocol.format().usage(new ObjectMapper().readTree(body));
    } catch (JsonProcessingException e) {
      throw new AssertionError(e);
    }
  }
}
