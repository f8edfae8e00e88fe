package io.querytrail.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.querytrail.events.QueryRequested;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.kafka.common.errors.SerializationException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SchemaRegistryTest {
  private static final String TOPIC = "querytrail.requests.v1";

  private final RegistryStandIn registry = new RegistryStandIn();
  private final EventSerializer serializer = new EventSerializer();
  private final EventDeserializer deserializer = new EventDeserializer();
  private final QueryRequested request = Samples.request("acme", "r-1");

  SchemaRegistryTest() {
    serializer.configure(registry.clientSettings(), false);
    deserializer.configure(registry.clientSettings(), false);
  }

  @AfterEach
  void stopRegistry() {
    registry.close();
  }

  @Test
  void registersOnceUnderTopicAndEventAndAsksForEachIdOnce() {
    // When
    for (int i = 0; i < 3; i++) {
      deserializer.deserialize(TOPIC, serializer.serialize(TOPIC, request));
    }

    // Then
    assertThat(registry.calls())
        .containsExactly(
            "POST /subjects/querytrail.requests.v1-io.querytrail.events.QueryRequested/versions",
            "GET /schemas/ids/1");
  }

  @Test
  void slashAtTheEndOfTheAddressDoesNoHarm() {
    serializer.configure(Map.of("schema.registry.url", registry.url() + "/"), false);

    serializer.serialize(TOPIC, request);

    assertThat(registry.calls()).allMatch(call -> call.startsWith("POST /subjects/"));
  }

  @Test
  void showsUserAndPasswordWhereTheyAreConfigured() {
    // Given
    registry.requireUser("reader:s3cret");
    Map<String, Object> settings =
        Map.of("schema.registry.url", registry.url(), "basic.auth.user.info", "reader:s3cret");
    serializer.configure(settings, false);
    deserializer.configure(settings, false);

    // When
    byte[] bytes = serializer.serialize(TOPIC, request);

    // Then
    assertThat(deserializer.deserialize(TOPIC, bytes)).isEqualTo(request);
  }

  @Test
  void beingTurnedAwayIsNoFaultOfTheRecordAndTellsNoPassword() {
    // Given
    registry.requireUser("reader:s3cret");
    serializer.configure(
        Map.of("schema.registry.url", registry.url(), "basic.auth.user.info", "reader:wr0ng"),
        false);

    // When / Then
    assertThatThrownBy(() -> serializer.serialize(TOPIC, request))
        .isInstanceOf(RegistryUnavailableException.class)
        .hasMessageContaining("401")
        .hasMessageContaining(registry.url())
        .hasMessageNotContaining("wr0ng");
  }

  @Test
  void registryThatIsDownIsNoFaultOfTheRecordAndIsTriedAgain() {
    // Given
    byte[] bytes = serializer.serialize(TOPIC, request);
    registry.answerWith(503, "try later");

    // When / Then
    assertThatThrownBy(() -> deserializer.deserialize(TOPIC, bytes))
        .isInstanceOf(RegistryUnavailableException.class)
        .isNotInstanceOf(SerializationException.class)
        .hasMessageContaining("503")
        .hasMessageContaining(registry.url());

    // When it is back
    registry.answerWith(0, "");

    // Then
    assertThat(deserializer.deserialize(TOPIC, bytes)).isEqualTo(request);
  }

  @Test
  void registryThatNobodyListensAtIsNamed() {
    // Given
    byte[] bytes = serializer.serialize(TOPIC, request);
    registry.close();

    // When / Then
    assertThatThrownBy(() -> deserializer.deserialize(TOPIC, bytes))
        .isInstanceOf(RegistryUnavailableException.class)
        .hasMessageContaining(registry.url())
        .hasMessageContaining("cannot be reached");
  }

  @Test
  void answerThatIsNoRegistrysIsNoFaultOfTheRecord() {
    byte[] bytes = serializer.serialize(TOPIC, request);
    for (String answer : new String[] {"", "<html>login</html>", "[]", "{}", "null"}) {
      registry.answerWith(200, answer);

      assertThatThrownBy(() -> deserializer.deserialize(TOPIC, bytes))
          .as(answer)
          .isInstanceOf(RegistryUnavailableException.class);
    }
  }

  @Test
  void refusedSchemaIsAnErrorWithTheRegistrysReason() {
    registry.answerWith(409, "{\"message\":\"incompatible with an earlier schema\"}");

    assertThatThrownBy(() -> serializer.serialize(TOPIC, request))
        .isInstanceOf(SerializationException.class)
        .hasMessageContaining("QueryRequested")
        .hasMessageContaining("incompatible with an earlier schema");
  }

  @Test
  void unknownIdAndForeignSchemasAreUndecodable() {
    // Given
    int protobuf = registry.add("syntax = \"proto3\";");
    int primitive = registry.add("\"string\"");
    int union = registry.add("[\"null\",\"string\"]");
    int foreign =
        registry.add(
            "{\"type\":\"record\",\"name\":\"Order\",\"namespace\":\"shop\",\"fields\":[]}");

    // When / Then
    for (int id : new int[] {protobuf, primitive, union, foreign, 0, -1, 4711}) {
      assertThatThrownBy(() -> deserializer.deserialize(TOPIC, framed(id, new byte[] {0})))
          .as("schema %d", id)
          .isInstanceOf(SerializationException.class);
    }
  }

  @Test
  void frameWithoutARegistryToAskSaysWhatToConfigure() {
    assertThatThrownBy(() -> new EventDeserializer().deserialize(TOPIC, framed(7, new byte[0])))
        .isInstanceOf(SerializationException.class)
        .hasMessageContaining("schema 7")
        .hasMessageContaining("schema.registry.url");
  }

  @Test
  void producerInAnotherLanguageWithAnOlderSchemaIsUnderstood() throws IOException {
    // Given
    Schema older =
        new Schema.Parser()
            .parse(
                """
                {"type":"record","name":"QueryRequested","namespace":"io.querytrail.events",
                 "fields":[
                  {"name":"requestId","type":"string"},
                  {"name":"account","type":"string"},
                  {"name":"user","type":"string"},
                  {"name":"question","type":"string"},
                  {"name":"tags","type":{"type":"map","values":"string"}}]}
                """);
    GenericRecord written = new GenericData.Record(older);
    written.put("requestId", "r-1");
    written.put("account", "acme");
    written.put("user", "ada");
    written.put("question", "How many?");
    written.put("tags", Map.of("page", "home"));
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(body, null);
    new GenericDatumWriter<GenericRecord>(older).write(written, encoder);
    encoder.flush();

    // When
    byte[] bytes = framed(registry.add(older.toString()), body.toByteArray());

    // Then
    assertThat(deserializer.deserialize(TOPIC, bytes))
        .isEqualTo(
            QueryRequested.newBuilder()
                .setRequestId("r-1")
                .setAccount("acme")
                .setUser("ada")
                .setQuestion("How many?")
                .setTags(Map.of("page", "home"))
                .build())
        .isInstanceOfSatisfying(
            QueryRequested.class,
            read -> assertThat(read.getTags().get("page")).isInstanceOf(String.class));
  }

  private static byte[] framed(int id, byte[] body) {
    return ByteBuffer.allocate(5 + body.length).put((byte) 0).putInt(id).put(body).array();
  }
}
