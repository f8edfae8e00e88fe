package io.querytrail.generator.model;

/** Kinds of failure; the code is what events, logs and metrics call it. */
public enum ErrorType {
  /** The provider did not answer in time. */
  TIMEOUT("timeout"),
  RATE_LIMITED("rate_limited"),
  /** The provider's own credit is used up: waiting does not help. */
  QUOTA_EXCEEDED("quota_exceeded"),
  AUTH("auth"),
  HTTP_4XX("http_4xx"),
  HTTP_5XX("http_5xx"),
  /** A status that is neither success nor error, such as a redirect. */
  HTTP_OTHER("http_other"),
  NETWORK("network"),
  /** The HTTP body is not what the provider's protocol promises. */
  BAD_RESPONSE("bad_response"),
  /** The model wrote something else than a JSON object. */
  NOT_JSON("not_json"),
  /** The model wrote a JSON object without the agreed keys and types. */
  WRONG_SHAPE("wrong_shape"),
  /** The answer ended at the ceiling of output tokens. */
  TRUNCATED("truncated"),
  /** The model or the provider's filter declined. */
  REFUSED("refused"),
  EMPTY("empty"),
  /** The model says that the schema does not hold what the question asks for. */
  UNANSWERABLE("unanswerable"),
  /** The database takes the statement for wrong, after all repairs. */
  PLAN_REFUSED("plan_refused"),
  UNKNOWN_PROVIDER("unknown_provider"),
  /** The model failed several times in a row and is left alone for a while. */
  BREAKER_OPEN("breaker_open"),
  /** The provider has as many calls at a time as it may. */
  BULKHEAD_FULL("bulkhead_full"),
  /** The admission allows no further send. */
  SENDS_EXHAUSTED("sends_exhausted"),
  /** The admission's deadline had passed before anything was sent. */
  DEADLINE("deadline"),
  INPUT_TOO_LARGE("input_too_large"),
  NO_SCHEMA("no_schema"),
  UNKNOWN_DATASOURCE("unknown_datasource"),
  /** The service was told to stop and could not wait any longer. */
  INTERRUPTED("interrupted"),
  /** The result is larger than a record may be. */
  RESULT_TOO_LARGE("result_too_large"),
  /** A bug of ours. */
  INTERNAL("internal");

  private final String code;

  ErrorType(String code) {
    this.code = code;
  }

  public String code() {
    return code;
  }
}
