package io.querytrail.audit.ledger;

import java.util.List;

/**
 * One database that an account may ask.
 *
 * @param schemas that may be shown to the model, in search order
 */
public record DatasourceRule(String name, List<String> schemas, int rowCap, SafetyRules safety) {
  /**
   * @throws IllegalArgumentException when there is no schema or the row cap is not positive
   */
  public DatasourceRule {
    schemas = List.copyOf(schemas);
    if (name.isBlank()) {
      throw new IllegalArgumentException("a datasource has no name");
    }
    if (schemas.isEmpty()) {
      throw new IllegalArgumentException("datasource " + name + " lists no schemas");
    }
    if (rowCap < 1) {
      throw new IllegalArgumentException(
          "rowCap of datasource " + name + " is " + rowCap + "; use 1 or more");
    }
  }
}
