package io.querytrail.service;

import java.util.concurrent.CompletableFuture;

/** A running service. */
public interface Service extends AutoCloseable {
  /** Name in logs and metrics, such as {@code audit-stream}. */
  String name();

  /** Port of its {@code /health} and {@code /metrics}. */
  int httpPort();

  /** Completes exceptionally when the service cannot go on by itself; stays open otherwise. */
  CompletableFuture<Void> failure();

  /** What may keep it from working. */
  HealthChecks health();

  /** Finishes or hands back what is in hand, then stops. Does nothing the second time. */
  @Override
  void close();
}
