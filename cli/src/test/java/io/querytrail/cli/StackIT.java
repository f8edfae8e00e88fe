package io.querytrail.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.querytrail.schemas.Topic;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every command against one running stack; each test has accounts of its own. */
final class StackIT {
  private static final String GOOD = "How many customers do we have?";
  private static final Duration SOON = Duration.ofSeconds(60);

  @TempDir static Path directory;
  private static RunningStack stack;

  @BeforeAll
  static void start() {
    stack = RunningStack.start(directory.resolve("state"));
    stack.account("main", "10");
  }

  @AfterAll
  static void stop() {
    stack.close();
  }

  private static Ran ask(String question, String account, String... more) {
    return stack.run(
        Stream.concat(
                Stream.of("ask", question, "--account", account, "--user", "ann", "--wait"),
                Stream.of(more))
            .toArray(String[]::new));
  }

  // ---- schema ----

  @Test
  void showsWhatModelsAreToldOfADatabase() {
    // When
    Ran all = stack.run("schema", "show", "shop");
    Ran ranked =
        stack.run(
            "schema",
            "show",
            "shop",
            "--question",
            "How many reviews has each product?",
            "--max-input-tokens",
            "1000",
            "--json");
    Ran unknown = stack.run("schema", "show", "nowhere");

    // Then
    assertThat(all.exitCode()).isZero();
    assertThat(all.out()).contains("shop.customers", "shop.order_items", "fingerprint");
    assertThat(all.out()).doesNotContain("internal");
    JsonNode relations = ranked.json().path("relations");
    assertThat(List.of(relations.get(0), relations.get(1)))
        .extracting(relation -> relation.path("relation").asText())
        .containsExactlyInAnyOrder("shop.reviews", "shop.products");
    assertThat(relations.get(0).path("shown").asBoolean()).isTrue();
    assertThat(relations).anyMatch(relation -> !relation.path("shown").asBoolean());
    assertThat(unknown.exitCode()).isEqualTo(ExitCodes.FAILED);
    assertThat(unknown.err()).contains("no datasource 'nowhere'");
  }

  @Test
  void hasGeneratorsReadADatabaseAgain() {
    // Given: a question, so that the generator keeps the schema
    stack.account("refreshing", "3");
    stack.run(
        "ask",
        "How many customers do we have?",
        "--account",
        "refreshing",
        "--user",
        "u",
        "--wait");

    // When
    Ran text = stack.run("schema", "refresh", "shop");
    Ran json = stack.run("schema", "refresh", "shop", "--json");
    Ran unknown = stack.run("schema", "refresh", "nowhere");
    Ran away = stack.run("schema", "refresh", "shop", "--generator", "http://127.0.0.1:1");

    // Then
    assertThat(text.exitCode()).isZero();
    assertThat(text.out()).contains("shop has 8 relations, unchanged, in ");
    assertThat(json.json().path("read").get(0).path("fingerprint").asText()).hasSize(64);
    assertThat(unknown.exitCode()).isEqualTo(ExitCodes.FAILED);
    assertThat(unknown.out()).contains("the generator's configuration has no datasource 'nowhere'");
    assertThat(away.exitCode()).isEqualTo(ExitCodes.FAILED);
    assertThat(away.out()).contains("http://127.0.0.1:1: it does not answer");
  }

  // ---- account ----

  @Test
  void appliesPolicyAndCountsItsVersionUp() {
    Path file = stack.file("counting.yaml", policy("counting", "account, period: month, limit: 3"));

    Ran first = stack.run("account", "apply", "-f", file.toString());
    Ran second = stack.run("account", "apply", "-f", file.toString(), "--json");

    assertThat(first).isEqualTo(new Ran(0, "policy 1 of counting is in force\n", ""));
    assertThat(second.exitCode()).isZero();
    assertThat(second.json().path("version").asInt()).isEqualTo(2);
    assertThat(second.json().path("account").asText()).isEqualTo("counting");
  }

  @Test
  void saysAllThatIsWrongWithPolicyFileByKeyPathAndAppliesNothing() {
    Path file =
        stack.file(
            "wrong.yaml",
            """
            account: "no spaces"
            timeZone: Europe/Atlantis
            nonsense: 1
            budgets: [{scope: planet, period: month, limit: -1, color: red}]
            models: []
            maxSends: 0
            datasources: [{name: shop, schemas: []}]
            """);

    Ran ran = stack.run("account", "apply", "-f", file.toString());

    assertThat(ran.exitCode()).isEqualTo(ExitCodes.USAGE);
    assertThat(ran.out()).isEmpty();
    assertThat(ran.err())
        .contains(file.toString())
        .contains("account: is 'no spaces'")
        .contains("timeZone: is 'Europe/Atlantis'")
        .contains("nonsense: unknown key")
        .contains("budgets[0].scope: is 'planet'")
        .contains("budgets[0].limit: is -1")
        .contains("color: unknown key")
        .contains("models: names no model")
        .contains("maxSends: is 0")
        .contains("datasources[0].schemas: at least one is needed");
  }

  @Test
  void saysThatPolicyFileIsNotThere() {
    Ran ran = stack.run("account", "apply", "-f", directory.resolve("none.yaml").toString());

    assertThat(ran.exitCode()).isEqualTo(ExitCodes.USAGE);
    assertThat(ran.err()).contains("none.yaml").contains("there is no such file");
  }

