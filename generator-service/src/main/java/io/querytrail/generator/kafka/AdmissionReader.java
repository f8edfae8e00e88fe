package io.querytrail.generator.kafka;

import io.querytrail.events.QueryAdmitted;
import io.querytrail.generator.generation.Admission;
import io.querytrail.schemas.EventDeserializer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.SerializationException;

/** Decodes and checks admissions. Safe for use by several threads. */
final class AdmissionReader {
  private final EventDeserializer events;

  /** What a record turned out to be. */
  sealed interface Reading {
    record Usable(Admission admission) implements Reading {}

    /** For the dead letters. */
    record Unusable(String errorClass, String message) implements Reading {}
  }

  AdmissionReader(EventDeserializer events) {
    this.events = events;
  }

  Reading read(ConsumerRecord<byte[], byte[]> record) {
    SpecificRecord event;
    try {
      event = events.deserialize(record.topic(), record.value());
    } catch (SerializationException e) {
      return new Reading.Unusable("SerializationException", String.valueOf(e.getMessage()));
    }
    if (!(event instanceof QueryAdmitted admitted)) {
      return new Reading.Unusable(
          "UNEXPECTED_EVENT",
          event == null ? "the record has no value" : event.getSchema().getName());
    }
    List<String> problems = problems(admitted, record.key());
    return problems.isEmpty()
        ? new Reading.Usable(
            EventMapper.admission(admitted, Instant.ofEpochMilli(record.timestamp())))
        : new Reading.Unusable("INVALID_ADMISSION", String.join("; ", problems));
  }

  private static List<String> problems(QueryAdmitted admitted, byte[] key) {
    List<String> problems = new ArrayList<>();
    if (!Arrays.equals(key, admitted.getAccount().getBytes(StandardCharsets.UTF_8))) {
      problems.add("the record key is not the account");
    }
    if (admitted.getRequestId().isBlank()) {
      problems.add("requestId is empty");
    }
    if (admitted.getAdmissionId().isBlank()) {
      problems.add("admissionId is empty");
    }
    if (admitted.getQuestion().isBlank()) {
      problems.add("question is empty");
    }
    if (admitted.getCandidates().isEmpty()) {
      problems.add("candidates is empty");
    }
    positive(problems, "maxInputTokens", admitted.getMaxInputTokens());
    positive(problems, "maxOutputTokens", admitted.getMaxOutputTokens());
    positive(problems, "maxSends", admitted.getMaxSends());
    positive(problems, "rowCap", admitted.getRowCap());
    return problems;
  }

  private static void positive(List<String> problems, String field, int value) {
    if (value <= 0) {
      problems.add(field + " is " + value);
    }
  }
}
