package io.querytrail.demo;

/** A request that the wire format does not allow; the message is for the client. */
final class MalformedRequestException extends Exception {
  private static final long serialVersionUID = 1L;

  MalformedRequestException(String message) {
    super(message);
  }
}
