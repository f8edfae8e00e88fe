package io.querytrail.generator.schema;

import java.util.Collection;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;

/** Which of the schemas that an admission names may be looked into. */
public final class VisibleSchemas {
  private static final String INFORMATION_SCHEMA = "information_schema";

  /** PostgreSQL keeps all names with this prefix for itself. */
  private static final String SYSTEM_PREFIX = "pg_";

  private VisibleSchemas() {}

  /** All but those of the system. */
  public static SortedSet<String> of(Collection<String> named) {
    SortedSet<String> visible = new TreeSet<>(named);
    visible.removeIf(name -> name.equals(INFORMATION_SCHEMA) || name.startsWith(SYSTEM_PREFIX));
    return Collections.unmodifiableSortedSet(visible);
  }
}
