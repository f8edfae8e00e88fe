package io.querytrail.service;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Reads a YAML file into a tree of records. {@code ${NAME}} and {@code ${NAME:-default}} stand for
 * environment variables, unknown keys are errors, and all errors are reported together, each with
 * its key path.
 */
public final class ConfigFile {
  private static final Pattern VARIABLE =
      Pattern.compile("\\$\\{([A-Za-z_][A-Za-z0-9_]*)(:-([^}]*))?}");

  private static final String NULL_FOR_PRIMITIVE = "Cannot map `null` into type";

  /** Bounds the search for missing numbers, of which a configuration has a handful. */
  private static final int MAX_MISSING = 100;

  private ConfigFile() {}

  /**
   * Reads the file.
   *
   * @throws ConfigException when the file cannot be read or anything in it is wrong
   */
  public static <T extends ValidConfig> T load(Path file, Class<T> type) {
    return load(file, type, System.getenv());
  }

  /** {@link #load(Path, Class)} with the given variables in place of the environment's. */
  public static <T extends ValidConfig> T load(
      Path file, Class<T> type, Map<String, String> environment) {
    try {
      return parse(Files.readString(file), type, environment, file.toString());
    } catch (NoSuchFileException e) {
      throw new ConfigException(file.toString(), List.of("there is no such file"));
    } catch (IOException e) {
      throw new ConfigException(file.toString(), List.of("cannot be read: " + e));
    }
  }

  /** Reads YAML text; {@code source} is what errors call it. */
  public static <T extends ValidConfig> T parse(
      String yaml, Class<T> type, Map<String, String> environment, String source) {
    ConfigFindings found = new ConfigFindings();
    ObjectMapper mapper = mapper(found);
    JsonNode tree = expand(read(mapper, yaml, source), environment, "", found);
    Optional<T> config = bind(mapper, tree, type, found);
    if (config.isPresent()) {
      Problems problems = new Problems();
      config.get().check(problems);
      found.addAll(problems);
    }
    if (config.isEmpty() || !found.lines().isEmpty()) {
      throw new ConfigException(source, found.lines());
    }
    return config.get();
  }

  private static ObjectMapper mapper(ConfigFindings found) {
    return YAMLMapper.builder()
        .addModule(new JavaTimeModule())
        .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
        .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
        .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
        .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
        .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
        .addHandler(found)
        .build();
  }

  private static JsonNode read(ObjectMapper mapper, String yaml, String source) {
    JsonNode tree;
    try {
      tree = mapper.readTree(yaml);
    } catch (MismatchedInputException e) {
      throw new ConfigException(source, List.of("holds more than one YAML document"));
    } catch (JsonProcessingException e) {
      throw new ConfigException(
          source,
          List.of(
              "is not YAML: %s at line %d"
                  .formatted(withoutExcerpt(e.getOriginalMessage()), e.getLocation().getLineNr())));
    }
    if (!tree.isObject()) {
      throw new ConfigException(source, List.of("holds no keys"));
    }
    return tree;
  }

  /** The parser shows the lines around an error, indented; a password may stand there. */
  private static String withoutExcerpt(String message) {
    return message
        .lines()
        .filter(line -> !line.isBlank() && !Character.isWhitespace(line.charAt(0)))
        .collect(Collectors.joining(", "));
  }

  /** Empty where the problem that was found leaves no record to check. */
  private static <T> Optional<T> bind(
      ObjectMapper mapper, JsonNode tree, Class<T> type, ConfigFindings found) {
    for (int attempt = 0; attempt < MAX_MISSING; attempt++) {
      try {
        return Optional.of(mapper.treeToValue(tree, type));
      } catch (JsonMappingException e) {
        boolean missing = e.getOriginalMessage().startsWith(NULL_FOR_PRIMITIVE);
        found.add(path(e), missing ? "is missing" : reason(e));
        if (!missing || !fill(tree, e.getPath())) {
          return Optional.empty();
        }
      } catch (JsonProcessingException e) {
        throw new IllegalStateException("a tree that was read is not read again", e);
      }
    }
    return Optional.empty();
  }

  /** Puts a stand-in for a missing number, so that what else is wrong is found as well. */
  private static boolean fill(JsonNode tree, List<JsonMappingException.Reference> path) {
    JsonNode node = tree;
    for (JsonMappingException.Reference step : path.subList(0, path.size() - 1)) {
      node =
          step.getFieldName() == null ? node.path(step.getIndex()) : node.path(step.getFieldName());
    }
    String key = path.getLast().getFieldName();
    if (key == null || !(node instanceof ObjectNode object)) {
      return false;
    }
    object.put(key, 0);
    return true;
  }

  private static JsonNode expand(
      JsonNode node, Map<String, String> environment, String path, ConfigFindings found) {
    if (node.isTextual()) {
      return new TextNode(expand(node.asText(), environment, path, found));
    }
    if (node instanceof ObjectNode object) {
      object
          .properties()
          .forEach(entry ->
              entry.setValue(
                  expand(entry.getValue(), environment, join(path, entry.getKey()), found)));
    } else if (node instanceof ArrayNode array) {
      for (int i = 0; i < array.size(); i++) {
        array.set(i, expand(array.get(i), environment, path + "[" + i + "]", found));
      }
    }
    return node;
  }

  private static String expand(
      String text, Map<String, String> environment, String path, ConfigFindings found) {
    Matcher matcher = VARIABLE.matcher(text);
    StringBuilder expanded = new StringBuilder();
    while (matcher.find()) {
      matcher.appendReplacement(
          expanded, Matcher.quoteReplacement(value(matcher, environment, path, found)));
    }
    return matcher.appendTail(expanded).toString();
  }

  /** As in a shell, {@code :-} also stands in for a variable that is set to nothing. */
  private static String value(
      Matcher variable, Map<String, String> environment, String path, ConfigFindings found) {
    String name = variable.group(1);
    String value = environment.get(name);
    String fallback = variable.group(3);
    if (fallback != null) {
      return value == null || value.isEmpty() ? fallback : value;
    }
    if (value == null) {
      found.add(path, "environment variable " + name + " is not set and has no default");
      return "";
    }
    return value;
  }

  private static String join(String path, String key) {
    return path.isEmpty() ? key : path + "." + key;
  }

  private static String path(JsonMappingException e) {
    StringBuilder path = new StringBuilder();
    for (JsonMappingException.Reference step : e.getPath()) {
      if (step.getFieldName() == null) {
        path.append('[').append(step.getIndex()).append(']');
      } else {
        path.append(path.isEmpty() ? "" : ".").append(step.getFieldName());
      }
    }
    return path.isEmpty() ? "the file" : path.toString();
  }

  private static String reason(JsonMappingException e) {
    Throwable cause = e.getCause();
    if (cause instanceof IllegalArgumentException && cause.getMessage() != null) {
      return cause.getMessage();
    }
    if (cause instanceof NullPointerException) {
      return "holds an entry without a value";
    }
    // Jackson appends the place in its own terms; the key path says it better.
    String message = e.getOriginalMessage();
    int appended = message.indexOf('\n');
    return appended < 0 ? message : message.substring(0, appended);
  }
}
