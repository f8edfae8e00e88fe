package io.querytrail.cli;

import io.querytrail.service.DatabaseConfig;
import io.querytrail.service.KafkaConfig;
import io.querytrail.service.Problems;
import io.querytrail.service.ValidConfig;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Where a running Querytrail is.
 *
 * @param log the database that the sink writes to; reports read it
 * @param logOwner the same as the owner of its tables, for commands that change them; {@code log}
 *     where nobody else is named
 * @param datasources databases that approved queries run on, by the name that policies use
 * @param generators where each generator answers /health and /metrics, as http://HOST:PORT
 */
record Connection(
    KafkaConfig kafka,
    DatabaseConfig log,
    @Nullable DatabaseConfig logOwner,
    @Nullable Map<String, DatabaseConfig> datasources,
    @Nullable List<String> generators)
    implements ValidConfig {
  Connection {
    datasources = datasources == null ? Map.of() : Map.copyOf(datasources);
    generators = generators == null ? List.of() : List.copyOf(generators);
  }

  @Override
  public List<String> generators() {
    return Objects.requireNonNull(generators);
  }

  @Override
  public void check(Problems problems) {
    problems.nested("kafka", kafka);
    problems.nested("log", log);
    if (logOwner != null) {
      problems.nested("logOwner", logOwner);
    }
    problems.each("datasources", datasources);
  }

  /** The log as the owner of its tables. */
  DatabaseConfig owner() {
    return logOwner == null ? log : logOwner;
  }

  DatabaseConfig datasource(String name) {
    DatabaseConfig found = datasources == null ? null : datasources.get(name);
    if (found == null) {
      throw new CommandException(
          ExitCodes.FAILED, "the connection file has no datasource '" + name + "'");
    }
    return found;
  }
}
