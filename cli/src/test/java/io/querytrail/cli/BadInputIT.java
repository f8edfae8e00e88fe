package io.querytrail.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.querytrail.events.BudgetBalance;
import io.querytrail.events.ModelAttempt;
import io.querytrail.events.QueryApproved;
import io.querytrail.events.QueryGenerated;
import io.querytrail.events.QueryRejected;
import io.querytrail.events.QueryRequested;
import io.querytrail.events.TokenUsage;
import io.querytrail.schemas.DeadLetter;
import io.querytrail.schemas.EventHeaders;
import io.querytrail.schemas.EventSerializer;
import io.querytrail.schemas.Partitions;
import io.querytrail.schemas.RequestRules;
import io.querytrail.schemas.Topic;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What a producer of somebody else's can write: each ends as a dead letter or a rejection with its
 * reason, and whoever asks next is answered.
 */
final class BadInputIT {
  private static final String ACCOUNT = "acme";
  private static final String GOOD = "How many customers do we have?";
  private static final Duration SOON = Duration.ofSeconds(60);

  @TempDir static Path directory;
  private static RunningStack stack;
  private static KafkaProducer<byte[], byte[]> producer;
  private static EventSerializer events;

  @BeforeAll
  static void start() {
    stack = RunningStack.start(directory.resolve("state"));
    stack.account(ACCOUNT, "100");
    Map<String, Object> settings = stack.connection().kafka().clientSettings();
    settings.put("max.request.size", Topic.MAX_RECORD_BYTES);
    producer = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
    events = new EventSerializer();
    events.configure(settings, false);
  }

  @AfterAll
  static void stop() {
    producer.close();
    stack.close();
  }

  @AfterEach
  void answersWhoeverAsksNext() {
    Ran ran = stack.run("ask", GOOD, "--account", ACCOUNT, "--user", "next", "--wait");

    assertThat(ran.exitCode()).as("%s", ran).isZero();
  }

  // ---- dead letters ----

  @Test
  void setsUndecodableBytesAsideAsTheyAre() throws Exception {
    byte[] bytes = "{\"question\": \"is this JSON?\"}".getBytes(StandardCharsets.UTF_8);

    ConsumerRecord<byte[], byte[]> letter = deadLetter(request(ACCOUNT, bytes), "UNDECODABLE");

    assertThat(letter.key()).isEqualTo(utf8(ACCOUNT));
    assertThat(letter.value()).isEqualTo(bytes);
    assertThat(header(letter, "of-the-producer")).isEqualTo("kept");
    assertThat(header(letter, DeadLetter.ERROR_MESSAGE)).contains("C3 01");
    JsonNode watched =
        stack.run("watch", "dead-letters", "--from-beginning", "--until-end").jsonLines().stream()
            .filter(line -> line.path("bytes").asText().equals(HexFormat.of().formatHex(bytes)))
            .findFirst()
            .orElseThrow();
    assertThat(watched.path("size").asInt()).isEqualTo(bytes.length);
    assertThat(watched.at("/headers/querytrail.dlq.error.class").asText()).isEqualTo("UNDECODABLE");
  }

  @Test
  void setsRequestWithAnotherAccountsKeyAside() throws Exception {
    ProducerRecord<byte[], byte[]> record = request("globex", bytes(question("wrong-key").build()));

    ConsumerRecord<byte[], byte[]> letter = deadLetter(record, "KEY_MISMATCH");

    assertThat(header(letter, DeadLetter.ERROR_MESSAGE)).contains("'globex'").contains("'acme'");
  }

  @Test
  void setsRequestWithoutKeyAside() throws Exception {
    ConsumerRecord<byte[], byte[]> letter =
        deadLetter(request(null, bytes(question("no-key").build())), "KEY_MISMATCH");

    assertThat(letter.key()).isNull();
  }

  @Test
  void setsDeletionAside() throws Exception {
    deadLetter(request(ACCOUNT, null), "EMPTY_RECORD");
  }

