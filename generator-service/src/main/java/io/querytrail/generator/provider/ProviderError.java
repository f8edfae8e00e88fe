package io.querytrail.generator.provider;

import io.querytrail.generator.model.ErrorType;

/** What a status and the codes of an error mean. */
final class ProviderError {
  private ProviderError() {}

  static ErrorType type(int status, ErrorCodes codes) {
    if (codes.filtered()) {
      return ErrorType.REFUSED;
    }
    return switch (status) {
      case 401, 403 -> ErrorType.AUTH;
      case 402 -> ErrorType.QUOTA_EXCEEDED;
      case 408 -> ErrorType.TIMEOUT;
      case 429 -> codes.isQuota() ? ErrorType.QUOTA_EXCEEDED : ErrorType.RATE_LIMITED;
      default -> byClass(status, codes);
    };
  }

  static String message(int status, ErrorCodes codes) {
    return "the provider answered HTTP "
        + status
        + codes.first().map(code -> ", " + code).orElse("");
  }

  private static ErrorType byClass(int status, ErrorCodes codes) {
    return switch (status / 100) {
      case 4 -> codes.isAuth() ? ErrorType.AUTH : ErrorType.HTTP_4XX;
      case 5 -> ErrorType.HTTP_5XX;
      default -> ErrorType.HTTP_OTHER;
    };
  }
}