  @Test
  void saysThatStreamRefusedPolicyAndGoesOnShowingTheOneInForce() {
    // Given a policy in force, and one that names a datasource twice
    stack.account("strict", "3");
    Path refused =
        stack.file(
            "refused.yaml",
            policy("strict", "account, period: month, limit: 4")
                .replace("datasources: [", "datasources: [{name: shop, schemas: [shop]}, "));

    // When it is applied
    Ran apply = stack.run("account", "apply", "-f", refused.toString());
    Ran show = stack.run("account", "show", "strict", "--json");
    Ran next =
        stack.run(
            "account",
            "apply",
            "-f",
            stack
                .file("next.yaml", policy("strict", "account, period: month, limit: 5"))
                .toString());

    // Then the answer is no, and the policy before it still counts
    assertThat(apply.exitCode()).isEqualTo(ExitCodes.REJECTED);
    assertThat(apply.err()).contains("policy 2 of strict was refused: two datasources");
    assertThat(show.exitCode()).isZero();
    assertThat(show.json().path("version").asInt()).isEqualTo(1);
    assertThat(show.err()).contains("policy 2 of strict was refused");
    assertThat(next.out()).contains("policy 3 of strict is in force");
  }

  @Test
  void showsPolicyInWordsAndAsJson() {
    Ran text = stack.run("account", "show", "main");
    Ran json = stack.run("account", "show", "main", "--json");

    assertThat(text.exitCode()).isZero();
    assertThat(text.out())
        .startsWith("main, policy ")
        .contains("UTC, USD")
        .contains("| account   | *   | month  |    10 | hard | default     |")
        .contains("openai:gpt-4o-mini (cheap)")
        .contains("shop (schemas shop, at most 1000 rows)");
    assertThat(json.json().path("account").asText()).isEqualTo("main");
    assertThat(json.json().path("budgets").get(0).path("limit").decimalValue())
        .isEqualByComparingTo("10");
  }

  @Test
  void saysThatAccountHasNoPolicy() {
    Ran ran = stack.run("account", "show", "nobody");

    assertThat(ran.exitCode()).isEqualTo(ExitCodes.FAILED);
    assertThat(ran.err()).contains("account nobody has no policy").contains("account apply");
  }

  // ---- ask ----

  @Test
  void printsApprovedSqlWithQualifiedRelationsAndItsCost() {
    Ran ran = ask("How do orders split by status?", "main");

    assertThat(ran.err()).isEmpty();
    assertThat(ran.exitCode()).isZero();
    assertThat(ran.out())
        .startsWith("approved    ")
        .containsPattern("cost        0\\.000\\d+ USD \\(openai:gpt-4o-mini, prices ")
        .contains("reads       shop.orders; at most 1000 rows")
        .contains("FROM shop.orders");
  }

  @Test
  void printsApprovalAsJson() {
    Ran ran = ask(GOOD, "main", "--json", "--team", "sales", "--datasource", "shop");

    assertThat(ran.exitCode()).isZero();
    assertThat(ran.json().path("sql").asText()).contains("shop.customers");
    assertThat(ran.json().path("team").asText()).isEqualTo("sales");
    assertThat(ran.json().path("cost").decimalValue()).isPositive();
  }

  @Test
  void printsIdWithoutWaiting() {
    Ran text = stack.run("ask", GOOD, "--account", "main", "--user", "ann", "--id", "no-wait");
    Ran json = stack.run("ask", GOOD, "--account", "main", "--user", "ann", "--json");

    assertThat(text).isEqualTo(new Ran(0, "no-wait\n", ""));
    assertThat(json.json().path("requestId").asText()).isNotEmpty();
  }

  @Test
  void sameQuestionIsPaidOnceUntilTheCacheIsCleared() {
    String policy =
        """
        account: frugal
        budgets: [{scope: account, period: month, limit: 10}]
        models: [{provider: openai, model: gpt-4o-mini}]
        datasources: [{name: shop-cached, schemas: [shop]}]
        """;
    Path file = stack.file("frugal.yaml", policy);
    assertThat(stack.run("account", "apply", "-f", file.toString()).exitCode()).isZero();

    assertThat(cost(ask(GOOD, "frugal", "--json"))).isPositive();
    Ran hit = ask("how many customers  do we have", "frugal", "--json");

    assertThat(hit.exitCode()).isZero();
    assertThat(cost(hit)).isZero();
    assertThat(hit.json().path("cacheHit").asBoolean()).isTrue();
    assertThat(hit.json().path("sql").asText()).contains("shop.customers");
    String id = hit.json().path("requestId").asText();
    await()
        .atMost(SOON)
        .untilAsserted(() ->
            assertThat(stack.run("show", id).out())
                .containsPattern(
                    "reused      an answer of openai:gpt-4o-mini from memory, \\d+ ms old: no model was called")
                .contains("cost        0 USD")
                .doesNotContain("call 1"));
    await()
        .atMost(SOON)
        .untilAsserted(() -> {
          JsonNode balance = stack.run("budget", "show", "frugal", "--json").json();
          assertThat(balance.path("held").decimalValue()).isZero();
          assertThat(balance.path("openHolds").asInt()).isZero();
        });

    Ran others = stack.run("cache", "clear", "--account", "main");
    assertThat(others.exitCode()).isZero();
    assertThat(others.out()).contains("cleared the answers of main of all datasources in memory");
    assertThat(cost(ask(GOOD, "frugal", "--json"))).isZero();

    Ran cleared =
        stack.run("cache", "clear", "--account", "frugal", "--datasource", "shop-cached", "--json");
    assertThat(cleared.exitCode()).isZero();
    assertThat(cleared.json().path("tier").asText()).isEqualTo("memory");
    assertThat(cost(ask(GOOD, "frugal", "--json"))).isPositive();

    Ran unknown = stack.run("cache", "clear", "--datasource", "nowhere");
    assertThat(unknown.exitCode()).isEqualTo(ExitCodes.FAILED);
    assertThat(unknown.out()).contains("no datasource 'nowhere'");
  }

