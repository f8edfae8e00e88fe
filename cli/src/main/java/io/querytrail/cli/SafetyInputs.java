package io.querytrail.cli;

import io.querytrail.demo.ShopDatabase;
import io.querytrail.safety.DatabaseSchema;
import io.querytrail.safety.RelationSchema;
import io.querytrail.safety.SafetyPolicy;
import io.querytrail.safety.SchemaScript;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options that say by which policy, and over which tables, statements are judged. */
final class SafetyInputs {
  /** What statements are judged by, and what a person should know about it. */
  record Judged(SafetyPolicy policy, DatabaseSchema schema, List<String> notes) {
    Judged {
      notes = List.copyOf(notes);
    }
  }

  /** Where the tables come from: one place or the other. */
  static final class Tables {
    @Option(
        names = "--schema",
        paramLabel = "F.sql",
        description = "A script of CREATE statements that makes the tables; nothing is run.")
    @Nullable Path script;

    @Option(
        names = "--datasource",
        paramLabel = "D",
        description =
            "A datasource of the connection file: its catalog says which tables there are.")
    @Nullable String datasource;
  }

  @Mixin ConnectionOptions connection = new ConnectionOptions();

  @Option(
      names = "--policy",
      paramLabel = "F.yaml",
      description =
          "What may be read: a file with a `safety` section, or an account's file with one datasource.")
  @Nullable Path policyFile;

  @ArgGroup @Nullable Tables tables;

  void requirePolicy() {
    if (policyFile == null) {
      throw new CommandException(
          ExitCodes.USAGE, "--policy is missing; it names the file that says what may be read");
    }
  }

  Judged read() {
    var notes = new ArrayList<String>();
    SafetyPolicy given =
        policyFile == null ? null : PolicyFile.read(policyFile, datasourceOrNull());
    DatabaseSchema schema = schema(given, notes);
    if (given != null) {
      return new Judged(given, schema, notes);
    }
    List<String> schemas =
        tables == null
            ? List.of(ShopDatabase.SCHEMA)
            : schema.relations().stream().map(RelationSchema::schema).distinct().toList();
    notes.add(
        "no --policy: everything in %s may be read, at most %d rows"
            .formatted(String.join(", ", schemas), SafetyPolicy.DEFAULT_ROW_CAP));
    return new Judged(SafetyPolicy.defaults(schemas), schema, notes);
  }

  private @Nullable String datasourceOrNull() {
    return tables == null ? null : tables.datasource;
  }

  private DatabaseSchema schema(@Nullable SafetyPolicy policy, List<String> notes) {
    if (tables != null && tables.script != null) {
      return script(tables.script);
    }
    if (tables != null && tables.datasource != null) {
      return new CatalogSchema(
              LogDatabase.open(connection.read().datasource(tables.datasource)), tables.datasource)
          .read(policy == null ? List.of() : policy.schemas());
    }
    if (policy != null) {
      notes.add("neither --schema nor --datasource: no table is known, so every table is rejected");
      return new DatabaseSchema(List.of());
    }
    notes.add("neither --schema nor --datasource: the tables are those of the demo's sample shop");
    return SchemaScript.read(ShopDatabase.schemaScript());
  }

  private static DatabaseSchema script(Path file) {
    try {
      return SchemaScript.read(Files.readString(file));
    } catch (IOException e) {
      throw new CommandException(ExitCodes.USAGE, "cannot read " + file + ": " + e);
    } catch (IllegalArgumentException e) {
      throw new CommandException(ExitCodes.USAGE, file + ": " + e.getMessage());
    }
  }
}
