package io.querytrail.safety;

import com.fasterxml.jackson.databind.JsonNode;
import io.querytrail.pgparser.ParseResult;
import io.querytrail.pgparser.PgParser;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Judges statements. Not thread-safe: keep one per thread. The verdict depends on the arguments
 * alone, and whatever goes wrong inside is a rejection.
 */
public final class SafetyGuard implements AutoCloseable {
  private final PgParser parser = PgParser.create();

  public SafetyGuard() {}

  /**
   * Judges a few statements so that the JVM has loaded the guard's code, and compiled the most of
   * it, before the first one that matters. Changes no verdict, only how long the first ones take.
   */
  public void warmUp() {
    new WarmUp(this).run();
  }

  /** Judges a statement that no plan is known of yet. Never throws for what the statement says. */
  public SafetyVerdict judge(String sql, SafetyPolicy policy, DatabaseSchema schema) {
    return judge(sql, policy, schema, findings -> {});
  }

  /**
   * Judges a statement together with what the planner said of it.
   *
   * @param planOrNull null if there is no plan: where the policy caps plans, rule PLAN_MISSING then
   *     decides
   */
  public SafetyVerdict judge(
      String sql, SafetyPolicy policy, DatabaseSchema schema, @Nullable PlanEstimate planOrNull) {
    return judge(sql, policy, schema, findings -> checkPlan(planOrNull, policy, findings));
  }

  /** Whether nothing in a statement is against the policy; the text to run is not made. */
  public boolean wouldApprove(String sql, SafetyPolicy policy, DatabaseSchema schema) {
    var findings = new Findings(policy);
    try {
      new LexicalGate(sql, findings).check();
      var text = new SqlText(sql);
      JsonNode statement = onlyStatement(parse(sql, findings), text, findings);
      new QueryWalker(new Judgement(policy, schema, text, findings))
          .statement(select(statement, findings));
      return !findings.reject();
    } catch (RuntimeException | StackOverflowError e) {
      return false;
    }
  }

  private SafetyVerdict judge(
      String sql, SafetyPolicy policy, DatabaseSchema schema, Consumer<Findings> plan) {
    var findings = new Findings(policy);
    try {
      new LexicalGate(sql, findings).check();
      var text = new SqlText(sql);
      Optional<SafetyVerdict.Approved> approved = approveDraft(text, policy, schema, plan);
      return approved.isPresent()
          ? approved.get()
          : judgeInSteps(text, policy, schema, findings, plan);
    } catch (Findings.Enough e) {
      return new SafetyVerdict.Rejected(findings.all());
    } catch (RuntimeException | StackOverflowError e) {
      return new SafetyVerdict.Rejected(
          List.of(
              new Violation(
                  SafetyRule.INTERNAL.name(),
                  Severity.REJECT,
                  "The statement could not be judged: " + e.getClass().getSimpleName(),
                  OptionalInt.empty())));
    }
  }

  /**
   * Judges the text that would be approved instead of the statement. Nothing if anything at all is
   * to be said of it: that is for the statement itself.
   */
  Optional<SafetyVerdict.Approved> approveDraft(
      SqlText text, SafetyPolicy policy, DatabaseSchema schema, Consumer<Findings> plan) {
    Optional<Draft> guessed = Draft.of(text, policy, schema);
    if (guessed.isEmpty()) {
      return Optional.empty();
    }
    Draft draft = guessed.get();
    if (!(parser.parse(draft.sql()) instanceof ParseResult.Parsed(JsonNode tree))) {
      return Optional.empty();
    }
    Optional<JsonNode> query = draft.query(tree);
    if (query.isEmpty()) {
      return Optional.empty();
    }
    var findings = new Findings(policy);
    var judgement =
        new Judgement(policy, schema, new SqlText(draft.sql()), findings, draft.insertedAt());
    try {
      new QueryWalker(judgement).statement(query.get());
    } catch (Findings.Enough e) {
      return Optional.empty();
    }
    if (!findings.none() || !draft.isConfirmed(query.get(), judgement.qualifications())) {
      return Optional.empty();
    }
    plan.accept(findings);
    return findings.reject()
        ? Optional.empty()
        : Optional.of(approved(draft.sql(), judgement, findings));
  }

