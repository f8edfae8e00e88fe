package io.querytrail.generator.provider;

import com.fasterxml.jackson.databind.JsonNode;
import dev.langchain4j.http.client.HttpClientBuilder;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import io.querytrail.generator.model.ErrorType;
import io.querytrail.generator.model.ModelCall;
import io.querytrail.generator.model.Usage;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * All that is a provider's own. langchain4j writes the request and reads the text; what is paid for
 * and how an answer ended is read from the raw body here.
 */
interface WireFormat {
  /** langchain4j asks for a key at the start; the real one comes with each call. */
  String NO_KEY = "set-with-each-call";

  ChatModel model(Endpoint endpoint, HttpClientBuilder http);

  ChatRequestParameters parameters(ModelCall call, Endpoint endpoint);

  /** Null when nothing is known at all. */
  @Nullable Usage usage(JsonNode body);

  /** Why a well-formed answer is none; empty where it ended in order. */
  Optional<ErrorType> problem(JsonNode body);

  /** The model that the provider says it used. */
  @Nullable String modelName(JsonNode body);

  /** What an error body says in the provider's own codes, the most telling first. */
  ErrorCodes errorCodes(JsonNode body);
}
