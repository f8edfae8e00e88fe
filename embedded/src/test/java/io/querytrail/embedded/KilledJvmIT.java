package io.querytrail.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class KilledJvmIT {
  @TempDir Path directory;

  @Test
  void leavesNoServerBehindAndStartsAgainWithEverythingThatWasAcknowledged() throws Exception {
    Path kafkaData = directory.resolve("kafka");
    Path postgresData = directory.resolve("postgres");
    long postmaster;

    // Given
    try (ServerHolder holder = ServerHolder.spawn(kafkaData, postgresData)) {
      Records.createTopic(holder.bootstrapServers);
      Records.produce(holder.bootstrapServers, "one", "two");
      assertThat(Records.consume(holder.bootstrapServers, 2)).hasSize(2);
      Records.produce(holder.bootstrapServers, "three");
      String password = Files.readString(directory.resolve("postgres.password")).strip();
      try (Connection connection =
              DriverManager.getConnection(holder.jdbcUrl, "postgres", password);
          Statement statement = connection.createStatement()) {
        statement.execute("CREATE TABLE kept AS SELECT 42 AS answer");
      }
      postmaster = EmbeddedPostgresIT.postmaster(postgresData).pid();

      // When
      holder.kill();
    }

    // Then
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> ProcessHandle.of(postmaster).filter(ProcessHandle::isAlive).isEmpty());
    try (EmbeddedPostgres postgres = EmbeddedPostgres.start(postgresData);
        EmbeddedKafka kafka = EmbeddedKafka.start(kafkaData)) {
      assertThat(EmbeddedPostgresIT.query(postgres, "postgres", "SELECT answer FROM kept"))
          .isEqualTo("42");
      assertThat(Records.consume(kafka.bootstrapServers(), 1)).containsExactly("three");
    }
  }

  @Test
  void canBeFollowedAtOnceByTheNextStart() {
    Path kafkaData = directory.resolve("kafka");
    Path postgresData = directory.resolve("postgres");
    ServerHolder.spawn(kafkaData, postgresData).kill();

    try (EmbeddedPostgres postgres = EmbeddedPostgres.start(postgresData)) {
      assertThat(EmbeddedPostgresIT.query(postgres, "postgres", "SELECT 1")).isEqualTo("1");
    }
  }
}
