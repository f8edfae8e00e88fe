package io.querytrail.generator.openai;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.querytrail.generator.model.Usage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UsageReaderTest {
  @Test
  void readsEveryClass() throws JsonProcessingException {
    assertThat(
            usage(
                """
                {"usage": {"prompt_tokens": 1000, "completion_tokens": 300, "total_tokens": 1300,
                  "prompt_tokens_details": {"cached_tokens": 800, "audio_tokens": 0},
                  "completion_tokens_details": {"reasoning_tokens": 200}}}
                """))
        .isEqualTo(new Usage(1000L, 800L, null, 300L, 200L));
  }

  @Test
  void leavesUnknownWhatIsNotSaid() throws JsonProcessingException {
    assertThat(usage("{\"usage\": {\"prompt_tokens\": 10, \"completion_tokens\": 0}}"))
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
        "{\"usage\": {\"prompt_tokens\": 99999999999999999999}}"
      })
  void knowsNothingFromNonsense(String body) throws JsonProcessingException {
    assertThat(usage(body)).isNull();
  }

  @Test
  void doesNotBelieveAPartLargerThanItsWhole() throws JsonProcessingException {
    assertThat(
            usage(
                """
                {"usage": {"prompt_tokens": 10, "completion_tokens": 5,
                  "prompt_tokens_details": {"cached_tokens": 11},
                  "completion_tokens_details": {"reasoning_tokens": 6}}}
                """))
        .isEqualTo(new Usage(10L, null, null, 5L, null));
  }

  private static @Nullable Usage usage(String body) throws JsonProcessingException {
    return UsageReader.read(new ObjectMapper().readTree(body));
  }
}
