package io.querytrail.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class EmbeddedKafkaIT {
  @TempDir Path directory;

  @Test
  void keepsRecordsAndReadPositionsAcrossRestart() throws Exception {
    // Given
    int port;
    try (EmbeddedKafka kafka = EmbeddedKafka.start(directory)) {
      Records.createTopic(kafka.bootstrapServers());
      Records.produce(kafka.bootstrapServers(), "one", "two");
      assertThat(Records.consume(kafka.bootstrapServers(), 2)).containsExactly("one", "two");
      Records.produce(kafka.bootstrapServers(), "three");
      port = Integer.parseInt(kafka.bootstrapServers().split(":", -1)[1]);
    }

    // When
    try (EmbeddedKafka again = EmbeddedKafka.start(directory, port)) {
      Records.produce(again.bootstrapServers(), "four");

      // Then
      assertThat(again.bootstrapServers()).isEqualTo("127.0.0.1:" + port);
      assertThat(Records.consume(again.bootstrapServers(), 2)).containsExactly("three", "four");
    }
  }

  @Test
  void keepsOneClusterIdForItsDirectory() throws Exception {
    String first;
    try (EmbeddedKafka kafka = EmbeddedKafka.start(directory)) {
      first = clusterId(kafka);
    }
    try (EmbeddedKafka kafka = EmbeddedKafka.start(directory)) {
      assertThat(clusterId(kafka)).isEqualTo(first);
    }
  }

  @Test
  void refusesTakenPortWithoutEndingTheJvm() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      assertThatThrownBy(() -> EmbeddedKafka.start(directory, taken.getLocalPort()))
          .isInstanceOf(EmbeddedServerException.class)
          .hasMessageContaining("is taken")
          .hasMessageContaining(String.valueOf(taken.getLocalPort()));
    }
  }

  @Test
  void refusesDirectoryThatAnotherNodeUsesAndLeavesThatNodeAlone() throws Exception {
    try (EmbeddedKafka kafka = EmbeddedKafka.start(directory)) {
      assertThatThrownBy(() -> EmbeddedKafka.start(directory))
          .isInstanceOf(EmbeddedServerException.class)
          .hasMessageContaining("Another embedded server works on");

      Records.createTopic(kafka.bootstrapServers());
      Records.produce(kafka.bootstrapServers(), "still here");
      assertThat(Records.consume(kafka.bootstrapServers(), 1)).containsExactly("still here");
    }
  }

  @Test
  void closesTwiceAsOnce() {
    EmbeddedKafka kafka = EmbeddedKafka.start(directory);

    kafka.close();
    kafka.close();
  }

  private static String clusterId(EmbeddedKafka kafka) throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
      return admin.describeCluster().clusterId().get(30, TimeUnit.SECONDS);
    }
  }
}