  @Test
  void setsEventOfAnotherTopicAside() throws Exception {
    verdict("spender", request(ACCOUNT, bytes(question("spender").build())));

    deadLetter(request(ACCOUNT, bytes(balance())), "WRONG_EVENT");
  }

  @Test
  void setsRequestWithUnusableIdAside() throws Exception {
    deadLetter(request(ACCOUNT, bytes(question("not an id").build())), "INVALID_REQUEST_ID");
  }

  @Test
  void answersSameIdWithOtherContentWithDeadLetterAndKeepsTheFirstVerdict() throws Exception {
    // Given an answered request
    verdict("twice", request(ACCOUNT, bytes(question("twice").build())));

    // When the id comes again with another question
    ConsumerRecord<byte[], byte[]> letter =
        deadLetter(
            request(ACCOUNT, bytes(question("twice").setQuestion("And how many orders?").build())),
            "DUPLICATE_REQUEST_ID");

    // Then the first one stands alone
    assertThat(header(letter, DeadLetter.ERROR_MESSAGE)).contains("use a new id");
    assertOneVerdict("twice");
  }

  @Test
  void answersIdenticalRepetitionOnce() throws Exception {
    verdict("again", request(ACCOUNT, bytes(question("again").build())));

    producer.send(request(ACCOUNT, bytes(question("again").build()))).get();

    assertOneVerdict("again");
  }

  // ---- rejections ----

  @Test
  void rejectsEmptyQuestion() throws Exception {
    QueryRejected rejected =
        rejection("empty", request(ACCOUNT, bytes(question("empty").setQuestion("").build())));

    assertThat(rejected.getReason()).isEqualTo("INVALID_REQUEST");
    assertThat(rejected.getMessage()).contains("question is empty");
  }

  @Test
  void rejectsQuestionOfOneMegabyteAndKeepsItsBeginning() throws Exception {
    QueryRejected rejected =
        rejection(
            "large",
            request(
                ACCOUNT, bytes(question("large").setQuestion("why? ".repeat(200_000)).build())));

    assertThat(rejected.getReason()).isEqualTo("INVALID_REQUEST");
    assertThat(rejected.getMessage()).contains("question has 1000000 characters");
    assertThat(rejected.getQuestion()).hasSize(RequestRules.MAX_QUESTION).startsWith("why? why?");
    await()
        .atMost(SOON)
        .untilAsserted(() ->
            assertThat(
                    stack.number(
                        "SELECT length(natural_query) FROM ai_query_log WHERE request_id = 'large'"))
                .isEqualByComparingTo("" + RequestRules.MAX_QUESTION));
  }

  @Test
  void rejectsUnknownAccountAndUnknownDatasource() throws Exception {
    QueryRejected account =
        rejection(
            "unknown-account",
            request("nobody", bytes(question("unknown-account").setAccount("nobody").build())));
    QueryRejected datasource =
        rejection(
            "unknown-datasource",
            request(
                ACCOUNT, bytes(question("unknown-datasource").setDatasource("warehouse").build())));

    assertThat(account.getReason()).isEqualTo("UNKNOWN_ACCOUNT");
    assertThat(datasource.getReason()).isEqualTo("UNKNOWN_DATASOURCE");
    assertThat(datasource.getMessage()).contains("warehouse").contains("[shop]");
  }

  // ---- elsewhere ----

  @Test
  void answersRequestInAnotherPartitionThanItsAccounts() throws Exception {
    int wrong = (Partitions.of(ACCOUNT, Topic.DEFAULT_PARTITIONS) + 1) % Topic.DEFAULT_PARTITIONS;

    SpecificRecord verdict =
        verdict(
            "stray",
            new ProducerRecord<>(
                Topic.REQUESTS.topicName(),
                wrong,
                utf8(ACCOUNT),
                bytes(question("stray").build())));

    assertThat(verdict).isInstanceOf(QueryApproved.class);
    assertThat(stack.run("watch", "requests-rerouted", "--from-beginning", "--until-end").out())
        .contains("\"requestId\":\"stray\"");
    assertOneVerdict("stray");
  }

