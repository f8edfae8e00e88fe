package io.querytrail.sink;

import io.querytrail.schemas.Topic;
import io.querytrail.service.KafkaConfig;
import io.querytrail.sink.kafka.TopicReplay;
import io.querytrail.sink.log.Finding;
import io.querytrail.sink.log.OffsetRange;
import io.querytrail.sink.log.RecordName;
import io.querytrail.sink.log.SinkRecord;
import io.querytrail.sink.log.Source;
import io.querytrail.sink.log.StreamPartition;
import io.querytrail.sink.postgres.LogComparison;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Proves that the log has each record of the audit topic once and as it is there. */
public final class AuditVerification {
  /** Of each kind, no more than so many are listed. */
  private static final int MAX_LISTED = 1_000;

  /**
   * What to look at; everything for all null and empty.
   *
   * @param partitions of the audit topic; empty for all
   * @param fromOffset first offset in each partition
   * @param toOffset first offset that is no longer looked at
   * @param from append time of the first record
   * @param to append time of the first record that is no longer looked at
   */
  public record Scope(
      Set<Integer> partitions,
      @Nullable Long fromOffset,
      @Nullable Long toOffset,
      @Nullable Instant from,
      @Nullable Instant to) {
    /** Everything. */
    public static final Scope ALL = new Scope(Set.of(), null, null, null, null);

    public Scope {
      partitions = Set.copyOf(partitions);
    }
  }

  /** One partition: what was looked at, and what Kafka has beyond what is stored. */
  public record PartitionResult(int partition, long from, long to, long notStoredYet) {}

  /**
   * What was found.
   *
   * @param records that were compared
   * @param deadLettered records that the sink set aside, rightly without a row
   * @param notStoredYet records that the sink has yet to store; they were not compared
   * @param findings at most 1,000 of each kind
   */
  public record Result(
      List<PartitionResult> partitions,
      long records,
      long missing,
      long duplicate,
      long differing,
      long unexpected,
      long deadLettered,
      long notStoredYet,
      List<Finding> findings) {
    /** Whether the log is the topic's, as far as it was looked at. */
    public boolean agrees() {
      return missing + duplicate + differing + unexpected == 0;
    }
  }

  private final Map<Finding.Kind, Long> counts = new EnumMap<>(Finding.Kind.class);
  private final List<Finding> findings = new ArrayList<>();
  private final Map<Source, Finding> differing = new HashMap<>();
  private long records;
  private long deadLettered;

  private AuditVerification() {}

  /**
   * Compares.
   *
   * @throws SQLException when the log does not answer
   * @throws org.apache.kafka.common.KafkaException when Kafka does not answer
   */
  public static Result of(KafkaConfig kafka, DataSource log, Scope scope) throws SQLException {
    return new AuditVerification().run(kafka, log, scope);
  }

  /** What the records are about of which the log has other values, over the whole topic. */
  static Set<RecordName> differing(KafkaConfig kafka, DataSource log) throws SQLException {
    AuditVerification verification = new AuditVerification();
    verification.run(kafka, log, Scope.ALL);
    Set<RecordName> names = new HashSet<>();
    for (Finding finding : verification.differing.values()) {
      if (finding.kind() == Finding.Kind.DIFFERING
          && finding.account() != null
          && finding.requestId() != null) {
        names.add(new RecordName(finding.account(), finding.requestId()));
      }
    }
    return names;
  }

  private Result run(KafkaConfig kafka, DataSource log, Scope scope) throws SQLException {
    try (TopicReplay topic = TopicReplay.open(kafka);
        LogComparison comparison = new LogComparison(log, MAX_LISTED)) {
      SortedMap<StreamPartition, OffsetRange> available = topic.available(List.of(Topic.AUDIT));
      Map<StreamPartition, Long> stored = comparison.storedUpTo(available.keySet());
      SortedMap<StreamPartition, OffsetRange> ranges = new TreeMap<>();
      List<PartitionResult> partitions = new ArrayList<>();
      available.forEach((stream, all) -> {
        if (scope.partitions().isEmpty() || scope.partitions().contains(stream.partition())) {
          OffsetRange wanted = wanted(topic, stream, all, scope);
          long storedTo = stored.getOrDefault(stream, all.from());
          OffsetRange range = new OffsetRange(wanted.from(), Math.min(wanted.to(), storedTo));
          ranges.put(stream, range);
          partitions.add(
              new PartitionResult(
                  stream.partition(),
                  range.from(),
                  Math.max(range.from(), range.to()),
                  Math.max(0, wanted.to() - Math.max(wanted.from(), storedTo))));
        }
      });
      Set<Source> dead = topic.deadLetters(Topic.AUDIT);
      topic.read(ranges, chunk -> compare(comparison, chunk, dead));
      comparison.compareWhole(ranges).forEach(this::note);
      return result(partitions);
    }
  }

  private static OffsetRange wanted(
      TopicReplay topic, StreamPartition stream, OffsetRange all, Scope scope) {
    long from = all.from();
    long to = all.to();
    if (scope.from() != null) {
      from = Math.max(from, topic.offsetAt(stream, scope.from()));
    }
    if (scope.fromOffset() != null) {
      from = Math.max(from, scope.fromOffset());
    }
    if (scope.to() != null) {
      to = Math.min(to, topic.offsetAt(stream, scope.to()));
    }
    if (scope.toOffset() != null) {
      to = Math.min(to, scope.toOffset());
    }
    return new OffsetRange(from, to);
  }

  private void compare(LogComparison comparison, TopicReplay.Chunk chunk, Set<Source> dead)
      throws SQLException {
    records += chunk.records().size() + chunk.unusable().size();
    for (Source unusable : chunk.unusable()) {
      if (dead.contains(unusable)) {
        deadLettered++;
      } else {
        note(
            new Finding(
                Finding.Kind.MISSING,
                unusable.partition(),
                unusable.offset(),
                null,
                null,
                "cannot be read, and is not among the dead letters"));
      }
    }
    List<SinkRecord> usable =
        chunk.records().stream().filter(record -> !dead.contains(record.source())).toList();
    comparison.compare(usable).forEach(this::note);
    for (SinkRecord record : chunk.records()) {
      // Alone: it may repeat the key of a record that has its row, which is why it was set aside.
      if (dead.contains(record.source()) && !comparison.compare(List.of(record)).isEmpty()) {
        deadLettered++;
      }
    }
  }

  /** Several findings of one record are one record that differs. */
  private void note(Finding finding) {
    if (finding.kind() == Finding.Kind.DIFFERING || finding.kind() == Finding.Kind.MISSING) {
      Source source = new Source(Topic.AUDIT.topicName(), finding.partition(), finding.offset());
      if (differing.putIfAbsent(source, finding) != null) {
        return;
      }
    }
    long count = counts.merge(finding.kind(), 1L, Long::sum);
    if (count <= MAX_LISTED) {
      findings.add(finding);
    }
  }

  private long count(Finding.Kind kind) {
    return counts.getOrDefault(kind, 0L);
  }

  private Result result(List<PartitionResult> partitions) {
    return new Result(
        partitions,
        records,
        count(Finding.Kind.MISSING),
        count(Finding.Kind.DUPLICATE),
        count(Finding.Kind.DIFFERING),
        count(Finding.Kind.UNEXPECTED),
        deadLettered,
        partitions.stream().mapToLong(PartitionResult::notStoredYet).sum(),
        List.copyOf(findings));
  }
}
