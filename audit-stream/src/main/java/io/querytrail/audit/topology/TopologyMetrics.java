package io.querytrail.audit.topology;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;

/** What the topology counts. */
final class TopologyMetrics {
  private final MeterRegistry registry;
  private final Timer safety;

  TopologyMetrics(MeterRegistry registry) {
    this.registry = registry;
    this.safety =
        Timer.builder("querytrail.safety.check")
            .description("Time to judge one statement")
            .register(registry);
  }

  /** One admission decision: admitted, repeated, conflicting, or the reason of a refusal. */
  void admission(String outcome) {
    registry.counter("querytrail.admissions", "outcome", outcome).increment();
  }

  /** One verdict; the reason is "approved" or why it was rejected. */
  void verdict(String stage, String reason) {
    registry.counter("querytrail.verdicts", "stage", stage, "reason", reason).increment();
  }

  void correction() {
    registry.counter("querytrail.corrections").increment();
  }

  /** An admission that nothing was heard of. */
  void expired() {
    registry.counter("querytrail.admissions.expired").increment();
  }

  void repeatedGeneration() {
    registry.counter("querytrail.generations.repeated").increment();
  }

  void policy(boolean applied) {
    registry.counter("querytrail.policies", "outcome", applied ? "applied" : "refused").increment();
  }

  /** One command of a person: done, refused or repeated. */
  void command(String kind, String outcome) {
    registry.counter("querytrail.commands", "kind", kind, "outcome", outcome).increment();
  }

  void prices(boolean applied) {
    registry.counter("querytrail.prices", "outcome", applied ? "applied" : "refused").increment();
  }

  void rerouted() {
    registry.counter("querytrail.requests.rerouted").increment();
  }

  void deadLetter(String topic, String errorClass) {
    registry.counter("querytrail.dead.letters", "topic", topic, "error", errorClass).increment();
  }

  /** One decision of the ledger, with writing it out. */
  void decision(String command, Duration took) {
    registry.timer("querytrail.ledger.decision", "command", command).record(took);
  }

  void safetyCheck(Duration took) {
    safety.record(took);
  }
}
