package io.querytrail.audit;

import io.querytrail.audit.alerts.AlertWebhookConfig;
import io.querytrail.audit.chain.ChainKey;
import io.querytrail.audit.ledger.Retention;
import io.querytrail.service.HttpConfig;
import io.querytrail.service.KafkaConfig;
import io.querytrail.service.Problems;
import io.querytrail.service.Secret;
import io.querytrail.service.ValidConfig;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * All settings of the audit stream.
 *
 * @param stateDir where the ledger store is kept between starts
 * @param instanceId name of this instance within the group; keep it across restarts, and give each
 *     instance its own
 * @param threads stream threads of this instance, by default 2
 * @param commitIntervalMillis how often results become visible, by default 10
 * @param transactionTimeoutMillis the longest that a killed instance can hold back readers, by
 *     default 10,000
 * @param pricesFile price tables in place of the bundled ones; they hold until others are applied
 * @param alertWebhook where budget alerts are posted to; nowhere without it
 * @param retentionDays how long ids of requests that have their verdict, and periods that are over,
 *     stay in the ledger store, by default 35
 */
public record AuditStreamConfig(
    KafkaConfig kafka,
    HttpConfig http,
    Path stateDir,
    String instanceId,
    @Nullable Integer threads,
    @Nullable Integer commitIntervalMillis,
    @Nullable Integer transactionTimeoutMillis,
    ChainConfig chain,
    @Nullable Path pricesFile,
    @Nullable AlertWebhookConfig alertWebhook,
    @Nullable Integer retentionDays)
    implements ValidConfig {
  private static final int MIN_RETENTION_DAYS = (int) Retention.LEAST.toDays();
  private static final int DEFAULT_THREADS = 2;
  private static final int DEFAULT_COMMIT_INTERVAL = 10;
  private static final int DEFAULT_TRANSACTION_TIMEOUT = 10_000;

  /** The key that seals the audit chain. */
  public record ChainConfig(String keyId, Secret key) implements ValidConfig {
    @Override
    public void check(Problems problems) {
      problems.required("keyId", keyId);
      problems.required("key", key);
      problems.require(
          key == null || key.reveal().getBytes(StandardCharsets.UTF_8).length >= ChainKey.MIN_BYTES,
          "key",
          "is shorter than " + ChainKey.MIN_BYTES + " bytes");
    }
  }

  public AuditStreamConfig {
    threads = threads == null ? DEFAULT_THREADS : threads;
    commitIntervalMillis =
        commitIntervalMillis == null ? DEFAULT_COMMIT_INTERVAL : commitIntervalMillis;
    transactionTimeoutMillis =
        transactionTimeoutMillis == null ? DEFAULT_TRANSACTION_TIMEOUT : transactionTimeoutMillis;
  }

  Retention retention() {
    return new Retention(retentionDays == null ? Retention.USUAL : Duration.ofDays(retentionDays));
  }

  @Override
  public void check(Problems problems) {
    problems.nested("kafka", kafka);
    problems.nested("http", http);
    problems.required("stateDir", stateDir);
    problems.required("instanceId", instanceId);
    problems.nested("chain", chain);
    if (alertWebhook != null) {
      problems.nested("alertWebhook", alertWebhook);
    }
    problems.require(
        retentionDays == null || retentionDays >= MIN_RETENTION_DAYS,
        "retentionDays",
        "is %d; use %d or more, since requests stand on their topic for 30 days"
            .formatted(retentionDays, MIN_RETENTION_DAYS));
    positive(problems, "threads", threads);
    positive(problems, "commitIntervalMillis", commitIntervalMillis);
    positive(problems, "transactionTimeoutMillis", transactionTimeoutMillis);
    problems.require(
        commitIntervalMillis == null
            || transactionTimeoutMillis == null
            || commitIntervalMillis < transactionTimeoutMillis,
        "commitIntervalMillis",
        "must be below transactionTimeoutMillis");
  }

  private static void positive(Problems problems, String key, @Nullable Integer value) {
    problems.require(value == null || value > 0, key, "is " + value + "; use 1 or more");
  }
}
