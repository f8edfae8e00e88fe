package io.querytrail.generator.prompt;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a person asks, and how they speak. All of it is data.
 *
 * @param role what the person does
 * @param locale BCP 47 tag
 * @param timeZone IANA name
 * @param terms business term to definition
 */
public record Question(
    String text,
    @Nullable String role,
    @Nullable String locale,
    @Nullable String timeZone,
    Map<String, String> terms) {
  public Question {
    terms = Map.copyOf(terms);
  }
}
