package io.querytrail.safety;

import com.fasterxml.jackson.databind.JsonNode;
import io.querytrail.safety.RowSource.Column;
import io.querytrail.safety.RowSource.ColumnName;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** One statement on its way to a verdict: what it may do, and what has been found out so far. */
final class Judgement {
  private final SafetyPolicy policy;
  private final DatabaseSchema schema;
  private final AllowedTypes types;
  private final SqlText text;
  private final Findings findings;
  private final SortedSet<String> relationsRead = new TreeSet<>();
  private final SortedSet<String> columnsRead = new TreeSet<>();
  private final Map<JsonNode, String> qualifications = new IdentityHashMap<>();
  private final Deque<Set<JoinGraph.Leaf>> references = new ArrayDeque<>();
  private final Set<Integer> insertedSchemas;

  Judgement(SafetyPolicy policy, DatabaseSchema schema, SqlText text, Findings findings) {
    this(policy, schema, text, findings, Set.of());
  }

  /**
   * @param insertedSchemas offsets in bytes of relations whose schema the author did not write:
   *     they are judged as if it were not there
   */
  Judgement(
      SafetyPolicy policy,
      DatabaseSchema schema,
      SqlText text,
      Findings findings,
      Set<Integer> insertedSchemas) {
    this.policy = policy;
    this.schema = schema;
    this.types = new AllowedTypes(policy, schema);
    this.text = text;
    this.findings = findings;
    this.insertedSchemas = insertedSchemas;
  }

  SafetyPolicy policy() {
    return policy;
  }

  DatabaseSchema schema() {
    return schema;
  }

  AllowedTypes types() {
    return types;
  }

  Findings findings() {
    return findings;
  }

  SortedSet<String> relationsRead() {
    return relationsRead;
  }

  SortedSet<String> columnsRead() {
    return columnsRead;
  }

  /** The schema to write before the name that each of these nodes begins with. */
  Map<JsonNode, String> qualifications() {
    return qualifications;
  }

  /** The schema that the statement's author wrote before a relation, or null. */
  @Nullable String writtenSchema(JsonNode relation) {
    JsonNode schemaName = relation.get("schemaname");
    return schemaName == null || insertedSchemas.contains(relation.path("location").asInt(-1))
        ? null
        : schemaName.asText();
  }

  void qualify(JsonNode node, String schemaName) {
    qualifications.put(node, schemaName);
  }

  void report(SafetyRule rule, String message, JsonNode node) {
    findings.add(rule, message, text.positionOf(node));
  }

  void report(SafetyRule rule, String message) {
    findings.add(rule, message, OptionalInt.empty());
  }

  /** Rejects a node with a field that nobody has looked at. */
  void checkFields(String type, JsonNode node, Set<String> allowed) {
    for (var names = node.fieldNames(); names.hasNext(); ) {
      String field = names.next();
      if (!allowed.contains(field)) {
        report(SafetyRule.SYNTAX_NOT_ALLOWED, "%s.%s is not allowed".formatted(type, field), node);
      }
    }
  }

  // ---- what is read

  void readRelation(RelationSchema relation) {
    relationsRead.add(relation.qualifiedName());
  }

  void readColumn(Column column, JsonNode at) {
    references.forEach(leaves -> leaves.addAll(column.leaves()));
    for (ColumnName origin : column.origins()) {
      RelationSchema relation = origin.relation();
      if (!policy.permits(relation, origin.column())) {
        report(
            SafetyRule.COLUMN_NOT_ALLOWED,
            "Column %s.%s is not allowed".formatted(relation.qualifiedName(), origin.column()),
            at);
      }
      columnsRead.add(relation.qualifiedName() + "." + origin.column());
    }
  }

  void readAll(RowSource source, JsonNode at) {
    source.columns().forEach(column -> readColumn(column, at));
  }

  /** Runs a step and returns the FROM entries that it refers to, of this query and those around. */
  Set<JoinGraph.Leaf> referencesOf(Runnable step) {
    var leaves = new HashSet<JoinGraph.Leaf>();
    references.push(leaves);
    try {
      step.run();
    } finally {
      references.pop();
    }
    return leaves;
  }
}
