package io.querytrail.example;

import io.querytrail.events.QueryRequested;
import io.querytrail.schemas.ApprovalConsumer;
import io.querytrail.schemas.RequestProducer;
import java.util.Map;
import java.util.UUID;

/**
 * The README's example of a user's own application; compiled here with nothing but this module, and
 * compared with the README by a test of the cli module.
 */
final class ReadmeExample {
  private ReadmeExample() {}

  static void ask() {
    // readme:begin asking
    Map<String, String> kafka = Map.of("bootstrap.servers", "localhost:9092");
    try (RequestProducer producer = RequestProducer.open(kafka, "my-application")) {
      QueryRequested request =
          QueryRequested.newBuilder()
              .setRequestId(UUID.randomUUID().toString())
              .setAccount("acme")
              .setUser("ann")
              .setQuestion("How many customers do we have?")
              .build();
      producer.ask(request).join(); // until the broker has it
    }
    // readme:end asking
  }

  static void read() throws Exception {
    // readme:begin reading
    Map<String, String> kafka =
        Map.of("bootstrap.servers", "localhost:9092", "group.id", "my-application");
    try (ApprovalConsumer approvals = ApprovalConsumer.open(kafka)) {
      approvals.run((approved, trace) -> System.out.println(approved.getSql()));
    }
    // readme:end reading
  }
}
