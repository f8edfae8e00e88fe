package io.querytrail.cli;

import io.querytrail.service.DatabaseConfig;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/** Connections to the log for a command's few queries. */
final class LogDatabase {
  private static final int CONNECT_SECONDS = 10;

  private LogDatabase() {}

  static DataSource open(DatabaseConfig database) {
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setUrl(database.jdbcUrl());
    source.setUser(database.user());
    source.setPassword(database.password() == null ? "" : database.password().reveal());
    source.setConnectTimeout(CONNECT_SECONDS);
    source.setApplicationName("querytrail-cli");
    return source;
  }
}
