package io.querytrail.audit;

import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.kafka.KafkaStreamsMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.querytrail.audit.alerts.AlertWebhook;
import io.querytrail.audit.chain.ChainKey;
import io.querytrail.audit.ledger.BudgetLedger;
import io.querytrail.audit.ledger.Retention;
import io.querytrail.audit.money.PriceBook;
import io.querytrail.audit.prices.PriceFile;
import io.querytrail.audit.safety.GuardSqlJudge;
import io.querytrail.audit.state.PriceTables;
import io.querytrail.audit.topology.AuditTopology;
import io.querytrail.audit.topology.GenerationsRead;
import io.querytrail.audit.topology.StreamDependencies;
import io.querytrail.audit.verdict.SqlJudge;
import io.querytrail.schemas.EventDeserializer;
import io.querytrail.schemas.EventSerializer;
import io.querytrail.schemas.TopicAdmin;
import io.querytrail.service.AdminServer;
import io.querytrail.service.HealthChecks;
import io.querytrail.service.Service;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The audit stream: admission, verdict and policy on Kafka Streams. The composition root of the
 * module.
 */
public final class AuditStreamService implements Service {
  private static final Logger LOG = LoggerFactory.getLogger(AuditStreamService.class);

  /** Consumer group of the stream: how far it has read its topics. */
  public static final String GROUP = StreamSettings.APPLICATION_ID;

  private static final String NAME = "audit-stream";
  private static final int MOST_THREAD_FAILURES = 10;
  private static final Duration FAILURE_WINDOW = Duration.ofMinutes(5);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(30);

  private final KafkaStreams streams;
  private final GenerationsWatch watch;
  private final KafkaStreamsMetrics streamsMetrics;
  private final AdminServer http;
  private final HealthChecks health;
  private final Optional<AlertWebhook> webhook;
  private final CompletableFuture<Void> failure;
  private final AtomicBoolean closed = new AtomicBoolean();

  private AuditStreamService(
      KafkaStreams streams,
      GenerationsWatch watch,
      KafkaStreamsMetrics streamsMetrics,
      AdminServer http,
      HealthChecks health,
      Optional<AlertWebhook> webhook,
      CompletableFuture<Void> failure) {
    this.streams = streams;
    this.watch = watch;
    this.streamsMetrics = streamsMetrics;
    this.http = http;
    this.health = health;
    this.webhook = webhook;
    this.failure = failure;
  }

  /**
   * Starts the stream; it works once {@code /health/ready} says so.
   *
   * @throws IllegalStateException when topics are missing or differ in partitions
   */
  public static AuditStreamService start(AuditStreamConfig config) {
    PrometheusMeterRegistry metrics = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    new JvmMemoryMetrics().bindTo(metrics);
    new JvmThreadMetrics().bindTo(metrics);
    int partitions = partitions(config);
    GenerationsWatch watch =
        GenerationsWatch.start(
            Admin.create(config.kafka().clientSettings()),
            StreamSettings.APPLICATION_ID,
            partitions,
            InstantSource.system());
    StreamDependencies dependencies = dependencies(config, partitions, watch, metrics);
    KafkaStreams streams =
        new KafkaStreams(AuditTopology.build(dependencies), StreamSettings.of(config));
    CompletableFuture<Void> failure = new CompletableFuture<>();
    RecentFailures recent =
        new RecentFailures(MOST_THREAD_FAILURES, FAILURE_WINDOW, System::nanoTime);
    streams.setUncaughtExceptionHandler(error -> onUncaught(error, recent, failure));
    streams.setStateListener((now, before) -> {
      if (now == KafkaStreams.State.ERROR) {
        failure.completeExceptionally(new IllegalStateException("all stream threads ended"));
      }
    });
    KafkaStreamsMetrics streamsMetrics = new KafkaStreamsMetrics(streams);
    streamsMetrics.bindTo(metrics);

    HealthChecks health = health(streams, failure);
    AdminServer http;
    try {
      // First, so that a probe is told why it has to wait while the store is read back.
      http = AdminServer.start(config.http(), health, metrics);
    } catch (RuntimeException e) {
      streamsMetrics.close();
      streams.close();
      watch.close();
      throw e;
    }
    Optional<AlertWebhook> webhook;
    try {
      webhook = webhook(config, metrics);
    } catch (RuntimeException e) {
      http.close();
      streamsMetrics.close();
      streams.close();
      watch.close();
      throw e;
    }
    streams.start();
    return new AuditStreamService(streams, watch, streamsMetrics, http, health, webhook, failure);
  }

