package io.querytrail.demo;

import com.sun.net.httpserver.Headers;
import java.time.Instant;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** All that knows one provider's wire format: paths, the place of the key, requests, answers. */
interface WireFormat {
  /** What clients put before the paths. */
  String basePath();

  /** Context of the JDK's server that the calls come to. */
  String context();

  /** Whether a call comes to this path. */
  boolean serves(String path);

  /** The key that a client sends; null if none. */
  @Nullable String key(Headers headers);

  ChatRequest parse(String path, byte[] body) throws MalformedRequestException;

  /** The id of an answer, as this provider writes them. */
  String id(long number);

  Reply answer(String id, Instant at, ChatRequest request, Completion completion);

  Reply badRequest(String message);

  /** What the provider says with this status. */
  Reply error(int status, OptionalInt retryAfterSeconds);

  default Reply error(int status) {
    return error(status, OptionalInt.empty());
  }
}
