package io.querytrail.safety;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/**
 * The statements that a guard must stop or let through, with the schema and policy they are for.
 */
final class Corpus {
  private static final JsonMapper JSON = new JsonMapper();
  private static final YAMLMapper YAML = new YAMLMapper();

  private Corpus() {}

  static List<JsonNode> statements(String file) {
    try (InputStream stream = open(file)) {
      InputStream plain = file.endsWith(".gz") ? new GZIPInputStream(stream) : stream;
      var reader = new BufferedReader(new InputStreamReader(plain, StandardCharsets.UTF_8));
      return reader.lines().map(Corpus::parse).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static List<String> lines(String file) {
    try (InputStream stream = open(file)) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Statements of our own that must be approved: single ones, and those that cover a class each.
   */
  static List<String> accepted() {
    return Stream.of("accepted.sql", "accepted-classes.sql")
        .flatMap(file -> lines(file).stream())
        .toList();
  }

  /** Statements of our own that must be rejected. */
  static List<String> rejected() {
    return Stream.of("rejected.sql", "rejected-classes.sql")
        .flatMap(file -> lines(file).stream())
        .toList();
  }

  private static JsonNode parse(String line) {
    try {
      return JSON.readTree(line);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static DatabaseSchema schema() {
    try (InputStream stream = open("schema.sql")) {
      return SchemaScript.read(new String(stream.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static SafetyPolicy policy() {
    try (InputStream stream = open("policy.yaml")) {
      return SafetyPolicyReader.read(YAML.readTree(stream).path("safety"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static JsonNode yaml(String text) {
    try {
      return YAML.readTree(text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static InputStream open(String file) {
    return Objects.requireNonNull(Corpus.class.getResourceAsStream("/corpus/" + file), file);
  }
}
