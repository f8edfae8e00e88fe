package io.querytrail.audit.ledger;

import io.querytrail.audit.ledger.Refusal.Reason;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Keeps count of how fast an account and its users ask, and refuses what comes too fast. */
final class Pace {
  private Pace() {}

  /** Why a request comes too fast, if it does. */
  static Optional<Refusal> against(Policy policy, Request request, Instant at, LedgerView view) {
    if (!policy.rateLimits().any()) {
      return Optional.empty();
    }
    AccountId account = request.account();
    RateWindow all = window(new RateKey(account, Optional.empty()), view);
    Optional<Refusal> refusal =
        against("account " + account, all, policy.rateLimits().account(), policy, at);
    if (refusal.isPresent()) {
      return refusal;
    }
    RateWindow own = window(new RateKey(account, Optional.of(request.user())), view);
    return against("user " + request.user(), own, policy.rateLimits().user(), policy, at);
  }

  private static Optional<Refusal> against(
      String who, RateWindow window, RateLimit limit, Policy policy, Instant at) {
    int inFlight = window.inFlight();
    if (inFlight >= limit.inFlight().orElse(Integer.MAX_VALUE)) {
      return refusal(
          Reason.TOO_MANY_IN_FLIGHT,
          "%s has %d of %d requests in flight; try again when one of them has its verdict"
              .formatted(who, inFlight, limit.inFlight().orElseThrow()),
          Optional.empty(),
          policy);
    }
    int requests = window.requests(at);
    int mostRequests = limit.requestsPerMinute().orElse(Integer.MAX_VALUE);
    if (requests >= mostRequests) {
      Instant retryAt = window.room(at, mostRequests - 1L, Long.MAX_VALUE);
      return refusal(
          Reason.TOO_MANY_REQUESTS,
          "%s has asked %d of %d requests in the last minute; try again at %s"
              .formatted(who, requests, mostRequests, retryAt),
          Optional.of(retryAt),
          policy);
    }
    long tokens = window.tokens(at);
    long asked = tokens(policy.maxSends(), policy.maxInputTokens(), policy.maxOutputTokens());
    long mostTokens = limit.tokensPerMinute().orElse(Long.MAX_VALUE);
    if (tokens > mostTokens - asked) {
      Instant retryAt = window.room(at, Long.MAX_VALUE, mostTokens - asked);
      return refusal(
          Reason.TOO_MANY_TOKENS,
          "%s has %d of %d tokens of the last minute, and this request may use %d; try again at %s"
              .formatted(who, tokens, mostTokens, asked, retryAt),
          Optional.of(retryAt),
          policy);
    }
    return Optional.empty();
  }

  private static Optional<Refusal> refusal(
      Reason reason, String message, Optional<Instant> retryAt, Policy policy) {
    return Optional.of(
        new Refusal(
            reason,
            message,
            Optional.empty(),
            Optional.empty(),
            retryAt,
            OptionalLong.of(policy.version())));
  }

  /** The most that so many sends can use. */
  static long tokens(int sends, int maxInputTokens, int maxOutputTokens) {
    return sends * ((long) maxInputTokens + maxOutputTokens);
  }

  /** The windows that count an admission, with it. */
  static List<RateWindow> admitted(Admission admission, Request request, LedgerView view) {
    if (!admission.paced()) {
      return List.of();
    }
    List<RateWindow> windows = new ArrayList<>(2);
    for (RateWindow window : windows(admission, request.account(), request.user(), view)) {
      windows.add(window.admitted(admission.admittedAt(), allowed(admission)));
    }
    return windows;
  }

  /** The windows once that much was reported of an admission. */
  static List<RateWindow> reported(Report report, AccountId account, String user, LedgerView view) {
    Admission admission = report.before().admission();
    if (!admission.paced()) {
      return List.of();
    }
    long used = 0;
    for (Attempt attempt : report.attempts()) {
      used += used(attempt, admission);
    }
    boolean another = report.before().status() == Allowance.Status.REPORTED;
    long counted = another ? 0 : allowed(admission);
    List<RateWindow> windows = new ArrayList<>(2);
    for (RateWindow window : windows(admission, account, user, view)) {
      windows.add(
          window.corrected(admission.admittedAt(), used - counted, report.before().isHeld()));
    }
    return windows;
  }

  /** The windows once an admission was given up: what it allowed stays counted. */
  static List<RateWindow> givenUp(
      Admission admission, AccountId account, String user, LedgerView view) {
    List<RateWindow> windows = new ArrayList<>(2);
    for (RateWindow window : windows(admission, account, user, view)) {
      windows.add(window.corrected(admission.admittedAt(), 0, true));
    }
    return windows;
  }

  private static long allowed(Admission admission) {
    return tokens(admission.maxSends(), admission.maxInputTokens(), admission.maxOutputTokens());
  }

  private static long used(Attempt attempt, Admission admission) {
    if (!attempt.sent()) {
      return 0;
    }
    if (attempt.usage().isPresent()) {
      return attempt.usage().get().input() + attempt.usage().get().output();
    }
    return attempt.turnedAway()
        ? 0
        : tokens(1, admission.maxInputTokens(), admission.maxOutputTokens());
  }

  private static List<RateWindow> windows(
      Admission admission, AccountId account, String user, LedgerView view) {
    return admission.paced()
        ? List.of(
            window(new RateKey(account, Optional.empty()), view),
            window(new RateKey(account, Optional.of(user)), view))
        : List.of();
  }

  private static RateWindow window(RateKey key, LedgerView view) {
    return view.window(key).orElseGet(() -> RateWindow.empty(key));
  }
}
