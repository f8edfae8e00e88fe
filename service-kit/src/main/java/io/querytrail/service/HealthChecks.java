package io.querytrail.service;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** Named reasons for which a service may be unable to work. Safe for use by several threads. */
public final class HealthChecks {
  private final Map<String, Supplier<Optional<String>>> readiness = new ConcurrentHashMap<>();
  private final Map<String, Supplier<Optional<String>>> liveness = new ConcurrentHashMap<>();

  /**
   * The service is ready only while the check has no reason against it. A check must answer at
   * once: it reads a state that is kept anyway, it does not go and ask.
   */
  public void ready(String name, Supplier<Optional<String>> reasonAgainst) {
    readiness.put(name, reasonAgainst);
  }

  /** A reason here says that only a restart can help. */
  public void live(String name, Supplier<Optional<String>> reasonAgainst) {
    liveness.put(name, reasonAgainst);
  }

  /** Check to reason, for the checks that have one; empty when the service is ready. */
  public Map<String, String> reasonsAgainstReady() {
    Map<String, String> reasons = reasons(liveness);
    reasons.putAll(reasons(readiness));
    return reasons;
  }

  /** Check to reason, for the checks that have one; empty when the service is alive. */
  public Map<String, String> reasonsAgainstLive() {
    return reasons(liveness);
  }

  private static Map<String, String> reasons(Map<String, Supplier<Optional<String>>> checks) {
    Map<String, String> reasons = new TreeMap<>();
    checks.forEach((name, check) -> reason(check).ifPresent(reason -> reasons.put(name, reason)));
    return reasons;
  }

  /** A check that fails knows nothing, and that is a reason as well. */
  private static Optional<String> reason(Supplier<Optional<String>> check) {
    try {
      return check.get();
    } catch (RuntimeException e) {
      return Optional.of("the check itself failed: " + e);
    }
  }
}
