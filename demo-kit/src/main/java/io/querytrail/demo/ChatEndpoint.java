package io.querytrail.demo;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import io.querytrail.demo.Fault.Effect;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One call from its bytes to its answer: key, question, fault, time, answer, log. */
final class ChatEndpoint implements HttpHandler {
  private static final Logger LOG = LoggerFactory.getLogger(ChatEndpoint.class);
  private static final int MAX_BODY_BYTES = 16 << 20;
  private static final Duration MAX_HANG = Duration.ofMinutes(10);

  private final WireFormat format;
  private final ModelServer.Options options;
  private final ShopModel model;
  private final Faults faults;
  private final ServedLog served;
  private final Clock clock;
  private final AtomicLong answers = new AtomicLong();

  ChatEndpoint(
      WireFormat format,
      ModelServer.Options options,
      ShopModel model,
      Faults faults,
      ServedLog served,
      Clock clock) {
    this.format = format;
    this.options = options;
    this.model = model;
    this.faults = faults;
    this.served = served;
    this.clock = clock;
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = exchange.getRequestBody().readNBytes(MAX_BODY_BYTES + 1);
      if (!mayPass(exchange)) {
        refuse(exchange, format.error(401));
      } else if (!exchange.getRequestMethod().equals("POST")) {
        refuse(exchange, format.error(405));
      } else if (body.length > MAX_BODY_BYTES) {
        refuse(exchange, format.error(413));
      } else {
        answer(exchange, body);
      }
    } catch (InterruptedException e) {
      // The server stops; whoever still waits sees the connection end.
      Thread.currentThread().interrupt();
    }
  }

  private void answer(HttpExchange exchange, byte[] body) throws IOException, InterruptedException {
    ChatRequest request;
    try {
      request = format.parse(exchange.getRequestURI().getPath(), body);
    } catch (MalformedRequestException e) {
      refuse(exchange, format.badRequest(String.valueOf(e.getMessage())));
      return;
    }
    answer(exchange, request);
  }

  private boolean mayPass(HttpExchange exchange) {
    String key = options.apiKey();
    String sent = format.key(exchange.getRequestHeaders());
    return key == null
        || (sent != null
            && MessageDigest.isEqual(
                sent.getBytes(StandardCharsets.UTF_8), key.getBytes(StandardCharsets.UTF_8)));
  }

  private void refuse(HttpExchange exchange, Reply reply) throws IOException {
    log("", "", "", TokenUsage.NONE, reply.status(), "");
    reply.send(exchange);
  }

  private void answer(HttpExchange exchange, ChatRequest request)
      throws IOException, InterruptedException {
    String question = model.question(request);
    Optional<Fault> fault = faults.strike(question);
    if (fault.isPresent()) {
      Thread.sleep(fault.get().delay());
      fail(exchange, request, question, fault.get());
    } else {
      Thread.sleep(options.latency().of(question));
      proper(request, question, model.answer(request), "").send(exchange);
    }
  }

  private void fail(HttpExchange exchange, ChatRequest request, String question, Fault fault)
      throws IOException, InterruptedException {
    switch (fault.effect()) {
      case Effect.Slow _ -> {
        Thread.sleep(options.latency().of(question));
        proper(request, question, model.answer(request), fault.name()).send(exchange);
      }
      case Effect.Words words ->
          proper(request, question, model.say(request, words.content()), fault.name())
              .send(exchange);
      case Effect.Ends ends ->
          proper(request, question, model.answer(request).endedBy(ends.ending()), fault.name())
              .send(exchange);
      case Effect.Truncated _ ->
          proper(request, question, model.answer(request), fault.name()).sendHalf(exchange);
      case Effect.Drip drip ->
          proper(request, question, model.answer(request), fault.name())
              .sendSlowly(exchange, drip.interval());
      case Effect.Status error -> {
        log("", request.model(), question, TokenUsage.NONE, error.status(), fault.name());
        error(error).send(exchange);
      }
      case Effect.Body body -> {
        log("", request.model(), question, TokenUsage.NONE, 200, fault.name());
        Reply.json(200, body.body()).send(exchange);
      }
      case Effect.Hang _ -> {
        log("", request.model(), question, TokenUsage.NONE, 0, fault.name());
        Thread.sleep(MAX_HANG);
      }
    }
  }

  private Reply proper(ChatRequest request, String question, Completion completion, String fault) {
    String id = format.id(answers.incrementAndGet());
    Reply reply = format.answer(id, clock.instant(), request, completion);
    // What a filter stopped is an error to some providers, and then it is not paid.
    TokenUsage usage = reply.status() == 200 ? completion.usage() : TokenUsage.NONE;
    log(id, request.model(), question, usage, reply.status(), fault);
    return reply.with(Map.of("x-request-id", id));
  }

  private Reply error(Effect.Status error) {
    return error.body().isEmpty()
        ? format.error(error.status(), error.retryAfterSeconds())
        : JsonText.withRetryAfter(
            Reply.json(error.status(), error.body()), error.retryAfterSeconds());
  }

  private void log(
      String id, String modelName, String question, TokenUsage usage, int status, String fault) {
    served.add(new Served(id, clock.instant(), modelName, question, usage, status, fault));
    LOG.atDebug().addKeyValue("model", modelName).addKeyValue("status", status).log("Served");
  }
}
