package io.querytrail.audit.topology;

import io.micrometer.core.instrument.MeterRegistry;
import io.querytrail.audit.chain.ChainKey;
import io.querytrail.audit.ledger.BudgetLedger;
import io.querytrail.audit.ledger.Retention;
import io.querytrail.audit.state.PriceTables;
import io.querytrail.audit.verdict.SqlJudge;
import io.querytrail.schemas.EventDeserializer;
import io.querytrail.schemas.EventSerializer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * All that the topology's processors need from outside.
 *
 * @param partitions partition count of every topic
 * @param judges gives the safety check of the calling thread
 * @param nanoTime for durations only
 * @param tables reads price tables that are applied at run time
 * @param retention of what is over in the ledger store
 */
public record StreamDependencies(
    BudgetLedger ledger,
    ChainKey chainKey,
    Supplier<SqlJudge> judges,
    int partitions,
    EventSerializer serializer,
    EventDeserializer deserializer,
    RandomGenerator random,
    LongSupplier nanoTime,
    MeterRegistry metrics,
    PriceTables tables,
    Retention retention,
    GenerationsRead generationsRead,
    LedgerGauges gauges) {
  /** With gauges of its own. */
  public StreamDependencies(
      BudgetLedger ledger,
      ChainKey chainKey,
      Supplier<SqlJudge> judges,
      int partitions,
      EventSerializer serializer,
      EventDeserializer deserializer,
      RandomGenerator random,
      LongSupplier nanoTime,
      MeterRegistry metrics,
      PriceTables tables,
      Retention retention,
      GenerationsRead generationsRead) {
    this(
        ledger,
        chainKey,
        judges,
        partitions,
        serializer,
        deserializer,
        random,
        nanoTime,
        metrics,
        tables,
        retention,
        generationsRead,
        new LedgerGauges(metrics));
  }
}
