package io.querytrail.generator.digest;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * SHA-256 of texts. Each goes in behind its length, so that no two sequences of them read the same.
 * Used once, by one thread.
 */
public final class TextDigest {
  private static final int ABSENT = -1;

  private final MessageDigest digest;

  public TextDigest() {
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** One text, or that there is none. */
  public void text(@Nullable String text) {
    if (text == null) {
      count(ABSENT);
      return;
    }
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    count(bytes.length);
    digest.update(bytes);
  }

  /** Several texts, whose order counts. */
  public void texts(Collection<String> texts) {
    count(texts.size());
    texts.forEach(this::text);
  }

  /** How many follow, or a number that stands for itself. */
  public void count(int count) {
    digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, count));
  }

  /** 64 hexadecimal digits. */
  public String hex() {
    return HexFormat.of().formatHex(digest.digest());
  }
}
