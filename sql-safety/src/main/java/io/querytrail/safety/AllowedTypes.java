package io.querytrail.safety;

import java.util.Optional;
import java.util.Set;

/**
 * Types that a statement may cast to: values without a view into the catalog ({@code regclass} has
 * one), and the types of the columns that the statement's author was shown, such as enums. Other
 * types of users stay out: an input function or a domain's check is code.
 */
final class AllowedTypes {
  private static final Set<String> BUILT_IN =
      Set.of(
          "bool",
          "int2",
          "int4",
          "int8",
          "numeric",
          "float4",
          "float8",
          "money",
          "text",
          "varchar",
          "bpchar",
          "date",
          "time",
          "timetz",
          "timestamp",
          "timestamptz",
          "interval",
          "uuid",
          "json",
          "jsonb",
          "jsonpath",
          "bytea",
          "inet",
          "cidr",
          "macaddr",
          "macaddr8",
          "bit",
          "varbit",
          "point",
          "line",
          "lseg",
          "box",
          "path",
          "polygon",
          "circle",
          "tsvector",
          "tsquery",
          "int4range",
          "int8range",
          "numrange",
          "tsrange",
          "tstzrange",
          "daterange",
          "int4multirange",
          "int8multirange",
          "nummultirange",
          "tsmultirange",
          "tstzmultirange",
          "datemultirange");

  private final SafetyPolicy policy;
  private final DatabaseSchema schema;

  AllowedTypes(SafetyPolicy policy, DatabaseSchema schema) {
    this.policy = policy;
    this.schema = schema;
  }

  static boolean isBuiltIn(String name) {
    return BUILT_IN.contains(name);
  }

  /** The schema of a type of users that is the type of a visible column. */
  Optional<String> schemaOf(String name) {
    return policy.schemas().stream().filter(candidate -> isColumnType(candidate, name)).findFirst();
  }

  boolean isColumnType(String typeSchema, String name) {
    for (RelationSchema relation : schema.relations()) {
      for (RelationSchema.Column column : relation.columns()) {
        if (names(column.type(), relation.schema(), typeSchema, name) && policy.permits(relation)) {
          return true;
        }
      }
    }
    return false;
  }

  /** A type without a schema is taken to be of the schema of its table. */
  private static boolean names(
      String columnType, String relationSchema, String typeSchema, String name) {
    String type = columnType.replace("\"", "").replaceFirst("(\\[])+$", "");
    return type.equals(typeSchema + "." + name)
        || (type.equals(name) && typeSchema.equals(relationSchema) && !isBuiltIn(type));
  }
}