  /** Whoever forges a generation can make an account pay, and never can make it earn. */
  @ParameterizedTest
  @CsvSource({"forged-negative, -1000000, -1000000", "forged-missing, , ", "forged-half, 5, "})
  void chargesForgedGenerationWithoutUsableUsageAtItsCeiling(
      String requestId, @Nullable Long inputTokens, @Nullable Long outputTokens) throws Exception {
    // Given a request that was answered and paid
    verdict(requestId, request(ACCOUNT, bytes(question(requestId).build())));
    QueryGenerated real = generation(requestId);
    BigDecimal before = balance().getSettled();

    // When another generation for it says that a call brought tokens back, or nothing at all
    ModelAttempt attempt =
        ModelAttempt.newBuilder(real.getAttempts().getFirst())
            .setUsage(
                TokenUsage.newBuilder()
                    .setInputTokens(inputTokens)
                    .setOutputTokens(outputTokens)
                    .build())
            .build();
    QueryGenerated forged =
        QueryGenerated.newBuilder(real)
            .setDispatchNonce("forged")
            .setAttempts(List.of(attempt))
            .build();
    producer
        .send(new ProducerRecord<>(Topic.GENERATIONS.topicName(), utf8(ACCOUNT), bytes(forged)))
        .get();

    // Then the ceiling of one call is charged as a correction, and the verdict stays
    BigDecimal ceiling = new BigDecimal("0.0018");
    await()
        .atMost(SOON)
        .untilAsserted(() ->
            assertThat(balance().getSettled().subtract(before)).isEqualByComparingTo(ceiling));
    await()
        .atMost(SOON)
        .untilAsserted(() ->
            assertThat(stack.run("show", requestId).out())
                .contains("correction  0.0018 USD")
                .contains("(ceiling: usage was not reported)"));
    assertThat(balance().getHeld()).isZero();
    assertOneVerdict(requestId);
  }

  @Test
  void setsGenerationOfRequestThatNobodyAdmittedAside() throws Exception {
    verdict("model", request(ACCOUNT, bytes(question("model").build())));
    QueryGenerated invented =
        QueryGenerated.newBuilder(generation("model")).setRequestId("invented").build();

    deadLetter(
        new ProducerRecord<>(Topic.GENERATIONS.topicName(), utf8(ACCOUNT), bytes(invented)),
        "UNKNOWN_REQUEST");
  }

  @Test
  void setsBytesOnEveryTopicThatIsReadAside() throws Exception {
    for (Topic topic :
        List.of(
            Topic.ACCOUNTS,
            Topic.GENERATIONS,
            Topic.ADMISSIONS,
            Topic.EXECUTIONS,
            Topic.AUDIT,
            Topic.ALERTS)) {
      ProducerRecord<byte[], byte[]> record =
          new ProducerRecord<>(topic.topicName(), utf8(ACCOUNT), utf8("poison"));

      assertThat(letterOf(record)).as("%s", topic).isNotNull();
    }
  }

  // ---- what is sent and read ----

  private static QueryRequested.Builder question(String requestId) {
    return QueryRequested.newBuilder()
        .setRequestId(requestId)
        .setAccount(ACCOUNT)
        .setUser("mallory")
        .setQuestion(GOOD);
  }

  private static ProducerRecord<byte[], byte[]> request(
      @Nullable String key, byte @Nullable [] value) {
    ProducerRecord<byte[], byte[]> record =
        new ProducerRecord<>(Topic.REQUESTS.topicName(), key == null ? null : utf8(key), value);
    record.headers().add("of-the-producer", utf8("kept"));
    return record;
  }

