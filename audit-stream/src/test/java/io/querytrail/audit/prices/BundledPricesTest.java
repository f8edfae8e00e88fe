package io.querytrail.audit.prices;

import static org.assertj.core.api.Assertions.assertThat;

import io.querytrail.audit.money.ModelPrice;
import io.querytrail.audit.money.PriceBook;
import io.querytrail.audit.money.PriceSchedule;
import io.querytrail.audit.money.PriceTable;
import io.querytrail.audit.money.TokenCounts;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The bundled table against its source: the costs in {@code source-costs.csv} were computed by the
 * npm package that the table was exported from, in floating point.
 */
class BundledPricesTest {
  private static final BigDecimal FLOATING_POINT = new BigDecimal("1e-12");

  private final PriceTable table =
      PriceFile.bundled().at(Instant.parse("2026-11-21T00:00:00Z"), "USD").orElseThrow();

  @Test
  void everyCostIsTheOneThatTheSourceComputes() throws IOException {
    List<String> lines = lines();
    assertThat(lines).hasSizeGreaterThan(1_500);
    assertThat(lines).filteredOn(line -> line.endsWith(",refused")).hasSizeGreaterThan(100);

    List<String> differences =
        lines.stream().flatMap(line -> difference(line.split(",")).stream()).toList();

    assertThat(differences).isEmpty();
  }

  private Optional<String> difference(String[] cells) {
    Optional<ModelPrice> price =
        table.schedule(cells[0], cells[1]).map(schedule -> schedule.at(Instant.parse(cells[2])));
    String expected = cells[8];
    if (price.isEmpty() || expected.equals("refused")) {
      boolean same = price.isEmpty() && expected.equals("refused");
      return same ? Optional.empty() : Optional.of(String.join(",", cells) + " is " + price);
    }
    TokenCounts tokens =
        new TokenCounts(
            Long.parseLong(cells[3]),
            Long.parseLong(cells[4]),
            Long.parseLong(cells[5]),
            Long.parseLong(cells[6]),
            Long.parseLong(cells[7]));
    BigDecimal cost = price.get().cost(tokens).amount();
    BigDecimal off = cost.subtract(new BigDecimal(expected)).abs();
    BigDecimal allowed = cost.multiply(FLOATING_POINT, MathContext.DECIMAL64);
    return off.compareTo(allowed) <= 0
        ? Optional.empty()
        : Optional.of(String.join(",", cells) + " costs " + cost.toPlainString());
  }

  @Test
  void modelThatTheSourceDoesNotKnowOrCannotBePricedExactlyHasNoPrice() {
    assertThat(table.price("openai", "gpt-99")).isEmpty();
    assertThat(table.price("nobody", "gpt-4o")).isEmpty();
    assertThat(table.price("perplexity", "sonar")).as("also billed by request").isEmpty();
    assertThat(table.price("openai", "gpt-4o-search-preview")).as("by search").isEmpty();
    assertThat(table.price("google", "gemini-2.5-pro-tts-preview")).as("audio").isEmpty();
  }

  @Test
  void namesAreMatchedAsTheSourceMatchesThem() {
    assertThat(table.price("openai", "gpt-4o-mini-2024-07-18"))
        .isPresent()
        .isEqualTo(table.price("openai", "GPT-4o-mini"));
    assertThat(table.price("anthropic", "claude-sonnet-4-5-20250929"))
        .isPresent()
        .isEqualTo(table.price("anthropic", "claude-sonnet-4-5"));
    assertThat(table.price("azure", "gpt-4o-mini")).isPresent();
    assertThat(table.price("gemini", "gemini-2.5-pro"))
        .isPresent()
        .isEqualTo(table.price("google", "gemini-2.5-pro"));
  }

  @Test
  void priceByTheHourIsTheOneOfTheHour() {
    PriceSchedule schedule = table.schedule("deepseek", "deepseek-chat").orElseThrow();

    assertThat(schedule.at(Instant.parse("2026-11-21T16:29:59Z")).base().input())
        .isEqualTo(new BigDecimal("0.27"));
    assertThat(schedule.at(Instant.parse("2026-11-21T16:30:00Z")).base().input())
        .isEqualTo(new BigDecimal("0.135"));
  }

  @Test
  void tableCanTravelOnATopicAndBeTheSame() throws IOException {
    TableDocument document = PriceFile.bundledFile().tables().getFirst();

    TableDocument back = PriceFile.read(PriceFile.write(document));

    assertThat(back).isEqualTo(document);
    assertThat(PriceFile.write(document).length()).isLessThan(1_000_000);
  }

  @Test
  void everyBundledTableIsWithoutFault() {
    PriceBook book = PriceFile.bundled();

    assertThat(book.tables()).isNotEmpty();
    PriceFile.bundledFile()
        .tables()
        .forEach(document ->
            assertThat(PriceFile.read(PriceFile.write(document)).source()).isNotBlank());
  }

  private static List<String> lines() throws IOException {
    try (InputStream in =
            Objects.requireNonNull(
                BundledPricesTest.class.getResourceAsStream("source-costs.csv"));
        Stream<String> lines =
            new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().skip(1)) {
      return lines.collect(Collectors.toList());
    }
  }
}
