package io.querytrail.audit.money;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PriceBookTest {
  private static final PriceTable OLD = table("old", "2026-01-01");
  private static final PriceTable NEW = table("new", "2026-11-15");
  private static final Instant LATER = Instant.parse("2027-01-01T00:00:00Z");
  private final PriceBook book = new PriceBook(List.of(NEW, OLD));

  @Test
  void tableIsInForceFromTheFirstInstantOfItsDay() {
    assertThat(book.at(Instant.parse("2026-11-14T23:59:59.999Z"), "USD")).contains(OLD);
    assertThat(book.at(Instant.parse("2026-11-15T00:00:00Z"), "USD")).contains(NEW);
    assertThat(book.at(Instant.parse("2030-01-01T00:00:00Z"), "USD")).contains(NEW);
  }

  @Test
  void nothingHasAPriceBeforeTheFirstTable() {
    assertThat(book.at(Instant.parse("2025-12-31T23:59:59.999Z"), "USD")).isEmpty();
  }

  @Test
  void everyVersionCanBeFoundForEver() {
    assertThat(book.version("old")).contains(OLD);
    assertThat(book.version("new")).contains(NEW);
    assertThat(book.version("never")).isEmpty();
  }

  @Test
  void unknownModelHasNoPrice() {
    assertThat(OLD.price("openai", "small")).isPresent();
    assertThat(OLD.price("openai", "other")).isEmpty();
    assertThat(OLD.price("azure", "small")).isEmpty();
  }

  @Test
  void bookNeedsVersionsThatCanBeToldApart() {
    assertThatThrownBy(() -> new PriceBook(List.of(OLD, table("old", "2026-02-01"))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("same version");
  }

  @Test
  void ofTwoThatBeginTogetherTheOneThatBecameKnownLaterHolds() {
    PriceTable corrected = table("corrected", "2026-11-15");

    assertThat(new PriceBook(List.of(NEW, OLD, corrected)).at(LATER, "USD")).contains(corrected);
    assertThat(new PriceBook(List.of(corrected, OLD, NEW)).at(LATER, "USD")).contains(NEW);
  }

  @Test
  void tableOfAnotherCurrencyStandsBesideIt() {
    PriceTable euro = new PriceTable("euro", LocalDate.parse("2026-12-01"), "EUR", Map.of());
    PriceBook both = new PriceBook(List.of(NEW, euro));

    assertThat(both.at(LATER, "USD")).contains(NEW);
    assertThat(both.at(LATER, "EUR")).contains(euro);
    assertThat(both.at(LATER, "GBP")).isEmpty();
  }

  private static PriceTable table(String version, String day) {
    BigDecimal one = BigDecimal.ONE;
    return new PriceTable(
        version,
        LocalDate.parse(day),
        "USD",
        Map.of("openai:small", new ModelPrice(one, one, one, one, one)));
  }
}
