package io.querytrail.service;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonStreamContext;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.deser.DeserializationProblemHandler;
import com.fasterxml.jackson.databind.deser.ValueInstantiator;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Collects what Jackson stumbles over while it fills the records, and has it go on with the next
 * key. Not safe for use by several threads.
 */
final class ConfigFindings extends DeserializationProblemHandler {
  private static final Map<Class<?>, Object> PRIMITIVES =
      Map.of(int.class, 0, long.class, 0L, double.class, 0.0, boolean.class, false);

  private final Set<String> lines = new LinkedHashSet<>();
  private final Set<String> paths = new HashSet<>();

  /** Adds a problem; a path that has one already has its cause named there. */
  void add(String path, String problem) {
    if (paths.add(path)) {
      lines.add(path + ": " + problem);
    }
  }

  /** Adds what a record's own check found, but for keys whose value could not even be read. */
  void addAll(Problems problems) {
    Set<String> unread = Set.copyOf(paths);
    for (String line : problems.found()) {
      if (unread.stream().noneMatch(path -> line.startsWith(path + ": "))) {
        lines.add(line);
      }
    }
  }

  List<String> lines() {
    return new ArrayList<>(lines);
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
    add(
        path(parser.getParsingContext()),
        "unknown key" + (known == null ? "" : "; known keys are " + new TreeSet<>(known)));
    parser.skipChildren();
    return true;
  }

  @Override
  public @Nullable Object handleWeirdStringValue(
      DeserializationContext context, Class<?> type, String value, String failure) {
    add(path(context.getParser().getParsingContext()), "is '" + value + "', " + failure);
    return PRIMITIVES.get(type);
  }

  @Override
  public @Nullable Object handleUnexpectedToken(
      DeserializationContext context,
      JavaType type,
      JsonToken token,
      JsonParser parser,
      @Nullable String failure)
      throws IOException {
    JsonStreamContext place = parser.getParsingContext();
    add(
        path(token.isStructStart() ? place.getParent() : place),
        "is %s, not %s".formatted(kind(token), kind(type)));
    parser.skipChildren();
    return PRIMITIVES.get(type.getRawClass());
  }

  @Override
  public @Nullable Object handleMissingInstantiator(
      DeserializationContext context,
      Class<?> type,
      @Nullable ValueInstantiator instantiator,
      JsonParser parser,
      String message)
      throws IOException {
    return handleUnexpectedToken(
        context, context.constructType(type), parser.currentToken(), parser, message);
  }

  private static String kind(JsonToken token) {
    return switch (token) {
      case START_OBJECT -> "a group of keys";
      case START_ARRAY -> "a list";
      default -> "a single value";
    };
  }

  private static String kind(JavaType type) {
    if (type.isCollectionLikeType()) {
      return "a list";
    }
    return type.isMapLikeType() || type.isRecordType()
        ? "a group of keys"
        : "a value of type " + type.getRawClass().getSimpleName();
  }

  private static String path(@Nullable JsonStreamContext place) {
    if (place == null || place.inRoot()) {
      return "";
    }
    String parent = path(place.getParent());
    if (place.inArray()) {
      return parent + "[" + place.getCurrentIndex() + "]";
    }
    String key = place.getCurrentName();
    return parent.isEmpty() || key == null ? parent + (key == null ? "" : key) : parent + "." + key;
  }
}
