package io.querytrail.generator.kafka;

import static io.querytrail.generator.testkit.Admissions.admission;
import static io.querytrail.generator.testkit.ScriptedModelServer.after;
import static io.querytrail.generator.testkit.ScriptedModelServer.sql;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.querytrail.embedded.ServiceProcess;
import io.querytrail.events.GenerationInterrupted;
import io.querytrail.events.QueryAdmitted;
import io.querytrail.events.QueryGenerated;
import io.querytrail.generator.testkit.Configs;
import io.querytrail.generator.testkit.ScriptedModelServer;
import io.querytrail.generator.testkit.Stack;
import io.querytrail.generator.testkit.Wire;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The generator as a process of its own, killed by SIGKILL; the model server is the witness. */
@ExtendWith(Stack.Extension.class)
class KilledGeneratorIT {
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final String GROUP = "generator-killed";
  private static final int QUICK = 60;
  private static final int SLOW = 40;
  private static final int LATER = 20;

  private final CountDownLatch gate = new CountDownLatch(1);

  @Test
  void isFollowedByOneThatReportsWhatWasInHandAndCallsOnlyTheRest(Stack stack) throws Exception {
    try (ScriptedModelServer models =
            new ScriptedModelServer(call ->
                call.userMessage().contains("slow")
                    ? after(gate, sql("SELECT 1"))
                    : sql("SELECT 1"));
        Wire wire = new Wire(stack.bootstrapServers());
        ServiceProcess generator =
            ServiceProcess.start(
                "generator-service",
                "io.querytrail.generator.Main",
                Stack.directory(),
                Configs.yaml(
                    stack.bootstrapServers(),
                    wire.groupAtTheEnd(GROUP),
                    models.baseUrl(),
                    stack.shopUrl(),
                    "PT10S",
                    1_000))) {
      // Given: finished ones in between, so that the lowest unfinished holds the offset back
      QueryAdmitted[] before =
          IntStream.range(0, QUICK + SLOW)
              .mapToObj(i ->
                  admission("killed-" + i, i % 5 < 2 ? "slow " + i : "quick " + i)
                      .setAccount("account-" + i % 3)
                      .build())
              .toArray(QueryAdmitted[]::new);
      wire.admit(before);
      await().atMost(PATIENCE).until(() -> models.calls().size() == QUICK + SLOW);
      await().atMost(PATIENCE).until(() -> wire.generations().size() == QUICK);
      await().atMost(PATIENCE).until(() -> wire.suspects(GROUP) == SLOW);

      // When
      generator.killAndRestart();
      QueryAdmitted[] later =
          IntStream.range(0, LATER)
              .mapToObj(
                  i -> admission("later-" + i, "quick").setAccount("account-" + i % 3).build())
              .toArray(QueryAdmitted[]::new);
      wire.admit(later);

      // Then
      await().atMost(PATIENCE).until(() -> wire.generations().size() == QUICK + SLOW + LATER);
      assertThat(models.calls()).as("%s", generator.log()).hasSize(QUICK + SLOW + LATER);
      for (int i = 0; i < before.length; i++) {
        Class<? extends SpecificRecord> expected =
            i % 5 < 2 ? GenerationInterrupted.class : QueryGenerated.class;
        assertThat(wire.generations("killed-" + i))
            .singleElement()
            .satisfies(record -> assertThat(wire.event(record)).isInstanceOf(expected));
      }
    }
  }
}
