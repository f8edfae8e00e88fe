package io.querytrail.cli;

import io.querytrail.service.DatabaseConfig;
import io.querytrail.service.Secret;
import io.querytrail.sink.postgres.LogRoles;
import io.querytrail.sink.postgres.LogRoles.Binding;
import io.querytrail.sink.postgres.SinkDatabase;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The log's database: its roles, who sees which account, its tables' version. */
@Command(
    name = "db",
    mixinStandardHelpOptions = true,
    description = "The log's database: its roles, who sees which account, its tables' version.",
    subcommands = {
      DbCommand.Roles.class,
      DbCommand.Migrate.class,
      DbCommand.Bind.class,
      DbCommand.Unbind.class,
      DbCommand.Readers.class
    })
final class DbCommand {
  private DbCommand() {}

  /** What all of them take. */
  abstract static class OnLog implements Callable<Integer> {
    @Mixin ConnectionOptions connection = new ConnectionOptions();

    java.sql.Connection open(DatabaseConfig database) throws SQLException {
      return LogDatabase.open(database).getConnection();
    }

    @Override
    public final Integer call() throws SQLException {
      try {
        run();
        return ExitCodes.OK;
      } catch (LogRoles.RefusedException e) {
        throw new CommandException(ExitCodes.REJECTED, String.valueOf(e.getMessage()));
      }
    }

    abstract void run() throws SQLException;
  }

  @Command(
      name = "roles",
      mixinStandardHelpOptions = true,
      description =
          "Make the roles of the log, and give each what it needs and no more: querytrail_migrator owns"
              + " the tables, querytrail_writer is the sink's, querytrail_reader reads everything, and"
              + " members of querytrail_account_reader see the accounts that `db bind` says. Takes a"
              + " superuser. May be repeated.",
      footer = {
        "",
        "The environment gives passwords: QUERYTRAIL_ADMIN_PASSWORD, and, for roles that shall log in by"
            + " password, QUERYTRAIL_MIGRATOR_PASSWORD, QUERYTRAIL_WRITER_PASSWORD,"
            + " QUERYTRAIL_READER_PASSWORD."
      })
  static final class Roles extends OnLog {
    private static final String ADMIN_PASSWORD = "QUERYTRAIL_ADMIN_PASSWORD";
    private static final String MIGRATOR_PASSWORD = "QUERYTRAIL_MIGRATOR_PASSWORD";

    @Option(
        names = "--admin-user",
        paramLabel = "USER",
        defaultValue = "postgres",
        description = "A superuser (default: ${DEFAULT-VALUE}).")
    String admin = "postgres";

    @Option(
        names = "--jdbc-url",
        paramLabel = "URL",
        description = "The log's database, in place of the connection file's.")
    @Nullable String jdbcUrl;

    @Option(
        names = "--migrate",
        description =
            "Bring the tables to this version as well, as querytrail_migrator with its password.")
    boolean migrate;

    @Option(
        names = "--print",
        description = "Only print the statements, for somebody else to run in the log's database.")
    boolean print;

    @Override
    void run() throws SQLException {
      if (print) {
        System.out.print(LogRoles.script());
        return;
      }
      String url = jdbcUrl == null ? connection.read().log().jdbcUrl() : jdbcUrl;
      try (java.sql.Connection database = open(login(url, admin, ADMIN_PASSWORD))) {
        LogRoles.create(database);
        for (Map.Entry<String, String> role : passwordVariables().entrySet()) {
          String password = System.getenv(role.getValue());
          if (password != null && !password.isEmpty()) {
            LogRoles.setPassword(database, role.getKey(), password);
          }
          System.out.printf(
              "%-26s %s%n",
              role.getKey(),
              password == null || password.isEmpty()
                  ? "password as it was (" + role.getValue() + " is not set)"
                  : "logs in by the password of " + role.getValue());
        }
        System.out.printf("%-26s a group: querytrail db bind%n", LogRoles.ACCOUNT_READER);
      }
      if (migrate) {
        migrate(login(url, LogRoles.MIGRATOR, MIGRATOR_PASSWORD));
      }
    }

