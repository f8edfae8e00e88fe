package io.querytrail.demo;

/** Why a model stopped. */
public enum Ending {
  /** It had said all. */
  DONE,
  /** The ceiling of tokens ended it. */
  MAX_TOKENS,
  /** The model declined. */
  REFUSAL,
  /** The provider's filter stopped the answer. */
  CONTENT_FILTER
}
