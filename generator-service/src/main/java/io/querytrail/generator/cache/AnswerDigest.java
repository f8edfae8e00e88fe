package io.querytrail.generator.cache;

import io.querytrail.generator.digest.TextDigest;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Digest of named texts. Used once, by one thread. */
public final class AnswerDigest {
  private final TextDigest digest = new TextDigest();

  public AnswerDigest() {}

  /** One text, or that there is none. */
  public AnswerDigest text(String name, @Nullable String text) {
    digest.text(name);
    digest.text(text);
    return this;
  }

  /** Several texts, whose order counts. */
  public AnswerDigest texts(String name, Collection<String> texts) {
    digest.text(name);
    digest.texts(texts);
    return this;
  }

  /** Pairs of texts, whose order does not count. */
  public AnswerDigest pairs(String name, Map<String, String> pairs) {
    digest.text(name);
    digest.count(pairs.size());
    new TreeMap<>(pairs)
        .forEach((key, value) -> {
          digest.text(key);
          digest.text(value);
        });
    return this;
  }

  /** 64 hexadecimal digits. */
  public String hex() {
    return digest.hex();
  }
}
