package io.querytrail.sink.log;

import org.jspecify.annotations.Nullable;

/** What very many requests of an account have in common, so that it is stored once for them. */
public record RequestSettings(
    String account,
    @Nullable Long policyVersion,
    @Nullable String currency,
    @Nullable String priceVersion,
    @Nullable String schemaFingerprint,
    @Nullable String promptVersion,
    String chainKeyId) {
  /** As PostgreSQL can hold them. */
  public RequestSettings {
    account = String.valueOf(StorableText.of(account));
    currency = StorableText.of(currency);
    priceVersion = StorableText.of(priceVersion);
    schemaFingerprint = StorableText.of(schemaFingerprint);
    promptVersion = StorableText.of(promptVersion);
    chainKeyId = String.valueOf(StorableText.of(chainKeyId));
  }
}