  private static BigDecimal cost(Ran ran) {
    return ran.json().path("cost").decimalValue();
  }

  @Test
  void dryRunTellsPromptModelAndCeilingAndLeavesNoTrace() {
    stack.account("dry", "10");
    Path two =
        stack.file(
            "dry-2.yaml",
            """
            account: dry
            budgets: [{scope: account, period: month, limit: 10}]
            models:
              - {provider: openai, model: gpt-4o-mini, tier: cheap}
              - {provider: openai, model: gpt-4o, tier: strong}
            maxSends: 2
            datasources: [{name: shop, schemas: [shop], rowCap: 77}]
            """);
    assertThat(stack.run("account", "apply", "-f", two.toString()).exitCode()).isZero();
    String question = "What is the median order value?";
    String[] dry = {"ask", question, "--account", "dry", "--user", "ann", "--dry-run"};

    Ran text = stack.run(dry);
    Ran json = stack.run(Stream.concat(Stream.of(dry), Stream.of("--json")).toArray(String[]::new));

    assertThat(text.err()).isEmpty();
    assertThat(text.exitCode()).isZero();
    // 8,000 x 2.50 and 1,000 x 10 for a million tokens, twice.
    assertThat(text.out())
        .startsWith("would ask   openai:gpt-4o: strong: the question says \"median\"\n")
        .contains("if it fails openai:gpt-4o-mini\n")
        .contains("would hold  0.06 USD: 2 sends at most, each of at most 8000 input")
        .contains("a send to   openai:gpt-4o costs at most 0.03 USD")
        .contains("a send to   openai:gpt-4o-mini costs at most 0.0018 USD")
        .contains("--- system\n", "77", "--- user\n", "\"relation\":\"shop.orders\"", question);
    assertThat(json.json().path("model").asText()).isEqualTo("openai:gpt-4o");
    assertThat(json.json().path("ceilingCost").decimalValue()).isEqualByComparingTo("0.06");
    assertThat(json.json().path("messages")).hasSize(2);
    assertThat(records("dry")).isZero();

    // And when it is asked, that is what is held.
    String id = ask(question, "dry", "--json").json().path("requestId").asText();
    await()
        .atMost(SOON)
        .untilAsserted(() ->
            assertThat(stack.run("show", id).out())
                .contains("held 0.06;")
                .contains("call 1      openai:gpt-4o "));
    assertThat(records("dry")).isGreaterThanOrEqualTo(4);
  }

  @Test
  void dryRunTellsWhyAQuestionWouldBeRejected() {
    stack.account("dry-poor", "0.001");

    Ran poor = stack.run("ask", GOOD, "--account", "dry-poor", "--user", "ann", "--dry-run");
    Ran nobody =
        stack.run("ask", GOOD, "--account", "nobody", "--user", "ann", "--dry-run", "--json");

    assertThat(poor.exitCode()).isEqualTo(ExitCodes.REJECTED);
    assertThat(poor.out())
        .contains("would be rejected at admission")
        .contains("BUDGET_EXCEEDED: account dry-poor has 0 of 0.001 USD settled");
    assertThat(nobody.exitCode()).isEqualTo(ExitCodes.REJECTED);
    assertThat(nobody.json().path("reason").asText()).isEqualTo("UNKNOWN_ACCOUNT");
  }

  /** Records of the account on the topics that a question would be seen on. */
  private static int records(String account) {
    AtomicInteger records = new AtomicInteger();
    byte[] key = account.getBytes(StandardCharsets.UTF_8);
    for (Topic topic :
        List.of(
            Topic.REQUESTS, Topic.ADMISSIONS, Topic.GENERATIONS, Topic.REJECTIONS, Topic.AUDIT)) {
      try (TopicReader reader = new TopicReader(stack.connection().kafka())) {
        reader
            .atBeginning(List.of(reader.partition(topic, account)))
            .readToEnd(record -> {
              if (Arrays.equals(record.key(), key)) {
                records.incrementAndGet();
              }
            });
      }
    }
    return records.get();
  }

  @Test
  void rejectsUnsafeQuestionWithTheRuleAndWhatItCost() {
    Ran ran = ask("What do our developers earn?", "main");

    assertThat(ran.exitCode()).isEqualTo(ExitCodes.REJECTED);
    assertThat(ran.err()).isEmpty();
    assertThat(ran.out())
        .contains("stage       safety")
        .contains("reason      UNSAFE_SQL")
        .contains("rule        RELATION_NOT_ALLOWED")
        .containsPattern("cost        0\\.000\\d+ USD")
        .contains("model wrote SELECT job");
  }

