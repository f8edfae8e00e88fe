package io.querytrail.safety;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;

/**
 * Reads a policy from the {@code safety} section of an account's document, which may come from YAML
 * or JSON:
 *
 * <pre>
 * schemas: [shop, ops]
 * tables: {allow: ["*"], deny: [employees]}
 * columns: {deny: [customers.email]}
 * rowCap: 1000
 * costCap: 100000
 * planRowsCap: 1000000
 * extraFunctions: [random]
 * rules: {CROSS_JOIN: warn}
 * </pre>
 */
public final class SafetyPolicyReader {
  private static final Set<String> KEYS =
      Set.of(
          "schemas",
          "tables",
          "columns",
          "rowCap",
          "costCap",
          "planRowsCap",
          "extraFunctions",
          "rules");

  private final JsonNode document;
  private final List<String> errors = new ArrayList<>();

  private SafetyPolicyReader(JsonNode document) {
    this.document = document;
  }

  /**
   * @throws UnusablePolicyException naming every key that is wrong
   */
  public static SafetyPolicy read(JsonNode safety) {
    return new SafetyPolicyReader(safety).read();
  }

  private SafetyPolicy read() {
    checkKeys("", document, KEYS);
    List<String> schemas = names("schemas", document.path("schemas"));
    if (schemas.isEmpty()) {
      errors.add("schemas: at least one is needed");
    }
    NamePatterns tables = patterns("tables", "shop.orders");
    NamePatterns columns = patterns("columns", "shop.customers.email");
    int rowCap = rowCap();
    OptionalDouble costCap = number("costCap");
    OptionalDouble planRowsCap = number("planRowsCap");
    var functions = Set.copyOf(names("extraFunctions", document.path("extraFunctions")));
    Map<String, Severity> severities = severities();
    if (!errors.isEmpty()) {
      throw new UnusablePolicyException(errors);
    }
    try {
      return new SafetyPolicy(
          schemas, tables, columns, rowCap, costCap, planRowsCap, functions, severities);
    } catch (IllegalArgumentException e) {
      throw new UnusablePolicyException(List.of(String.valueOf(e.getMessage())));
    }
  }

  private void checkKeys(String path, JsonNode node, Set<String> known) {
    if (!node.isObject() && !node.isMissingNode() && !node.isNull()) {
      errors.add(path + ": must be a map");
    }
    node.fieldNames()
        .forEachRemaining(key -> {
          if (!known.contains(key)) {
            errors.add(path + key + ": unknown key");
          }
        });
  }

  private NamePatterns patterns(String key, String example) {
    JsonNode node = document.path(key);
    checkKeys(key + ".", node, Set.of("allow", "deny"));
    return new NamePatterns(
        patterns(key + ".allow", node.path("allow"), example),
        patterns(key + ".deny", node.path("deny"), example));
  }

  /** A pattern of too many parts would match nothing, and a denial would be none. */
  private List<String> patterns(String path, JsonNode list, String example) {
    List<String> patterns = names(path, list);
    for (String pattern : patterns) {
      if (dots(pattern) > dots(example)) {
        errors.add(
            "%s: '%s' has too many parts; use one such as %s".formatted(path, pattern, example));
      }
    }
    return patterns;
  }

  private static long dots(String name) {
    return name.chars().filter(character -> character == '.').count();
  }

  private List<String> names(String path, JsonNode list) {
    if (!list.isArray() && !list.isMissingNode() && !list.isNull()) {
      errors.add(path + ": must be a list");
    }
    var names = new ArrayList<String>();
    for (JsonNode name : list) {
      if (name.isTextual() && !name.asText().isBlank()) {
        names.add(name.asText());
      } else {
        errors.add(path + ": must hold names");
      }
    }
    return names;
  }

  private int rowCap() {
    JsonNode node = document.path("rowCap");
    if (node.isMissingNode() || node.isNull()) {
      return SafetyPolicy.DEFAULT_ROW_CAP;
    }
    if (!node.isInt() || node.asInt() < 1) {
      errors.add("rowCap: must be a whole number from 1");
      return SafetyPolicy.DEFAULT_ROW_CAP;
    }
    return node.asInt();
  }

  private OptionalDouble number(String key) {
    JsonNode node = document.path(key);
    if (node.isMissingNode() || node.isNull()) {
      return OptionalDouble.empty();
    }
    if (!node.isNumber() || !(node.asDouble() > 0)) {
      errors.add(key + ": must be a number above 0");
      return OptionalDouble.empty();
    }
    return OptionalDouble.of(node.asDouble());
  }

  private Map<String, Severity> severities() {
    JsonNode rules = document.path("rules");
    checkKeys("rules.", rules, Set.of(ruleIds()));
    var severities = new HashMap<String, Severity>();
    for (var fields = rules.fields(); fields.hasNext(); ) {
      var field = fields.next();
      switch (field.getValue().asText().toLowerCase(Locale.ROOT)) {
        case "reject" -> severities.put(field.getKey(), Severity.REJECT);
        case "warn" -> severities.put(field.getKey(), Severity.WARN);
        case "off", "false" ->
            severities.put(field.getKey(), Severity.OFF); // YAML reads off as false
        default -> errors.add("rules." + field.getKey() + ": must be reject, warn or off");
      }
    }
    return severities;
  }

  private static String[] ruleIds() {
    return java.util.Arrays.stream(SafetyRule.values())
        .map(SafetyRule::name)
        .toArray(String[]::new);
  }
}
