package io.querytrail.safety;

import java.util.regex.Pattern;

/** Collations of pg_catalog: plain, ICU and of the operating system's locales. */
final class AllowedCollations {
  private static final Pattern NAMES =
      Pattern.compile(
          "C|POSIX|ucs_basic|default|unicode|pg_c_utf8"
              + "|[a-z]{2,3}(-[A-Za-z0-9]{2,8})*-x-icu"
              + "|[a-z]{2,3}_[A-Z]{2}(\\.(utf8|UTF-8))?");

  private AllowedCollations() {}

  static boolean contains(String name) {
    return NAMES.matcher(name).matches();
  }
}
