package io.querytrail.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.querytrail.events.DatasourcePolicy;
import io.querytrail.safety.NamePatterns;
import io.querytrail.safety.SafetyPolicy;
import io.querytrail.safety.Severity;
import io.querytrail.service.ConfigException;
import io.querytrail.service.ConfigFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PolicyFileTest {
  private static final String SAFETY =
      """
      safety:
        schemas: [shop, ops]
        tables: {deny: [employees]}
        columns: {deny: [customers.email]}
        rowCap: 50
        costCap: 1000.5
        extraFunctions: [gen_random_uuid]
        rules: {CROSS_JOIN: warn, LARGE_SERIES: off}
      """;
  private static final SafetyPolicy POLICY =
      SafetyPolicy.defaults(List.of("shop", "ops"))
          .withTables(NamePatterns.denying("employees"))
          .withColumns(NamePatterns.denying("customers.email"))
          .withRowCap(50)
          .withCostCap(1000.5)
          .withExtraFunctions(Set.of("gen_random_uuid"))
          .withRuleSeverities(Map.of("CROSS_JOIN", Severity.WARN, "LARGE_SERIES", Severity.OFF));

  @TempDir Path directory;

  @Test
  void readsThePolicyOfAFileOfItsOwn() throws IOException {
    assertThat(PolicyFile.read(file(SAFETY), null)).isEqualTo(POLICY);
  }

  @Test
  void readsTheSameSectionFromAnAccountsFile() throws IOException {
    // Given
    Path account = file(account("  - name: shop\n" + SAFETY.indent(4)));

    // Then
    assertThat(PolicyFile.read(account, null)).isEqualTo(POLICY);
    assertThat(PolicyFile.read(account, "shop")).isEqualTo(POLICY);
    assertThatThrownBy(() -> PolicyFile.read(account, "crm")).hasMessageContaining("crm");
  }

  @Test
  void anAccountsFileMayGiveSchemasAndRowCapBesideTheName() throws IOException {
    // When
    SafetyPolicy policy =
        PolicyFile.read(
            file(
                account(
                    """
                      - name: shop
                        schemas: [shop]
                        rowCap: 7
                        safety: {tables: {deny: [shop.payments]}}
                    """)),
            null);

    // Then
    assertThat(policy)
        .isEqualTo(
            SafetyPolicy.defaults(List.of("shop"))
                .withRowCap(7)
                .withTables(NamePatterns.denying("shop.payments")));
  }

  @Test
  void theEventHoldsAllOfIt() throws IOException {
    // When
    DatasourcePolicy event =
        ConfigFile.load(file(account("  - name: shop\n" + SAFETY.indent(4))), AccountFile.class)
            .event(1)
            .getDatasources()
            .getFirst();

    // Then
    assertThat(event.getSchemas()).containsExactly("shop", "ops");
    assertThat(event.getDenyRelations()).containsExactly("employees");
    assertThat(event.getDenyColumns()).containsExactly("customers.email");
    assertThat(event.getRowCap()).isEqualTo(50);
    assertThat(event.getCostCap()).isEqualTo(1000.5);
    assertThat(event.getPlanRowsCap()).isNull();
    assertThat(event.getExtraFunctions()).containsExactly("gen_random_uuid");
    assertThat(event.getRuleSeverities())
        .isEqualTo(Map.of("CROSS_JOIN", "warn", "LARGE_SERIES", "off"));
  }

  @Test
  void namesWhatIsWrong() throws IOException {
    Path unknownKey = file("safety: {schemas: [shop], denyTables: [x]}");
    Path notTheSection = file("schemas: [shop]");
    Path twice =
        file(
            account(
                "  - {name: shop, schemas: [shop], safety: {schemas: [a], rules: {X: warn}}}\n"));

    assertThatThrownBy(() -> PolicyFile.read(unknownKey, null))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("denyTables: unknown key");
    assertThatThrownBy(() -> PolicyFile.read(notTheSection, null))
        .hasMessageContaining("schemas: unknown key");
    assertThatThrownBy(() -> PolicyFile.read(twice, null))
        .hasMessageContainingAll("datasources[0].schemas: is given here", "rules.X");
  }

  private Path file(String yaml) throws IOException {
    return Files.writeString(Files.createTempFile(directory, "policy", ".yaml"), yaml);
  }

  private static String account(String datasources) {
    return """
    account: acme
    budgets: []
    models: [{provider: openai, model: gpt-4o-mini}]
    datasources:
    """
        + datasources;
  }
}
