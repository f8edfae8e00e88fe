package io.querytrail.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.querytrail.audit.money.Money;
import io.querytrail.audit.money.PriceBook;
import io.querytrail.audit.money.PriceTable;
import io.querytrail.audit.money.TokenCounts;
import io.querytrail.service.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PriceFileTest {
  @TempDir Path directory;

  @Test
  void bundledPricesCanBeUsed() {
    PriceTable table = PriceFile.bundled().at(Instant.parse("2026-11-21T00:00:00Z")).orElseThrow();

    assertThat(table.currency()).isEqualTo("USD");
    assertThat(table.price("openai", "gpt-4o-mini").orElseThrow().cost(tokens(1_000_000, 0)))
        .isEqualTo(Money.of("0.15"));
  }

  @Test
  void classWithoutAPriceOfItsOwnCostsWhatItsWholeCosts() throws IOException {
    // When
    PriceBook book =
        PriceFile.load(
            file(
                """
                tables:
                  - version: v1
                    effective: 2026-11-01
                    currency: EUR
                    models:
                      "local:llama": {input: 0.1, output: 0.2}
                """));

    // Then
    PriceTable table = book.version("v1").orElseThrow();
    assertThat(
            table
                .price("local", "llama")
                .orElseThrow()
                .cost(new TokenCounts(1_000_000, 300_000, 300_000, 1_000_000, 500_000)))
        .isEqualTo(Money.of("0.3"));
  }

  @Test
  void everythingThatIsWrongIsNamedWithItsPath() throws IOException {
    assertThat(
            problems(
                """
                tables:
                  - version: v1
                    effective: 2026-11-31
                    models:
                      "a:b": {input: -1, output: 1}
                      "a:c": {input: 1}
                      "a:d": {input: 0.0000001, output: 1}
                      "a:e": {input: 1, output: 1, reasonning: 1}
                      "a:f": {input: cheap, output: 1}
                """))
        .satisfiesExactlyInAnyOrder(
            line -> assertThat(line).startsWith("tables[0].effective: is '2026-11-31'"),
            line -> assertThat(line).isEqualTo("tables[0].currency: is missing"),
            line -> assertThat(line).startsWith("tables[0].models.a:b: input is -1"),
            line -> assertThat(line).isEqualTo("tables[0].models.a:c.output: is missing"),
            line -> assertThat(line).startsWith("tables[0].models.a:d: input is 0.0000001"),
            line -> assertThat(line).startsWith("tables[0].models.a:e.reasonning: unknown key"),
            line -> assertThat(line).startsWith("tables[0].models.a:f.input: is 'cheap'"));
  }

  @Test
  void fileWithoutTablesOrWithTwoOfOneVersionIsRefused() throws IOException {
    String twice =
        """
        tables:
          - {version: v1, effective: 2026-11-01, currency: USD, models: {}}
          - {version: v1, effective: 2026-12-01, currency: USD, models: {}}
        """;

    assertThat(problems("tables: []\n")).containsExactly("tables: there is no price table");
    assertThat(problems(twice))
        .singleElement()
        .satisfies(line -> assertThat(line).contains("same version"));
  }

  @Test
  void fileThatIsNotThereIsNamed() {
    Path missing = directory.resolve("none.yaml");

    assertThat(catchThrowableOfType(ConfigException.class, () -> PriceFile.load(missing)))
        .hasMessageContaining(missing.toString())
        .hasMessageContaining("no such file");
  }

  private List<String> problems(String yaml) throws IOException {
    Path file = file(yaml);
    return catchThrowableOfType(ConfigException.class, () -> PriceFile.load(file)).problems();
  }

  private Path file(String yaml) throws IOException {
    return Files.writeString(directory.resolve("prices.yaml"), yaml);
  }

  private static TokenCounts tokens(long input, long output) {
    return new TokenCounts(input, 0, 0, output, 0);
  }
}
