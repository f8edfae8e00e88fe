package io.querytrail.audit;

import static io.querytrail.audit.SampleEvents.failed;
import static io.querytrail.audit.SampleEvents.generated;
import static io.querytrail.audit.SampleEvents.policy;
import static io.querytrail.audit.SampleEvents.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.querytrail.audit.AuditDriver.Out;
import io.querytrail.events.QueryAudited;
import io.querytrail.events.QueryRejected;
import io.querytrail.events.QueryRequested;
import io.querytrail.events.RejectionStage;
import io.querytrail.schemas.DeadLetter;
import io.querytrail.schemas.EventSerializer;
import io.querytrail.schemas.Topic;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What cannot be used is set aside or rejected with the reason, and the next record is unharmed.
 */
class BadInputTest {
  @TempDir Path stateDir;
  private AuditDriver audit;

  @BeforeEach
  void start() {
    audit = new AuditDriver(stateDir);
    audit.apply(policy(1, "1").build());
  }

  @AfterEach
  void stop() {
    audit.close();
  }

  // ---- dead letters

  /** A record as it came: where, under which key, with which bytes. */
  record Raw(Topic topic, @Nullable String key, byte @Nullable [] value) {}

  static Stream<Arguments> unusable() {
    byte[] sound = bytes(request("r-1").build());
    byte[] cut = Arrays.copyOf(sound, sound.length - 3);
    byte[] longer = Arrays.copyOf(sound, sound.length + 3);
    byte[] unknown = sound.clone();
    unknown[5]++;
    byte[] text = "How many?".getBytes(StandardCharsets.UTF_8);
    byte[] registry = {0, 0, 0, 0, 1, 2, 3};
    Topic requests = Topic.REQUESTS;
    return Stream.of(
        unusable("UNDECODABLE", "empty", requests, "acme", new byte[0]),
        unusable("UNDECODABLE", "C3 01", requests, "acme", text),
        unusable("UNDECODABLE", "QueryRequested", requests, "acme", cut),
        unusable("UNDECODABLE", "bytes follow", requests, "acme", longer),
        unusable("UNDECODABLE", "fingerprint", requests, "acme", unknown),
        unusable("UNDECODABLE", "schema.registry.url", requests, "acme", registry),
        unusable("UNDECODABLE", "C3 01", Topic.GENERATIONS, "acme", text),
        unusable("UNDECODABLE", "C3 01", Topic.ACCOUNTS, "acme", text),
        unusable("EMPTY_RECORD", "no value", requests, "acme", null),
        unusable("EMPTY_RECORD", "no value", Topic.ACCOUNTS, "acme", null),
        unusable("WRONG_EVENT", "AccountPolicy", requests, "acme", bytes(policy(2, "1").build())),
        unusable("WRONG_EVENT", "QueryRequested", Topic.GENERATIONS, "acme", sound),
        unusable("WRONG_EVENT", "QueryRequested", Topic.ACCOUNTS, "acme", sound),
        unusable("KEY_MISMATCH", "'other'", requests, "other", sound),
        unusable("KEY_MISMATCH", "'acme'", requests, null, sound),
        unusable("KEY_MISMATCH", "'acme '", requests, "acme ", sound),
        unusable(
            "KEY_MISMATCH",
            "'other'",
            Topic.GENERATIONS,
            "other",
            bytes(generated("r-1", "n", "SELECT 1").build())),
        unusable(
            "INVALID_ACCOUNT",
            "a|b",
            requests,
            "a|b",
            bytes(request("r-1").setAccount("a|b").build())),
        unusable(
            "INVALID_ACCOUNT", "''", requests, "", bytes(request("r-1").setAccount("").build())),
        unusable(
            "INVALID_REQUEST_ID", "0 characters", requests, "acme", bytes(request("").build())),
        unusable(
            "INVALID_REQUEST_ID",
            "1048576 characters",
            requests,
            "acme",
            bytes(request("x".repeat(1 << 20)).build())),
        unusable(
            "UNKNOWN_REQUEST",
            "no admitted request never",
            Topic.GENERATIONS,
            "acme",
            bytes(generated("never", "n", "SELECT 1").build())),
        unusable(
            "UNKNOWN_REQUEST",
            "no admitted request never",
            Topic.GENERATIONS,
            "acme",
            bytes(failed("never", "n").build())),
        unusable(
            "UNKNOWN_REQUEST",
            "no admitted request never",
            Topic.GENERATIONS,
            "acme",
            bytes(SampleEvents.interrupted("never"))));
  }

