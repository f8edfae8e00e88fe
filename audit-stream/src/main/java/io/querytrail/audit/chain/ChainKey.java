package io.querytrail.audit.chain;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** The key that seals audit records. Whoever does not have it cannot change one unnoticed. */
public final class ChainKey {
  /** Fewer bytes could be guessed. */
  public static final int MIN_BYTES = 16;

  private static final String ALGORITHM = "HmacSHA256";

  private final String id;
  private final SecretKeySpec key;

  /**
   * @param id public name of the key, written on every record it seals
   * @throws IllegalArgumentException when the secret is shorter than 16 bytes
   */
  public ChainKey(String id, String secret) {
    byte[] bytes = secret.getBytes(StandardCharsets.UTF_8);
    if (bytes.length < MIN_BYTES) {
      throw new IllegalArgumentException("the chain key has fewer than " + MIN_BYTES + " bytes");
    }
    this.id = id;
    this.key = new SecretKeySpec(bytes, ALGORITHM);
  }

  public String id() {
    return id;
  }

  /** HMAC-SHA-256 of a text, hexadecimal. */
  public String digest(String text) {
    return HexFormat.of().formatHex(mac().doFinal(text.getBytes(StandardCharsets.UTF_8)));
  }

  private Mac mac() {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(key);
      return mac;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has " + ALGORITHM, e);
    }
  }

  /** The seal of a record that follows the one sealed {@code previousHash}; hexadecimal. */
  public String seal(String previousHash, ChainContent content) {
    Mac mac = mac();
    mac.update(previousHash.getBytes(StandardCharsets.UTF_8));
    mac.update((byte) '\n');
    mac.update(content.canonical().getBytes(StandardCharsets.UTF_8));
    return HexFormat.of().formatHex(mac.doFinal());
  }
}
