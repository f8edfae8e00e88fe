package io.querytrail.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;

class EventHeadersTest {
  private static final TraceParent TRACE =
      new TraceParent("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331", true);

  @Test
  void carriesCloudEventsInBinaryModeAndTheTraceContextUnderTheirExactNames() {
    // When
    Headers headers =
        EventHeaders.of(
            Samples.request("acme", "r-1"),
            "r-1",
            "shop/web",
            "r-1",
            Instant.parse("2026-11-21T10:15:30.123Z"),
            TRACE);

    // Then
    Map<String, String> texts = new LinkedHashMap<>();
    headers.forEach(
        header -> texts.put(header.key(), new String(header.value(), StandardCharsets.UTF_8)));
    assertThat(texts)
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "ce_specversion", "1.0",
                "ce_id", "r-1",
                "ce_source", "shop/web",
                "ce_type", "io.querytrail.events.QueryRequested",
                "ce_time", "2026-11-21T10:15:30.123Z",
                "ce_subject", "r-1",
                "content-type", "application/avro",
                "traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"));
  }

  @Test
  void findsTheTraceOfARecord() {
    Headers headers = new RecordHeaders().add("traceparent", bytes(TRACE.format()));

    assertThat(EventHeaders.trace(headers)).contains(TRACE);
  }

  @Test
  void hasNoTraceWhereTheHeaderIsMissingEmptyOrBroken() {
    assertThat(EventHeaders.trace(new RecordHeaders())).isEmpty();
    assertThat(EventHeaders.trace(new RecordHeaders().add("traceparent", null))).isEmpty();
    assertThat(EventHeaders.trace(new RecordHeaders().add("traceparent", bytes("00-x")))).isEmpty();
  }

  @Test
  void lastHeaderOfANameCounts() {
    Headers headers = new RecordHeaders().add("ce_id", bytes("1")).add("ce_id", bytes("2"));

    assertThat(EventHeaders.text(headers, "ce_id")).contains("2");
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