  @Test
  void rejectsUnknownAccountAndUnknownDatasource() {
    Ran account = ask(GOOD, "nobody");
    Ran datasource = ask(GOOD, "main", "--datasource", "nowhere");

    assertThat(account.exitCode()).isEqualTo(ExitCodes.REJECTED);
    assertThat(account.out()).contains("reason      UNKNOWN_ACCOUNT").contains("account apply");
    assertThat(datasource.exitCode()).isEqualTo(ExitCodes.REJECTED);
    assertThat(datasource.out())
        .contains("reason      UNKNOWN_DATASOURCE")
        .contains("datasource nowhere is not in the policy of account main");
  }

  @Test
  void showsReceiptWhenBudgetRefuses() {
    stack.account("poor", "0.001");

    Ran text = ask(GOOD, "poor");
    Ran json = ask(GOOD, "poor", "--json");

    assertThat(text.exitCode()).isEqualTo(ExitCodes.REJECTED);
    assertThat(text.out())
        .contains("reason      BUDGET_EXCEEDED")
        .containsPattern(
            "receipt     account poor, \\d{4}-\\d\\d: limit 0\\.001, settled 0, held 0, asked 0\\.0018 USD \\(policy 1\\)");
    assertThat(json.json().path("receipt").path("asked").decimalValue())
        .isEqualByComparingTo("0.0018");
    assertThat(json.json().path("cost").decimalValue()).isZero();
  }

  @Test
  void refusesQuestionsThatCannotBeAskedBeforeTheyAreSent() {
    Ran empty = ask(" ", "main");
    Ran tooLong = ask("x".repeat(5_000), "main");
    Ran badAccount = ask(GOOD, "not an id");
    Ran noAccount = stack.run("ask", GOOD, "--user", "ann");

    assertThat(List.of(empty, tooLong, badAccount, noAccount))
        .extracting(Ran::exitCode)
        .containsOnly(ExitCodes.USAGE);
    assertThat(empty.err()).contains("question is empty");
    assertThat(tooLong.err()).contains("question has 5000 characters; at most 4000 are taken");
    assertThat(badAccount.err()).contains("account is 'not an id'");
    assertThat(noAccount.err()).contains("Missing required option: '--account=A'");
  }

  // ---- request ----

  @Test
  void sendsEveryLineOfFile() {
    stack.account("bulk", "10");
    Path file =
        stack.file(
            "bulk.jsonl",
            IntStream.range(0, 300)
                .mapToObj(i ->
                    "{\"requestId\": \"bulk-%d\", \"account\": \"bulk\", \"user\": \"ann\", \"question\": \"%s\"}"
                        .formatted(i, GOOD))
                .collect(Collectors.joining("\n\n")));

    Ran ran = stack.run("request", "--file", file.toString());

    assertThat(ran).isEqualTo(new Ran(0, "300 requests sent\n", ""));
    await().atMost(SOON).untilAsserted(() -> assertThat(stack.rows("bulk")).isEqualTo(300));
  }

  @Test
  void takesEveryKeyOfRequestAndPrintsIdsAsJson() {
    Path file =
        stack.file(
            "full.jsonl",
            """
            {"requestId": "full-1", "account": "main", "user": "ann", "team": "sales", "datasource": "shop", "question": "%s", "preferredTier": "cheap", "tags": {"a": "b"}, "context": {"role": "analyst", "locale": "de-AT", "timeZone": "Europe/Vienna", "terms": {"customer": "shop.customers"}}}
            {"account": "main", "user": "ann", "question": "%s", "team": null}
            """
                .formatted(GOOD, GOOD));

    Ran ran = stack.run("request", "--file", file.toString(), "--json");

    assertThat(ran.exitCode()).isZero();
    assertThat(ran.jsonLines()).hasSize(2);
    assertThat(ran.jsonLines().getFirst().path("requestId").asText()).isEqualTo("full-1");
    await()
        .atMost(SOON)
        .untilAsserted(() ->
            assertThat(stack.run("show", "full-1", "--json").json().at("/request/verdict").asText())
                .isEqualTo("APPROVED"));
  }

  @Test
  void sendsNothingOfFileWithErrorsAndNamesEachLine() {
    Path file =
        stack.file(
            "errors.jsonl",
            """
            {"account": "silent", "user": "ann", "question": "%s"}
            not json
            ["account"]
            {"account": "silent", "user": "ann"}
            {"account": "silent", "user": 7, "question": "a question"}
            {"account": "silent", "user": "ann", "question": "a question", "qestion": "typo"}
            {"account": "silent", "user": "ann", "question": "one"} {"account": "silent"}
            {"account": "silent", "user": "ann", "user": "bob", "question": "whose"}
            {"account": "si lent", "user": "ann", "question": ""}
            """
                .formatted(GOOD));

    Ran ran = stack.run("request", "--file", file.toString());

    assertThat(ran.exitCode()).isEqualTo(ExitCodes.USAGE);
    assertThat(ran.err())
        .contains("nothing was sent")
        .doesNotContain("line 1:")
        .contains("line 2: is not JSON")
        .contains("line 3: is not a JSON object")
        .contains("line 4: question is missing")
        .contains("line 5: user must be text and is 7")
        .contains("line 6: unknown key qestion")
        .contains("line 7: is not JSON")
        .contains("line 8: is not JSON")
        .contains("line 9: account is 'si lent'")
        .contains("question is empty");
    assertThat(stack.run("watch", "requests", "--from-beginning", "--until-end").out())
        .doesNotContain("silent");
  }

