package io.querytrail.generator.schema;

import java.util.Optional;

/** What came of asking for a schema. */
public sealed interface SchemaReading {
  /**
   * The schema.
   *
   * @param stamp as {@link SchemaStamps} tells it, of the same moment; empty where it is not known
   */
  record Known(DatabaseSchema schema, Optional<String> stamp) implements SchemaReading {
    /** One without a stamp. */
    public Known(DatabaseSchema schema) {
      this(schema, Optional.empty());
    }
  }

  /** The database could not be asked; {@code reason} is for people and holds no secret. */
  record Unavailable(String reason) implements SchemaReading {}

  /** This service's configuration does not know the datasource. */
  record UnknownDatasource() implements SchemaReading {}
}
