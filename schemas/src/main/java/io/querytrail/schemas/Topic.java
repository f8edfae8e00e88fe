package io.querytrail.schemas;

import io.querytrail.events.AccountPolicy;
import io.querytrail.events.AdjustBudget;
import io.querytrail.events.BudgetAdjusted;
import io.querytrail.events.BudgetAlert;
import io.querytrail.events.BudgetBalance;
import io.querytrail.events.CancelRequest;
import io.querytrail.events.GenerationFailed;
import io.querytrail.events.GenerationInterrupted;
import io.querytrail.events.LedgerEvent;
import io.querytrail.events.PriceList;
import io.querytrail.events.QueryAdmitted;
import io.querytrail.events.QueryApproved;
import io.querytrail.events.QueryAudited;
import io.querytrail.events.QueryCorrected;
import io.querytrail.events.QueryExecuted;
import io.querytrail.events.QueryGenerated;
import io.querytrail.events.QueryMetrics;
import io.querytrail.events.QueryRejected;
import io.querytrail.events.QueryRequested;
import io.querytrail.events.ResetBudget;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecord;

/**
 * The catalogue of topics. Nothing else spells a topic name.
 *
 * <p>Every topic is keyed and partitioned by account, so that all of an account's records on all
 * topics meet in partitions of the same number; the key itself is the account id, but for balances.
 * Price tables are nobody's: each stands in every partition.
 */
public enum Topic {
  /** The public entrance. */
  REQUESTS(
      "querytrail.requests.v1",
      Cleanup.DELETE,
      Duration.ofDays(30),
      Key.ACCOUNT,
      QueryRequested.class),
  /**
   * Requests that a producer with another partitioner put in a partition that is not their
   * account's.
   */
  REQUESTS_REROUTED(
      "querytrail.requests-rerouted.v1",
      Cleanup.DELETE,
      Duration.ofDays(30),
      Key.ACCOUNT,
      QueryRequested.class),
  /** Spending authorisations for the generator. */
  ADMISSIONS(
      "querytrail.admissions.v1",
      Cleanup.DELETE,
      Duration.ofDays(30),
      Key.ACCOUNT,
      QueryAdmitted.class),
  /** What the models answered. Only the generator may write here. */
  GENERATIONS(
      "querytrail.generations.v1",
      Cleanup.DELETE,
      Duration.ofDays(30),
      Key.ACCOUNT,
      QueryGenerated.class,
      GenerationFailed.class,
      GenerationInterrupted.class),
  /** The public exit. Must be read with {@code isolation.level=read_committed}. */
  APPROVALS(
      "querytrail.approvals.v1",
      Cleanup.DELETE,
      Duration.ofDays(30),
      Key.ACCOUNT,
      QueryApproved.class),
  REJECTIONS(
      "querytrail.rejections.v1",
      Cleanup.DELETE,
      Duration.ofDays(30),
      Key.ACCOUNT,
      QueryRejected.class),
  /** Reports of whoever ran an approved statement. */
  EXECUTIONS(
      "querytrail.executions.v1",
      Cleanup.DELETE,
      Duration.ofDays(30),
      Key.ACCOUNT,
      QueryExecuted.class),
  AUDIT(
      "querytrail.audit.v1",
      Cleanup.DELETE,
      Duration.ofDays(400),
      Key.ACCOUNT,
      QueryAudited.class,
      QueryCorrected.class,
      BudgetAdjusted.class),
  ALERTS(
      "querytrail.alerts.v1", Cleanup.DELETE, Duration.ofDays(90), Key.ACCOUNT, BudgetAlert.class),
  /** The history of all money; never compacted. */
  LEDGER(
      "querytrail.ledger.v1", Cleanup.DELETE, Duration.ofDays(400), Key.ACCOUNT, LedgerEvent.class),
  /** The state of every budget. */
  BALANCES(
      "querytrail.balances.v1",
      Cleanup.COMPACT,
      Duration.ofDays(400),
      Key.BALANCE,
      BudgetBalance.class),
  METRICS(
      "querytrail.metrics.v1",
      Cleanup.DELETE,
      Duration.ofDays(30),
      Key.ACCOUNT,
      QueryMetrics.class),
  /** Policies in force; writing here is how they change at run time. */
  ACCOUNTS(
      "querytrail.accounts.v1",
      Cleanup.COMPACT,
      Duration.ofDays(400),
      Key.ACCOUNT,
      AccountPolicy.class),
  /** People's orders about budgets and requests; each is answered on the ledger topic. */
  COMMANDS(
      "querytrail.commands.v1",
      Cleanup.DELETE,
      Duration.ofDays(30),
      Key.ACCOUNT,
      AdjustBudget.class,
      ResetBudget.class,
      CancelRequest.class),
  /**
   * Price tables, each in every partition; writing here is how they change at run time. Only
   * administrators may.
   */
  PRICES(
      "querytrail.prices.v1",
      Cleanup.COMPACT,
      Duration.ofDays(400),
      Key.PRICE_VERSION,
      PriceList.class),
  /** Records that could not be used: original bytes and key, the reason in headers. */
  DEAD_LETTERS("querytrail.dead-letters.v1", Cleanup.DELETE, Duration.ofDays(90), Key.ORIGINAL);

