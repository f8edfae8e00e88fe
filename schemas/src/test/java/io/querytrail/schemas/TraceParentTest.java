package io.querytrail.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TraceParentTest {
  private static final String TRACE_ID = "0af7651916cd43dd8448eb211c80319c";
  private static final String SPAN_ID = "b7ad6b7169203331";

  @Test
  void readsWhatItWrites() {
    for (boolean sampled : new boolean[] {true, false}) {
      TraceParent trace = new TraceParent(TRACE_ID, SPAN_ID, sampled);

      assertThat(TraceParent.parse(trace.format())).contains(trace);
    }
  }

  @Test
  void onlyTheLowestBitOfTheFlagsSaysSampled() {
    assertThat(TraceParent.parse("00-" + TRACE_ID + "-" + SPAN_ID + "-02"))
        .contains(new TraceParent(TRACE_ID, SPAN_ID, false));
    assertThat(TraceParent.parse("00-" + TRACE_ID + "-" + SPAN_ID + "-ff"))
        .contains(new TraceParent(TRACE_ID, SPAN_ID, true));
  }

  @Test
  void laterVersionsMayGoOnAfterTheFlags() {
    assertThat(TraceParent.parse("01-" + TRACE_ID + "-" + SPAN_ID + "-01-what-the-future-brings"))
        .contains(new TraceParent(TRACE_ID, SPAN_ID, true));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "00",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-1",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-011",
        "01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01more",
        "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "0-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "00-00000000000000000000000000000000-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
        "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b716920333-01",
        "00-0af7651916cd43dd8448eb211c80319g-b7ad6b7169203331-01",
        " 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\n"
      })
  void takesNothingThatIsNotATraceContext(String header) {
    assertThat(TraceParent.parse(header)).isEmpty();
  }

  @Test
  void nextHopKeepsTheTraceAndTakesANewSpan() {
    // Given
    TraceParent first = new TraceParent(TRACE_ID, SPAN_ID, false);

    // When
    TraceParent next = first.next(new Random(1));

    // Then
    assertThat(next.traceId()).isEqualTo(TRACE_ID);
    assertThat(next.spanId()).isNotEqualTo(SPAN_ID);
    assertThat(next.sampled()).isFalse();
  }

  @Test
  void everyNewTraceIsValid() {
    Random random = new Random(7);
    for (int i = 0; i < 1_000; i++) {
      TraceParent trace = TraceParent.start(random);

      assertThat(TraceParent.parse(trace.format())).contains(trace);
      assertThat(TraceParent.parse(trace.next(random).format())).isPresent();
    }
  }
}