    private static DatabaseConfig login(String url, String user, String variable) {
      return new DatabaseConfig(
          url, user, new Secret(System.getenv().getOrDefault(variable, "")), null);
    }

    private static Map<String, String> passwordVariables() {
      Map<String, String> variables = new LinkedHashMap<>();
      variables.put(LogRoles.MIGRATOR, MIGRATOR_PASSWORD);
      variables.put(LogRoles.WRITER, "QUERYTRAIL_WRITER_PASSWORD");
      variables.put(LogRoles.READER, "QUERYTRAIL_READER_PASSWORD");
      return variables;
    }
  }

  @Command(
      name = "migrate",
      mixinStandardHelpOptions = true,
      description =
          "Bring the log's tables to this version, as the connection file's logOwner. A sink that has"
              + " the owner's login does this by itself.")
  static final class Migrate extends OnLog {
    @Override
    void run() {
      migrate(connection.read().owner());
    }
  }

  private static void migrate(DatabaseConfig owner) {
    SinkDatabase.migrate(LogDatabase.open(owner));
    System.out.println("the log's tables are of this version");
  }

  @Command(
      name = "bind",
      mixinStandardHelpOptions = true,
      description =
          "Have a role see an account's rows, and no others, in every table and view of the log. The"
              + " role must exist.")
  static final class Bind extends OnLog {
    @Parameters(paramLabel = "ROLE", description = "The role, as in CREATE ROLE.")
    String role = "";

    @Option(
        names = "--account",
        required = true,
        split = ",",
        paramLabel = "ACCOUNT",
        description = "One or more; they are added to those it sees already.")
    List<String> accounts = List.of();

    @Override
    void run() throws SQLException {
      // Commas alone part nothing, which leaves no account at all.
      if (accounts.isEmpty() || accounts.stream().anyMatch(String::isBlank)) {
        throw new CommandException(ExitCodes.USAGE, "--account is empty; name an account");
      }
      try (java.sql.Connection owner = open(connection.read().owner())) {
        LogRoles.bind(owner, role, accounts);
        System.out.println(role + " sees " + String.join(", ", seen(owner, role)));
      }
    }
  }

  @Command(
      name = "unbind",
      mixinStandardHelpOptions = true,
      description = "Have a role no longer see an account's rows.")
  static final class Unbind extends OnLog {
    @Parameters(paramLabel = "ROLE", description = "The role.")
    String role = "";

    @Option(
        names = "--account",
        split = ",",
        paramLabel = "ACCOUNT",
        description = "One or more (default: all that it sees).")
    List<String> accounts = List.of();

    @Override
    void run() throws SQLException {
      try (java.sql.Connection owner = open(connection.read().owner())) {
        if (LogRoles.unbind(owner, role, accounts) == 0) {
          throw new CommandException(
              ExitCodes.FAILED, role + " was not bound to that; see `querytrail db readers`");
        }
        List<String> left = seen(owner, role);
        System.out.println(
            role + " sees " + (left.isEmpty() ? "nothing" : String.join(", ", left)));
      }
    }
  }

  private static List<String> seen(java.sql.Connection owner, String role) throws SQLException {
    return LogRoles.bindings(owner).stream()
        .filter(binding -> binding.role().equals(role))
        .map(Binding::account)
        .toList();
  }

  @Command(
      name = "readers",
      mixinStandardHelpOptions = true,
      description = "List which roles see which accounts.")
  static final class Readers extends OnLog {
    @Option(names = "--json", description = "JSON lines.")
    boolean json;

    @Override
    void run() throws SQLException {
      try (java.sql.Connection owner = open(connection.read().owner())) {
        List<Binding> bindings = LogRoles.bindings(owner);
        if (json) {
          bindings.forEach(binding -> System.out.println(Json.line(binding)));
          return;
        }
        List<List<Object>> rows = new ArrayList<>();
        bindings.forEach(binding -> rows.add(List.of(binding.role(), binding.account())));
        System.out.println(Tables.of(List.of("role", "account"), rows));
      }
    }
  }
}
