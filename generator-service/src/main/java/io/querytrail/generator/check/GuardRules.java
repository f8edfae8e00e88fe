package io.querytrail.generator.check;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the policy says about statements, as of the admission. The verdict judges by the one in
 * force then; here it decides what may be planned.
 *
 * @param schemas in search order
 * @param extraFunctions allowed beyond the built-in list
 * @param severities rule id to "reject", "warn" or "off"
 */
public record GuardRules(
    List<String> schemas, int rowCap, Set<String> extraFunctions, Map<String, String> severities) {
  public GuardRules {
    schemas = List.copyOf(schemas);
    extraFunctions = Set.copyOf(extraFunctions);
    severities = Map.copyOf(severities);
  }
}