  /** Partitions of every topic of version 1; more means a new version and a migration. */
  public static final int DEFAULT_PARTITIONS = 16;

  /** Largest record that a topic takes from outside. Unit: bytes. */
  public static final int MAX_RECORD_BYTES = 2 * 1024 * 1024;

  /**
   * Largest record on every other topic: what follows from a record of the largest size must still
   * fit, or that record would stop the pipeline. Unit: bytes.
   */
  public static final int MAX_DERIVED_BYTES = 4 * MAX_RECORD_BYTES;

  private enum Cleanup {
    DELETE("delete"),
    COMPACT("compact");

    private final String policy;

    Cleanup(String policy) {
      this.policy = policy;
    }
  }

  /** What the record key holds. */
  public enum Key {
    /** The account id. */
    ACCOUNT,
    /** {@code account|scope|scopeKey|period}, partitioned by the account in it. */
    BALANCE,
    /** The version of a price table; the record stands in every partition. */
    PRICE_VERSION,
    /** Whatever key the unusable record had. */
    ORIGINAL
  }

  private final String topicName;
  private final Cleanup cleanup;
  private final Duration retention;
  private final Key key;
  private final List<Class<? extends SpecificRecord>> values;

  @SafeVarargs
  Topic(
      String topicName,
      Cleanup cleanup,
      Duration retention,
      Key key,
      Class<? extends SpecificRecord>... values) {
    this.topicName = topicName;
    this.cleanup = cleanup;
    this.retention = retention;
    this.key = key;
    this.values = List.of(values);
  }

  /** The name on the broker. */
  public String topicName() {
    return topicName;
  }

  /** What the key of a record holds. */
  public Key key() {
    return key;
  }

  /** The events that the topic carries; empty where it carries bytes as they came. */
  public List<Class<? extends SpecificRecord>> eventTypes() {
    return values;
  }

  /** The short name that commands take, such as {@code requests}. */
  public String shortName() {
    return topicName.substring("querytrail.".length(), topicName.length() - ".v1".length());
  }

  /** The largest record that the topic takes. Unit: bytes. */
  public int maxBytes() {
    return switch (this) {
      case REQUESTS, GENERATIONS, EXECUTIONS, ACCOUNTS, COMMANDS, PRICES -> MAX_RECORD_BYTES;
      case REQUESTS_REROUTED,
          ADMISSIONS,
          APPROVALS,
          REJECTIONS,
          AUDIT,
          ALERTS,
          LEDGER,
          BALANCES,
          METRICS,
          DEAD_LETTERS ->
          MAX_DERIVED_BYTES;
    };
  }

  /**
   * Topic settings. The broker's clock stamps every record, so no producer's clock can move money,
   * expire a request or have retention delete what is not stored yet.
   */
  public Map<String, String> settings() {
    return Map.of(
        "cleanup.policy",
        cleanup.policy,
        "message.timestamp.type",
        "LogAppendTime",
        "max.message.bytes",
        Integer.toString(maxBytes()),
        cleanup == Cleanup.COMPACT ? "delete.retention.ms" : "retention.ms",
        Long.toString(retention.toMillis()));
  }

  /** The topic of that full or short name. */
  public static Optional<Topic> byName(String name) {
    return Arrays.stream(Topic.values())
        .filter(topic -> topic.topicName.equals(name) || topic.shortName().equals(name))
        .findFirst();
  }
}
