package io.querytrail.sink;

import io.querytrail.embedded.EmbeddedKafka;
import io.querytrail.embedded.EmbeddedPostgres;
import io.querytrail.schemas.TopicAdmin;
import io.querytrail.service.DatabaseConfig;
import io.querytrail.service.HttpConfig;
import io.querytrail.service.KafkaConfig;
import io.querytrail.service.Secret;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.jspecify.annotations.Nullable;

/**
 * One broker and one database server for all tests of this JVM, started when first asked for and
 * ended with it. Tests keep apart by databases and accounts of their own.
 */
public final class TestServers {
  public static final int PARTITIONS = 3;

  private static final AtomicInteger NUMBER = new AtomicInteger();

  private TestServers() {}

  private static final class Kafka {
    static final EmbeddedKafka SERVER = EmbeddedKafka.start(directory("kafka"));

    static {
      try (Admin admin = Admin.create(Map.of("bootstrap.servers", SERVER.bootstrapServers()))) {
        TopicAdmin.createMissing(admin, PARTITIONS, (short) 1);
      }
    }
  }

  private static final class Postgres {
    static final EmbeddedPostgres SERVER = EmbeddedPostgres.start(directory("postgres"));
  }

  /** A directory that no other test uses. */
  public static Path directory(String name) {
    try {
      return Files.createTempDirectory(Path.of("target"), name).resolve("data");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A name that no other test uses. */
  public static String unique(String prefix) {
    return prefix + NUMBER.incrementAndGet();
  }

  public static KafkaConfig kafka() {
    return new KafkaConfig(Kafka.SERVER.bootstrapServers(), null);
  }

  /** A database of its own for the test. */
  public static DatabaseConfig newDatabase() {
    return newDatabase(Postgres.SERVER);
  }

  public static DatabaseConfig newDatabase(EmbeddedPostgres server) {
    String name = unique("sink");
    server.createDatabaseIfAbsent(name);
    return new DatabaseConfig(
        server.jdbcUrl(name), server.superuser(), new Secret(server.password()), null);
  }

  /** A sink on the shared broker with a group of its own. */
  public static MetricsSinkConfig sinkConfig(DatabaseConfig database) {
    return sinkConfig(database, null);
  }

  /** The same with batches of so many rows. */
  public static MetricsSinkConfig sinkConfig(DatabaseConfig database, @Nullable Integer maxRows) {
    return new MetricsSinkConfig(
        kafka(),
        new HttpConfig(null, 0),
        database,
        unique("sink-test-"),
        new MetricsSinkConfig.Batch(maxRows, null, null),
        null,
        null,
        null,
        null);
  }
}
