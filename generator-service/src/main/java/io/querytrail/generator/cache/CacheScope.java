package io.querytrail.generator.cache;

import org.jspecify.annotations.Nullable;

/**
 * Which answers are meant.
 *
 * @param account null for all
 * @param datasource null for all
 */
public record CacheScope(@Nullable String account, @Nullable String datasource) {
  public static final CacheScope ALL = new CacheScope(null, null);

  /** Whether answers under this key are meant. */
  public boolean covers(AnswerKey key) {
    return (account == null || account.equals(key.account()))
        && (datasource == null || datasource.equals(key.datasource()));
  }
}
