package io.querytrail.cli;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import io.querytrail.audit.alerts.AlertWebhookConfig;
import io.querytrail.schemas.Topic;
import io.querytrail.service.Secret;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Prices through the command, and alerts to a webhook, on a running stack. Price tables are for all
 * accounts, so they have one test.
 */
class PricesAndAlertsIT {
  @TempDir static Path directory;
  private static final Map<String, String> POSTS = new ConcurrentHashMap<>();
  private static HttpServer receiver;
  private static RunningStack stack;

  @BeforeAll
  static void start() throws IOException {
    receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    receiver.createContext(
        "/",
        exchange -> {
          String body =
              new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
          POSTS.put(
              String.valueOf(exchange.getRequestHeaders().getFirst("Querytrail-Alert-Id")), body);
          exchange.sendResponseHeaders(204, -1);
          exchange.close();
        });
    receiver.start();
    URI url = URI.create("http://127.0.0.1:" + receiver.getAddress().getPort() + "/");
    stack =
        RunningStack.start(
            directory.resolve("state"),
            new AlertWebhookConfig(
                url, new Secret("a secret of 16 bytes or more"), null, null, null, null));
  }

  @AfterAll
  static void stop() {
    stack.close();
    receiver.stop(0);
  }

  @Test
  void alertsOfABudgetReachTheWebhookOfTheStack() {
    // Given a soft budget that the first answer uses up
    Path policy =
        stack.file(
            "alerted.yaml",
            """
            account: alerted
            budgets: [{scope: account, period: total, limit: 0.000001, kind: soft, thresholds: [50, 100]}]
            models: [{provider: openai, model: gpt-4o-mini}]
            maxSends: 1
            datasources: [{name: shop, schemas: [shop]}]
            """);
    Ran applied = stack.run("account", "apply", "-f", policy.toString());
    assertThat(applied.exitCode()).as(applied.err()).isEqualTo(ExitCodes.OK);

    // When
    ask("alerted", "r-1");

    // Then
    Awaitility.await()
        .atMost(60, SECONDS)
        .untilAsserted(() ->
            assertThat(POSTS.keySet())
                .contains("alerted|ACCOUNT|alerted|total|50", "alerted|ACCOUNT|alerted|total|100"));
    assertThat(POSTS.get("alerted|ACCOUNT|alerted|total|100"))
        .contains("\"thresholdPercent\":100", "\"limit\":\"0.000001\"", "\"kind\":\"soft\"");
  }

  @Test
  void newPricesHoldForNewRequestsOfEveryAccountAndNoOldCostChanges() {
    // Given a question that was answered by the bundled prices
    stack.account("before", "5");
    // The first answer fills the model server's prompt cache; from then on every one costs the
    // same.
    assertThat(ask("before", "r-0")).isPositive();
    BigDecimal cost = ask("before", "r-1");
    String bundled = version("before", "r-1");
    assertThat(bundled).startsWith("genai-prices-");

    // When the model becomes ten times as dear
    Ran applied = stack.run("prices", "apply", "-f", table("dear", "1.5", "6"), "--json");

    // Then it is known in every partition, and so holds for accounts wherever they are
    assertThat(applied.err()).isEmpty();
    assertThat(applied.exitCode()).isEqualTo(ExitCodes.OK);
    assertThat(applied.json().path("partitions").asInt()).isEqualTo(Topic.DEFAULT_PARTITIONS);
    for (String account : List.of("before", "after-1", "after-2", "after-3")) {
      stack.account(account, "5");
      assertThat(ask(account, "r-2")).isEqualByComparingTo(cost.multiply(BigDecimal.TEN));
      assertThat(version(account, "r-2")).isEqualTo("dear");
    }
    assertThat(cost("before", "r-1")).isEqualByComparingTo(cost);
    assertThat(version("before", "r-1")).isEqualTo(bundled);

    // And a model that the file did not name costs what it cost
    assertThat(show("openai:gpt-4o-mini").path("input").decimalValue()).isEqualByComparingTo("1.5");
    assertThat(show("openai:gpt-4o").path("version").asText()).isEqualTo("dear");
    assertThat(show("openai:gpt-4o").path("input").decimalValue()).isEqualByComparingTo("2.5");

    refusesWhatCannotBeApplied();
    accountHasPricesOfItsOwn(cost);
    listsWhatIsInForceAndWhatComesLater();
  }

