package io.querytrail.sink.log;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** Records and how far they bring each partition: stored together or not at all. */
public record LogBatch(List<SinkRecord> records, SortedMap<StreamPartition, Advance> advances) {
  public LogBatch {
    records = List.copyOf(records);
    advances = Collections.unmodifiableSortedMap(new TreeMap<>(advances));
  }
}
