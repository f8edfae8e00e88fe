package io.querytrail.generator.kafka;

import static io.querytrail.generator.testkit.Admissions.admission;
import static io.querytrail.generator.testkit.ScriptedModelServer.after;
import static io.querytrail.generator.testkit.ScriptedModelServer.sql;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.querytrail.embedded.EmbeddedKafka;
import io.querytrail.generator.GeneratorService;
import io.querytrail.generator.testkit.Configs;
import io.querytrail.generator.testkit.ScriptedModelServer;
import io.querytrail.generator.testkit.Stack;
import io.querytrail.generator.testkit.Wire;
import io.querytrail.schemas.TopicAdmin;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The broker goes away while a model is being called, and comes back. */
@ExtendWith(Stack.Extension.class)
class BrokerOutageIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @Test
  void recoversByItselfAndKeepsWhatWasPaidFor(Stack stack) {
    Path directory = Stack.directory().resolve("kafka");
    CountDownLatch gate = new CountDownLatch(1);
    EmbeddedKafka kafka = EmbeddedKafka.start(directory);
    String bootstrap = kafka.bootstrapServers();
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
      TopicAdmin.createMissing(admin, 2, (short) 1);
    }
    try (ScriptedModelServer models =
            new ScriptedModelServer(call -> after(gate, sql("SELECT 1")));
        Wire wire = new Wire(bootstrap);
        GeneratorService service =
            GeneratorService.start(
                Configs.generator(
                    bootstrap, "generator", models.baseUrl(), stack.shopUrl(), "PT10S"))) {
      // Given
      wire.admit(admission("during", "slow").build());
      await().atMost(PATIENCE).until(() -> models.calls().size() == 1);
      assertThat(service.health().reasonsAgainstReady()).isEmpty();

      // When
      kafka.close();
      gate.countDown();
      await()
          .atMost(PATIENCE)
          .until(() -> service.health().reasonsAgainstReady().containsKey("consumer"));
      kafka = EmbeddedKafka.start(directory, URI.create("kafka://" + bootstrap).getPort());

      // Then
      await().atMost(PATIENCE).until(() -> wire.generations("during").size() == 1);
      wire.admit(admission("afterwards", "fast").build());
      await().atMost(PATIENCE).until(() -> wire.generations("afterwards").size() == 1);
      await().atMost(PATIENCE).until(() -> service.health().reasonsAgainstReady().isEmpty());
      assertThat(service.failure()).isNotDone();
      assertThat(models.calls()).hasSize(2);
    } finally {
      kafka.close();
    }
  }
}
