package io.querytrail.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.querytrail.safety.SafetyPolicy;
import io.querytrail.safety.SafetyPolicyReader;
import io.querytrail.service.ConfigException;
import io.querytrail.service.ConfigFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads a safety policy from a file of its own, {@code safety: {schemas: ...}}, or from an
 * account's file, whose datasources have the same section.
 */
final class PolicyFile {
  private static final YAMLMapper YAML =
      YAMLMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private PolicyFile() {}

  /**
   * @param datasource which one of an account's file; null if it has only one
   */
  static SafetyPolicy read(Path file, @Nullable String datasource) {
    JsonNode tree = tree(file);
    if (tree.has("account")) {
      return ofAccount(file, datasource);
    }
    var unknown = new ArrayList<String>();
    tree.fieldNames().forEachRemaining(unknown::add);
    unknown.remove("safety");
    if (!unknown.isEmpty() || !tree.has("safety")) {
      String problem =
          unknown.isEmpty() ? "safety: is missing" : unknown.getFirst() + ": unknown key";
      throw new ConfigException(file.toString(), List.of(problem));
    }
    try {
      return SafetyPolicyReader.read(tree.get("safety"));
    } catch (IllegalArgumentException e) {
      throw new ConfigException(file.toString(), List.of("safety: " + e.getMessage()));
    }
  }

  private static JsonNode tree(Path file) {
    try {
      return YAML.readTree(Files.readString(file));
    } catch (JsonProcessingException e) {
      throw new ConfigException(file.toString(), List.of("is not YAML: " + e.getOriginalMessage()));
    } catch (IOException e) {
      throw new ConfigException(file.toString(), List.of("cannot be read: " + e));
    }
  }

  private static SafetyPolicy ofAccount(Path file, @Nullable String datasource) {
    List<AccountFile.Datasource> candidates =
        ConfigFile.load(file, AccountFile.class).datasources().stream()
            .filter(candidate -> datasource == null || candidate.name().equals(datasource))
            .toList();
    if (candidates.size() != 1) {
      throw new ConfigException(
          file.toString(),
          List.of(
              datasource == null
                  ? "datasources: there are several; say which with --datasource"
                  : "datasources: there is no " + datasource));
    }
    return candidates.getFirst().policy();
  }
}
