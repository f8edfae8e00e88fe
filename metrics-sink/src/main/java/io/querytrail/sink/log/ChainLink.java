package io.querytrail.sink.log;

/** A record's place in its account's audit chain. */
public record ChainLink(long sequence, String keyId, String hash) {}
