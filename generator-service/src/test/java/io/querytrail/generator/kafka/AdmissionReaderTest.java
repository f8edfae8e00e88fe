package io.querytrail.generator.kafka;

import static io.querytrail.generator.testkit.Admissions.admission;
import static org.assertj.core.api.Assertions.assertThat;

import io.querytrail.events.QueryAdmitted;
import io.querytrail.events.RequesterContext;
import io.querytrail.generator.generation.Admission;
import io.querytrail.generator.model.ModelName;
import io.querytrail.generator.routing.Candidate;
import io.querytrail.schemas.EventDeserializer;
import io.querytrail.schemas.EventSerializer;
import io.querytrail.schemas.Topic;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class AdmissionReaderTest {
  private static final Instant APPENDED = Instant.parse("2026-11-21T10:00:00Z");
  private static final String TOPIC = Topic.ADMISSIONS.topicName();

  private final EventSerializer serializer = new EventSerializer();
  private final AdmissionReader reader = new AdmissionReader(new EventDeserializer());

  @Test
  void readsAnAdmissionWithTheTimeOfItsAppend() {
    QueryAdmitted event =
        admission("r1", "how many?")
            .setContext(
                new RequesterContext("analyst", "de-AT", "Europe/Vienna", Map.of("churn", "gone")))
            .build();

    Admission admission = usable(bytes(event), "acme");

    assertThat(admission.admittedAt()).isEqualTo(APPENDED);
    assertThat(admission.deadline()).isEqualTo(event.getDeadline());
    assertThat(admission.candidates())
        .containsExactly(new Candidate(new ModelName("test", "m"), "cheap"));
    assertThat(admission.question().timeZone()).isEqualTo("Europe/Vienna");
    assertThat(admission.question().terms()).containsEntry("churn", "gone");
    assertThat(admission.schemas()).containsExactly("shop");
  }

  @Test
  void refusesBytesThatAreNoEvent() {
    assertThat(unusable("poison".getBytes(StandardCharsets.UTF_8), "acme").errorClass())
        .isEqualTo("SerializationException");
    assertThat(unusable(new byte[0], "acme").errorClass()).isEqualTo("SerializationException");
    assertThat(unusable(null, "acme").errorClass()).isEqualTo("UNEXPECTED_EVENT");
    byte[] whole = bytes(admission("r1", "how many?").build());
    assertThat(unusable(Arrays.copyOf(whole, whole.length - 9), "acme").errorClass())
        .isEqualTo("SerializationException");
  }

  @Test
  void refusesAnAdmissionUnderAnotherAccountsKey() {
    byte[] bytes = bytes(admission("r1", "how many?").build());

    assertThat(unusable(bytes, "umbrella").message()).contains("the record key is not the account");
    assertThat(unusable(bytes, null).message()).contains("the record key is not the account");
  }

  @Test
  void saysAllThatIsWrong() {
    QueryAdmitted event =
        admission("r1", " ")
            .setCandidates(List.of())
            .setMaxInputTokens(-1)
            .setMaxOutputTokens(0)
            .setMaxSends(0)
            .setRowCap(-5)
            .build();

    AdmissionReader.Reading.Unusable unusable = unusable(bytes(event), "acme");

    assertThat(unusable.errorClass()).isEqualTo("INVALID_ADMISSION");
    assertThat(unusable.message())
        .contains("question is empty", "candidates is empty", "maxInputTokens is -1")
        .contains("maxOutputTokens is 0", "maxSends is 0", "rowCap is -5");
  }

  private byte[] bytes(QueryAdmitted event) {
    return Objects.requireNonNull(serializer.serialize(TOPIC, event));
  }

  private Admission usable(byte @Nullable [] value, String key) {
    AdmissionReader.Reading reading = reader.read(record(value, key));
    assertThat(reading).isInstanceOf(AdmissionReader.Reading.Usable.class);
    return ((AdmissionReader.Reading.Usable) reading).admission();
  }

  private AdmissionReader.Reading.Unusable unusable(byte @Nullable [] value, @Nullable String key) {
    AdmissionReader.Reading reading = reader.read(record(value, key));
    assertThat(reading).isInstanceOf(AdmissionReader.Reading.Unusable.class);
    return (AdmissionReader.Reading.Unusable) reading;
  }

  private static ConsumerRecord<byte[], byte[]> record(
      byte @Nullable [] value, @Nullable String key) {
    return new ConsumerRecord<>(
        TOPIC,
        0,
        0,
        APPENDED.toEpochMilli(),
        TimestampType.LOG_APPEND_TIME,
        0,
        0,
        key == null ? null : key.getBytes(StandardCharsets.UTF_8),
        value,
        new RecordHeaders(),
        Optional.empty());
  }
}
