package io.querytrail.demo;

import java.time.Duration;
import java.util.Locale;
import java.util.OptionalInt;

/**
 * A way in which the model server fails on purpose.
 *
 * @param match part of the question, by its words; empty for every call
 * @param times how often it strikes before it is used up
 * @param delay waits this long before anything else, beside the model's own time
 */
public record Fault(String match, int times, Duration delay, Effect effect) {
  /** Strikes until it is cleared. */
  public static final int ALWAYS = Integer.MAX_VALUE;

  public Fault {
    if (times < 1 || delay.isNegative()) {
      throw new IllegalArgumentException("A fault strikes once or more, after no negative delay");
    }
  }

  /** What goes wrong. */
  public sealed interface Effect {
    /** Nothing but the delay. */
    record Slow() implements Effect {}

    /** An error as the wire format has it, or with this body unless it is empty. */
    record Status(int status, OptionalInt retryAfterSeconds, String body) implements Effect {}

    /** Status 200 with a body that is not the wire format's. */
    record Body(String body) implements Effect {}

    /** A well-formed answer in which the model says this. */
    record Words(String content) implements Effect {}

    /** A well-formed answer that does not end in order, as the wire format says that. */
    record Ends(Ending ending) implements Effect {}

    /** The proper answer, cut in the middle by a connection that ends. */
    record Truncated() implements Effect {}

    /** The proper answer, byte by byte. */
    record Drip(Duration interval) implements Effect {}

    /** No answer at all; the connection stays open. */
    record Hang() implements Effect {}
  }

  /** A fault for every question, every time, at once. */
  public static Fault of(Effect effect) {
    return new Fault("", ALWAYS, Duration.ZERO, effect);
  }

  /** The provider's error of this status. */
  public static Fault status(int status) {
    return of(new Effect.Status(status, OptionalInt.empty(), ""));
  }

  /** Status 429 that asks to wait. */
  public static Fault rateLimited(int retryAfterSeconds) {
    return of(new Effect.Status(429, OptionalInt.of(retryAfterSeconds), ""));
  }

  /** Status 200 and nothing. */
  public static Fault emptyBody() {
    return of(new Effect.Body(""));
  }

  /** Status 200 and JSON that breaks off. */
  public static Fault brokenJson() {
    return of(new Effect.Body("{\"id\":\"chatcmpl-broken\",\"choices\":[{\"message\":{\"cont"));
  }

  /** A well-formed answer whose content is not the JSON that was asked for. */
  public static Fault prose() {
    return of(new Effect.Words("I am happy to help! You could count the orders of each customer."));
  }

  /** A well-formed answer that is JSON, but not of the agreed shape. */
  public static Fault wrongShape() {
    return of(new Effect.Words("{\"query\": \"SELECT 1\", \"sql\": 1}"));
  }

  /** A well-formed answer that the ceiling of tokens, the model or a filter ended. */
  public static Fault ends(Ending ending) {
    return of(new Effect.Ends(ending));
  }

  /** An answer cut off by the end of the connection. */
  public static Fault truncated() {
    return of(new Effect.Truncated());
  }

  /** An answer that takes forever, though always some of it arrives. */
  public static Fault drip(Duration interval) {
    return of(new Effect.Drip(interval));
  }

  /** Silence. */
  public static Fault hang() {
    return of(new Effect.Hang());
  }

  /** The proper answer, late. */
  public static Fault slow(Duration delay) {
    return of(new Effect.Slow()).after(delay);
  }

  /** The same for questions that contain these words. */
  public Fault matching(String words) {
    return new Fault(words, times, delay, effect);
  }

  /** The same, this often. */
  public Fault times(int count) {
    return new Fault(match, count, delay, effect);
  }

  /** The same, after a wait. */
  public Fault after(Duration wait) {
    return new Fault(match, times, wait, effect);
  }

  /** For the log of what was served. */
  String name() {
    return switch (effect) {
      case Effect.Slow _ -> "slow";
      case Effect.Status error -> "status " + error.status();
      case Effect.Body _ -> "body";
      case Effect.Words _ -> "words";
      case Effect.Ends ends -> "ends by " + ends.ending().name().toLowerCase(Locale.ROOT);
      case Effect.Truncated _ -> "truncated";
      case Effect.Drip _ -> "drip";
      case Effect.Hang _ -> "hang";
    };
  }
}
