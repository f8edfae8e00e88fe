package io.querytrail.audit.prices;

import io.querytrail.audit.money.NameRule;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Which names of models an entry is for; one of the keys is given. */
public record NameLine(
    @Nullable String exactly,
    @Nullable String startsWith,
    @Nullable String endsWith,
    @Nullable String contains,
    @Nullable String regex,
    @Nullable List<NameLine> any,
    @Nullable List<NameLine> all) {
  /**
   * @throws IllegalArgumentException when none or several are given, or a pattern is none
   */
  NameRule rule() {
    long given =
        Stream.of(exactly, startsWith, endsWith, contains, regex, any, all)
            .filter(Objects::nonNull)
            .count();
    if (given != 1) {
      throw new IllegalArgumentException(
          "names "
              + given
              + " rules; use one of exactly, startsWith, endsWith, contains, regex, any, all");
    }
    if (exactly != null) {
      return new NameRule.Equal(exactly);
    }
    if (startsWith != null) {
      return new NameRule.StartsWith(startsWith);
    }
    if (endsWith != null) {
      return new NameRule.EndsWith(endsWith);
    }
    if (contains != null) {
      return new NameRule.Contains(contains);
    }
    if (regex != null) {
      return new NameRule.Matches(pattern(regex));
    }
    return any != null ? new NameRule.Any(rules(any)) : new NameRule.All(rules(all));
  }

  private static List<NameRule> rules(@Nullable List<NameLine> lines) {
    return lines == null ? List.of() : lines.stream().map(NameLine::rule).toList();
  }

  private static Pattern pattern(String regex) {
    try {
      return Pattern.compile(regex);
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException("regex is '" + regex + "', " + e.getDescription(), e);
    }
  }
}
