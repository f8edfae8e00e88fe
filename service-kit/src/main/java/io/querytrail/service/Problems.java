package io.querytrail.service;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is wrong with a configuration, collected with key paths. Not safe for use by several
 * threads.
 */
public final class Problems {
  private final List<String> found = new ArrayList<>();
  private final String prefix;
  private final @Nullable Problems parent;

  public Problems() {
    this("", null);
  }

  private Problems(String prefix, @Nullable Problems parent) {
    this.prefix = prefix;
    this.parent = parent;
  }

  /** Adds a problem of the key, a name below the record that is being checked. */
  public void add(String key, String problem) {
    String path = prefix.isEmpty() ? key : prefix + (key.isEmpty() ? "" : "." + key);
    if (parent == null) {
      found.add(path + ": " + problem);
    } else {
      parent.add(path, problem);
    }
  }

  /** Adds the problem unless the condition holds. */
  public void require(boolean condition, String key, String problem) {
    if (!condition) {
      add(key, problem);
    }
  }

  /** Adds "is missing" where there is no text. */
  public void required(String key, @Nullable Object value) {
    if (value == null || (value instanceof String text && text.isBlank())) {
      add(key, "is missing");
    }
  }

  /** Checks a record below this one; a missing one is a problem. */
  public void nested(String key, @Nullable ValidConfig value) {
    if (value == null) {
      add(key, "is missing");
    } else {
      value.check(new Problems(key, this));
    }
  }

  /** Checks each record of a list; a missing list is a problem, an empty one is not. */
  public void each(String key, @Nullable List<? extends ValidConfig> values) {
    if (values == null) {
      add(key, "is missing");
      return;
    }
    for (int i = 0; i < values.size(); i++) {
      nested(key + "[" + i + "]", values.get(i));
    }
  }

  /** Checks each record of a map; a missing map is a problem, an empty one is not. */
  public void each(String key, @Nullable Map<String, ? extends ValidConfig> values) {
    if (values == null) {
      add(key, "is missing");
      return;
    }
    values.forEach((name, value) -> nested(key + "." + name, value));
  }

  /** One line for each problem: key path, then what is wrong. */
  public List<String> found() {
    return List.copyOf(found);
  }
}