  // ---- watch ----

  @ParameterizedTest
  @EnumSource(Topic.class)
  void printsEveryTopicAsJsonLines(Topic topic) {
    ask(GOOD, "main");

    Ran ran = stack.run("watch", topic.shortName(), "--from-beginning", "--until-end");

    assertThat(ran.exitCode()).isZero();
    assertThat(ran.err()).isEmpty();
    List<String> types = topic.eventTypes().stream().map(Class::getSimpleName).toList();
    for (JsonNode line : ran.jsonLines()) {
      assertThat(line.path("topic").asText()).isEqualTo(topic.topicName());
      if (topic != Topic.DEAD_LETTERS) {
        assertThat(types).contains(line.path("type").asText());
        assertThat(line.at("/headers/ce_type").asText()).endsWith(line.path("type").asText());
        assertThat(line.path("key").asText()).startsWith(line.at("/value/account").asText());
      }
    }
    if (List.of(Topic.REQUESTS, Topic.APPROVALS, Topic.AUDIT, Topic.LEDGER).contains(topic)) {
      assertThat(ran.jsonLines()).isNotEmpty();
    }
  }

  @Test
  void namesTheTopicsThatThereAreForOneThatThereIsNot() {
    Ran ran = stack.run("watch", "questions");

    assertThat(ran.exitCode()).isEqualTo(ExitCodes.USAGE);
    assertThat(ran.err())
        .contains("there is no topic 'questions'")
        .contains("requests, requests-rerouted, admissions")
        .contains("dead-letters");
  }

  // ---- consume ----

  @Test
  void runsApprovalsReportsThemAndEndsInOrderOnSignal() throws Exception {
    // Given a consumer in a process of its own
    String first = ask(GOOD, "main", "--json").json().path("requestId").asText();
    String[] consume = {
      "consume",
      "--execute",
      "--group",
      "test",
      "--state-dir",
      directory.resolve("state").toString()
    };

    // When it runs what was approved, and is told to stop
    try (CommandProcess consumer = CommandProcess.start(consume)) {
      JsonNode run = execution(consumer, first);
      assertThat(run.path("status").asText()).isEqualTo("SUCCEEDED");
      assertThat(run.path("rows").asInt()).isEqualTo(1);
      consumer.stop();
      assertThat(consumer.err()).isEmpty();
    }

    // Then the log knows how long it ran
    await()
        .atMost(SOON)
        .untilAsserted(() ->
            assertThat(
                    stack.number(
                        "SELECT count(execution_time_ms) FROM ai_query_log WHERE request_id = ?",
                        first))
                .isEqualByComparingTo("1"));
    assertThat(stack.run("show", first).out()).contains("run         succeeded by test in");

    // And the next one begins where it ended
    String second = ask(GOOD, "main", "--json").json().path("requestId").asText();
    try (CommandProcess consumer = CommandProcess.start(consume)) {
      String line = Objects.requireNonNull(consumer.nextLine());
      assertThat(line).doesNotContain(first);
      if (!line.contains(second)) {
        execution(consumer, second);
      }
    }
  }

  private static JsonNode execution(CommandProcess consumer, String requestId) throws IOException {
    String line = consumer.nextLine();
    while (line != null) {
      JsonNode report = Json.MAPPER.readTree(line);
      if (report.path("requestId").asText().equals(requestId)) {
        return report;
      }
      line = consumer.nextLine();
    }
    throw new AssertionError("ended without running " + requestId + ": " + consumer.err());
  }

  // ---- budget, report, show ----

  @Test
  void showsBudgetsInATableAndAsJson() {
    stack.account("budgeted", "10");
    BigDecimal cost = ask(GOOD, "budgeted", "--json").json().path("cost").decimalValue();

    Ran table = stack.run("budget", "show", "budgeted");
    Ran json = stack.run("budget", "show", "budgeted", "--json");
    Ran nobody = stack.run("budget", "show", "nobody");

    assertThat(table.exitCode()).isZero();
    assertThat(table.out()).contains("| budgeted | ").contains(cost.toPlainString());
    assertThat(json.json().path("settled").decimalValue()).isEqualByComparingTo(cost);
    assertThat(json.json().path("held").decimalValue()).isZero();
    assertThat(nobody).isEqualTo(new Ran(0, "nothing was held or spent by nobody yet\n", ""));
  }

