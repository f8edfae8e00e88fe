package io.querytrail.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;

class DeadLetterTest {
  @Test
  void saysWhereTheRecordStoodAndWhatWasWrongBehindItsOwnHeaders() {
    // Given
    Headers original = new RecordHeaders().add("ce_id", "r-1".getBytes(StandardCharsets.UTF_8));

    // When
    Headers headers =
        DeadLetter.headers(original, "querytrail.requests.v1", 3, 42L, "UNDECODABLE", "why");

    // Then
    assertThat(headers.toArray())
        .extracting(Header::key)
        .containsExactly(
            "ce_id",
            "querytrail.dlq.topic",
            "querytrail.dlq.partition",
            "querytrail.dlq.offset",
            "querytrail.dlq.error.class",
            "querytrail.dlq.error.message");
    assertThat(EventHeaders.text(headers, DeadLetter.TOPIC)).contains("querytrail.requests.v1");
    assertThat(EventHeaders.text(headers, DeadLetter.PARTITION)).contains("3");
    assertThat(EventHeaders.text(headers, DeadLetter.OFFSET)).contains("42");
    assertThat(EventHeaders.text(headers, DeadLetter.ERROR_CLASS)).contains("UNDECODABLE");
    assertThat(EventHeaders.text(headers, DeadLetter.ERROR_MESSAGE)).contains("why");
    assertThat(original.toArray()).as("the original is left alone").hasSize(1);
  }

  @Test
  void secondDeadLetterOfARecordReplacesTheReasonOfTheFirst() {
    Headers first = DeadLetter.headers(new RecordHeaders(), "one", 1, 1, "A", "a");

    Headers second = DeadLetter.headers(first, "two", 2, 2, "B", "b");

    assertThat(second.toArray()).hasSize(5);
    assertThat(EventHeaders.text(second, DeadLetter.TOPIC)).contains("two");
  }

  @Test
  void longMessageIsCut() {
    Headers headers =
        DeadLetter.headers(new RecordHeaders(), "t", 0, 0, "A", "m".repeat(1_000_000));

    assertThat(EventHeaders.text(headers, DeadLetter.ERROR_MESSAGE).orElseThrow()).hasSize(1_000);
  }
}
