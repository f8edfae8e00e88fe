package io.querytrail.generator.provider;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import io.querytrail.generator.model.Attempt;
import io.querytrail.generator.model.ErrorType;
import io.querytrail.generator.model.Message;
import io.querytrail.generator.model.ModelAnswer;
import io.querytrail.generator.model.ModelCall;
import io.querytrail.generator.model.ModelClient;
import java.net.http.HttpClient;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls one provider, once per call: retries are for others to decide. langchain4j writes the
 * request and reads the answer's text; what is paid for is read from the raw body. Safe for use by
 * any number of threads.
 */
public final class ChatModelClient implements ModelClient {
  private static final Logger LOG = LoggerFactory.getLogger(ChatModelClient.class);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int MAX_MODEL_NAME = 128;

  private final WireFormat format;
  private final Endpoint endpoint;
  private final ChatModel model;
  private final Clock clock;

  public ChatModelClient(Protocol protocol, Endpoint endpoint, HttpClient http, Clock clock) {
    this.format = protocol.format();
    this.endpoint = endpoint;
    this.model = format.model(endpoint, new BoundedHttpClientBuilder(http, endpoint.headers()));
    this.clock = clock;
  }

  @Override
  public ModelAnswer generate(ModelCall call) {
    Instant startedAt = clock.instant();
    long start = System.nanoTime();
    Exchange exchange =
        new Exchange(start + Duration.between(startedAt, call.deadline()).toNanos());
    String text = null;
    RuntimeException thrown = null;
    try {
      text =
          ScopedValue.where(BoundedHttpClient.EXCHANGE, exchange)
              .call(() -> model.chat(request(call)).aiMessage().text());
    } catch (RuntimeException e) {
      // Whatever langchain4j makes of it: the exchange knows what happened.
      thrown = e;
    }
    Duration latency = Duration.ofNanos(System.nanoTime() - start);
    return new Outcome(format, call, exchange, startedAt, latency).of(text, thrown);
  }

  private ChatRequest request(ModelCall call) {
    List<ChatMessage> messages = call.messages().stream().map(ChatModelClient::message).toList();
    return ChatRequest.builder()
        .messages(messages)
        .parameters(format.parameters(call, endpoint))
        .build();
  }

  private static ChatMessage message(Message message) {
    return switch (message.role()) {
      case SYSTEM -> SystemMessage.from(message.text());
      case USER -> UserMessage.from(message.text());
      case ASSISTANT -> AiMessage.from(message.text());
    };
  }

  /** Puts a name to how a call ended. */
  private record Outcome(
      WireFormat format, ModelCall call, Exchange exchange, Instant startedAt, Duration latency) {
    ModelAnswer of(@Nullable String text, @Nullable RuntimeException thrown) {
      Exchange.Broken broken = exchange.broken();
      if (broken != null) {
        return failure(broken.error(), broken.message(), broken.sent(), null, null);
      }
      Exchange.Response response = exchange.response();
      if (response == null) {
        // Only the kind: the text may quote a header, and with it the key.
        LOG.atError()
            .addKeyValue("model", call.model())
            .addKeyValue("error", thrown == null ? "none" : thrown.getClass().getName())
            .log("model call failed before it was sent");
        return failure(
            ErrorType.INTERNAL, "the request was not made", exchange.hasBegun(), null, null);
      }
      JsonNode body = json(response.body());
      if (response.status() / 100 != 2) {
        ErrorCodes codes = format.errorCodes(body);
        return failure(
            ProviderError.type(response.status(), codes),
            ProviderError.message(response.status(), codes),
            true,
            response,
            body);
      }
      return success(response, body, text, thrown);
    }

    private ModelAnswer success(
        Exchange.Response response,
        JsonNode body,
        @Nullable String text,
        @Nullable RuntimeException thrown) {
      Optional<ErrorType> problem = format.problem(body);
      if (problem.isPresent()) {
        return failure(problem.get(), words(problem.get()), true, response, body);
      }
      if (thrown != null) {
        return failure(
            ErrorType.BAD_RESPONSE,
            "the body is not what the wire format promises",
            true,
            response,
            body);
      }
      if (text == null || text.isBlank()) {
        return failure(ErrorType.EMPTY, "the model wrote nothing", true, response, body);
      }
      return new ModelAnswer.Text(text, call.model(), List.of(attempt(true, null, response, body)));
    }

    private String words(ErrorType problem) {
      return problem == ErrorType.TRUNCATED
          ? "the answer ended at the ceiling of %d output tokens".formatted(call.maxOutputTokens())
          : "the model declined to answer";
    }

    private ModelAnswer failure(
        ErrorType error,
        String message,
        boolean sent,
        Exchange.@Nullable Response response,
        @Nullable JsonNode body) {
      Duration retryAfter =
          response == null
              ? null
              : RetryAfter.read(response.headers(), startedAt.plus(latency))
                  .or(() -> RetryAfter.read(body))
                  .orElse(null);
      return new ModelAnswer.Failure(
          error, message, List.of(attempt(sent, error, response, body)), retryAfter);
    }

    private Attempt attempt(
        boolean sent,
        @Nullable ErrorType error,
        Exchange.@Nullable Response response,
        @Nullable JsonNode body) {
      return new Attempt(
          call.model(),
          body == null ? null : modelName(body),
          call.purpose(),
          sent,
          startedAt,
          latency,
          error,
          response == null ? null : response.status(),
          body == null ? null : format.usage(body));
    }

    private @Nullable String modelName(JsonNode body) {
      String name = format.modelName(body);
      return name == null || name.length() > MAX_MODEL_NAME ? null : name;
    }

    private static JsonNode json(String body) {
      try {
        JsonNode node = JSON.readTree(body);
        return node == null ? MissingNode.getInstance() : node;
      } catch (JsonProcessingException e) {
        return MissingNode.getInstance();
      }
    }
  }
}
