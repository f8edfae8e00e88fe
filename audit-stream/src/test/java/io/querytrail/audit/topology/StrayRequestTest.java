package io.querytrail.audit.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.querytrail.audit.chain.ChainKey;
import io.querytrail.audit.ledger.BudgetLedger;
import io.querytrail.audit.ledger.Retention;
import io.querytrail.audit.money.PriceBook;
import io.querytrail.audit.money.PriceTable;
import io.querytrail.audit.prices.PriceFile;
import io.querytrail.audit.safety.GuardSqlJudge;
import io.querytrail.audit.state.PriceTables;
import io.querytrail.events.QueryRejected;
import io.querytrail.events.QueryRequested;
import io.querytrail.schemas.DeadLetter;
import io.querytrail.schemas.EventDeserializer;
import io.querytrail.schemas.EventHeaders;
import io.querytrail.schemas.EventSerializer;
import io.querytrail.schemas.Partitions;
import io.querytrail.schemas.Topic;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.processor.api.MockProcessorContext.CapturedForward;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Producers of other languages part keys differently; the processor sees that by the partition. */
class StrayRequestTest {
  private static final int PARTITIONS = 16;
  private static final String ACCOUNT = "acme";
  private static final int HOME = Partitions.of(ACCOUNT, PARTITIONS);
  private static final int ELSEWHERE = (HOME + 1) % PARTITIONS;

  private final MockProcessorContext<byte[], byte[]> context = new MockProcessorContext<>();
  private final AdmissionProcessor processor =
      new AdmissionProcessor(
          new StreamDependencies(
              new BudgetLedger(
                  new PriceBook(
                      List.of(
                          new PriceTable("p1", LocalDate.parse("2026-11-01"), "USD", Map.of())))),
              new ChainKey("chain-1", "a secret of the tests"),
              GuardSqlJudge::new,
              PARTITIONS,
              new EventSerializer(),
              new EventDeserializer(),
              new Random(1),
              System::nanoTime,
              new SimpleMeterRegistry(),
              new PriceTables(content -> PriceFile.read(content).table()),
              new Retention(Retention.USUAL),
              partition -> Instant.EPOCH));
  private final Record<byte[], byte[]> request =
      new Record<>(
          ACCOUNT.getBytes(StandardCharsets.UTF_8),
          Objects.requireNonNull(
              new EventSerializer()
                  .serialize(
                      "any",
                      QueryRequested.newBuilder()
                          .setRequestId("r-1")
                          .setAccount(ACCOUNT)
                          .setUser("ada")
                          .setQuestion("How many?")
                          .build())),
          1_795_000_000_000L,
          new RecordHeaders().add("traceparent", new byte[] {1}));

  @BeforeEach
  void start() {
    KeyValueStore<String, byte[]> store =
        Stores.keyValueStoreBuilder(
                Stores.inMemoryKeyValueStore("ledger"), Serdes.String(), Serdes.ByteArray())
            .withLoggingDisabled()
            .build();
    store.init(context.getStateStoreContext(), store);
    context.addStateStore(store);
    processor.init(context);
  }

  @Test
  void requestInItsAccountsPartitionIsDecidedThere() {
    process(Topic.REQUESTS, HOME);

    assertThat(children()).containsExactly("ledger.v1", "rejections.v1", "audit.v1");
  }

  @Test
  void requestElsewhereIsPassedOnAsItIsAndDecidedAtHome() {
    // When
    process(Topic.REQUESTS, ELSEWHERE);

    // Then
    assertThat(children()).containsExactly("requests-rerouted.v1");
    assertThat(context.forwarded().getFirst().record()).isEqualTo(request);

    // When it comes back in its own partition
    context.resetForwards();
    process(Topic.REQUESTS_REROUTED, HOME);

    // Then
    assertThat(children()).containsExactly("ledger.v1", "rejections.v1", "audit.v1");
    byte[] rejection = context.forwarded().get(1).record().value();
    assertThat(new EventDeserializer().deserialize("any", rejection))
        .isInstanceOfSatisfying(
            QueryRejected.class,
            rejected -> assertThat(rejected.getReason()).isEqualTo("UNKNOWN_ACCOUNT"));
  }

  @Test
  void requestThatIsAstrayAgainDoesNotGoRoundAndRound() {
    process(Topic.REQUESTS_REROUTED, ELSEWHERE);

    assertThat(children()).containsExactly("dead-letters.v1");
    assertThat(
            EventHeaders.text(
                context.forwarded().getFirst().record().headers(), DeadLetter.ERROR_CLASS))
        .contains("WRONG_PARTITION");
  }

  private void process(Topic topic, int partition) {
    context.setRecordMetadata(topic.topicName(), partition, 5);
    processor.process(request);
  }

  private List<String> children() {
    return context.forwarded().stream()
        .map(CapturedForward::childName)
        .map(child -> child.orElseThrow().substring("querytrail.".length()))
        .toList();
  }
}
