package io.querytrail.generator.cache;

/** A cache did not do what it was told in time. */
public final class CacheUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public CacheUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
