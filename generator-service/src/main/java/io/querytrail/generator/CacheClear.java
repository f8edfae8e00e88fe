package io.querytrail.generator;

import io.querytrail.generator.cache.AnswerCache;
import io.querytrail.generator.cache.CacheScope;
import io.querytrail.generator.cache.CacheUnavailableException;
import io.querytrail.service.AdminServer;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Forgets answers when somebody says so. */
public final class CacheClear implements AdminServer.Order {
  /** Takes the parameters {@code account} and {@code datasource}; all answers without them. */
  public static final String PATH = "/cache/clear";

  private final AnswerCache answers;
  private final Set<String> datasources;

  CacheClear(AnswerCache answers, Set<String> datasources) {
    this.answers = answers;
    this.datasources = Set.copyOf(datasources);
  }

  @Override
  public Object carryOut(Function<String, @Nullable String> parameters) {
    String datasource = parameters.apply("datasource");
    if (datasource != null && !datasources.contains(datasource)) {
      throw new IllegalArgumentException(
          "the generator's configuration has no datasource '" + datasource + "'");
    }
    try {
      answers.clear(new CacheScope(parameters.apply("account"), datasource));
      return Map.of("tier", answers.tier());
    } catch (CacheUnavailableException e) {
      return Map.of("tier", answers.tier(), "error", String.valueOf(e.getMessage()));
    }
  }
}
