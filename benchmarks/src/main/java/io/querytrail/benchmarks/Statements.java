package io.querytrail.benchmarks;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.querytrail.safety.DatabaseSchema;
import io.querytrail.safety.SchemaScript;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;

/** Statements, with their schema, from the corpora that the guard is tested with. */
final class Statements {
  static final Path CORPUS =
      Path.of(System.getProperty("corpus", "sql-safety/src/test/resources/corpus"));

  private Statements() {}

  /** What analysts write. */
  static List<String> ordinary() {
    try (InputStream in = Files.newInputStream(CORPUS.resolve("benign.jsonl"))) {
      return read(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Attacks by size and depth. */
  static List<String> largeAttacks() {
    try (InputStream in =
        new GZIPInputStream(Files.newInputStream(CORPUS.resolve("attacks-large.jsonl.gz")))) {
      return read(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> read(InputStream lines) throws IOException {
    var mapper = new JsonMapper();
    var statements = new ArrayList<String>();
    for (String line : new String(lines.readAllBytes(), StandardCharsets.UTF_8).lines().toList()) {
      statements.add(mapper.readTree(line).path("sql").asText());
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