  private static byte[] bytes(SpecificRecord event) {
    return Objects.requireNonNull(events.serialize("", event));
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static BudgetBalance balance() {
    return BudgetCommand.balances(stack.connection().kafka(), ACCOUNT).stream()
        .findFirst()
        .orElseThrow();
  }

  private static QueryGenerated generation(String requestId) {
    try (TopicReader reader = new TopicReader(stack.connection().kafka())) {
      return reader
          .atBeginning(List.of(reader.partition(Topic.GENERATIONS, ACCOUNT)))
          .findToEnd(record ->
              reader
                  .event(record)
                  .filter(QueryGenerated.class::isInstance)
                  .map(QueryGenerated.class::cast)
                  .filter(event -> event.getRequestId().equals(requestId)))
          .orElseThrow();
    }
  }

  /** Sends the record and returns its dead letter, which must be of that class. */
  private static ConsumerRecord<byte[], byte[]> deadLetter(
      ProducerRecord<byte[], byte[]> record, String errorClass)
      throws ExecutionException, InterruptedException {
    ConsumerRecord<byte[], byte[]> letter = letterOf(record);
    assertThat(header(letter, DeadLetter.ERROR_CLASS)).isEqualTo(errorClass);
    return letter;
  }

  private static ConsumerRecord<byte[], byte[]> letterOf(ProducerRecord<byte[], byte[]> record)
      throws ExecutionException, InterruptedException {
    try (TopicReader letters = new TopicReader(stack.connection().kafka())) {
      letters.atEnd(letters.partitions(Topic.DEAD_LETTERS));
      RecordMetadata sent = producer.send(record).get();
      Predicate<ConsumerRecord<byte[], byte[]>> isItsLetter =
          letter ->
              header(letter, DeadLetter.TOPIC).equals(sent.topic())
                  && header(letter, DeadLetter.PARTITION).equals("" + sent.partition())
                  && header(letter, DeadLetter.OFFSET).equals("" + sent.offset());
      return letters
          .awaitIn(letter -> Optional.of(letter).filter(isItsLetter), SOON)
          .orElseThrow(() -> new AssertionError("no dead letter of " + sent));
    }
  }

  private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
    return EventHeaders.text(record.headers(), name).orElse("");
  }

  private static QueryRejected rejection(String requestId, ProducerRecord<byte[], byte[]> record)
      throws ExecutionException, InterruptedException {
    return (QueryRejected) verdict(requestId, record);
  }

  /** Sends the record and returns the verdict of that request. */
  private static SpecificRecord verdict(String requestId, ProducerRecord<byte[], byte[]> record)
      throws ExecutionException, InterruptedException {
    try (TopicReader verdicts = new TopicReader(stack.connection().kafka())) {
      verdicts.atEnd(verdictPartitions(verdicts));
      producer.send(record).get();
      return verdicts
          .await(event -> requestId.equals(requestId(event)), SOON)
          .orElseThrow(() -> new AssertionError("no verdict of " + requestId));
    }
  }

  private static List<TopicPartition> verdictPartitions(TopicReader reader) {
    return Stream.of(Topic.APPROVALS, Topic.REJECTIONS)
        .flatMap(topic -> reader.partitions(topic).stream())
        .toList();
  }

  private static @Nullable String requestId(SpecificRecord event) {
    return switch (event) {
      case QueryApproved approved -> approved.getRequestId();
      case QueryRejected rejected -> rejected.getRequestId();
      default -> null;
    };
  }

  /** The account's order is kept: once a later request is answered, an earlier one has been. */
  private void assertOneVerdict(String requestId) {
    answersWhoeverAsksNext();
    List<String> found = new ArrayList<>();
    try (TopicReader verdicts = new TopicReader(stack.connection().kafka())) {
      verdicts
          .atBeginning(verdictPartitions(verdicts))
          .readToEnd(record ->
              verdicts
                  .event(record)
                  .map(BadInputIT::requestId)
                  .filter(requestId::equals)
                  .ifPresent(found::add));
    }
    assertThat(found).hasSize(1);
    await()
        .atMost(SOON)
        .untilAsserted(() ->
            assertThat(
                    stack.number(
                        "SELECT count(*) FROM ai_query_log WHERE request_id = ?", requestId))
                .isEqualByComparingTo("1"));
  }
}
