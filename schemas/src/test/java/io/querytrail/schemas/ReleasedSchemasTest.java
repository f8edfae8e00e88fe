package io.querytrail.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.SchemaCompatibilityType;
import org.apache.avro.SchemaNormalization;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What was released stays readable, and readers of then can read what is written now. */
class ReleasedSchemasTest {
  private static final List<ReleasedSchema> RELEASED = ReleasedSchema.bundled();

  static Stream<Schema> events() {
    return Events.types().stream().map(Events.EventType::schema);
  }

  @ParameterizedTest
  @MethodSource("events")
  void everyVersionOfAnEventReadsEveryOther(Schema event) {
    List<Schema> versions =
        Stream.concat(Stream.of(event), releasesOf(event.getFullName())).toList();
    for (Schema reader : versions) {
      for (Schema writer : versions) {
        SchemaCompatibility.SchemaPairCompatibility pair =
            SchemaCompatibility.checkReaderWriterCompatibility(reader, writer);
        assertThat(pair.getType())
            .as("%s: %s", event.getName(), pair.getDescription())
            .isEqualTo(SchemaCompatibilityType.COMPATIBLE);
      }
    }
  }

  @Test
  void everyReleasedEventIsStillAnEvent() {
    Set<String> events = events().map(Schema::getFullName).collect(Collectors.toSet());

    assertThat(RELEASED).extracting(released -> released.schema().getFullName()).isSubsetOf(events);
  }

  @Test
  void everyEventWasReleasedOrIsNewerThanTheLastRelease() {
    // An event without any release is new; one with releases differs from them only by what may be
    // added, which the compatibility above shows. What must not be is a release that a current
    // event went back behind.
    for (Schema event : events().toList()) {
      Set<String> current = names(event);
      releasesOf(event.getFullName())
          .forEach(released ->
              assertThat(current)
                  .as("%s lost fields that were released", event.getName())
                  .containsAll(names(released)));
    }
  }

  @Test
  void firstReleaseHasEveryEventOfIt() {
    assertThat(RELEASED)
        .filteredOn(released -> released.release().equals("0.1.0"))
        .hasSize(15)
        .extracting(released -> released.schema().getName())
        .contains("QueryRequested", "QueryApproved", "AccountPolicy");
  }

  @Test
  void releasedSchemasCanBeFoundByTheirFingerprint() {
    for (ReleasedSchema released : RELEASED) {
      assertThat(Events.schema(SchemaNormalization.parsingFingerprint64(released.schema())))
          .isPresent();
    }
  }

  @Test
  void noTwoReleasedSchemasShareAFingerprintUnlessTheirBytesMeanTheSame() {
    // Fingerprints do not see logical types: a decimal of another scale would be misread in
    // silence.
    for (ReleasedSchema one : RELEASED) {
      for (ReleasedSchema other : RELEASED) {
        if (fingerprint(one) == fingerprint(other)) {
          assertThat(logicalTypes(one.schema())).isEqualTo(logicalTypes(other.schema()));
        }
      }
    }
  }

  @Test
  void releaseStepAddsOnlyWhatNoEarlierReleaseWrote(@TempDir Path directory) throws IOException {
    // Given
    Path file = directory.resolve("released.jsonl");
    Schema outdated =
        new Schema.Parser()
            .parse(
                "{\"type\":\"record\",\"name\":\"QueryMetrics\",\"namespace\":\"io.querytrail.events\",\"fields\":[]}");
    String old = new ReleasedSchema("0.0.9", outdated).line() + "\n";
    String discarded = new ReleasedSchema("0.1.0", outdated).line() + "\n";
    Files.writeString(file, old + discarded);

    // When
    ReleaseSchemas.append(file, "0.1.0");
    String first = Files.readString(file);
    ReleaseSchemas.append(file, "0.2.0");

    // Then
    assertThat(Files.readString(file)).isEqualTo(first).startsWith(old).doesNotContain(discarded);
    assertThat(ReleasedSchema.readAll(first))
        .hasSize(1 + (int) events().count())
        .extracting(ReleasedSchema::release)
        .containsOnly("0.0.9", "0.1.0");
  }

  @Test
  void fileIsWrittenAsTheReleaseStepWritesIt() throws IOException {
    try (InputStream in =
        Objects.requireNonNull(getClass().getResourceAsStream(ReleasedSchema.RESOURCE))) {
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);

      assertThat(text.lines())
          .containsExactlyElementsOf(RELEASED.stream().map(ReleasedSchema::line).toList());
    }
  }

  private static Stream<Schema> releasesOf(String fullName) {
    return RELEASED.stream()
        .map(ReleasedSchema::schema)
        .filter(schema -> schema.getFullName().equals(fullName));
  }

  private static long fingerprint(ReleasedSchema released) {
    return SchemaNormalization.parsingFingerprint64(released.schema());
  }

  private static Set<String> names(Schema event) {
    return event.getFields().stream()
        .map(Schema.Field::name)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static List<String> logicalTypes(Schema schema) {
    return SchemaWalk.of(schema).fields().stream()
        .map(field -> field.path() + " " + field.schema().getLogicalType())
        .toList();
  }
}
