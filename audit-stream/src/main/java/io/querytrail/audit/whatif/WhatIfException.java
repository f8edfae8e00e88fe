package io.querytrail.audit.whatif;

/** The replay cannot be made; the message says why. */
public final class WhatIfException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  WhatIfException(String message) {
    super(message);
  }
}
