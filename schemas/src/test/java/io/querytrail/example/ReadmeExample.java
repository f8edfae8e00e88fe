package io.querytrail.example;

import io.querytrail.events.QueryRequested;
import io.querytrail.schemas.ApprovalConsumer;
import io.querytrail.schemas.RequestProducer;
import java.util.Map;
import java.util.UUID;

/** The README's example of a user's own application; compiled here with nothing but this module. */
final class ReadmeExample {
  private ReadmeExample() {}

  // readme:begin ask
  static void ask(String question) {
    Map<String, String> kafka = Map.of("bootstrap.servers", "localhost:9092");
    try (RequestProducer requests = RequestProducer.open(kafka, "shop/web")) {
      QueryRequested request =
          QueryRequested.newBuilder()
              .setRequestId(UUID.randomUUID().toString())
              .setAccount("acme")
              .setUser("ada@acme.example")
              .setQuestion(question)
              .build();
      requests.ask(request).join();
    }
  }

  // readme:end ask

  // readme:begin approvals
  static void runApprovals() throws Exception {
    Map<String, String> kafka =
        Map.of("bootstrap.servers", "localhost:9092", "group.id", "shop-reports");
    try (ApprovalConsumer approvals = ApprovalConsumer.open(kafka)) {
      approvals.run((approved, trace) ->
          System.out.printf(
              "%s costs %s%n%s%n", approved.getRequestId(), approved.getCost(), approved.getSql()));
    }
  }
  // readme:end approvals
}
