package io.querytrail.generator.cachestore;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.querytrail.generator.answer.Answer;
import io.querytrail.generator.cache.StoredAnswer;
import io.querytrail.generator.model.ModelName;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Answers as bytes: a JSON object with the stamps that they were written under. */
final class AnswerCodec {
  private static final ObjectMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

  private AnswerCodec() {}

  /** An answer with the stamps that were in force when it was asked for. */
  record Stamped(StoredAnswer answer, List<String> stamps) {}

  private record Document(
      @Nullable String sql,
      @Nullable String explanation,
      @Nullable List<String> warnings,
      @Nullable String visualization,
      @Nullable String provider,
      @Nullable String model,
      long since,
      @Nullable List<String> stamps) {}

  static byte[] encode(Stamped stamped) {
    StoredAnswer stored = stamped.answer();
    Answer.Sql answer = stored.answer();
    try {
      return JSON.writeValueAsBytes(
          new Document(
              answer.sql(),
              answer.explanation(),
              answer.warnings(),
              answer.visualization(),
              stored.model().provider(),
              stored.model().model(),
              stored.since().toEpochMilli(),
              stamped.stamps()));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a record of texts always prints", e);
    }
  }

  /** What the bytes hold; empty where somebody else wrote them. */
  static Optional<Stamped> decode(byte[] bytes) {
    try {
      Document read = JSON.readValue(bytes, Document.class);
      if (read == null
          || read.sql() == null
          || read.warnings() == null
          || read.provider() == null
          || read.model() == null
          || read.stamps() == null) {
        return Optional.empty();
      }
      return Optional.of(
          new Stamped(
              new StoredAnswer(
                  new Answer.Sql(
                      read.sql(), read.explanation(), read.warnings(), read.visualization()),
                  new ModelName(read.provider(), read.model()),
                  null,
                  Instant.ofEpochMilli(read.since())),
              read.stamps()));
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
