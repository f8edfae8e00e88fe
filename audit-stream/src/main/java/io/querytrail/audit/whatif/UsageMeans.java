package io.querytrail.audit.whatif;

import io.querytrail.audit.ledger.Attempt;
import io.querytrail.audit.money.TokenCounts;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a request is likely to use, from what the same user's earlier ones used: with the same model
 * if there are any, else with whichever.
 */
final class UsageMeans {
  private static final String ANY = "*";

  private final Map<String, Sum> sums = new HashMap<>();

  private static final class Sum {
    private long requests;
    private long input;
    private long cachedInput;
    private long cacheWrite;
    private long output;
    private long reasoning;

    void add(List<Attempt> attempts) {
      requests++;
      for (Attempt attempt : attempts) {
        attempt
            .usage()
            .ifPresent(usage -> {
              input += usage.input();
              cachedInput += usage.cachedInput();
              cacheWrite += usage.cacheWrite();
              output += usage.output();
              reasoning += usage.reasoning();
            });
      }
    }

    TokenCounts mean() {
      // Wholes are rounded up and parts down, so that no part is larger than its whole.
      return new TokenCounts(
          Math.ceilDiv(input, requests),
          cachedInput / requests,
          cacheWrite / requests,
          Math.ceilDiv(output, requests),
          reasoning / requests);
    }
  }

  /** Takes what a request used; without usage it teaches nothing. */
  void add(String user, List<Attempt> attempts) {
    if (attempts.stream().anyMatch(attempt -> attempt.usage().isPresent())) {
      Attempt last = attempts.getLast();
      sum(user, last.provider() + ':' + last.model()).add(attempts);
      sum(user, ANY).add(attempts);
    }
  }

  private Sum sum(String user, String model) {
    return sums.computeIfAbsent(key(user, model), any -> new Sum());
  }

  Optional<TokenCounts> of(String user, String provider, String model) {
    return Optional.ofNullable(sums.get(key(user, provider + ':' + model)))
        .or(() -> Optional.ofNullable(sums.get(key(user, ANY))))
        .map(Sum::mean);
  }

  private static String key(String user, String model) {
    return user + '\n' + model;
  }
}
