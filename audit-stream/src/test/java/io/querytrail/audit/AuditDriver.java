package io.querytrail.audit;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.querytrail.audit.AuditStreamConfig.ChainConfig;
import io.querytrail.audit.chain.ChainKey;
import io.querytrail.audit.ledger.BudgetLedger;
import io.querytrail.audit.ledger.Retention;
import io.querytrail.audit.money.ModelPrice;
import io.querytrail.audit.money.PriceBook;
import io.querytrail.audit.money.PriceTable;
import io.querytrail.audit.prices.PriceFile;
import io.querytrail.audit.prices.TableDocument;
import io.querytrail.audit.state.PriceTables;
import io.querytrail.audit.topology.AuditTopology;
import io.querytrail.audit.topology.StreamDependencies;
import io.querytrail.events.AccountPolicy;
import io.querytrail.events.PriceList;
import io.querytrail.events.QueryRequested;
import io.querytrail.schemas.EventDeserializer;
import io.querytrail.schemas.EventHeaders;
import io.querytrail.schemas.EventSerializer;
import io.querytrail.schemas.Topic;
import io.querytrail.schemas.TraceParent;
import io.querytrail.service.HttpConfig;
import io.querytrail.service.KafkaConfig;
import io.querytrail.service.Secret;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.test.TestRecord;
import org.jspecify.annotations.Nullable;

/** The topology without a broker, under the settings of the service. */
final class AuditDriver implements AutoCloseable {
  static final String CHAIN_SECRET = "a secret of the tests";
  static final Instant START = Instant.parse("2026-11-21T12:00:00Z");

  /** One record that came out. */
  record Out(Topic topic, String key, byte @Nullable [] value, Headers headers) {
    SpecificRecord event() {
      return Objects.requireNonNull(new EventDeserializer().deserialize(topic.topicName(), value));
    }

    String header(String name) {
      return EventHeaders.text(headers, name).orElse("");
    }

    TraceParent trace() {
      return EventHeaders.trace(headers).orElseThrow();
    }
  }

  private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
  private final EventSerializer events = new EventSerializer();
  private final TopologyTestDriver driver;
  private Instant now = START;
  private Instant readThrough = Instant.EPOCH;

  AuditDriver(Path stateDir) {
    this(stateDir, 1);
  }

  AuditDriver(Path stateDir, int partitions) {
    StreamDependencies dependencies =
        new StreamDependencies(
            new BudgetLedger(prices()),
            new ChainKey("chain-1", CHAIN_SECRET),
            ScriptedJudge::new,
            partitions,
            new EventSerializer(),
            new EventDeserializer(),
            new Random(1),
            System::nanoTime,
            metrics,
            new PriceTables(content -> PriceFile.read(content).table()),
            new Retention(Retention.USUAL),
            partition -> readThrough);
    driver =
        new TopologyTestDriver(
            AuditTopology.build(dependencies), StreamSettings.of(config(stateDir)), START);
  }

  static AuditStreamConfig config(Path stateDir) {
    return new AuditStreamConfig(
        new KafkaConfig("nowhere:9092", Map.of()),
        new HttpConfig(null, 0),
        stateDir,
        "test-1",
        null,
        null,
        null,
        new ChainConfig("chain-1", new Secret(CHAIN_SECRET)),
        null,
        null,
        null);
  }

  /** A token costs a millionth, whatever its class. */
  static PriceBook prices() {
    BigDecimal one = BigDecimal.ONE;
    ModelPrice price = new ModelPrice(one, one, one, one, one);
    return new PriceBook(
        List.of(
            new PriceTable(
                "p1",
                LocalDate.parse("2026-11-01"),
                "USD",
                Map.of("test:small", price, "test:large", price))));
  }

  /** Every record arrives a second after the one before it. */
  Instant now() {
    return now;
  }

  void advance(Duration by) {
    now = now.plus(by);
  }

  List<Out> apply(AccountPolicy policy) {
    return send(Topic.ACCOUNTS, policy.getAccount(), policy);
  }

  /** Applies a price table. */
  List<Out> apply(TableDocument table) {
    PriceTable read = table.table();
    return send(
        Topic.PRICES,
        table.version(),
        PriceList.newBuilder()
            .setVersion(table.version())
            .setEffectiveFrom(read.effective())
            .setCurrency(table.currency())
            .setTable(PriceFile.write(table))
            .build());
  }

  List<Out> ask(QueryRequested request) {
    return send(Topic.REQUESTS, request.getAccount(), request);
  }

  List<Out> send(Topic topic, @Nullable String key, SpecificRecord event) {
    return send(topic, key, events.serialize(topic.topicName(), event), new RecordHeaders());
  }

  /** Writes a record and reads all that comes of it. */
  List<Out> send(Topic topic, @Nullable String key, byte @Nullable [] value, Headers headers) {
    now = now.plusSeconds(1);
    byte[] keyBytes = key == null ? null : key.getBytes(StandardCharsets.UTF_8);
    driver
        .createInputTopic(topic.topicName(), new ByteArraySerializer(), new ByteArraySerializer())
        .pipeInput(new TestRecord<>(keyBytes, value, headers, now));
    return read();
  }

  /** All that was reported before that moment has been read; a second passes. */
  List<Out> readThrough(Instant moment) {
    readThrough = moment;
    driver.advanceWallClockTime(Duration.ofSeconds(1));
    return read();
  }

  private List<Out> read() {
    List<Out> records = new ArrayList<>();
    for (Topic topic : Topic.values()) {
      var output =
          driver.createOutputTopic(
              topic.topicName(), new ByteArrayDeserializer(), new ByteArrayDeserializer());
      while (!output.isEmpty()) {
        TestRecord<byte[], byte[]> record = output.readRecord();
        String key = record.key() == null ? "" : new String(record.key(), StandardCharsets.UTF_8);
        records.add(new Out(topic, key, record.value(), record.headers()));
      }
    }
    return records;
  }

  double gauge(String gauge, String... tags) {
    return Optional.ofNullable(metrics.find(gauge).tags(tags).gauge())
        .map(found -> found.value())
        .orElse(Double.NaN);
  }

  /** Decisions of that kind whose time was measured. */
  long decisions(String command) {
    return Objects.requireNonNull(
            metrics.find("querytrail.ledger.decision").tag("command", command).timer())
        .count();
  }

  double count(String counter, String... tags) {
    return Optional.ofNullable(metrics.find(counter).tags(tags).counter())
        .map(found -> found.count())
        .orElse(0.0);
  }

  @Override
  public void close() {
    driver.close();
  }
}
