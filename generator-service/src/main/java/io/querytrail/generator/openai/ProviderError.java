package io.querytrail.generator.openai;

import com.fasterxml.jackson.databind.JsonNode;
import io.querytrail.generator.model.ErrorType;
import java.util.Optional;
import java.util.regex.Pattern;

/** What a status and an error body of the provider mean. */
final class ProviderError {
  /** Machine-readable codes only: a provider's prose may quote the key or the prompt. */
  private static final Pattern CODE = Pattern.compile("[a-z][a-z_]{2,47}");

  private static final String QUOTA = "insufficient_quota";

  private ProviderError() {}

  static ErrorType type(int status, JsonNode body) {
    return switch (status) {
      case 401, 403 -> ErrorType.AUTH;
      case 408 -> ErrorType.TIMEOUT;
      case 429 ->
          code(body).filter(QUOTA::equals).isPresent()
              ? ErrorType.QUOTA_EXCEEDED
              : ErrorType.RATE_LIMITED;
      default -> byClass(status);
    };
  }

  static String message(int status, JsonNode body) {
    return "the provider answered HTTP " + status + code(body).map(code -> ", " + code).orElse("");
  }

  private static ErrorType byClass(int status) {
    return switch (status / 100) {
      case 4 -> ErrorType.HTTP_4XX;
      case 5 -> ErrorType.HTTP_5XX;
      default -> ErrorType.HTTP_OTHER;
    };
  }

  private static Optional<String> code(JsonNode body) {
    JsonNode error = body.path("error");
    return Optional.ofNullable(error.path("code").textValue())
        .or(() -> Optional.ofNullable(error.path("type").textValue()))
        .filter(code -> CODE.matcher(code).matches());
  }
}
