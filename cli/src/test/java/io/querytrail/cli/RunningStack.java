package io.querytrail.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.querytrail.audit.alerts.AlertWebhookConfig;
import io.querytrail.generator.AnswerCacheConfig;
import io.querytrail.generator.discovery.DatasourceConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The stack that {@code up} starts, with the sample shop, in this process. */
final class RunningStack implements AutoCloseable {
  private final Path stateDir;
  private final Sample sample;
  private final Stack stack;

  private static final AnswerCacheConfig MEMORY =
      new AnswerCacheConfig(null, null, null, null, null, null, null, null, null);

  private RunningStack(Path stateDir, Sample sample, Stack stack) {
    this.stateDir = stateDir;
    this.sample = sample;
    this.stack = stack;
  }

  static RunningStack start(Path stateDir) {
    return start(stateDir, null);
  }

  static RunningStack start(Path stateDir, @Nullable AlertWebhookConfig webhook) {
    StateDirectory state = StateDirectory.open(stateDir);
    Sample sample = new Sample(state, Map.of(), line -> {});
    try {
      Stack stack =
          Stack.start(
              state,
              postgres -> {
                StackConfig config = sample.prepare(postgres, false);
                return new StackConfig(
                    config.providers(), withCached(config.datasources()), MEMORY, webhook);
              },
              line -> {});
      return new RunningStack(stateDir, sample, stack);
    } catch (RuntimeException e) {
      sample.close();
      throw e;
    }
  }

  /** The shop, whose answers are paid each time, and the same once more, whose answers are kept. */
  private static Map<String, DatasourceConfig> withCached(Map<String, DatasourceConfig> sample) {
    Map<String, DatasourceConfig> all = new TreeMap<>();
    sample.forEach((name, source) -> {
      all.put(name, keeping(source, Duration.ZERO));
      all.put(name + "-cached", keeping(source, null));
    });
    return all;
  }

  private static DatasourceConfig keeping(DatasourceConfig source, @Nullable Duration ttl) {
    return new DatasourceConfig(
        source.jdbcUrl(),
        source.user(),
        source.password(),
        source.maxConnections(),
        source.connectTimeout(),
        source.statementTimeout(),
        ttl,
        source.sampleValues(),
        source.warm());
  }

  Connection connection() {
    return stack.connection();
  }

  /** Runs a command against this stack. */
  Ran run(String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.add("--state-dir");
    all.add(stateDir.toString());
    return Ran.command(all.toArray(String[]::new));
  }

  /** An account with a budget of that many dollars a month. */
  void account(String account, String limit) {
    assertThat(run("account", "apply", "-f", policy(account, limit).toString()))
        .satisfies(ran -> assertThat(ran.err()).isEmpty())
        .extracting(Ran::exitCode)
        .isEqualTo(ExitCodes.OK);
  }

  private Path policy(String account, String limit) {
    return file(
        account + ".yaml",
        """
        account: %s
        budgets: [{scope: account, period: month, limit: %s}]
        models: [{provider: openai, model: gpt-4o-mini}]
        maxSends: 1
        datasources: [{name: shop, schemas: [shop]}]
        """
            .formatted(account, limit));
  }

  /** A file for a command to read. */
  Path file(String name, String text) {
    try {
      return Files.writeString(stateDir.resolveSibling(name), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** One number from the log. */
  BigDecimal number(String sql, String... parameters) {
    try (java.sql.Connection connection = LogDatabase.open(connection().log()).getConnection();
        PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < parameters.length; i++) {
        statement.setString(i + 1, parameters[i]);
      }
      try (ResultSet result = statement.executeQuery()) {
        assertThat(result.next()).as(sql).isTrue();
        BigDecimal number = result.getBigDecimal(1);
        return number == null ? BigDecimal.ZERO : number;
      }
    } catch (SQLException e) {
      throw new AssertionError(sql, e);
    }
  }

  /** Rows of an account in the log. */
  int rows(String account) {
    return number("SELECT count(*) FROM ai_query_log WHERE account = ?", account).intValueExact();
  }

  @Override
  public void close() {
    stack.close();
    sample.close();
  }
}
