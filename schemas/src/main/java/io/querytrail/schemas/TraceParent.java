package io.querytrail.schemas;

import java.util.HexFormat;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * W3C trace context of one hop.
 *
 * @param traceId 32 lower-case hexadecimal digits, the same through all hops of a request
 * @param spanId 16 lower-case hexadecimal digits, new in each hop
 * @param sampled whether the caller records the trace
 */
public record TraceParent(String traceId, String spanId, boolean sampled) {
  /** Header of Kafka records and HTTP requests. */
  public static final String HEADER = "traceparent";

  private static final Pattern FORMAT =
      Pattern.compile(
          // Version 00 ends after the flags; later ones may go on.
          "(?!ff|00-.{53})[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})"
              + "-([0-9a-f]{2})(-.*)?");

  /** A trace that begins here. */
  public static TraceParent start(RandomGenerator random) {
    return new TraceParent(
        hex(random.nextLong() | 1) + hex(random.nextLong()), hex(random.nextLong() | 1), true);
  }

  /** What the header says; empty where it is not a valid trace context. */
  public static Optional<TraceParent> parse(String header) {
    Matcher matcher = FORMAT.matcher(header);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    boolean sampled = (Integer.parseInt(matcher.group(3), 16) & 1) == 1;
    return Optional.of(new TraceParent(matcher.group(1), matcher.group(2), sampled));
  }

  /** The same trace, one hop on. */
  public TraceParent next(RandomGenerator random) {
    return new TraceParent(traceId, hex(random.nextLong() | 1), sampled);
  }

  /** The header's value. */
  public String format() {
    return "00-" + traceId + "-" + spanId + (sampled ? "-01" : "-00");
  }

  private static String hex(long value) {
    return HexFormat.of().toHexDigits(value);
  }
}