  private static Arguments unusable(
      String errorClass, String says, Topic topic, @Nullable String key, byte @Nullable [] value) {
    return Arguments.of(errorClass, says, new Raw(topic, key, value));
  }

  @ParameterizedTest(name = "{0} ({1})")
  @MethodSource("unusable")
  void unusableRecordGoesToTheDeadLettersAsItCame(String errorClass, String says, Raw raw) {
    // Given
    RecordHeaders headers = new RecordHeaders();
    headers.add("of-the-producer", new byte[] {1});

    // When
    List<Out> out = audit.send(raw.topic(), raw.key(), raw.value(), headers);

    // Then
    assertThat(out).hasSize(1);
    Out dead = out.getFirst();
    assertThat(dead.topic()).isEqualTo(Topic.DEAD_LETTERS);
    assertThat(dead.key()).isEqualTo(Objects.requireNonNullElse(raw.key(), ""));
    assertThat(dead.value()).isEqualTo(raw.value());
    assertThat(dead.header(DeadLetter.TOPIC)).isEqualTo(raw.topic().topicName());
    assertThat(dead.header(DeadLetter.PARTITION)).isEqualTo("0");
    assertThat(dead.header(DeadLetter.OFFSET)).isEqualTo(raw.topic() == Topic.ACCOUNTS ? "1" : "0");
    assertThat(dead.header(DeadLetter.ERROR_CLASS)).isEqualTo(errorClass);
    assertThat(dead.header(DeadLetter.ERROR_MESSAGE)).contains(says).hasSizeLessThan(1_001);
    assertThat(dead.headers().lastHeader("of-the-producer")).isNotNull();
    assertThat(
            audit.count(
                "querytrail.dead.letters", "topic", raw.topic().topicName(), "error", errorClass))
        .isEqualTo(1);
    assertNextRecordIsUnharmed();
  }

  @Test
  void sameIdWithOtherContentGoesToTheDeadLetters() {
    audit.ask(request("r-1").build());
    List<QueryRequested> conflicts =
        List.of(
            request("r-1").setQuestion("Something else?").build(),
            request("r-1").setUser("bob").build(),
            request("r-1").setTeam(null).build(),
            request("r-1").setDatasource("crm").build(),
            request("r-1").setPreferredTier("cheap").build(),
            request("r-1").setTags(Map.of("a", "b")).build());

    for (QueryRequested conflict : conflicts) {
      assertThat(audit.ask(conflict))
          .singleElement()
          .satisfies(dead -> {
            assertThat(dead.topic()).isEqualTo(Topic.DEAD_LETTERS);
            assertThat(dead.header(DeadLetter.ERROR_CLASS)).isEqualTo("DUPLICATE_REQUEST_ID");
            assertThat(dead.header(DeadLetter.ERROR_MESSAGE)).contains("r-1").contains("new id");
          });
    }
    assertNextRecordIsUnharmed();
  }

  @Test
  void tagsThatOnlyLookTheSameAreOtherContent() {
    audit.ask(request("r-1").setTags(Map.of("a", "1, b=2")).build());

    assertThat(audit.ask(request("r-1").setTags(Map.of("a", "1", "b", "2")).build()))
        .singleElement()
        .satisfies(dead -> assertThat(dead.topic()).isEqualTo(Topic.DEAD_LETTERS));
  }

  @Test
  void recordThatIsTooLargeToCopyIsSetAsideByItsPlace() {
    // Given what compression lets past the broker
    byte[] large = new byte[Topic.MAX_RECORD_BYTES + 1];

    // When
    List<Out> out = audit.send(Topic.REQUESTS, "acme", large, new RecordHeaders());

    // Then
    assertThat(out)
        .singleElement()
        .satisfies(dead -> {
          assertThat(dead.topic()).isEqualTo(Topic.DEAD_LETTERS);
          assertThat(dead.value()).isEmpty();
          assertThat(dead.header(DeadLetter.ERROR_CLASS)).isEqualTo("RECORD_TOO_LARGE");
          assertThat(dead.header(DeadLetter.TOPIC)).isEqualTo("querytrail.requests.v1");
          assertThat(dead.header(DeadLetter.OFFSET)).isEqualTo("0");
        });
    assertNextRecordIsUnharmed();
  }

  @Test
  void largestRecordFitsInTheDeadLetters() {
    byte[] largest = new byte[Topic.MAX_RECORD_BYTES - "acme".length()];
    Arrays.fill(largest, (byte) 7);

    List<Out> out = audit.send(Topic.REQUESTS, "acme", largest, new RecordHeaders());

    assertThat(out).singleElement().satisfies(dead -> assertThat(dead.value()).isEqualTo(largest));
  }

