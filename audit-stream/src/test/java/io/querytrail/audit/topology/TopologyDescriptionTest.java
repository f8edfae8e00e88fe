package io.querytrail.audit.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.querytrail.audit.chain.ChainKey;
import io.querytrail.audit.ledger.BudgetLedger;
import io.querytrail.audit.ledger.Retention;
import io.querytrail.audit.money.PriceBook;
import io.querytrail.audit.money.PriceTable;
import io.querytrail.audit.prices.PriceFile;
import io.querytrail.audit.safety.GuardSqlJudge;
import io.querytrail.audit.state.PriceTables;
import io.querytrail.schemas.EventDeserializer;
import io.querytrail.schemas.EventSerializer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TopologyDescriptionTest {
  @Test
  void topologyIsTheOneThatRunningStatesWereMadeBy() throws IOException {
    // Given
    String golden;
    try (InputStream in = Objects.requireNonNull(getClass().getResourceAsStream("topology.txt"))) {
      golden = new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }

    // When
    String actual = AuditTopology.build(dependencies()).describe().toString();

    // Then
    Path written = Files.writeString(Path.of("target", "topology.txt"), actual);
    assertThat(actual)
        .as(
            """
            The topology has changed. Renamed or renumbered stores and operators lose the ledger's \
            state on an upgrade. If the change is meant and safe, copy %s over \
            src/test/resources/io/querytrail/audit/topology/topology.txt and say why in the commit.\
            """
                .formatted(written))
        .isEqualTo(golden);
  }

  private static StreamDependencies dependencies() {
    PriceTable table = new PriceTable("p1", LocalDate.parse("2026-11-01"), "USD", Map.of());
    return new StreamDependencies(
        new BudgetLedger(new PriceBook(List.of(table))),
        new ChainKey("chain-1", "a secret of the tests"),
        GuardSqlJudge::new,
        16,
        new EventSerializer(),
        new EventDeserializer(),
        new Random(1),
        System::nanoTime,
        new SimpleMeterRegistry(),
        new PriceTables(content -> PriceFile.read(content).table()),
        new Retention(Retention.USUAL),
        partition -> Instant.EPOCH);
  }
}
