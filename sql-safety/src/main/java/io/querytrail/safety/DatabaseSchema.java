package io.querytrail.safety;

import java.util.List;
import java.util.Optional;

/** The relations that the author of a statement was shown; any other relation is unknown. */
public record DatabaseSchema(List<RelationSchema> relations) {
  public DatabaseSchema {
    relations = List.copyOf(relations);
  }

  Optional<RelationSchema> find(String schema, String name) {
    for (RelationSchema relation : relations) {
      if (relation.name().equals(name) && relation.schema().equals(schema)) {
        return Optional.of(relation);
      }
    }
    return Optional.empty();
  }
}
