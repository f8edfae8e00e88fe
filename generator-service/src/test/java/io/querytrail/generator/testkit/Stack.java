package io.querytrail.generator.testkit;

import io.querytrail.demo.ShopDatabase;
import io.querytrail.demo.WideDatabase;
import io.querytrail.embedded.EmbeddedKafka;
import io.querytrail.embedded.EmbeddedPostgres;
import io.querytrail.schemas.TopicAdmin;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** A real broker with our topics and a real PostgreSQL with a shop, started once for all tests. */
public final class Stack implements AutoCloseable {
  public static final String READER = "it_reader";
  public static final String READER_PASSWORD = "reader";
  private static final int PARTITIONS = 4;

  private final EmbeddedKafka kafka;
  private final EmbeddedPostgres postgres;

  /** Gives the stack to tests that ask for it. */
  public static final class Extension implements ParameterResolver {
    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
      return parameter.getParameter().getType() == Stack.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
      return context
          .getRoot()
          .getStore(ExtensionContext.Namespace.GLOBAL)
          .computeIfAbsent(Stack.class, type -> new Stack());
    }
  }

  private Stack() {
    Path directory = directory();
    kafka = EmbeddedKafka.start(directory.resolve("kafka"));
    postgres = EmbeddedPostgres.start(directory.resolve("postgres"));
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
      TopicAdmin.createMissing(admin, PARTITIONS, (short) 1);
    }
    postgres.createDatabaseIfAbsent("shop");
    try (Connection connection = shopAsSuperuser();
        Statement statement = connection.createStatement()) {
      statement.execute(shopSql());
    } catch (SQLException e) {
      throw new IllegalStateException("cannot make the shop", e);
    }
  }

  /** A fresh directory below {@code target}. */
  public static Path directory() {
    try {
      return Files.createTempDirectory(Path.of("target").toAbsolutePath(), "it-");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public String bootstrapServers() {
    return kafka.bootstrapServers();
  }

  public String shopUrl() {
    return postgres.jdbcUrl("shop");
  }

  /** A connection that may do everything in the shop's database. */
  public Connection shopAsSuperuser() throws SQLException {
    return DriverManager.getConnection(shopUrl(), postgres.superuser(), postgres.password());
  }

  /** A fresh database of this many tables, and how its reader reaches it. */
  public WideDatabase createWideDatabase(int tables) throws SQLException {
    postgres.createDatabaseIfAbsent("wide");
    return WideDatabase.create(
        postgres.jdbcUrl("wide"), postgres.superuser(), postgres.password(), tables);
  }

  /** The demo's shop in a database {@code demo}, with its reader. */
  public void createDemoShop() {
    postgres.createDatabaseIfAbsent("demo");
    String url = postgres.jdbcUrl("demo");
    ShopDatabase.create(url, postgres.superuser(), postgres.password());
    ShopDatabase.createReader(url, postgres.superuser(), postgres.password(), READER_PASSWORD);
  }

  private static String shopSql() {
    try (var in = Objects.requireNonNull(Stack.class.getResourceAsStream("shop.sql"))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    kafka.close();
    postgres.close();
  }
}
