package io.querytrail.generator.testkit;

import io.querytrail.generator.answer.Answer;
import io.querytrail.generator.cache.AnswerKey;
import io.querytrail.generator.cache.StoredAnswer;
import io.querytrail.generator.model.ModelName;
import java.time.Instant;
import java.util.List;

/** Answers as caches keep them. */
public final class Answers {
  public static final Instant SINCE = Instant.parse("2026-11-21T09:00:00.123Z");

  private Answers() {}

  public static StoredAnswer answer(String sql) {
    return new StoredAnswer(
        new Answer.Sql(sql, "what it does", List.of("an assumption"), "table"),
        new ModelName("test", "m"),
        null,
        SINCE);
  }

  public static AnswerKey key(String account, String datasource, String digest) {
    return new AnswerKey(account, datasource, digest);
  }
}