  @Test
  void postsToABudgetAndResetsItWithAReason() {
    stack.account("posted", "10");

    Ran up = stack.run(posting("posted", "adjust", "--amount", "2.5"));
    Ran down = stack.run(posting("posted", "adjust", "--amount", "-0.5", "--json"));
    Ran tooMuch = stack.run(posting("posted", "adjust", "--amount", "-2.1"));
    Ran over = stack.run(posting("posted", "adjust", "--amount", "8.1"));

    assertThat(up)
        .isEqualTo(
            new Ran(
                0,
                "posted 2.5 USD to account posted in %s: 2.5 of 10 settled, 0 held\n"
                    .formatted(month()),
                ""));
    assertThat(down.json().path("kind").asText()).isEqualTo("ADJUSTED");
    assertThat(tooMuch.exitCode()).isEqualTo(ExitCodes.REJECTED);
    assertThat(tooMuch.err()).contains("less than nothing");
    assertThat(over.exitCode()).isEqualTo(ExitCodes.REJECTED);
    assertThat(over.err()).contains("raise the limit first");
    assertThat(stack.run(posting("posted", "reset")).out())
        .contains("posted -2 USD")
        .contains("0 of 10 settled");
    assertThat(
            stack.run("budget", "show", "posted", "--json").json().path("settled").decimalValue())
        .isZero();
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(() ->
            assertThat(
                    stack.number(
                        "SELECT sum(amount) FROM budget_adjustments WHERE account = ? HAVING count(*) = 3",
                        "posted"))
                .isZero());
  }

  private static String[] posting(String account, String what, String... more) {
    return Stream.concat(
            Stream.of(
                "budget",
                what,
                account,
                "--scope",
                "account",
                "--period",
                "month",
                "--reason",
                "a test"),
            Stream.of(more))
        .toArray(String[]::new);
  }

  private static String month() {
    return YearMonth.now(ZoneOffset.UTC).toString();
  }

  @Test
  void decidesThePastAgainUnderAnotherPolicyAndChangesNothing() {
    stack.account("replayed", "10");
    BigDecimal cost = ask(GOOD, "replayed", "--json").json().path("cost").decimalValue();
    String past = "2020-01-01T00:00:00Z";
    String same = replayPolicy("10");

    Ran unchanged = stack.run("budget", "replay", "replayed", "--policy", same, "--since", past);
    Ran tight =
        stack.run(
            "budget",
            "replay",
            "replayed",
            "--policy",
            replayPolicy("0"),
            "--since",
            past,
            "--json");
    Ran all = stack.run("budget", "replay", "--all", "--policy", same, "--since", past);

    assertThat(unchanged.exitCode()).isZero();
    assertThat(unchanged.out()).startsWith("no request would have gone another way");
    List<JsonNode> lines = tight.jsonLines();
    assertThat(lines).hasSize(2);
    assertThat(lines.getFirst().path("was").asText()).isEqualTo("ADMITTED");
    assertThat(lines.getFirst().path("wouldBe").asText()).isEqualTo("BUDGET_EXCEEDED");
    assertThat(lines.getFirst().path("user").asText()).isEqualTo("ann");
    assertThat(lines.getLast().path("newlyRefused").asInt()).isEqualTo(1);
    assertThat(lines.getLast().path("difference").decimalValue())
        .isEqualByComparingTo(cost.negate());
    assertThat(all.exitCode()).isZero();
    assertThat(all.out()).contains("| replayed ").contains("| main ");
    assertThat(
            stack.run("budget", "show", "replayed", "--json").json().path("settled").decimalValue())
        .isEqualByComparingTo(cost);
    assertThat(stack.run("budget", "replay", "--policy", same, "--since", past).err())
        .contains("name one account, or give --all");
    assertThat(stack.run("budget", "replay", "main", "--policy", same, "--since", "May").err())
        .contains("--since is 'May'");
  }

  @Test
  void cancelsOnlyWhatWaitsAndSaysWhatIsMissing() {
    stack.account("cancelling", "10");
    String id = ask(GOOD, "cancelling", "--json").json().path("requestId").asText();

    Ran answered =
        stack.run("request", "cancel", id, "--account", "cancelling", "--reason", "too late");
    Ran unknown =
        stack.run("request", "cancel", "no-such", "--account", "cancelling", "--reason", "a test");
    Ran noFile = stack.run("request");

    assertThat(answered.exitCode()).isEqualTo(ExitCodes.REJECTED);
    assertThat(answered.err()).contains("has its verdict");
    assertThat(unknown.exitCode()).isEqualTo(ExitCodes.REJECTED);
    assertThat(unknown.err()).contains("is not known");
    assertThat(noFile.exitCode()).isEqualTo(ExitCodes.USAGE);
    assertThat(noFile.err()).contains("--file is missing");
  }

  @Test
  void showsTheReceiptOfABudgetNowAndAsOfThen() {
    stack.account("receipted", "10");
    ask(GOOD, "receipted");

    JsonNode now =
        stack.run("budget", "show", "receipted", "--holds", "--json").jsonLines().getFirst();
    JsonNode then =
        stack
            .run("budget", "show", "receipted", "--at", "2999-01-01T00:00:00Z", "--json")
            .jsonLines()
            .getFirst();

    assertThat(now.path("heldBy").isArray()).isTrue();
    assertThat(now.path("periodEnd").isMissingNode() || now.path("periodEnd").isNull()).isFalse();
    for (String field : List.of("limit", "settled", "held", "periodEnd", "kind", "alerted")) {
      assertThat(then.path(field)).as(field).isEqualTo(now.path(field));
    }
  }

  private static String replayPolicy(String limit) {
    return stack
        .file(
            "tried-" + limit + ".yaml",
            """
            account: tried
            budgets: [{scope: account, period: month, limit: %s}]
            models: [{provider: openai, model: gpt-4o-mini}]
            maxSends: 1
            datasources: [{name: shop, schemas: [shop]}]
            """
                .formatted(limit))
        .toString();
  }

