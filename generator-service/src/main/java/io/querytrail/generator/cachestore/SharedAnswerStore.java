package io.querytrail.generator.cachestore;

import io.querytrail.generator.cache.AnswerDigest;
import io.querytrail.generator.cache.AnswerKey;
import io.querytrail.generator.cache.AnswerStore;
import io.querytrail.generator.cache.CacheEvents;
import io.querytrail.generator.cache.CacheScope;
import io.querytrail.generator.cache.CacheServer;
import io.querytrail.generator.cache.CacheUnavailableException;
import io.querytrail.generator.cache.StoredAnswer;
import io.querytrail.generator.cachestore.AnswerCodec.Stamped;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps answers in a server. Not every server can tell its keys, so answers are forgotten by
 * stamps: each answer carries those of all scopes that cover it, and counts only while they are the
 * present ones. A stamp that the server lost is made anew, so that whatever it stood for is
 * forgotten, never brought back. Safe for use by several threads and instances.
 */
public final class SharedAnswerStore implements AnswerStore {
  /** Part of each key, so that what another version of this class wrote is left alone. */
  private static final String VERSION = "a1";

  private final CacheServer server;
  private final String prefix;
  private final Supplier<String> newStamps;
  private final CacheEvents events;

  /**
   * @param prefix of each key, of characters that are neither blanks nor control characters
   * @param newStamps gives texts that nobody has given before
   */
  public SharedAnswerStore(
      CacheServer server, String prefix, Supplier<String> newStamps, CacheEvents events) {
    this.server = server;
    this.prefix = prefix;
    this.newStamps = newStamps;
    this.events = events;
  }

  @Override
  public String tier() {
    return server.name();
  }

  @Override
  public Slot open(AnswerKey key) {
    try {
      return opened(key);
    } catch (CacheUnavailableException e) {
      events.error(tier());
      return new OpenSlot(key, Optional.empty(), List.of());
    }
  }

  private Slot opened(AnswerKey key) {
    List<String> scopes = scopes(key).stream().map(this::stampKey).toList();
    List<String> all = new ArrayList<>(scopes);
    all.add(entryKey(key));
    List<byte @Nullable []> values = server.get(all);
    List<String> stamps = new ArrayList<>();
    Map<String, byte[]> fresh = new LinkedHashMap<>();
    for (int i = 0; i < scopes.size(); i++) {
      byte[] there = values.get(i);
      String stamp = there == null ? newStamps.get() : new String(there, StandardCharsets.UTF_8);
      stamps.add(stamp);
      if (there == null) {
        fresh.put(scopes.get(i), bytes(stamp));
      }
    }
    if (!fresh.isEmpty()) {
      server.set(fresh, null);
    }
    byte[] entry = values.getLast();
    Optional<StoredAnswer> answer =
        entry == null
            ? Optional.empty()
            : AnswerCodec.decode(entry)
                .filter(stamped -> stamped.stamps().equals(stamps))
                .map(Stamped::answer);
    return new OpenSlot(key, answer, stamps);
  }

  private final class OpenSlot implements Slot {
    private final AnswerKey key;
    private final Optional<StoredAnswer> answer;
    private final List<String> stamps;

    /** Without stamps it is one that could not be opened, and keeps nothing. */
    private OpenSlot(AnswerKey key, Optional<StoredAnswer> answer, List<String> stamps) {
      this.key = key;
      this.answer = answer;
      this.stamps = List.copyOf(stamps);
    }

    @Override
    public AnswerKey key() {
      return key;
    }

    @Override
    public Optional<StoredAnswer> answer() {
      return answer;
    }

    /** With the stamps of the opening: what was cleared since then does not count. */
    @Override
    public void keep(StoredAnswer written, Duration ttl) {
      if (stamps.isEmpty()) {
        return;
      }
      try {
        server.set(Map.of(entryKey(key), AnswerCodec.encode(new Stamped(written, stamps))), ttl);
      } catch (CacheUnavailableException e) {
        events.error(tier());
      }
    }
  }

  @Override
  public void clear(CacheScope scope) {
    server.set(Map.of(stampKey(scope), bytes(newStamps.get())), null);
  }

  private static List<CacheScope> scopes(AnswerKey key) {
    return List.of(
        CacheScope.ALL,
        new CacheScope(key.account(), null),
        new CacheScope(null, key.datasource()),
        new CacheScope(key.account(), key.datasource()));
  }

  /** A digest, since names may hold what keys must not. */
  private String stampKey(CacheScope scope) {
    String digest =
        new AnswerDigest()
            .text("account", scope.account())
            .text("datasource", scope.datasource())
            .hex();
    return prefix + ":" + VERSION + ":stamp:" + digest;
  }

  private String entryKey(AnswerKey key) {
    return prefix + ":" + VERSION + ":" + key.digest();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    server.close();
  }
}
