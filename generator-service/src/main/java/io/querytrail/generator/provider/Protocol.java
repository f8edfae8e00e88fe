package io.querytrail.generator.provider;

/** A wire format that models are served in. */
public enum Protocol {
  /** OpenAI's chat completions, and every server that is compatible with them. */
  OPENAI(new OpenAiFormat(), 1.0, 150),
  /** Anthropic's messages. */
  ANTHROPIC(new AnthropicFormat(), 1.5, 400),
  /** Google's generateContent. */
  GEMINI(new GeminiFormat(), 1.5, 150),
  /** Ollama's own chat. */
  OLLAMA(new OllamaFormat(), 1.5, 150);

  private final WireFormat format;
  private final double tokenFactor;
  private final int schemaTokens;

  Protocol(WireFormat format, double tokenFactor, int schemaTokens) {
    this.format = format;
    this.tokenFactor = tokenFactor;
    this.schemaTokens = schemaTokens;
  }

  WireFormat format() {
    return format;
  }

  /**
   * How many tokens of {@link O200kTokenCounter} stay below a ceiling of the provider's own, which
   * may cut a text into more, and counts the schema of the answer as well.
   */
  public int countedTokens(int ceiling) {
    return Math.max(0, (int) ((ceiling - schemaTokens) / tokenFactor));
  }
}