  @Test
  void pausesAnAccountAndResumesIt() {
    stack.account("pausing", "10");

    Ran paused = stack.run("account", "pause", "pausing");
    Ran refused = ask(GOOD, "pausing");
    Ran again = stack.run("account", "pause", "pausing");
    Ran resumed = stack.run("account", "resume", "pausing", "--json");

    assertThat(paused).isEqualTo(new Ran(0, "pausing is paused, by policy 2\n", ""));
    assertThat(refused.exitCode()).isEqualTo(ExitCodes.REJECTED);
    assertThat(refused.out() + refused.err()).contains("ACCOUNT_PAUSED");
    assertThat(again.out()).contains("paused already, by policy 2");
    assertThat(resumed.json().path("version").asLong()).isEqualTo(3);
    assertThat(ask(GOOD, "pausing").exitCode()).isZero();
  }

  @Test
  void reportsCostInEveryFormat() {
    // Given two approvals and a rejection of one account
    stack.account("report", "10");
    BigDecimal cost =
        Stream.of(
                ask(GOOD, "report", "--json"),
                ask(GOOD, "report", "--json"),
                ask("What do our developers earn?", "report", "--json"))
            .map(ran -> ran.json().path("cost").decimalValue())
            .reduce(BigDecimal.ZERO, BigDecimal::add);
    await().atMost(SOON).untilAsserted(() -> assertThat(stack.rows("report")).isEqualTo(3));

    // When it is reported
    Ran table = stack.run("report", "cost", "--by", "account,user");
    Ran csv = stack.run("report", "cost", "--by", "account,model,day", "--format", "csv");
    Ran json = stack.run("report", "cost", "--by", "account,account,month", "--json");

    // Then every format has the same
    String amount = Json.plain(cost).toPlainString();
    assertThat(table.out())
        .containsPattern("\\| report +\\| ann +\\| +3 \\|")
        .contains(amount)
        .contains("TOTAL");
    LocalDate today = LocalDate.now(ZoneOffset.UTC);
    assertThat(csv.out())
        .startsWith(
            "account,model,day,requests,approved,rejected,input_tokens,output_tokens,cost,currency\n")
        .containsPattern("report,gpt-4o-mini,%s,3,2,1,\\d+,\\d+,%s,USD\n".formatted(today, amount));
    assertThat(json.jsonLines())
        .filteredOn(line -> line.path("account").asText().equals("report"))
        .singleElement()
        .satisfies(line -> {
          assertThat(line.path("cost").decimalValue()).isEqualByComparingTo(cost);
          assertThat(line.path("month").asText()).isEqualTo(today.toString().substring(0, 7));
        });
  }

