package io.querytrail.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.querytrail.audit.HistoryPrices;
import io.querytrail.audit.ledger.BudgetLedger;
import io.querytrail.audit.money.PriceBook;
import io.querytrail.audit.prices.TableDocument;
import io.querytrail.audit.topology.DryRun.Answer;
import io.querytrail.audit.topology.DryRun.Ceiling;
import io.querytrail.events.QueryAdmitted;
import io.querytrail.events.QueryRequested;
import io.querytrail.generator.discovery.CatalogSchemaSource;
import io.querytrail.generator.discovery.Datasource;
import io.querytrail.generator.discovery.DatasourceConfig;
import io.querytrail.generator.kafka.DryRun;
import io.querytrail.generator.kafka.DryRun.Asked;
import io.querytrail.generator.model.Message;
import io.querytrail.generator.model.ModelName;
import io.querytrail.generator.prompt.PromptWriter;
import io.querytrail.generator.provider.O200kTokenCounter;
import io.querytrail.generator.provider.Protocol;
import io.querytrail.service.DatabaseConfig;
import io.querytrail.service.Secret;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a question would lead to, by the code that decides and asks live: it reads topics and the
 * catalogs of the database, writes nowhere and calls no model.
 */
final class AskDryRun {
  private final Connection connection;
  private final @Nullable Path prices;
  private final boolean json;
  private final O200kTokenCounter counter = new O200kTokenCounter();

  AskDryRun(Connection connection, @Nullable Path prices, boolean json) {
    this.connection = connection;
    this.prices = prices;
    this.json = json;
  }

  int print(QueryRequested request) {
    Answer answer = admission(request);
    return switch (answer) {
      case Answer.Refused refused -> print(refused);
      case Answer.Admitted admitted -> print(admitted, asked(admitted.admission()));
    };
  }

  private Answer admission(QueryRequested request) {
    PriceBook applied =
        new PriceBook(
            new PriceTopic(connection.kafka())
                .tables().stream().map(TableDocument::table).toList());
    return io.querytrail.audit.topology.DryRun.of(
        request,
        new Accounts(connection.kafka()).standing(request.getAccount()).inForce(),
        BudgetCommand.balances(connection.kafka(), request.getAccount()),
        new BudgetLedger(HistoryPrices.of(Optional.ofNullable(prices))),
        applied,
        Clock.systemUTC().instant());
  }

  private Asked asked(QueryAdmitted admission) {
    String name = admission.getDatasource();
    DatabaseConfig database = connection.datasource(name);
    DatasourceConfig config =
        DatasourceConfig.of(
            database.jdbcUrl(),
            database.user(),
            Objects.requireNonNullElseGet(database.password(), () -> new Secret("")));
    try (Datasource datasource = Datasource.of(name, config, new SimpleMeterRegistry())) {
      return DryRun.of(
          admission,
          new CatalogSchemaSource(Map.of(name, datasource)),
          new PromptWriter(counter),
          (model, ceiling) -> protocol(model).countedTokens(ceiling),
          Clock.systemUTC());
    }
  }

  /** Providers are usually called by what they are; any other counts as OpenAI's kind. */
  private static Protocol protocol(ModelName model) {
    return Arrays.stream(Protocol.values())
        .filter(protocol -> protocol.name().equalsIgnoreCase(model.provider()))
        .findFirst()
        .orElse(Protocol.OPENAI);
  }

  private int print(Answer.Refused refused) {
    if (json) {
      ObjectNode node = Json.object();
      node.put("admitted", false);
      node.put("reason", refused.reason());
      node.put("message", refused.message());
      System.out.println(Json.line(node));
    } else {
      System.out.println("would be rejected at admission");
      System.out.printf("reason      %s: %s%n", refused.reason(), refused.message());
    }
    return ExitCodes.REJECTED;
  }

  private int print(Answer.Admitted admitted, Asked asked) {
    System.out.println(
        json ? Json.line(fields(admitted, asked)) : String.join("\n", lines(admitted, asked)));
    return asked.failure() == null ? ExitCodes.OK : ExitCodes.REJECTED;
  }

  private List<String> lines(Answer.Admitted admitted, Asked asked) {
    QueryAdmitted admission = admitted.admission();
    List<String> lines = new ArrayList<>();
    lines.add(
        "would ask   %s%s"
            .formatted(
                asked.models().getFirst(),
                asked.routingReason() == null ? ", the only model" : ": " + asked.routingReason()));
    if (asked.models().size() > 1) {
      lines.add(
          "if it fails "
              + String.join(
                  ", then ",
                  asked.models().subList(1, asked.models().size()).stream()
                      .map(ModelName::toString)
                      .toList()));
    }
    lines.add(
        "would hold  %s %s: %d sends at most, each of at most %d input and %d output tokens"
            .formatted(
                plain(admission.getHeld()),
                admission.getCurrency(),
                admission.getMaxSends(),
                admission.getMaxInputTokens(),
                admission.getMaxOutputTokens()));
    for (Ceiling ceiling : admitted.ceilings()) {
      lines.add(
          "a send to   %s:%s costs at most %s %s"
              .formatted(
                  ceiling.provider(),
                  ceiling.model(),
                  plain(ceiling.amount()),
                  admission.getCurrency()));
    }
    lines.add(
        "by          prices %s, policy %d"
            .formatted(admission.getPriceVersion(), admission.getPolicyVersion()));
    if (asked.failure() != null) {
      lines.add("but fails   " + asked.failure());
      return lines;
    }
    lines.add("prompt      %d tokens by our count".formatted(tokens(asked)));
    for (Message message : asked.messages()) {
      lines.add("--- " + role(message));
      lines.add(message.text().stripTrailing());
    }
    return lines;
  }

  private ObjectNode fields(Answer.Admitted admitted, Asked asked) {
    ObjectNode node = Json.object();
    node.put("admitted", true);
    node.put("model", asked.models().getFirst().toString());
    node.put("routingReason", asked.routingReason());
    ArrayNode models = node.putArray("models");
    asked.models().forEach(model -> models.add(model.toString()));
    node.put("ceilingCost", Json.plain(admitted.admission().getHeld()));
    node.put("currency", admitted.admission().getCurrency());
    ArrayNode ceilings = node.putArray("sendCeilings");
    for (Ceiling ceiling : admitted.ceilings()) {
      ceilings
          .addObject()
          .put("model", ceiling.provider() + ":" + ceiling.model())
          .put("amount", Json.plain(ceiling.amount()));
    }
    node.set("admission", Json.of(admitted.admission()));
    node.put("failure", asked.failure());
    node.put("promptTokens", asked.messages().isEmpty() ? null : tokens(asked));
    ArrayNode messages = node.putArray("messages");
    for (Message message : asked.messages()) {
      messages.addObject().put("role", role(message)).put("text", message.text());
    }
    return node;
  }

  private int tokens(Asked asked) {
    return asked.messages().stream().mapToInt(message -> counter.count(message.text())).sum();
  }

  private static String role(Message message) {
    return message.role().name().toLowerCase(Locale.ROOT);
  }

  private static String plain(BigDecimal amount) {
    return Json.plain(amount).toPlainString();
  }
}
