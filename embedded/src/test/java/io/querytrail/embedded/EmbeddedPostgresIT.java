package io.querytrail.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class EmbeddedPostgresIT {
  @TempDir Path directory;

  @Test
  void keepsRowsAndPasswordAcrossRestart() {
    Path data = directory.resolve("data");
    String password;
    try (EmbeddedPostgres postgres = EmbeddedPostgres.start(data)) {
      password = postgres.password();
      execute(postgres, "postgres", "CREATE TABLE kept AS SELECT 42 AS answer");
    }

    try (EmbeddedPostgres again = EmbeddedPostgres.start(data)) {
      assertThat(again.password()).isEqualTo(password);
      assertThat(query(again, "postgres", "SELECT answer FROM kept")).isEqualTo("42");
    }
  }

  @Test
  void isDurableCheckedAndLocked() throws Exception {
    try (EmbeddedPostgres postgres = EmbeddedPostgres.start(directory.resolve("data"))) {
      assertThat(setting(postgres, "server_version")).startsWith("18.");
      assertThat(setting(postgres, "fsync")).isEqualTo("on");
      assertThat(setting(postgres, "synchronous_commit")).isEqualTo("on");
      assertThat(setting(postgres, "data_checksums")).isEqualTo("on");
      assertThat(setting(postgres, "listen_addresses")).isEqualTo("127.0.0.1");
      assertThat(setting(postgres, "unix_socket_directories")).isEmpty();
      assertThat(
              query(
                  postgres,
                  "postgres",
                  "SELECT string_agg(DISTINCT auth_method, ',') FROM pg_hba_file_rules"))
          .isEqualTo("scram-sha-256");
      assertThat(
              PosixFilePermissions.toString(
                  Files.getPosixFilePermissions(directory.resolve("data.password"))))
          .isEqualTo("rw-------");
      assertThatThrownBy(
              () -> DriverManager.getConnection(postgres.jdbcUrl("postgres"), "postgres", "wrong"))
          .isInstanceOf(SQLException.class)
          .hasMessageContaining("password authentication failed");
    }
  }

  @Test
  void countsStatements() {
    try (EmbeddedPostgres postgres = EmbeddedPostgres.start(directory.resolve("data"))) {
      execute(postgres, "postgres", "CREATE EXTENSION pg_stat_statements");
      execute(postgres, "postgres", "SELECT 1 AS found_by_its_alias");

      assertThat(
              query(
                  postgres,
                  "postgres",
                  "SELECT calls FROM pg_stat_statements WHERE query LIKE '%found_by_its_alias'"))
          .isEqualTo("1");
    }
  }

  @Test
  void holdsTwoDatabasesAndCreatesEachOnce() {
    try (EmbeddedPostgres postgres = EmbeddedPostgres.start(directory.resolve("data"))) {
      postgres.createDatabaseIfAbsent("log");
      postgres.createDatabaseIfAbsent("Shop \"two\"");
      execute(postgres, "log", "CREATE TABLE here ()");
      postgres.createDatabaseIfAbsent("log");

      assertThat(query(postgres, "log", "SELECT to_regclass('here')")).isEqualTo("here");
      assertThat(
              query(
                  postgres,
                  "postgres",
                  "SELECT count(*) FROM pg_database WHERE datname = 'Shop \"two\"'"))
          .isEqualTo("1");
    }
  }

  @Test
  void takesSettingsButStaysOnLoopback() {
    Map<String, String> settings = Map.of("work_mem", "7MB", "listen_addresses", "*");
    try (EmbeddedPostgres postgres =
        EmbeddedPostgres.start(directory.resolve("data"), 0, settings)) {
      assertThat(setting(postgres, "work_mem")).isEqualTo("7MB");
      assertThat(setting(postgres, "listen_addresses")).isEqualTo("127.0.0.1");
    }
  }

  @Test
  void recoversFromCrashOfItsServer() {
    Path data = directory.resolve("data");
    try (EmbeddedPostgres postgres = EmbeddedPostgres.start(data)) {
      execute(postgres, "postgres", "CREATE TABLE kept AS SELECT 42 AS answer");
      ProcessHandle postmaster = postmaster(data);
      postmaster.destroyForcibly();
      await().until(() -> !postmaster.isAlive());
      assertThat(data.resolve("postmaster.pid")).exists();
    }

    try (EmbeddedPostgres again = EmbeddedPostgres.start(data)) {
      assertThat(query(again, "postgres", "SELECT answer FROM kept")).isEqualTo("42");
    }
  }

  @Test
  void ignoresProcessFileThatNamesAnotherProgram() throws Exception {
    Path data = directory.resolve("data");
    EmbeddedPostgres.start(data).close();
    long own = ProcessHandle.current().pid();
    Files.writeString(
        data.resolve("postmaster.pid"), own + "\n" + data + "\n1\n1\n\n127.0.0.1\n0\nready\n");

    try (EmbeddedPostgres again = EmbeddedPostgres.start(data)) {
      assertThat(query(again, "postgres", "SELECT 1")).isEqualTo("1");
    }
  }

  @Test
  void beginsAnewAfterAnInitializationThatWasCutOff() throws Exception {
    Path leftOver = directory.resolve("data.initializing/data");
    Files.createDirectories(leftOver);
    Files.writeString(leftOver.resolve("PG_VERSION"), "18");
    Files.writeString(directory.resolve("data.password"), "of a cluster that never was");

    try (EmbeddedPostgres postgres = EmbeddedPostgres.start(directory.resolve("data"))) {
      assertThat(query(postgres, "postgres", "SELECT 1")).isEqualTo("1");
    }
  }

  @Test
  void refusesDirectoryThatAnotherServerUses() {
    Path data = directory.resolve("data");
    try (EmbeddedPostgres postgres = EmbeddedPostgres.start(data)) {
      assertThatThrownBy(() -> EmbeddedPostgres.start(data))
          .isInstanceOf(EmbeddedServerException.class)
          .hasMessageContaining("Another embedded server works on");
      assertThat(query(postgres, "postgres", "SELECT 1")).isEqualTo("1");
    }
  }

  @Test
  void refusesDirectoryOfSomethingElse() throws Exception {
    Files.writeString(directory.resolve("thesis.txt"), "do not overwrite");

    assertThatThrownBy(() -> EmbeddedPostgres.start(directory))
        .isInstanceOf(EmbeddedServerException.class)
        .hasMessageContaining("not PostgreSQL's");
    assertThat(directory.resolve("thesis.txt")).exists();
  }

  @Test
  void saysWhatTheServerSaidWhenItDoesNotStart() {
    Path data = directory.resolve("data");

    assertThatThrownBy(() -> EmbeddedPostgres.start(data, 0, Map.of("shared_buffers", "lots")))
        .isInstanceOf(EmbeddedServerException.class)
        .hasMessageContaining("PostgreSQL did not start")
        .hasMessageContaining("invalid value for parameter \"shared_buffers\"")
        .hasMessageContaining("data.log");
  }

  @Test
  void refusesTakenPort() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      assertThatThrownBy(
              () -> EmbeddedPostgres.start(directory.resolve("data"), taken.getLocalPort()))
          .isInstanceOf(EmbeddedServerException.class)
          .hasMessageContaining("port " + taken.getLocalPort() + " is taken");
    }
  }

  @Test
  void asksForThePasswordFileThatIsGone() throws Exception {
    Path data = directory.resolve("data");
    EmbeddedPostgres.start(data).close();
    Files.delete(directory.resolve("data.password"));

    assertThatThrownBy(() -> EmbeddedPostgres.start(data))
        .isInstanceOf(EmbeddedServerException.class)
        .hasMessageContaining("data.password is gone");
  }

  @Test
  void movesBetweenNamespaceAndNobodyWhenRootMay() throws Exception {
    assumeTrue(FileTree.owner(Path.of("/proc/self")) == 0, "only root can run it as somebody else");
    Path data = directory.resolve("data");
    try (EmbeddedPostgres postgres = start(data, ServerIdentity.NOBODY_PASSING)) {
      execute(postgres, "postgres", "CREATE TABLE kept AS SELECT 42 AS answer");
      assertThat(FileTree.owner(data)).isEqualTo(ServerIdentity.NOBODY_PASSING.uid());
    }

    assumeTrue(
        ServerIdentity.ofThisProcess().equals(ServerIdentity.OWN_NAMESPACE),
        "user namespaces are forbidden here");
    try (EmbeddedPostgres postgres = start(data, ServerIdentity.OWN_NAMESPACE)) {
      assertThat(query(postgres, "postgres", "SELECT answer FROM kept")).isEqualTo("42");
    }
  }

  private static EmbeddedPostgres start(Path data, ServerIdentity identity) {
    return EmbeddedPostgres.start(data, 0, Map.of(), identity);
  }

  static ProcessHandle postmaster(Path data) {
    try {
      String pid = Files.readAllLines(data.resolve("postmaster.pid")).getFirst();
      return ProcessHandle.of(Long.parseLong(pid)).orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String setting(EmbeddedPostgres postgres, String name) {
    return query(postgres, "postgres", "SELECT current_setting('" + name + "')");
  }

  private static void execute(EmbeddedPostgres postgres, String database, String sql) {
    try (Connection connection = connect(postgres, database);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new AssertionError(sql, e);
    }
  }

  static String query(EmbeddedPostgres postgres, String database, String sql) {
    try (Connection connection = connect(postgres, database);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      assertThat(rows.next()).isTrue();
      return String.valueOf(rows.getString(1));
    } catch (SQLException e) {
      throw new AssertionError(sql, e);
    }
  }

  private static Connection connect(EmbeddedPostgres postgres, String database)
      throws SQLException {
    String encoded =
        java.net.URLEncoder.encode(database, java.nio.charset.StandardCharsets.UTF_8)
            .replace("+", "%20");
    return DriverManager.getConnection(
        postgres.jdbcUrl(encoded), postgres.superuser(), postgres.password());
  }
}
