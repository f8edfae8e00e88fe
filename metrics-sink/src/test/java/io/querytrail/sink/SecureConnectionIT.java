package io.querytrail.sink;

import static io.querytrail.sink.TestEvents.approved;
import static io.querytrail.sink.TestEvents.attempt;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.querytrail.embedded.EmbeddedPostgres;
import io.querytrail.schemas.Topic;
import io.querytrail.service.DatabaseConfig;
import io.querytrail.service.PoolProfile;
import io.querytrail.service.Secret;
import io.querytrail.sink.postgres.LogRoles;
import io.querytrail.sink.postgres.SinkDatabase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The sink on a server that takes TLS and SCRAM only, with the settings of production. */
final class SecureConnectionIT {
  @TempDir static Path directory;

  private static EmbeddedPostgres server;
  private static TestCertificate certificate;
  private static TestCertificate stranger;
  private static DatabaseConfig superuser;

  @BeforeAll
  static void start() throws Exception {
    certificate = TestCertificate.make(directory, "server", "localhost");
    stranger = TestCertificate.make(directory, "stranger", "localhost");
    server = EmbeddedPostgres.start(TestServers.directory("tls"));
    DatabaseConfig plain = TestServers.newDatabase(server);
    TestRoles.create(plain);
    try (Connection connection = new TestDatabase(plain).connect();
        Statement statement = connection.createStatement()) {
      // By the server itself, which must own its key, and be the only one to read it.
      writeAsServer(connection, "server.crt", Files.readString(certificate.certificate()));
      writeAsServer(connection, "server.key", certificate.key());
      writeAsServer(
          connection,
          "pg_hba.conf",
          """
          hostssl all cleartext_reader 127.0.0.1/32 password
          hostssl all all 127.0.0.1/32 scram-sha-256
          """);
      statement.execute("ALTER SYSTEM SET ssl = on");
      statement.execute("CREATE ROLE cleartext_reader LOGIN PASSWORD 'secret'");
      statement.execute("SELECT pg_reload_conf()");
    }
    superuser =
        new DatabaseConfig(
            url(plain, "?sslmode=verify-full&sslrootcert=" + certificate.certificate()),
            plain.user(),
            plain.password(),
            null);
    await()
        .atMost(Duration.ofSeconds(10))
        .ignoreExceptions()
        .until(() -> new TestDatabase(superuser).value("SHOW ssl").equals("on"));
  }

  /** Its rows are the lines; the shell sees to the mode. */
  private static void writeAsServer(Connection connection, String file, String text)
      throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("CREATE TEMPORARY TABLE written (line text)");
      try (PreparedStatement line = connection.prepareStatement("INSERT INTO written VALUES (?)")) {
        for (String each : text.lines().toList()) {
          line.setString(1, each);
          line.executeUpdate();
        }
      }
      statement.execute(
          "COPY written TO PROGRAM 'umask 077; rm -f %1$s; cat > %1$s'".formatted(file));
      statement.execute("DROP TABLE written");
    }
  }

  private static String url(DatabaseConfig database, String settings) {
    return database.jdbcUrl().replace("127.0.0.1", "localhost") + settings;
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static DatabaseConfig production(DatabaseConfig database) {
    return new DatabaseConfig(
        database.jdbcUrl(), database.user(), database.password(), 3, PoolProfile.PROD);
  }

  private static void fails(String settings, String because) {
    DatabaseConfig config =
        new DatabaseConfig(
            superuser.jdbcUrl().replaceFirst("\\?.*", "") + settings,
            superuser.user(),
            superuser.password(),
            null);
    assertThatThrownBy(() -> new TestDatabase(config).connect().close())
        .isInstanceOf(SQLException.class)
        .satisfies(e -> {
          StringBuilder all = new StringBuilder();
          for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            all.append(cause.getMessage()).append('\n');
          }
          assertThat(all).contains(because);
        });
  }

  @Test
  void writesOverTlsWithScramAndChannelBinding() throws Exception {
    String account = TestServers.unique("secure");
    MetricsSinkConfig roles = TestRoles.sinkConfig(superuser);
    DatabaseConfig bound =
        new DatabaseConfig(
            superuser.jdbcUrl() + "&channelBinding=require",
            LogRoles.WRITER,
            roles.database().password(),
            null);
    MetricsSinkConfig config =
        new MetricsSinkConfig(
            roles.kafka(),
            roles.http(),
            production(bound),
            roles.groupId(),
            null,
            null,
            null,
            null,
            production(Objects.requireNonNull(roles.migrator())));
    try (TestTopics topics = TestTopics.open();
        MetricsSink sink = MetricsSink.start(config)) {
      topics.send(Topic.AUDIT, account, approved(account, "r", attempt(1, "m", "0.01")).build());
      topics.flush();

      TestDatabase database = new TestDatabase(superuser);
      await()
          .atMost(Duration.ofSeconds(60))
          .untilAsserted(() -> assertThat(database.count("ai_query_log", account)).isEqualTo(1));
      assertThat(sink.failure()).isNotDone();
      assertThat(
              database.rows(
                  """
                  SELECT DISTINCT usename, ssl, version FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)
                  WHERE application_name = 'querytrail-metrics-sink' AND usename = 'querytrail_writer'
                  """))
          .containsExactly("querytrail_writer|t|TLSv1.3");
      assertThat(
              database.rows(
                  """
                  SELECT DISTINCT left(rolpassword, 14) FROM pg_authid
                  WHERE rolname IN ('querytrail_writer', 'querytrail_reader', 'querytrail_migrator')
                  """))
          .containsExactly("SCRAM-SHA-256$");
    }
  }

  @Test
  void refusesAServerThatCannotProveItsName() {
    fails("?sslmode=disable", "no encryption");
    fails("?sslmode=verify-full&sslrootcert=" + stranger.certificate(), "PKIX path");
    DatabaseConfig byAddress =
        new DatabaseConfig(
            superuser.jdbcUrl().replace("localhost", "127.0.0.1"),
            superuser.user(),
            superuser.password(),
            null);
    assertThatThrownBy(() -> new TestDatabase(byAddress).connect().close())
        .hasMessageContaining("127.0.0.1");
  }

  @Test
  void givesAServerThatAsksForThePasswordItselfNone() throws Exception {
    DatabaseConfig cleartext =
        new DatabaseConfig(superuser.jdbcUrl(), "cleartext_reader", new Secret("secret"), null);
    new TestDatabase(cleartext).connect().close();

    assertThatThrownBy(() -> SinkDatabase.unpooled(production(cleartext)).getConnection().close())
        .isInstanceOf(SQLException.class)
        .hasMessageContaining("requireAuth");
  }

  @Test
  void keepsAllConnectionsOfAProductionPoolOpenAndNoneInDevelopment() {
    try (HikariDataSource prod =
            SinkDatabase.open(production(superuser), new SimpleMeterRegistry());
        HikariDataSource dev =
            SinkDatabase.open(
                new DatabaseConfig(
                    superuser.jdbcUrl(),
                    superuser.user(),
                    superuser.password(),
                    null,
                    PoolProfile.DEV),
                new SimpleMeterRegistry())) {
      await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> prod.getHikariPoolMXBean().getIdleConnections() == 3);
      assertThat(dev.getMaximumPoolSize()).isEqualTo(3);
      assertThat(dev.getMinimumIdle()).isZero();
    }
  }
}
