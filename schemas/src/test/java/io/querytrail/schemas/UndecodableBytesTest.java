package io.querytrail.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import io.querytrail.events.QueryRequested;
import io.querytrail.schemas.Samples.Fill;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.junit.jupiter.api.Test;

class UndecodableBytesTest {
  private static final String TOPIC = "any-topic";
  private static final int MUTATIONS = 20_000;

  private final EventSerializer serializer = new EventSerializer();
  private final EventDeserializer deserializer = new EventDeserializer();
  private final byte[] sound = bytes(Samples.request("acme", "r-1"));

  @Test
  void emptyRecordIsUndecodable() {
    assertUndecodable(new byte[0], "empty");
  }

  @Test
  void textAndOtherGarbageAreUndecodable() {
    assertUndecodable("{\"question\":\"how many?\"}".getBytes(StandardCharsets.UTF_8), "C3 01");
    assertUndecodable(new byte[] {(byte) 0xC3}, "C3 01");
    assertUndecodable(new byte[] {(byte) 0xC3, 0x02, 0, 0, 0, 0, 0, 0, 0, 0}, "C3 01");
    assertUndecodable(new byte[] {0}, "registry frame");
    assertUndecodable(new byte[] {0, 0, 0, 1}, "registry frame");
  }

  @Test
  void eventCutOffAnywhereIsUndecodable() {
    for (int length = 0; length < sound.length; length++) {
      byte[] cut = Arrays.copyOf(sound, length);
      assertThatThrownBy(() -> deserializer.deserialize(TOPIC, cut))
          .as("first %d bytes", length)
          .isInstanceOf(SerializationException.class);
    }
  }

  @Test
  void bytesAfterTheEventMakeItUndecodable() {
    assertUndecodable(Arrays.copyOf(sound, sound.length + 1), "bytes follow");
  }

  @Test
  void unknownFingerprintIsNamed() {
    byte[] unknown = sound.clone();
    Arrays.fill(unknown, 2, 10, (byte) 0xAB);

    assertUndecodable(unknown, "abababababababab");
  }

  @Test
  void bytesOfAnotherEventUnderThisFingerprintAreUndecodable() {
    for (Class<? extends SpecificRecord> type : Samples.eventTypes()) {
      if (type != QueryRequested.class) {
        byte[] other = bytes(new Samples(7, Fill.EVERYTHING).event(type));
        System.arraycopy(sound, 0, other, 0, 10);
        assertThatThrownBy(() -> deserializer.deserialize(TOPIC, other))
            .as(type.getSimpleName())
            .isInstanceOf(SerializationException.class);
      }
    }
  }

  @Test
  void promisedLengthsFarBeyondTheRecordCostNoMemory() throws IOException {
    for (long length : new long[] {200_000_000L, 2_000_000_000L, Integer.MAX_VALUE, 1L << 40, -1}) {
      // Given
      ByteArrayOutputStream body = new ByteArrayOutputStream();
      body.write(sound, 0, 10);
      BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(body, null);
      encoder.writeLong(length);

      // When / Then
      assertUndecodable(body.toByteArray(), "QueryRequested");
    }
  }

  @Test
  void promisedCountsFarBeyondTheRecordCostNoMemory() throws IOException {
    for (long count : new long[] {200_000_000L, 2_000_000_000L, Integer.MAX_VALUE, 1L << 40}) {
      // Given
      byte[] event = bytes(new Samples(1, Fill.NOTHING).event(QueryRequested.class));
      ByteArrayOutputStream body = new ByteArrayOutputStream();
      // The last byte is the end of the map of tags.
      body.write(event, 0, event.length - 1);
      EncoderFactory.get().directBinaryEncoder(body, null).writeLong(count);

      // When / Then
      assertUndecodable(body.toByteArray(), "QueryRequested");
    }
  }

  @Test
  void brokenEventsFailAsUndecodableAndInNoOtherWay() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    List<byte[]> events = new ArrayList<>();
    for (Class<? extends SpecificRecord> type : Samples.eventTypes()) {
      for (Fill fill : Fill.values()) {
        events.add(bytes(new Samples(random.nextLong(), fill).event(type)));
      }
    }
    int undecodable = 0;
    for (int i = 0; i < MUTATIONS; i++) {
      byte[] broken = mutated(events.get(random.nextInt(events.size())), random);
      try {
        deserializer.deserialize(TOPIC, broken);
      } catch (SerializationException e) {
        undecodable++;
      } catch (Throwable e) {
        fail("seed %d, mutation %d, %s".formatted(seed, i, HexFormat.of().formatHex(broken)), e);
      }
    }
    assertThat(undecodable).as("seed %d", seed).isGreaterThan(MUTATIONS / 4);
  }

  private static byte[] mutated(byte[] sound, Random random) {
    byte[] bytes = sound.clone();
    int first = random.nextInt(10) == 0 ? 0 : 10;
    for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
      int at = first + random.nextInt(Math.max(1, bytes.length - first));
      switch (random.nextInt(4)) {
        case 0 -> bytes[at] = (byte) random.nextInt(256);
        case 1 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
        case 2 -> Arrays.fill(bytes, at, Math.min(bytes.length, at + 9), (byte) 0xFF);
        default -> bytes = Arrays.copyOf(bytes, first + 1 + random.nextInt(bytes.length - first));
      }
    }
    return bytes;
  }

  private byte[] bytes(SpecificRecord event) {
    return Objects.requireNonNull(serializer.serialize(TOPIC, event));
  }

  private void assertUndecodable(byte[] bytes, String says) {
    assertThatThrownBy(() -> deserializer.deserialize(TOPIC, bytes))
        .isInstanceOf(SerializationException.class)
        .hasMessageContaining(says);
  }
}
