package io.querytrail.audit.ledger;

import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;

/**
 * What a policy says about the SQL for one datasource; the safety check gives it its meaning.
 *
 * @param allowRelations patterns such as shop.orders; empty means all of the schemas
 * @param allowColumns patterns such as shop.customers.id; empty means all
 * @param costCap highest plan cost; empty for no bound
 * @param severities rule id to "reject", "warn" or "off"
 */
public record SafetyRules(
    List<String> allowRelations,
    List<String> denyRelations,
    List<String> allowColumns,
    List<String> denyColumns,
    OptionalDouble costCap,
    OptionalDouble planRowsCap,
    Set<String> extraFunctions,
    Map<String, String> severities) {
  /** Nothing beyond the schemas and the row cap. */
  public static final SafetyRules NONE =
      new SafetyRules(
          List.of(),
          List.of(),
          List.of(),
          List.of(),
          OptionalDouble.empty(),
          OptionalDouble.empty(),
          Set.of(),
          Map.of());

  public SafetyRules {
    allowRelations = List.copyOf(allowRelations);
    denyRelations = List.copyOf(denyRelations);
    allowColumns = List.copyOf(allowColumns);
    denyColumns = List.copyOf(denyColumns);
    extraFunctions = Set.copyOf(extraFunctions);
    severities = Map.copyOf(severities);
  }
}
