package io.querytrail.generator.schema;

import java.util.Comparator;

/** A relation's full name, without quotes. */
public record RelationName(String schema, String name) implements Comparable<RelationName> {
  private static final Comparator<RelationName> ORDER =
      Comparator.comparing(RelationName::schema).thenComparing(RelationName::name);

  @Override
  public int compareTo(RelationName other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return schema + "." + name;
  }
}