  private static void refusesWhatCannotBeApplied() {
    Ran again = stack.run("prices", "apply", "-f", table("dear", "2", "8"));
    assertThat(again.exitCode()).isEqualTo(ExitCodes.REJECTED);
    assertThat(again.err()).contains("version dear").contains("never changes");

    Ran unusable =
        stack.run(
            "prices",
            "apply",
            "-f",
            stack
                .file(
                    "unusable.yaml",
                    """
                    version: "no good"
                    currency: Dollar
                    models:
                      "openai:a": {input: -1, output: 1}
                      "openai:b": {input: 1, outptu: 1}
                    """)
                .toString());
    assertThat(unusable.exitCode()).isEqualTo(ExitCodes.USAGE);
    assertThat(unusable.err())
        .contains("version: is 'no good'")
        .contains("currency: is 'Dollar'")
        .contains("models.openai:a: input is -1")
        .contains("models.openai:b.outptu: unknown key");

    Ran baseless =
        stack.run(
            "prices",
            "apply",
            "-f",
            stack
                .file(
                    "baseless.yaml",
                    "{version: v9, currency: USD, extending: v8, models: {\"a:b\": {input: 1, output: 1}}}")
                .toString());
    assertThat(baseless.exitCode()).isEqualTo(ExitCodes.REJECTED);
    assertThat(baseless.err()).contains("extending: there is no table of version v8", "dear");
  }

  private static void accountHasPricesOfItsOwn(BigDecimal bundledCost) {
    Path policy =
        stack.file(
            "own.yaml",
            """
            account: own
            budgets: [{scope: account, period: month, limit: 5}]
            models: [{provider: openai, model: gpt-4o-mini}]
            maxSends: 1
            datasources: [{name: shop, schemas: [shop]}]
            prices:
              "openai:gpt-4o-mini": {input: 0.3, cachedInput: 0.15, output: 1.2}
            """);
    Ran applied = stack.run("account", "apply", "-f", policy.toString());
    assertThat(applied.exitCode()).as(applied.err()).isEqualTo(ExitCodes.OK);

    assertThat(ask("own", "r-1")).isEqualByComparingTo(bundledCost.multiply(BigDecimal.TWO));
    assertThat(version("own", "r-1")).startsWith("dear+own-");
    assertThat(stack.run("account", "show", "own").out())
        .contains("own prices   openai:gpt-4o-mini");
  }

  private static void listsWhatIsInForceAndWhatComesLater() {
    assertThat(
            stack
                .run(
                    "prices",
                    "apply",
                    "-f",
                    table("next-century", "3", "9"),
                    "--effective-from",
                    "2100-01-01")
                .exitCode())
        .isEqualTo(ExitCodes.OK);

    Ran list = stack.run("prices", "list", "--provider", "openai");

    assertThat(list.out())
        .contains("dear, in USD for a million tokens")
        .contains("later: next-century, in USD for a million tokens, from 2100-01-01T00:00:00Z on")
        .contains("gpt-4o-mini")
        .doesNotContain("claude");
    assertThat(stack.run("prices", "list", "--json").jsonLines()).hasSizeGreaterThan(1_000);
  }

  // ---- small things

  private static String table(String version, String input, String output) {
    return stack
        .file(
            version + "-" + input + ".yaml",
            """
            version: %s
            currency: USD
            models:
              "openai:gpt-4o-mini": {input: %s, cachedInput: %s, output: %s}
            """
                .formatted(version, input, half(input), output))
        .toString();
  }

  private static String half(String price) {
    return new BigDecimal(price).divide(BigDecimal.TWO).toPlainString();
  }

  /** Asks, and says what the answer cost. */
  private static BigDecimal ask(String account, String id) {
    Ran ran =
        stack.run(
            "ask",
            "How many customers do we have?",
            "--account",
            account,
            "--user",
            "ann",
            "--id",
            id,
            "--wait");
    assertThat(ran.exitCode()).as(ran.err()).isEqualTo(ExitCodes.OK);
    return cost(account, id);
  }

  private static BigDecimal cost(String account, String id) {
    return audit(account, id).path("cost").decimalValue();
  }

  private static String version(String account, String id) {
    return audit(account, id).path("priceVersion").asText();
  }

  /** What the audit topic says of a request. */
  private static JsonNode audit(String account, String id) {
    return stack.run("watch", "audit", "--from-beginning", "--until-end").jsonLines().stream()
        .map(line -> line.path("value"))
        .filter(value -> value.path("account").asText().equals(account))
        .filter(value -> value.path("requestId").asText().equals(id))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no audit record of " + account + "/" + id));
  }

  private static JsonNode show(String model) {
    return stack.run("prices", "show", model, "--json").json();
  }
}
