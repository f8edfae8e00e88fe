package io.querytrail.benchmarks;

import io.querytrail.events.AttemptPurpose;
import io.querytrail.events.ModelAttempt;
import io.querytrail.events.PlanEstimate;
import io.querytrail.events.PricedAttempt;
import io.querytrail.events.QueryAudited;
import io.querytrail.events.RejectionStage;
import io.querytrail.events.RuleViolation;
import io.querytrail.events.Severity;
import io.querytrail.events.TokenUsage;
import io.querytrail.events.Verdict;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Audit events as a busy installation writes them, the same for the same number: questions of 120
 * and SQL of 300 characters on average, 1.2 model calls a request, 1,000 requests a minute from 200
 * accounts with 10 users each. Statements name no schemas, and half of them do not cap their rows,
 * so that what is approved is the guard's own text. 85 of 100 are approved, 10 rejected by the
 * safety check, 5 refused before any model was called.
 */
final class AuditFixture {
  static final int ACCOUNTS = 200;
  private static final int USERS = 10;
  private static final long SEED = 20_261_127;
  private static final long MILLIS_BETWEEN = 60;
  private static final int QUESTION_LENGTH = 120;
  private static final int SQL_LENGTH = 300;
  private static final int ROW_CAP = 1_000;
  private static final String LIMIT = " LIMIT " + ROW_CAP;
  private static final String SCHEMA_FINGERPRINT = "3f7a9c51d2e84b60".repeat(4);
  private static final List<String> MODELS = List.of("gpt-4o-mini", "gpt-4o", "gpt-4.1-nano");
  private static final List<String> WORDS =
      List.of(
          "orders",
          "customers",
          "revenue",
          "last",
          "month",
          "week",
          "region",
          "product",
          "average",
          "by",
          "the",
          "of",
          "top",
          "which",
          "returned",
          "shipped",
          "country",
          "category",
          "more",
          "than",
          "days",
          "between",
          "total",
          "each",
          "team",
          "open",
          "invoices",
          "late",
          "first");

  private final Instant start;

  /**
   * @param start time of the first request
   */
  AuditFixture(Instant start) {
    this.start = start;
  }

  /** The account of that event. */
  static String account(long number) {
    return "account-" + accountNumber(random(number));
  }

  /** The lower the number, the more often. */
  private static int accountNumber(SplittableRandom random) {
    double share = random.nextDouble();
    return (int) (ACCOUNTS * share * share);
  }

  private static SplittableRandom random(long number) {
    return new SplittableRandom(SEED + number * 7_919);
  }

  /** The event of that number, from 0. */
  QueryAudited event(long number) {
    SplittableRandom random = random(number);
    int accountNumber = accountNumber(random);
    String account = "account-" + accountNumber;
    int user = random.nextInt(USERS);
    int fate = random.nextInt(100);
    boolean approved = fate < 85;
    boolean asked = fate < 95;
    Instant requestedAt = start.plusMillis(number * MILLIS_BETWEEN);
    int preference = random.nextInt(10) == 0 ? random.nextInt(MODELS.size()) : accountNumber;
    String model = MODELS.get(preference % MODELS.size());
    List<PricedAttempt> attempts = asked ? attempts(random, requestedAt, model) : List.of();
    String sql = asked ? sql(random) : null;
    long latency = asked ? 400 + random.nextInt(2_000) : 3;
    return QueryAudited.newBuilder()
        .setRequestId(new UUID(random.nextLong(), random.nextLong()).toString())
        .setAccount(account)
        .setUser("user-" + user)
        .setTeam("team-" + user % 3)
        .setDatasource("shop")
        .setQuestion(text(random, length(random, QUESTION_LENGTH)))
        .setVerdict(approved ? Verdict.APPROVED : Verdict.REJECTED)
        .setStage(approved ? null : asked ? RejectionStage.SAFETY : RejectionStage.ADMISSION)
        .setReason(approved ? null : asked ? "UNSAFE_SQL" : "BUDGET_EXCEEDED")
        .setMessage(approved ? null : "The request was refused; see the reason")
        .setViolations(asked && !approved ? List.of(violation()) : List.of())
        .setGeneratedSql(sql)
        .setApprovedSql(approved && sql != null ? approvedSql(sql) : null)
        .setRelations(approved ? List.of("shop.customers", "shop.orders") : List.of())
        .setRowCap(approved ? ROW_CAP : null)
        .setProvider(asked ? "openai" : null)
        .setModel(asked ? model : null)
        .setAttempts(attempts)
        .setCost(
            attempts.stream()
                .map(PricedAttempt::getCost)
                .reduce(BigDecimal.ZERO.setScale(12), BigDecimal::add))
        .setCurrency("USD")
        .setPriceVersion("2026-11-01")
        .setPolicyVersion(7L)
        .setPlan(asked ? new PlanEstimate(120.5 + random.nextInt(900), 100.0) : null)
        .setSchemaFingerprint(asked ? SCHEMA_FINGERPRINT : null)
        .setPromptVersion(asked ? "v1" : null)
        .setRequestedAt(requestedAt)
        .setRequestPartition(0)
        .setRequestOffset(number)
        .setDecidedAt(requestedAt.plusMillis(latency))
        .setQueueMillis(asked ? 2L : null)
        .setSchemaMillis(asked ? 1L : null)
        .setModelMillis(asked ? latency - 10 : null)
        .setExplainMillis(asked ? 3L : null)
        .setSafetyMicros(asked ? 250L : null)
        .setTraceId(hex(random, 16))
        .setChainSequence(number + 1)
        .setChainKeyId("k1")
        .setChainHash(hex(random, 32))
        .build();
  }

