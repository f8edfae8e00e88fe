package io.querytrail.audit.chain;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/**
 * What of a record is sealed, as lines of {@code name=length:value}. Texts of people and models go
 * in as digests, so that they can be erased later and the chain still holds.
 */
public final class ChainContent {
  private final StringBuilder lines = new StringBuilder(512);

  /** A value that stays readable for as long as the record does. */
  public ChainContent value(String name, Object value) {
    String text = value.toString();
    // The length keeps a value from passing for the lines after it.
    lines.append(name).append('=').append(text.length()).append(':').append(text).append('\n');
    return this;
  }

  /** A value that may be missing, which is not the same as empty. */
  public ChainContent value(String name, Optional<?> value) {
    return value.isPresent() ? value(name, value.get()) : missing(name);
  }

  /** A text that may be erased one day. */
  public ChainContent text(String name, Optional<String> text) {
    return text.isPresent() ? value(name + ".sha256", digest(text.get())) : missing(name);
  }

  private ChainContent missing(String name) {
    lines.append(name).append('\n');
    return this;
  }

  String canonical() {
    return lines.toString();
  }

  /** SHA-256 of all of it, hexadecimal. */
  public String digest() {
    return digest(canonical());
  }

  private static String digest(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
