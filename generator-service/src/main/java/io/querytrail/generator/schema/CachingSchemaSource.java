package io.querytrail.generator.schema;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;

/**
 * Keeps schemas for a while and reads each once, however many ask at the same time. Now and then it
 * asks for a schema's stamp, and reads again what has another one. What could not be read is not
 * kept. Safe for use by several threads.
 */
public final class CachingSchemaSource implements SchemaSource {
  /** Schemas kept, the least recently used giving way; each may take some megabytes. */
  private static final int MAX_ENTRIES = 256;

  /** Models that make up columns cause no more looks than one in this time. */
  private static final Duration SHORTEST_BETWEEN_LOOKS = Duration.ofSeconds(1);

  private record Key(String datasource, SortedSet<String> schemas) {}

  private final SchemaSource delegate;
  private final SchemaStamps stamps;
  private final Times times;
  private final Clock clock;
  private final Map<Key, Entry> entries = new LinkedHashMap<>(16, 0.75f, true);

  /**
   * How long things are believed.
   *
   * @param ttl longest use of a schema
   * @param look longest use of a schema without a look at its stamp
   */
  public record Times(Duration ttl, Duration look) {}

  /** One schema; when to look is guarded by the cache. */
  private static final class Entry {
    final CompletableFuture<SchemaReading> reading = new CompletableFuture<>();
    final Instant since;
    Instant lookedAt;
    Instant lookAt;

    Entry(Instant now, Duration look) {
      since = now;
      lookedAt = now;
      lookAt = now.plus(look);
    }
  }

  public CachingSchemaSource(SchemaSource delegate, SchemaStamps stamps, Times times, Clock clock) {
    this.delegate = delegate;
    this.stamps = stamps;
    this.times = times;
    this.clock = clock;
  }

  @Override
  public SchemaReading read(String datasource, SortedSet<String> schemas) {
    Key key = new Key(datasource, schemas);
    Instant now = clock.instant();
    Entry mine = new Entry(now, times.look());
    Entry current = currentOrPut(key, mine);
    if (current == mine) {
      return load(key, mine);
    }
    SchemaReading reading = current.reading.join();
    if (!takesLook(current, now) || isAsBefore(key, reading)) {
      return reading;
    }
    return replace(key, current, mine) ? load(key, mine) : read(datasource, schemas);
  }

  @Override
  public synchronized void doubt(String datasource) {
    entries.forEach((key, entry) -> {
      Instant soonest = entry.lookedAt.plus(SHORTEST_BETWEEN_LOOKS);
      if (key.datasource().equals(datasource) && soonest.isBefore(entry.lookAt)) {
        entry.lookAt = soonest;
      }
    });
  }

  /** Reads again, now, all schemas of the datasource that are kept. */
  public List<Refreshed> refresh(String datasource) {
    Map<Key, Entry> kept = takeOut(datasource);
    List<Refreshed> refreshed = new ArrayList<>();
    kept.forEach((key, entry) -> {
      if (entry.reading.state() == Future.State.SUCCESS
          && entry.reading.resultNow() instanceof SchemaReading.Known before) {
        refreshed.add(
            new Refreshed(
                key.schemas(), before.schema().fingerprint(), read(datasource, key.schemas())));
      }
    });
    return refreshed;
  }

  private synchronized Map<Key, Entry> takeOut(String datasource) {
    Map<Key, Entry> taken = new LinkedHashMap<>(entries);
    taken.keySet().removeIf(key -> !key.datasource().equals(datasource));
    entries.keySet().removeAll(taken.keySet());
    return taken;
  }

  private SchemaReading load(Key key, Entry mine) {
    try {
      SchemaReading reading = delegate.read(key.datasource(), key.schemas());
      if (!(reading instanceof SchemaReading.Known)) {
        forget(key, mine);
      }
      mine.reading.complete(reading);
      return reading;
    } catch (RuntimeException | Error e) {
      forget(key, mine);
      mine.reading.completeExceptionally(e);
      throw e;
    }
  }

  /** What cannot be said counts as no change: the schema's own time will be up. */
  private boolean isAsBefore(Key key, SchemaReading reading) {
    return !(reading instanceof SchemaReading.Known known)
        || known.stamp().isEmpty()
        || stamps
            .stamp(key.datasource(), key.schemas())
            .map(known.stamp().get()::equals)
            .orElse(true);
  }

  /** What is there and fresh; else {@code mine}, which is now there for whoever comes next. */
  private synchronized Entry currentOrPut(Key key, Entry mine) {
    Entry existing = entries.get(key);
    if (existing != null && mine.since.isBefore(existing.since.plus(times.ttl()))) {
      return existing;
    }
    entries.put(key, mine);
    if (entries.size() > MAX_ENTRIES) {
      entries.remove(entries.keySet().iterator().next());
    }
    return mine;
  }

  /** Whether a look is due, which then is for the caller alone to take. */
  private synchronized boolean takesLook(Entry entry, Instant now) {
    if (now.isBefore(entry.lookAt)) {
      return false;
    }
    entry.lookedAt = now;
    entry.lookAt = now.plus(times.look());
    return true;
  }

  private synchronized boolean replace(Key key, Entry old, Entry mine) {
    return entries.replace(key, old, mine);
  }

  private synchronized void forget(Key key, Entry entry) {
    entries.remove(key, entry);
  }
}