  private static RuleViolation violation() {
    return RuleViolation.newBuilder()
        .setRule("RELATION_NOT_ALLOWED")
        .setSeverity(Severity.REJECT)
        .setMessage("shop.salaries may not be read")
        .setPosition(120)
        .build();
  }

  /** One call, and one that failed before it for every fifth request. */
  private static List<PricedAttempt> attempts(
      SplittableRandom random, Instant requestedAt, String model) {
    List<PricedAttempt> attempts = new ArrayList<>();
    // 95 of 100 requests call a model: so many of them twice that a request makes 1.2 calls.
    if (random.nextInt(1_000) < 263) {
      attempts.add(attempt(random, 1, requestedAt, model, "http_5xx"));
    }
    attempts.add(attempt(random, attempts.size() + 1, requestedAt, model, null));
    return attempts;
  }

  private static PricedAttempt attempt(
      SplittableRandom random,
      int number,
      Instant requestedAt,
      String model,
      @Nullable String error) {
    return PricedAttempt.newBuilder()
        .setAttempt(
            ModelAttempt.newBuilder()
                .setNumber(number)
                .setProvider("openai")
                .setModel(model)
                .setResponseModel(model + "-2026-08-01")
                .setPurpose(AttemptPurpose.GENERATE)
                .setSent(true)
                .setStartedAt(requestedAt.plusMillis(5))
                .setLatencyMillis(300 + random.nextInt(1_500))
                .setErrorType(error)
                .setHttpStatus(error == null ? 200 : 503)
                .setUsage(
                    error == null
                        ? TokenUsage.newBuilder()
                            .setInputTokens(900L + random.nextInt(400))
                            .setOutputTokens(40L + random.nextInt(120))
                            .build()
                        : null)
                .build())
        .setCost(BigDecimal.valueOf(100_000 + random.nextInt(900_000), 9).setScale(12))
        .setEstimated(error != null)
        .build();
  }

  private static int length(SplittableRandom random, int average) {
    return average / 2 + random.nextInt(average + 1);
  }

  private static String text(SplittableRandom random, int length) {
    StringBuilder text = new StringBuilder(length + 16);
    while (text.length() < length) {
      text.append(WORDS.get(random.nextInt(WORDS.size()))).append(' ');
    }
    text.setLength(length);
    return text.toString();
  }

  private static String sql(SplittableRandom random) {
    String from =
        " FROM orders AS o JOIN customers AS c ON c.id = o.customer_id"
            + (random.nextBoolean() ? LIMIT : "");
    return "SELECT "
        + text(random, length(random, SQL_LENGTH) - from.length() - "SELECT ".length())
        + from;
  }

  /** As the guard writes it: schemas before the relations, and rows capped. */
  private static String approvedSql(String sql) {
    String qualified =
        sql.replace(" FROM orders AS", " FROM shop.orders AS")
            .replace(" JOIN customers AS", " JOIN shop.customers AS");
    return sql.endsWith(LIMIT) ? qualified : "SELECT * FROM (\n" + qualified + "\n) AS q" + LIMIT;
  }

  private static String hex(SplittableRandom random, int bytes) {
    byte[] raw = new byte[bytes];
    random.nextBytes(raw);
    return HexFormat.of().formatHex(raw);
  }
}
