package io.querytrail.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class EventDefinitionsTest {
  static Stream<Schema> events() {
    return Events.types().stream().map(Events.EventType::schema);
  }

  @ParameterizedTest
  @MethodSource("events")
  void everyRecordEnumAndFieldSaysWhatItMeans(Schema event) {
    assertThat(SchemaWalk.of(event).undocumented()).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("events")
  void everyAmountIsADecimalOfTwentyEightDigitsAndTwelveDecimals(Schema event) {
    assertThat(SchemaWalk.of(event).fields())
        .filteredOn(field -> field.schema().getType() == Schema.Type.BYTES)
        .allSatisfy(field ->
            assertThat(field.schema().getLogicalType())
                .as(field.path())
                .isInstanceOfSatisfying(
                    LogicalTypes.Decimal.class,
                    decimal -> {
                      assertThat(decimal.getPrecision()).isEqualTo(28);
                      assertThat(decimal.getScale()).isEqualTo(12);
                    }));
  }

  @ParameterizedTest
  @MethodSource("events")
  void everyEnumHasASymbolForWhatIsNotKnownYet(Schema event) {
    assertThat(SchemaWalk.of(event).fields())
        .filteredOn(field -> field.schema().getType() == Schema.Type.ENUM)
        .allSatisfy(field ->
            assertThat(field.schema().getEnumDefault()).as(field.path()).isEqualTo("UNKNOWN"));
  }

  @ParameterizedTest
  @MethodSource("events")
  void everyNullableFieldIsNullByDefault(Schema event) {
    assertThat(event.getFields())
        .filteredOn(field -> field.schema().isNullable())
        .allSatisfy(field -> assertThat(field.hasDefaultValue()).as(field.name()).isTrue());
  }
}
