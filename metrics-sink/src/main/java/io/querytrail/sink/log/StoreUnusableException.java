package io.querytrail.sink.log;

/** The store refuses to work in a way that no trying again will change: a person must act. */
public final class StoreUnusableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public StoreUnusableException(String message, Throwable cause) {
    super(message, cause);
  }
}
