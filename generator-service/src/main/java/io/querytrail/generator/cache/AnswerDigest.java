package io.querytrail.generator.cache;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * SHA-256 of named texts. Each goes in behind its length, so that no two sets of them read the
 * same. Used once, by one thread.
 */
public final class AnswerDigest {
  private static final int ABSENT = -1;

  private final MessageDigest digest;

  public AnswerDigest() {
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** One text, or that there is none. */
  public AnswerDigest text(String name, @Nullable String text) {
    add(name);
    add(text);
    return this;
  }

  /** Several texts, whose order counts. */
  public AnswerDigest texts(String name, Collection<String> texts) {
    add(name);
    count(texts.size());
    texts.forEach(this::add);
    return this;
  }

  /** Pairs of texts, whose order does not count. */
  public AnswerDigest pairs(String name, Map<String, String> pairs) {
    add(name);
    count(pairs.size());
    new TreeMap<>(pairs)
        .forEach((key, value) -> {
          add(key);
          add(value);
        });
    return this;
  }

  /** 64 hexadecimal digits. */
  public String hex() {
    return HexFormat.of().formatHex(digest.digest());
  }

  private void add(@Nullable String text) {
    if (text == null) {
      count(ABSENT);
      return;
    }
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    count(bytes.length);
    digest.update(bytes);
  }

  private void count(int count) {
    digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, count));
  }
}
