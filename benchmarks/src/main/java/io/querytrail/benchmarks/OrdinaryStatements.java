package io.querytrail.benchmarks;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.querytrail.safety.DatabaseSchema;
import io.querytrail.safety.SchemaScript;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What analysts write, from the corpus that the guard is tested with. */
final class OrdinaryStatements {
  private static final Path CORPUS =
      Path.of(System.getProperty("corpus", "sql-safety/src/test/resources/corpus"));

  private OrdinaryStatements() {}

  static List<String> read() {
    var mapper = new JsonMapper();
    var statements = new ArrayList<String>();
    try {
      for (String line : Files.readAllLines(CORPUS.resolve("benign.jsonl"))) {
        statements.add(mapper.readTree(line).path("sql").asText());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return statements;
  }

  static DatabaseSchema schema() {
    try {
      return SchemaScript.read(Files.readString(CORPUS.resolve("schema.sql")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