  @Test
  void reportsTheDaysThatWereAskedFor() {
    ask(GOOD, "main");
    await().atMost(SOON).untilAsserted(() -> assertThat(stack.rows("main")).isPositive());
    String month = LocalDate.now(ZoneOffset.UTC).toString().substring(0, 7);

    Ran since = stack.run("report", "cost", "--since", month, "--json");
    Ran later = stack.run("report", "cost", "--since", "2099-01-01", "--json");
    Ran earlier = stack.run("report", "cost", "--until", "2020-02", "--json");

    assertThat(since.jsonLines()).isNotEmpty();
    assertThat(later).isEqualTo(new Ran(0, "", ""));
    assertThat(earlier).isEqualTo(new Ran(0, "", ""));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--since 2026-13",
        "--since yesterday",
        "--until 2026-02-30",
        "--since 2026-03-01 --until 2026-03-01",
        "--since 2026-04 --until 2026-03",
        "--by account,planet",
        "--format xml"
      })
  void refusesReportsThatCannotBe(String options) {
    Ran ran =
        stack.run(
            Stream.concat(Stream.of("report", "cost"), Stream.of(options.split(" ")))
                .toArray(String[]::new));

    assertThat(ran.exitCode()).isEqualTo(ExitCodes.USAGE);
    assertThat(ran.out()).isEmpty();
    assertThat(ran.err()).contains(options.substring(0, options.indexOf(' ')));
  }

  @Test
  void tellsTheWholeStoryOfRequest() {
    String id = ask(GOOD, "main", "--json").json().path("requestId").asText();
    await().atMost(SOON).untilAsserted(() -> assertThat(stack.run("show", id).exitCode()).isZero());

    Ran text = stack.run("show", id);
    Ran json = stack.run("show", id, "--json", "--account", "main");

    assertThat(text.out())
        .startsWith("request     " + id)
        .contains("by ann of main on shop")
        .contains("question    " + GOOD)
        .containsPattern("ledger \\d+ +held 0\\.0018")
        .containsPattern("ledger \\d+ +settled 0\\.000\\d+")
        .containsPattern("call 1 +openai:gpt-4o-mini answered in \\d+ ms")
        .contains("verdict     approved")
        .contains("approved    SELECT")
        .contains("audit       record ");
    assertThat(json.json().at("/request/requestId").asText()).isEqualTo(id);
    assertThat(json.json().path("ledger")).hasSize(2);
    assertThat(json.json().path("attempts")).hasSize(1);
  }

  @Test
  void saysThatRequestIsNotInTheLog() {
    Ran unknown = stack.run("show", "no-such-request");
    Ran other = stack.run("show", "no-wait", "--account", "somebody-else");

    assertThat(List.of(unknown, other)).extracting(Ran::exitCode).containsOnly(ExitCodes.FAILED);
    assertThat(unknown.err()).contains("request no-such-request is not in the log");
  }

  @Test
  void answersTheAnalyticsQueryThatTheLogWasMadeFor() throws SQLException {
    ask(GOOD, "main");
    await().atMost(SOON).untilAsserted(() -> assertThat(stack.rows("main")).isPositive());

    try (java.sql.Connection log = LogDatabase.open(stack.connection().log()).getConnection();
        Statement statement = log.createStatement();
        ResultSet result =
            statement.executeQuery(
                "SELECT LEFT(natural_query, 50) AS query_pattern, COUNT(*) AS frequency, AVG(execution_time_ms) AS avg_time FROM ai_query_log GROUP BY LEFT(natural_query, 50) ORDER BY frequency DESC")) {
      List<String> patterns = new ArrayList<>();
      long before = Long.MAX_VALUE;
      while (result.next()) {
        patterns.add(result.getString("query_pattern"));
        assertThat(result.getLong("frequency")).isPositive().isLessThanOrEqualTo(before);
        before = result.getLong("frequency");
      }
      assertThat(patterns).contains(GOOD).doesNotHaveDuplicates();
    }
  }

  // ---- topics ----

  @Test
  void createsTopicsThatAreThereAlreadyWithoutHarm() {
    Ran byFile = stack.run("topics", "create");
    Ran byAddress =
        Ran.command(
            "topics",
            "create",
            "--bootstrap-servers",
            stack.connection().kafka().bootstrapServers());

    assertThat(byFile)
        .isEqualTo(
            new Ran(0, Topic.values().length + " topics with 16 partitions are ready\n", ""));
    assertThat(byAddress).isEqualTo(byFile);
  }

  // ---- the state directory ----

  @Test
  void keepsConnectionFileAndSecretsToItsOwner() throws IOException {
    Path state = directory.resolve("state");

    assertThat(permissions(state.resolve("connection.yaml"))).isEqualTo("rw-------");
    assertThat(permissions(state.resolve("secrets"))).isEqualTo("rwx------");
    assertThat(permissions(state.resolve("kafka"))).isEqualTo("rwx------");
    assertThat(permissions(state.resolve("postgres"))).isEqualTo("rwx------");
    assertThat(permissions(state.resolve("audit-stream"))).endsWith("---");
    try (Stream<Path> secrets = Files.list(state.resolve("secrets"))) {
      assertThat(secrets)
          .allMatch(file -> permissions(file).equals("rw-------"))
          .extracting(file -> file.getFileName().toString())
          .containsExactlyInAnyOrder(
              "chain-key",
              "shop-reader",
              "querytrail_migrator",
              "querytrail_writer",
              "querytrail_reader");
    }
  }

  private static String permissions(Path file) {
    try {
      return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void saysThatStateDirectoryIsInUseAndLeavesItAlone() {
    Ran second = stack.run("up");

    assertThat(second.exitCode()).isEqualTo(ExitCodes.FAILED);
    assertThat(second.err())
        .contains(directory.resolve("state").toString())
        .contains("Stop it, or use another directory.")
        .doesNotContain("Exception");
    assertThat(directory.resolve("state/connection.yaml")).exists();
    assertThat(ask(GOOD, "main").exitCode()).isZero();
  }

  static Stream<List<String>> commandsThatNeedAStack() {
    return Stream.of(
        List.of("ask", GOOD, "--account", "main", "--user", "ann"),
        List.of("watch", "requests"),
        List.of("consume"),
        List.of("account", "show", "main"),
        List.of("budget", "show", "main"),
        List.of("report", "cost"),
        List.of("show", "some-request"),
        List.of("topics", "create"));
  }

  @ParameterizedTest
  @MethodSource("commandsThatNeedAStack")
  void saysHowToStartWhatIsNotThere(List<String> command) {
    Ran ran =
        Ran.command(
            Stream.concat(
                    command.stream(),
                    Stream.of("--state-dir", directory.resolve("empty").toString()))
                .toArray(String[]::new));

    assertThat(ran.exitCode()).isEqualTo(ExitCodes.FAILED);
    assertThat(ran.err()).contains("no Querytrail runs here").contains("querytrail up");
  }

  @ParameterizedTest
  @MethodSource("commandsThatNeedAStack")
  void saysSoAtOnceWhenWhatTheConnectionFileNamesIsGone(List<String> command) {
    Path gone =
        stack.file(
            "gone.yaml",
            """
            kafka: {bootstrapServers: "127.0.0.1:1"}
            log: {jdbcUrl: "jdbc:postgresql://127.0.0.1:1/querytrail", user: querytrail}
            datasources: {}
            """);

    Ran ran =
        Ran.command(
            Stream.concat(command.stream(), Stream.of("--connection", gone.toString()))
                .toArray(String[]::new));

    assertThat(ran.exitCode()).isEqualTo(ExitCodes.FAILED);
    assertThat(ran.err()).contains("127.0.0.1:1").doesNotContain("Exception");
  }

  private static String policy(String account, String budget) {
    return """
    account: %s
    budgets: [{scope: %s}]
    models: [{provider: openai, model: gpt-4o-mini}]
    maxSends: 1
    datasources: [{name: shop, schemas: [shop]}]
    """
        .formatted(account, budget);
  }
}
