package io.querytrail.embedded;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The server's settings as command-line arguments: ours, the caller's, and what nobody changes. */
final class PostgresSettings {
  private static final Map<String, String> DEFAULTS =
      Map.of(
          "shared_buffers", "128MB",
          "max_connections", "100",
          "max_wal_size", "1GB",
          "timezone", "UTC",
          "log_timezone", "UTC",
          "shared_preload_libraries", "pg_stat_statements",
          "password_encryption", "scram-sha-256",
          "cluster_name", "querytrail");

  private static final Map<String, String> FIXED =
      Map.of(
          "listen_addresses", "127.0.0.1",
          "unix_socket_directories", "",
          "logging_collector", "off");

  private PostgresSettings() {}

  static List<String> arguments(int port, Map<String, String> overrides) {
    Map<String, String> settings = new LinkedHashMap<>(DEFAULTS);
    settings.putAll(overrides);
    settings.putAll(FIXED);
    settings.put("port", String.valueOf(port));
    List<String> arguments = new ArrayList<>();
    settings.forEach((name, value) -> {
      arguments.add("-c");
      arguments.add(name + "=" + value);
    });
    return arguments;
  }
}
