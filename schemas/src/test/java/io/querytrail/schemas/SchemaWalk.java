package io.querytrail.schemas;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.avro.Schema;

/** Everything that a schema is made of. */
final class SchemaWalk {
  /**
   * A field, or the part of one that is not null, an element or a value.
   *
   * @param path such as {@code QueryAudited.cost}
   */
  record Typed(String path, Schema schema) {}

  private final List<Typed> fields = new ArrayList<>();
  private final List<String> undocumented = new ArrayList<>();
  private final Set<String> seen = new HashSet<>();

  private SchemaWalk() {}

  static SchemaWalk of(Schema schema) {
    SchemaWalk walk = new SchemaWalk();
    walk.visit(schema.getName(), schema);
    return walk;
  }

  List<Typed> fields() {
    return fields;
  }

  /** Records, enums and fields that do not say what they mean. */
  List<String> undocumented() {
    return undocumented;
  }

  private void visit(String path, Schema schema) {
    fields.add(new Typed(path, schema));
    switch (schema.getType()) {
      case RECORD -> {
        if (named(schema)) {
          schema.getFields().forEach(field -> field(schema, field));
        }
      }
      case ENUM -> named(schema);
      case ARRAY -> visit(path + "[]", schema.getElementType());
      case MAP -> visit(path + "{}", schema.getValueType());
      case UNION -> schema.getTypes().forEach(part -> visit(path, part));
      default -> {
        // Nothing below.
      }
    }
  }

  private boolean named(Schema schema) {
    if (!seen.add(schema.getFullName())) {
      return false;
    }
    if (isBlank(schema.getDoc())) {
      undocumented.add(schema.getName());
    }
    return true;
  }

  private void field(Schema owner, Schema.Field field) {
    String path = owner.getName() + "." + field.name();
    if (isBlank(field.doc())) {
      undocumented.add(path);
    }
    visit(path, field.schema());
  }

  private static boolean isBlank(String doc) {
    return doc == null || doc.isBlank();
  }
}
