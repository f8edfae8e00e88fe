package io.querytrail.audit.prices;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.querytrail.audit.money.PriceBook;
import io.querytrail.service.ConfigException;
import io.querytrail.service.ConfigFile;
import io.querytrail.service.Problems;
import io.querytrail.service.ValidConfig;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/** A file of price tables. */
public record PriceFile(List<TableDocument> tables) implements ValidConfig {
  private static final String BUNDLED = "/io/querytrail/audit/prices.json";

  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .serializationInclusion(JsonInclude.Include.NON_NULL)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  @Override
  public void check(Problems problems) {
    problems.each("tables", tables);
    if (tables == null) {
      return;
    }
    problems.require(!tables.isEmpty(), "tables", "there is no price table");
    Set<String> versions = new HashSet<>();
    Set<List<String>> beginnings = new HashSet<>();
    for (int i = 0; i < tables.size(); i++) {
      TableDocument table = tables.get(i);
      problems.required("tables[" + i + "].effective", table.effective());
      if (table.version() == null || table.effective() == null || table.currency() == null) {
        continue;
      }
      String key = "tables[" + i + "].";
      problems.require(
          versions.add(table.version()),
          key + "version",
          "is '" + table.version() + "', the same version as of a table before it");
      problems.require(
          beginnings.add(List.of(table.effective(), table.currency())),
          key + "effective",
          "is '" + table.effective() + "', when another table in the same currency begins");
      problems.require(
          table.extending() == null,
          key + "extending",
          "is for tables that are applied at run time; each table of a file is whole");
    }
  }

  /** The tables as they are used. */
  public PriceBook book() {
    return new PriceBook(tables.stream().map(TableDocument::table).toList());
  }

  /** The tables that come with the product, as they are written. */
  public static PriceFile bundledFile() {
    try (InputStream in = Objects.requireNonNull(PriceFile.class.getResourceAsStream(BUNDLED))) {
      return JSON.readValue(in, PriceFile.class);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the bundled prices", e);
    }
  }

  /** The prices that come with the product. */
  public static PriceBook bundled() {
    return bundledFile().book();
  }

  /**
   * @throws ConfigException when the file cannot be read or used
   */
  public static PriceFile load(Path file) {
    return ConfigFile.load(file, PriceFile.class);
  }

  /**
   * A table that a topic carries.
   *
   * @throws IllegalArgumentException when it cannot be read or used; the message says why
   */
  public static TableDocument read(String json) {
    TableDocument document;
    try {
      document = JSON.readValue(json, TableDocument.class);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("the table is not readable: " + e.getOriginalMessage(), e);
    }
    Problems problems = new Problems();
    document.check(problems);
    problems.required("effective", document.effective());
    problems.require(
        document.extending() == null || document.extending().equals(TableDocument.NONE),
        "extending",
        "is '" + document.extending() + "'; a table on the topic is whole");
    if (!problems.found().isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", problems.found()));
    }
    return document;
  }

  /** A table as a topic carries it. */
  public static String write(TableDocument document) {
    try {
      return JSON.writeValueAsString(document);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a price table cannot be written", e);
    }
  }
}
