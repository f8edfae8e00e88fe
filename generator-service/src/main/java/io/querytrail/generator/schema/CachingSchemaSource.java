package io.querytrail.generator.schema;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.concurrent.CompletableFuture;

/**
 * Keeps schemas for a while and reads each once, however many ask at the same time. What could not
 * be read is not kept. Safe for use by several threads.
 */
public final class CachingSchemaSource implements SchemaSource {
  /** Schemas kept, the least recently used giving way; each may take some megabytes. */
  private static final int MAX_ENTRIES = 256;

  private record Key(String datasource, SortedSet<String> schemas) {}

  private record Entry(CompletableFuture<SchemaReading> reading, Instant since) {}

  private final SchemaSource delegate;
  private final Duration ttl;
  private final Clock clock;
  private final Map<Key, Entry> entries = new LinkedHashMap<>(16, 0.75f, true);

  public CachingSchemaSource(SchemaSource delegate, Duration ttl, Clock clock) {
    this.delegate = delegate;
    this.ttl = ttl;
    this.clock = clock;
  }

  @Override
  public SchemaReading read(String datasource, SortedSet<String> schemas) {
    Key key = new Key(datasource, schemas);
    Entry mine = new Entry(new CompletableFuture<>(), clock.instant());
    Optional<Entry> current = currentOrPut(key, mine);
    if (current.isPresent()) {
      return current.get().reading().join();
    }
    try {
      SchemaReading reading = delegate.read(datasource, schemas);
      if (!(reading instanceof SchemaReading.Known)) {
        forget(key, mine);
      }
      mine.reading().complete(reading);
      return reading;
    } catch (RuntimeException | Error e) {
      forget(key, mine);
      mine.reading().completeExceptionally(e);
      throw e;
    }
  }

  /** What is there and fresh; else empty, and {@code mine} is there for whoever comes next. */
  private synchronized Optional<Entry> currentOrPut(Key key, Entry mine) {
    Entry existing = entries.get(key);
    if (existing != null && mine.since().isBefore(existing.since().plus(ttl))) {
      return Optional.of(existing);
    }
    entries.put(key, mine);
    if (entries.size() > MAX_ENTRIES) {
      entries.remove(entries.keySet().iterator().next());
    }
    return Optional.empty();
  }

  private synchronized void forget(Key key, Entry entry) {
    entries.remove(key, entry);
  }
}
