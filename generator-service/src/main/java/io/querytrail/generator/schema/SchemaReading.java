package io.querytrail.generator.schema;

/** What came of asking for a schema. */
public sealed interface SchemaReading {
  /** The schema. */
  record Known(DatabaseSchema schema) implements SchemaReading {}

  /** The database could not be asked; {@code reason} is for people and holds no secret. */
  record Unavailable(String reason) implements SchemaReading {}

  /** This service's configuration does not know the datasource. */
  record UnknownDatasource() implements SchemaReading {}
}