  /** Parses and judges the statement, then writes the text to approve and proves it the same. */
  SafetyVerdict judgeInSteps(
      SqlText text,
      SafetyPolicy policy,
      DatabaseSchema schema,
      Findings findings,
      Consumer<Findings> plan) {
    JsonNode statement = onlyStatement(parse(text.sql(), findings), text, findings);
    var judgement = new Judgement(policy, schema, text, findings);
    new QueryWalker(judgement).statement(select(statement, findings));
    plan.accept(findings);
    if (findings.reject()) {
      return new SafetyVerdict.Rejected(findings.all());
    }
    String sql =
        new ApprovedText(parser, text, statement, judgement.qualifications(), policy.rowCap())
            .write()
            .orElseThrow(() ->
                findings.fatal(
                    SafetyRule.INTERNAL,
                    "The statement could not be rewritten without changing its meaning",
                    OptionalInt.empty()));
    return approved(sql, judgement, findings);
  }

  private static SafetyVerdict.Approved approved(
      String sql, Judgement judgement, Findings findings) {
    return new SafetyVerdict.Approved(
        sql,
        judgement.policy().rowCap(),
        List.copyOf(judgement.relationsRead()),
        List.copyOf(judgement.columnsRead()),
        findings.warnings());
  }

  private JsonNode parse(String sql, Findings findings) {
    return switch (parser.parse(sql)) {
      case ParseResult.Parsed(JsonNode tree) -> tree;
      case ParseResult.SyntaxError(String message, int position) ->
          throw findings.fatal(
              SafetyRule.SYNTAX,
              message,
              position > 0 ? OptionalInt.of(position) : OptionalInt.empty());
      case ParseResult.Refused(String reason) ->
          throw findings.fatal(SafetyRule.RESOURCE, reason, OptionalInt.empty());
    };
  }

  private static JsonNode onlyStatement(JsonNode tree, SqlText text, Findings findings) {
    JsonNode statements = tree.path("stmts");
    if (statements.isEmpty()) {
      throw findings.fatal(
          SafetyRule.NOT_BARE_SQL, "There is no statement in the text", OptionalInt.empty());
    }
    if (statements.size() > 1) {
      throw findings.fatal(
          SafetyRule.MULTIPLE_STATEMENTS,
          "There are " + statements.size() + " statements, one is allowed",
          text.positionAt(statements.get(1).path("stmt_location").asInt(0)));
    }
    return statements.get(0);
  }

  private static JsonNode select(JsonNode statement, Findings findings) {
    JsonNode wrapped = statement.path("stmt");
    String type = Nodes.type(wrapped);
    return switch (type) {
      case "SelectStmt" -> wrapped.path(type);
      case "ExplainStmt" ->
          throw findings.fatal(
              SafetyRule.EXPLAIN,
              "EXPLAIN is not allowed: with ANALYZE it runs what it explains",
              OptionalInt.empty());
      default ->
          throw findings.fatal(
              SafetyRule.STATEMENT_TYPE,
              "%s is not allowed, only queries are".formatted(type.replaceFirst("Stmt$", "")),
              OptionalInt.empty());
    };
  }

  private static void checkPlan(
      @Nullable PlanEstimate plan, SafetyPolicy policy, Findings findings) {
    OptionalDouble costCap = policy.costCap();
    OptionalDouble rowsCap = policy.planRowsCap();
    if (plan == null) {
      if (costCap.isPresent() || rowsCap.isPresent() || policy.names(SafetyRule.PLAN_MISSING)) {
        findings.add(
            SafetyRule.PLAN_MISSING, "There is no plan to judge the cost by", OptionalInt.empty());
      }
      return;
    }
    // Written so that a cost that is no number is above every cap.
    if (costCap.isPresent() && !(plan.totalCost() <= costCap.getAsDouble())) {
      findings.add(
          SafetyRule.PLAN_COST,
          "The plan costs " + plan.totalCost() + ", the cap is " + costCap.getAsDouble(),
          OptionalInt.empty());
    }
    if (rowsCap.isPresent() && !(plan.rows() <= rowsCap.getAsDouble())) {
      findings.add(
          SafetyRule.PLAN_ROWS,
          "The plan expects " + plan.rows() + " rows, the cap is " + rowsCap.getAsDouble(),
          OptionalInt.empty());
    }
  }

  /** There is nothing to release today; callers that close it stay right if that changes. */
  @Override
  public void close() {}
}