  // ---- rejections

  static Stream<Arguments> illFormed() {
    return Stream.of(
        Arguments.of("question is empty", request("r-1").setQuestion("").build()),
        Arguments.of("question is empty", request("r-1").setQuestion(" \n ").build()),
        Arguments.of(
            "question has 1048576 characters",
            request("r-1").setQuestion("q".repeat(1 << 20)).build()),
        Arguments.of("NUL", request("r-1").setQuestion("how\u0000many").build()),
        Arguments.of("user is empty", request("r-1").setUser("").build()),
        Arguments.of("user has 1000", request("r-1").setUser("u".repeat(1_000)).build()),
        Arguments.of("team", request("r-1").setTeam("t".repeat(1_000)).build()),
        Arguments.of("preferredTier is 'best'", request("r-1").setPreferredTier("best").build()),
        Arguments.of("tags has 100", request("r-1").setTags(tags(100)).build()));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("illFormed")
  void illFormedRequestIsRejectedWithTheReason(String says, QueryRequested request) {
    // When
    List<Out> out = audit.ask(request);

    // Then
    QueryRejected rejected = event(out, Topic.REJECTIONS, QueryRejected.class);
    assertThat(rejected.getStage()).isEqualTo(RejectionStage.ADMISSION);
    assertThat(rejected.getReason()).isEqualTo("INVALID_REQUEST");
    assertThat(rejected.getMessage()).contains(says);
    assertThat(rejected.getQuestion()).hasSizeLessThan(4_001).doesNotContain("\0");
    QueryAudited audited = event(out, Topic.AUDIT, QueryAudited.class);
    assertThat(audited.getUser()).hasSizeLessThan(129);
    assertThat(audited.getTags()).hasSizeLessThan(17);
    assertThat(out)
        .extracting(Out::topic)
        .containsExactlyInAnyOrder(Topic.REJECTIONS, Topic.AUDIT, Topic.LEDGER);
    assertThat(out)
        .allSatisfy(
            record -> assertThat(Objects.requireNonNull(record.value()).length).isLessThan(10_000));
    assertNextRecordIsUnharmed();
  }

  @Test
  void cutQuestionEndsWithAWholeCharacter() {
    String question = "q".repeat(3_999) + "\ud83d\ude00".repeat(10);

    List<Out> out = audit.ask(request("r-1").setQuestion(question).build());

    assertThat(event(out, Topic.REJECTIONS, QueryRejected.class).getQuestion())
        .isEqualTo("q".repeat(3_999));
  }

  @Test
  void unknownAccountAndDatasourceAreRejectedWithTheReason() {
    assertThat(
            event(
                    audit.ask(request("r-1").setAccount("nobody").build()),
                    Topic.REJECTIONS,
                    QueryRejected.class)
                .getReason())
        .isEqualTo("UNKNOWN_ACCOUNT");
    QueryRejected rejected =
        event(
            audit.ask(request("r-2").setDatasource("warehouse").build()),
            Topic.REJECTIONS,
            QueryRejected.class);
    assertThat(rejected.getReason()).isEqualTo("UNKNOWN_DATASOURCE");
    assertThat(rejected.getMessage()).contains("warehouse").contains("shop, crm");
    assertNextRecordIsUnharmed();
  }

  @Test
  void rejectedIdIsUsedUp() {
    audit.ask(request("r-1").setQuestion("").build());

    assertThat(audit.ask(request("r-1").setQuestion("").build())).isEmpty();
    assertThat(audit.ask(request("r-1").build()))
        .singleElement()
        .satisfies(dead -> assertThat(dead.topic()).isEqualTo(Topic.DEAD_LETTERS));
  }

  private void assertNextRecordIsUnharmed() {
    assertThat(audit.ask(request("next").build()))
        .extracting(Out::topic)
        .containsExactlyInAnyOrder(Topic.ADMISSIONS, Topic.LEDGER, Topic.BALANCES);
  }

  private static <E> E event(List<Out> out, Topic topic, Class<E> type) {
    return type.cast(
        out.stream().filter(record -> record.topic() == topic).findFirst().orElseThrow().event());
  }

  private static byte[] bytes(SpecificRecord event) {
    return Objects.requireNonNull(new EventSerializer().serialize("any", event));
  }

  private static Map<String, String> tags(int count) {
    Map<String, String> tags = new HashMap<>();
    for (int i = 0; i < count; i++) {
      tags.put("key" + i, "v".repeat(500));
    }
    return tags;
  }
}
