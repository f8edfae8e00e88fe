package io.querytrail.demo;

/** The sample database could not be made; the message says why. */
public final class ShopDatabaseException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  ShopDatabaseException(String message) {
    super(message);
  }

  ShopDatabaseException(String message, Throwable cause) {
    super(message, cause);
  }
}
