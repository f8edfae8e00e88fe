package io.querytrail.demo;

/**
 * What a call is paid by.
 *
 * @param promptTokens all tokens of the request, the cached ones among them
 * @param cachedTokens those of the prompt that an earlier request had at its beginning as well
 * @param completionTokens all tokens of the answer, those of reasoning among them
 * @param reasoningTokens always 0: this model does not think
 */
public record TokenUsage(
    int promptTokens, int cachedTokens, int completionTokens, int reasoningTokens) {
  /** Of a call that was refused. */
  public static final TokenUsage NONE = new TokenUsage(0, 0, 0, 0);
}
