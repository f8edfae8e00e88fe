package io.querytrail.demo;

import java.util.List;

/**
 * What a provider is asked, whatever its wire format.
 *
 * @param maxTokens ceiling of the answer
 */
record ChatRequest(String model, List<Message> messages, int maxTokens) {
  static final int NO_CEILING = Integer.MAX_VALUE;

  /** One turn of the conversation; roles are system, user and assistant. */
  record Message(String role, String text) {}

  ChatRequest {
    messages = List.copyOf(messages);
  }
}
