package io.querytrail.cli;

import io.querytrail.audit.topology.LedgerHistory;
import io.querytrail.audit.whatif.WhatIf;
import io.querytrail.events.LedgerEvent;
import io.querytrail.schemas.Topic;
import io.querytrail.service.KafkaConfig;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * Reads the ledger topic into replays. An account's events all stand in one partition, so
 * partitions are shared out among as many threads as there are processors.
 */
final class LedgerReplay {
  private final KafkaConfig kafka;
  private final Supplier<WhatIf> replays;

  LedgerReplay(KafkaConfig kafka, Supplier<WhatIf> replays) {
    this.kafka = kafka;
    this.replays = replays;
  }

  List<WhatIf> of(String account) {
    byte[] key = account.getBytes(StandardCharsets.UTF_8);
    WhatIf replay = replays.get();
    try (TopicReader reader = new TopicReader(kafka)) {
      reader
          .atBeginning(List.of(reader.partition(Topic.LEDGER, account)))
          .readToEnd(record -> {
            if (Arrays.equals(record.key(), key)) {
              take(reader, record, replay);
            }
          });
    }
    return List.of(replay);
  }

  List<WhatIf> everything() throws InterruptedException {
    List<TopicPartition> partitions;
    try (TopicReader reader = new TopicReader(kafka)) {
      partitions = reader.partitions(Topic.LEDGER);
    }
    int threads = Math.min(Runtime.getRuntime().availableProcessors(), partitions.size());
    List<Future<WhatIf>> shares = new ArrayList<>();
    try (ExecutorService executor = Executors.newFixedThreadPool(threads)) {
      for (int i = 0; i < threads; i++) {
        int share = i;
        List<TopicPartition> own =
            partitions.stream().filter(found -> found.partition() % threads == share).toList();
        shares.add(executor.submit(() -> replay(own)));
      }
      List<WhatIf> done = new ArrayList<>();
      for (Future<WhatIf> share : shares) {
        done.add(share.get());
      }
      return done;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw new IllegalStateException(e.getCause());
    }
  }

  private WhatIf replay(List<TopicPartition> partitions) {
    WhatIf replay = replays.get();
    try (TopicReader reader = new TopicReader(kafka)) {
      reader.atBeginning(partitions).readToEnd(record -> take(reader, record, replay));
    }
    return replay;
  }

  private static void take(
      TopicReader reader, ConsumerRecord<byte[], byte[]> record, WhatIf replay) {
    reader
        .event(record)
        .filter(LedgerEvent.class::isInstance)
        .map(LedgerEvent.class::cast)
        .flatMap(event -> LedgerHistory.step(event, Instant.ofEpochMilli(record.timestamp())))
        .ifPresent(replay::take);
  }
}
