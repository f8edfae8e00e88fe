package io.querytrail.generator.provider;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The machine-readable codes of an error. Nothing else of it is kept: a provider's prose may quote
 * the key or the prompt.
 *
 * @param filtered whether the provider's content filter stopped the answer
 */
record ErrorCodes(List<String> codes, boolean filtered) {
  private static final Pattern CODE = Pattern.compile("[A-Za-z][A-Za-z_]{2,47}");
  private static final Set<String> QUOTA =
      Set.of("insufficient_quota", "enforced_spend_limit_reached", "billing_error");
  private static final Set<String> AUTH = Set.of("API_KEY_INVALID");
  private static final Set<String> FILTER = Set.of("content_filter", "content_policy_violation");

  static ErrorCodes of(JsonNode... nodes) {
    return of(false, nodes);
  }

  static ErrorCodes of(boolean filtered, JsonNode... nodes) {
    List<String> codes =
        Stream.of(nodes)
            .map(JsonNode::textValue)
            .filter(Objects::nonNull)
            .filter(code -> CODE.matcher(code).matches())
            .distinct()
            .toList();
    return new ErrorCodes(codes, filtered || codes.stream().anyMatch(FILTER::contains));
  }

  boolean isQuota() {
    return codes.stream().anyMatch(QUOTA::contains);
  }

  boolean isAuth() {
    return codes.stream().anyMatch(AUTH::contains);
  }

  Optional<String> first() {
    return codes.stream().findFirst();
  }
}
