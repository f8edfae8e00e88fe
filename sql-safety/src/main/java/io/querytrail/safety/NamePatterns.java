package io.querytrail.safety;

import java.util.List;

/**
 * Which names a policy allows: those that match no deny pattern and, if there are allow patterns,
 * one of these.
 *
 * <p>A pattern has the parts of a name from the right: {@code email}, {@code customers.email} or
 * {@code shop.customers.email} for a column, {@code orders} or {@code shop.orders} for a table. In
 * each part {@code *} stands for any characters but the dot. Names compare exactly, as the catalog
 * has them.
 */
public record NamePatterns(List<String> allow, List<String> deny) {
  public static final NamePatterns ALL = new NamePatterns(List.of(), List.of());

  public NamePatterns {
    allow = List.copyOf(allow);
    deny = List.copyOf(deny);
  }

  public static NamePatterns allowing(String... patterns) {
    return new NamePatterns(List.of(patterns), List.of());
  }

  public static NamePatterns denying(String... patterns) {
    return new NamePatterns(List.of(), List.of(patterns));
  }

  /** Whether a name, given in its parts from schema to the last, is allowed. */
  boolean permits(String... parts) {
    return deny.stream().noneMatch(pattern -> matches(pattern, parts))
        && (allow.isEmpty() || allow.stream().anyMatch(pattern -> matches(pattern, parts)));
  }

  private static boolean matches(String pattern, String[] parts) {
    String[] wanted = pattern.split("\\.", parts.length);
    for (int i = 1; i <= wanted.length; i++) {
      if (!matchesPart(wanted[wanted.length - i], parts[parts.length - i])) {
        return false;
      }
    }
    return true;
  }

  private static boolean matchesPart(String pattern, String name) {
    int star = pattern.indexOf('*');
    if (star < 0) {
      return pattern.equals(name);
    }
    String head = pattern.substring(0, star);
    String rest = pattern.substring(star + 1);
    if (!name.startsWith(head)) {
      return false;
    }
    for (int from = head.length(); from <= name.length(); from++) {
      if (matchesPart(rest, name.substring(from))) {
        return true;
      }
    }
    return false;
  }
}
