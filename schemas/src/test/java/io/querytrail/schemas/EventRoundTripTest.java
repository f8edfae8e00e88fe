package io.querytrail.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.querytrail.events.QueryRequested;
import io.querytrail.schemas.Samples.Fill;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class EventRoundTripTest {
  private static final String TOPIC = "any-topic";

  private final EventSerializer serializer = new EventSerializer();
  private final EventDeserializer deserializer = new EventDeserializer();

  static Stream<Class<? extends SpecificRecord>> events() {
    return Samples.eventTypes().stream();
  }

  @ParameterizedTest
  @MethodSource("events")
  void everyEventComesBackAsItWasFromASingleObjectFrame(Class<? extends SpecificRecord> type) {
    for (Fill fill : Fill.values()) {
      for (int seed = 0; seed < 50; seed++) {
        // Given
        SpecificRecord event = new Samples(seed, fill).event(type);

        // When
        byte[] bytes = serializer.serialize(TOPIC, event);

        // Then
        assertThat(deserializer.deserialize(TOPIC, bytes)).isEqualTo(event);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("events")
  void everyEventComesBackAsItWasFromARegistryFrame(Class<? extends SpecificRecord> type) {
    try (RegistryStandIn registry = new RegistryStandIn()) {
      serializer.configure(registry.clientSettings(), false);
      deserializer.configure(registry.clientSettings(), false);
      for (Fill fill : Fill.values()) {
        for (int seed = 0; seed < 10; seed++) {
          // Given
          SpecificRecord event = new Samples(seed, fill).event(type);

          // When
          byte[] bytes = serializer.serialize(TOPIC, event);

          // Then
          assertThat(bytes).startsWith(0, 0, 0, 0, 1);
          assertThat(deserializer.deserialize(TOPIC, bytes)).isEqualTo(event);
        }
      }
    }
  }

  @Test
  void singleObjectFrameBeginsWithTheMarkAndTheFingerprintOfTheSchema() {
    // Given
    QueryRequested request = Samples.request("acme", "r-1");

    // When
    byte[] bytes = serializer.serialize(TOPIC, request);

    // Then
    assertThat(bytes).startsWith(0xC3, 0x01);
    assertThat(ByteBuffer.wrap(bytes, 2, 8).order(ByteOrder.LITTLE_ENDIAN).getLong())
        .isEqualTo(SchemaNormalization.parsingFingerprint64(request.getSchema()));
  }

  @Test
  void nullStaysNullInBothDirections() {
    assertThat(serializer.serialize(TOPIC, null)).isNull();
    assertThat(deserializer.deserialize(TOPIC, null)).isNull();
  }

  @Test
  void topicMayHoldBothFrames() {
    try (RegistryStandIn registry = new RegistryStandIn()) {
      // Given
      EventSerializer framed = new EventSerializer();
      framed.configure(registry.clientSettings(), false);
      deserializer.configure(registry.clientSettings(), false);
      List<byte[]> topic = new ArrayList<>();
      List<SpecificRecord> written = new ArrayList<>();

      // When
      int seed = 0;
      for (Class<? extends SpecificRecord> type : Samples.eventTypes()) {
        for (EventSerializer writer : List.of(serializer, framed)) {
          SpecificRecord event = new Samples(seed++, Fill.SOMETHING).event(type);
          written.add(event);
          topic.add(writer.serialize(TOPIC, event));
        }
      }

      // Then
      assertThat(topic)
          .extracting(bytes -> deserializer.deserialize(TOPIC, bytes))
          .containsExactlyElementsOf(written);
    }
  }

  @Test
  void recordWithAMissingFieldIsRefusedByName() {
    // Given
    QueryRequested request = new QueryRequested();

    // When / Then
    assertThatThrownBy(() -> serializer.serialize("the-topic", request))
        .isInstanceOf(SerializationException.class)
        .hasMessageContaining("QueryRequested")
        .hasMessageContaining("the-topic");
  }

  @Test
  void serdesMayBeSharedByThreads() throws Exception {
    // Given
    List<Callable<Void>> work = new ArrayList<>();
    for (int worker = 0; worker < 4; worker++) {
      int first = worker * 1_000;
      work.add(() -> {
        for (Class<? extends SpecificRecord> type : Samples.eventTypes()) {
          for (int seed = first; seed < first + 30; seed++) {
            SpecificRecord event = new Samples(seed, Fill.SOMETHING).event(type);
            byte[] bytes = serializer.serialize(TOPIC, event);
            assertThat(deserializer.deserialize(TOPIC, bytes)).isEqualTo(event);
          }
        }
        return null;
      });
    }

    // When
    ExecutorService threads = Executors.newFixedThreadPool(work.size());
    List<Future<Void>> done;
    try {
      done = threads.invokeAll(work);
    } finally {
      threads.shutdown();
    }

    // Then
    for (Future<Void> worker : done) {
      worker.get();
    }
  }

  @Test
  void settingsOfNoInterestAreIgnored() {
    serializer.configure(Map.of("schema.registry.url", " ", "acks", "all"), false);

    assertThat(serializer.serialize(TOPIC, Samples.request("acme", "r-1"))).startsWith(0xC3, 0x01);
  }
}