  private static Optional<AlertWebhook> webhook(
      AuditStreamConfig config, PrometheusMeterRegistry metrics) {
    return Optional.ofNullable(config.alertWebhook())
        .map(webhook ->
            AlertWebhook.start(
                webhook,
                config.kafka(),
                InstantSource.system(),
                System::nanoTime,
                new SecureRandom(),
                metrics));
  }

  private static HealthChecks health(KafkaStreams streams, CompletableFuture<Void> failure) {
    HealthChecks health = new HealthChecks();
    health.ready("stream", () -> reasonAgainst(streams.state()));
    health.live(
        "stream",
        () ->
            failure.isCompletedExceptionally()
                ? Optional.of("the stream ended: " + reason(failure.exceptionNow()).getMessage())
                : Optional.empty());
    return health;
  }

  private static int partitions(AuditStreamConfig config) {
    try (Admin admin = Admin.create(config.kafka().clientSettings())) {
      return TopicAdmin.requireEqualPartitions(admin);
    }
  }

  private static StreamDependencies dependencies(
      AuditStreamConfig config,
      int partitions,
      GenerationsRead generationsRead,
      PrometheusMeterRegistry metrics) {
    Map<String, Object> client = config.kafka().clientSettings();
    EventSerializer serializer = new EventSerializer();
    serializer.configure(client, false);
    EventDeserializer deserializer = new EventDeserializer();
    deserializer.configure(client, false);
    PriceBook prices =
        config.pricesFile() == null
            ? PriceFile.bundled()
            : PriceFile.load(config.pricesFile()).book();
    Retention retention = config.retention();
    return new StreamDependencies(
        new BudgetLedger(prices, retention),
        new ChainKey(config.chain().keyId(), config.chain().key().reveal()),
        // A parser takes megabytes: one for each stream thread, whatever tasks it has.
        ThreadLocal.<SqlJudge>withInitial(GuardSqlJudge::new)::get,
        partitions,
        serializer,
        deserializer,
        new SecureRandom(),
        System::nanoTime,
        metrics,
        new PriceTables(content -> PriceFile.read(content).table()),
        retention,
        generationsRead);
  }

  /**
   * A thread that fails is replaced: its transaction was aborted, and its records are read again.
   * One that fails again and again needs a person.
   */
  private static StreamThreadExceptionResponse onUncaught(
      Throwable error, RecentFailures recent, CompletableFuture<Void> failure) {
    LOG.atError()
        .addKeyValue("error", error.toString())
        .setCause(error)
        .log("stream thread failed");
    boolean incurable = error.getCause() instanceof IllegalStateException || error instanceof Error;
    if (incurable || recent.addAndIsTooMany()) {
      failure.completeExceptionally(error);
      return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
    }
    return StreamThreadExceptionResponse.REPLACE_THREAD;
  }

  /** What Kafka Streams wraps says where it happened; what it wraps says why. */
  private static Throwable reason(Throwable error) {
    Throwable reason = error;
    while (reason instanceof KafkaException && reason.getCause() != null) {
      reason = reason.getCause();
    }
    return reason;
  }

  private static Optional<String> reasonAgainst(KafkaStreams.State state) {
    return state == KafkaStreams.State.RUNNING
        ? Optional.empty()
        : Optional.of("Kafka Streams is " + state);
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public int httpPort() {
    return http.port();
  }

  @Override
  public CompletableFuture<Void> failure() {
    return failure;
  }

  @Override
  public HealthChecks health() {
    return health;
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      // Leaving says that nobody needs to wait for this member; a restart then takes a second and
      // not a timeout.
      streams.close(
          CloseOptions.timeout(CLOSE_TIMEOUT)
              .withGroupMembershipOperation(CloseOptions.GroupMembershipOperation.LEAVE_GROUP));
      // After the stream, whose last alert it may still post.
      webhook.ifPresent(AlertWebhook::close);
      watch.close();
      streamsMetrics.close();
      http.close();
    }
  }
}
