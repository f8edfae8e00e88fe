package io.querytrail.audit.prices;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.querytrail.audit.money.ClassPrices;
import io.querytrail.audit.money.ModelPrice;
import io.querytrail.audit.money.Money;
import io.querytrail.audit.money.PriceSchedule;
import io.querytrail.audit.money.PriceTable;
import io.querytrail.audit.money.TokenCounts;
import io.querytrail.service.ConfigException;
import java.io.IOException;
import java.math.BigDecimal;
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
    PriceTable table =
        PriceFile.bundled().at(Instant.parse("2026-11-21T00:00:00Z"), "USD").orElseThrow();

    assertThat(table.currency()).isEqualTo("USD");
    assertThat(table.price("openai", "gpt-4o-mini").orElseThrow().cost(tokens(1_000_000, 0)))
        .isEqualTo(Money.of("0.15"));
  }

  @Test
  void classWithoutAPriceOfItsOwnCostsWhatItsWholeCosts() throws IOException {
    // When
    PriceFile book =
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
    PriceTable table = book.book().version("v1").orElseThrow();
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
  void tiersChangesAndBatchAreReadAsTheyAreWritten() throws IOException {
    // When
    PriceTable table =
        PriceFile.load(
                file(
                    """
                    tables:
                      - version: v1
                        effective: 2026-11-01T08:00:00Z
                        currency: USD
                        models:
                          "p:tiered":
                            input: 1
                            cachedInput: 0.1
                            output: 10
                            batchDiscountPercent: 50
                            tiers:
                              - {above: 200000, input: 2}
                              - {above: 500000, output: 20}
                          "p:dated":
                            input: 1
                            output: 1
                            changes:
                              - {from: 2027-01-01, input: 3}
                              - {dailyFrom: "22:00", dailyUntil: "06:00", output: 2}
                          "p:local": {input: 0, output: 0}
                          "p:not-here": {unpriced: no contract}
                    """))
            .book()
            .version("v1")
            .orElseThrow();

    // Then a tier changes what it names, and the rest is as below
    ModelPrice tiered = table.price("p", "tiered").orElseThrow();
    assertThat(tiered.tiers().get(0).prices()).isEqualTo(classes("2", "0.1", "10"));
    assertThat(tiered.tiers().get(1).prices()).isEqualTo(classes("2", "0.1", "20"));
    assertThat(tiered.batchDiscountPercent()).isEqualTo(50);
    // And of changes the last one that holds counts
    PriceSchedule dated = table.schedule("p", "dated").orElseThrow();
    assertThat(dated.at(Instant.parse("2026-12-31T12:00:00Z"))).isEqualTo(flat("1", "1"));
    assertThat(dated.at(Instant.parse("2027-01-01T12:00:00Z"))).isEqualTo(flat("3", "1"));
    assertThat(dated.at(Instant.parse("2027-01-01T05:59:59Z"))).isEqualTo(flat("1", "2"));
    assertThat(dated.at(Instant.parse("2027-01-01T06:00:00Z"))).isEqualTo(flat("3", "1"));
    assertThat(dated.at(Instant.parse("2027-01-01T22:00:00Z"))).isEqualTo(flat("1", "2"));
    // And free is not the same as unknown
    assertThat(table.price("p", "local")).contains(flat("0", "0"));
    assertThat(table.price("p", "not-here")).isEmpty();
    assertThat(table.effective()).isEqualTo(Instant.parse("2026-11-01T08:00:00Z"));
  }

  @Test
  void everythingThatIsWrongWithTiersChangesAndRulesIsNamed() throws IOException {
    assertThat(
            problems(
                """
                tables:
                  - version: "v 1"
                    effective: 2026-11-01
                    currency: Dollar
                    models:
                      "a:b": {input: 1, output: 1, tiers: [{input: 2}]}
                      "a:c": {input: 1, output: 1, changes: [{input: 2}]}
                      "a:d": {input: 1, output: 1, changes: [{dailyFrom: noon, dailyUntil: "13:00"}]}
                      "a:e": {input: 0.000001, output: 1, batchDiscountPercent: 50}
                      "a:f": {input: 1, output: 1, unpriced: why}
                      "gpt": {input: 1, output: 1}
                    providers:
                      - id: p
                        models:
                          - {id: x, match: {}, price: {input: 1, output: 1}}
                          - {id: y, match: {regex: "("}, price: {input: 1}}
                """))
        .satisfiesExactlyInAnyOrder(
            line -> assertThat(line).startsWith("tables[0].version: is 'v 1'"),
            line -> assertThat(line).startsWith("tables[0].currency: is 'Dollar'"),
            line -> assertThat(line).startsWith("tables[0].models.a:b: a tier says not"),
            line -> assertThat(line).startsWith("tables[0].models.a:c.changes[0]: says not when"),
            line -> assertThat(line).startsWith("tables[0].models.a:d.changes[0]: dailyFrom is"),
            line -> assertThat(line).startsWith("tables[0].models.a:e: with batchDiscountPercent"),
            line -> assertThat(line).startsWith("tables[0].models.a:f.unpriced: stands beside"),
            line -> assertThat(line).startsWith("tables[0].models.gpt: is not of the form"),
            line -> assertThat(line).contains("providers[0].models[0].match: names 0 rules"),
            line -> assertThat(line).contains("providers[0].models[1].match: regex is '('"),
            line -> assertThat(line).contains("providers[0].models[1].price.output: is missing"));
  }

  @Test
  void tableThatExtendsAnotherTakesItsPricesForAllThatItDoesNotName() {
    TableDocument base =
        table(
            """
            {"version": "v1", "effective": "2026-11-01", "currency": "USD",
             "models": {"a:one": {"input": 1, "output": 1}, "a:two": {"input": 1, "output": 1}},
             "providers": [{"id": "p", "fallbacks": ["q"], "models": [
               {"id": "any", "match": {"startsWith": "m"}, "price": {"input": 1, "output": 1}}]}]}
            """);
    TableDocument own =
        table(
            """
            {"version": "v2", "effective": "2026-12-01", "currency": "USD",
             "models": {"a:two": {"input": 2, "output": 2}, "p:m-1": {"unpriced": "not ours"}},
             "providers": [{"id": "p", "models": [
               {"id": "own", "match": {"exactly": "M-2"}, "price": {"input": 2, "output": 2}}]}]}
            """);

    PriceTable merged = own.extend(base).table();

    assertThat(merged.version()).isEqualTo("v2");
    assertThat(merged.price("a", "one")).contains(flat("1", "1"));
    assertThat(merged.price("a", "two")).contains(flat("2", "2"));
    assertThat(merged.price("p", "m-1")).isEmpty();
    assertThat(merged.price("p", "m-2")).contains(flat("2", "2"));
    assertThat(merged.price("p", "m-3")).contains(flat("1", "1"));
    TableDocument whole = own.extend(base);
    assertThat(table(PriceFile.write(whole))).isEqualTo(whole);
  }

  private static TableDocument table(String json) {
    return PriceFile.read(json);
  }

  private static ModelPrice flat(String input, String output) {
    return new ModelPrice(classes(input, input, output), List.of(), 0);
  }

  private static ClassPrices classes(String input, String cached, String output) {
    return new ClassPrices(
        new BigDecimal(input),
        new BigDecimal(cached),
        new BigDecimal(input),
        new BigDecimal(output),
        new BigDecimal(output));
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
