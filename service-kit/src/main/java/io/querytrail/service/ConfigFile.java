package io.querytrail.service;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.deser.DeserializationProblemHandler;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads a YAML file into a tree of records. {@code ${NAME}} and {@code ${NAME:-default}} stand for
 * environment variables, unknown keys are errors, and all errors are reported together, each with
 * its key path.
 */
public final class ConfigFile {
  private static final Pattern VARIABLE =
      Pattern.compile("\\$\\{([A-Za-z_][A-Za-z0-9_]*)(:-([^}]*))?}");

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
    List<String> found = new ArrayList<>();
    ObjectMapper mapper = mapper(found);
    try {
      JsonNode tree = expand(mapper.readTree(yaml), environment, "", found);
      if (!tree.isObject()) {
        throw new ConfigException(source, List.of("holds no keys"));
      }
      T config = mapper.treeToValue(tree, type);
      Problems problems = new Problems();
      config.check(problems);
      found.addAll(problems.found());
      if (!found.isEmpty()) {
        throw new ConfigException(source, found);
      }
      return config;
    } catch (JsonMappingException e) {
      found.add(path(e) + ": " + reason(e));
      throw new ConfigException(source, found);
    } catch (JsonProcessingException e) {
      throw new ConfigException(
          source,
          List.of(
              "is not YAML: "
                  + e.getOriginalMessage()
                  + " at line "
                  + e.getLocation().getLineNr()));
    }
  }

  private static ObjectMapper mapper(List<String> found) {
    return YAMLMapper.builder()
        .addModule(new JavaTimeModule())
        .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
        .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
        .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
        .addHandler(new UnknownKeys(found))
        .build();
  }

  private static JsonNode expand(
      JsonNode node, Map<String, String> environment, String path, List<String> found) {
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
      String text, Map<String, String> environment, String path, List<String> found) {
    Matcher matcher = VARIABLE.matcher(text);
    StringBuilder expanded = new StringBuilder();
    while (matcher.find()) {
      String name = matcher.group(1);
      String value = environment.getOrDefault(name, matcher.group(3));
      if (value == null) {
        found.add(path + ": environment variable " + name + " is not set and has no default");
        value = "";
      }
      matcher.appendReplacement(expanded, Matcher.quoteReplacement(value));
    }
    return matcher.appendTail(expanded).toString();
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
    // Jackson appends the place in its own terms; the key path says it better.
    String message = e.getOriginalMessage();
    if (message.startsWith("Cannot map `null` into type")) {
      return "is missing";
    }
    int appended = message.indexOf('\n');
    return appended < 0 ? message : message.substring(0, appended);
  }

  private static final class UnknownKeys extends DeserializationProblemHandler {
    private final List<String> found;

    UnknownKeys(List<String> found) {
      this.found = found;
    }

    @Override
    public boolean handleUnknownProperty(
        DeserializationContext context,
        JsonParser parser,
        @Nullable JsonDeserializer<?> deserializer,
        Object beanOrClass,
        String propertyName)
        throws IOException {
      Collection<Object> known = deserializer == null ? null : deserializer.getKnownPropertyNames();
      String path =
          parser.getParsingContext().pathAsPointer().toString().substring(1).replace('/', '.');
      found.add(
          path
              + ": unknown key"
              + (known == null ? "" : "; known keys are " + new TreeSet<>(known)));
      parser.skipChildren();
      return true;
    }
  }
}
