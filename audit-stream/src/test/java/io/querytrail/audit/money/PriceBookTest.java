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
  private final PriceBook book = new PriceBook(List.of(NEW, OLD));

  @Test
  void tableIsInForceFromTheFirstInstantOfItsDay() {
    assertThat(book.at(Instant.parse("2026-11-14T23:59:59.999Z"))).contains(OLD);
    assertThat(book.at(Instant.parse("2026-11-15T00:00:00Z"))).contains(NEW);
    assertThat(book.at(Instant.parse("2030-01-01T00:00:00Z"))).contains(NEW);
  }

  @Test
  void nothingHasAPriceBeforeTheFirstTable() {
    assertThat(book.at(Instant.parse("2025-12-31T23:59:59.999Z"))).isEmpty();
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
  void bookNeedsTablesThatCanBeToldApart() {
    assertThatThrownBy(() -> new PriceBook(List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no price table");
    assertThatThrownBy(() -> new PriceBook(List.of(OLD, table("old", "2026-02-01"))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("same version");
    assertThatThrownBy(() -> new PriceBook(List.of(OLD, table("other", "2026-01-01"))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("same day");
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
