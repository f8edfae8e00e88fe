package io.querytrail.generator.resilience;

import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.querytrail.generator.cache.CacheServer;
import io.querytrail.generator.cache.CacheUnavailableException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Leaves a server alone for a while that has failed several times in a row. */
final class BreakerCacheServer implements CacheServer {
  private static final Logger LOG = LoggerFactory.getLogger(BreakerCacheServer.class);

  private final CacheServer delegate;
  private final CircuitBreaker breaker;

  BreakerCacheServer(CacheServer delegate, CircuitBreaker breaker) {
    this.delegate = delegate;
    this.breaker = breaker;
    breaker
        .getEventPublisher()
        .onStateTransition(change ->
            LOG.atWarn()
                .addKeyValue("cache", delegate.name())
                .addKeyValue("breaker", change.getStateTransition().getToState())
                .log("the answer cache's server changed its state"));
  }

  @Override
  public String name() {
    return delegate.name();
  }

  @Override
  public List<byte @Nullable []> get(List<String> keys) {
    try {
      return breaker.executeSupplier(() -> delegate.get(keys));
    } catch (CallNotPermittedException e) {
      throw leftAlone(e);
    }
  }

  @Override
  public void set(Map<String, byte[]> values, @Nullable Duration ttl) {
    try {
      breaker.executeRunnable(() -> delegate.set(values, ttl));
    } catch (CallNotPermittedException e) {
      throw leftAlone(e);
    }
  }

  private CacheUnavailableException leftAlone(CallNotPermittedException e) {
    return new CacheUnavailableException(
        name() + " failed several times in a row and is left alone for a while", e);
  }

  @Override
  public void close() {
    delegate.close();
  }
}
