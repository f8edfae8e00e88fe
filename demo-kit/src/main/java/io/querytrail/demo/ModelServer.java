package io.querytrail.demo;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * A model provider on loopback that knows the sample shop, in four wire formats: OpenAI's chat
 * completions under {@link #baseUrl}, Anthropic's, Google's and Ollama's beside it. What it served
 * is at {@code GET /_served} as JSON lines, faults to inject at {@code POST /_fault} and to clear
 * at {@code DELETE /_fault}. A virtual thread per call; any number at a time.
 */
public final class ModelServer implements AutoCloseable {
  private static final String HOST = "127.0.0.1";

  /** Connections that wait to be accepted when a thousand calls begin together. */
  private static final int BACKLOG = 2048;

  private static final WireFormat ANTHROPIC = new AnthropicFormat();
  private static final WireFormat GEMINI = new GeminiFormat();
  private static final WireFormat OLLAMA = new OllamaFormat();
  private static final List<WireFormat> FORMATS =
      List.of(new OpenAiFormat(), ANTHROPIC, GEMINI, OLLAMA);

  private final HttpServer http;
  private final ExecutorService threads;
  private final Faults faults;
  private final ServedLog served;

  private ModelServer(HttpServer http, ExecutorService threads, Faults faults, ServedLog served) {
    this.http = http;
    this.threads = threads;
    this.faults = faults;
    this.served = served;
  }

  /**
   * How it behaves.
   *
   * @param port 0 for a free one
   * @param apiKey null if any key, or none, will do
   * @param models what {@code GET /models} lists; any other name is answered as well
   * @param servedLimit how many calls the log of what was served remembers
   * @param faults to strike from the start
   */
  public record Options(
      int port,
      @Nullable String apiKey,
      Latency latency,
      List<String> models,
      int servedLimit,
      List<Fault> faults) {
    private static final int SERVED_LIMIT = 100_000;

    public Options {
      models = List.copyOf(models);
      faults = List.copyOf(faults);
      if (servedLimit < 1) {
        throw new IllegalArgumentException("servedLimit must be 1 or more, not " + servedLimit);
      }
    }

    /** A free port, any key, realistic latency, no faults. */
    public static Options defaults() {
      return new Options(
          0,
          null,
          Latency.REALISTIC,
          List.of("gpt-4o-mini", "gpt-4o", "gpt-4.1-mini", "gpt-4.1", "gpt-5-mini"),
          SERVED_LIMIT,
          List.of());
    }

    /** The same on this port. */
    public Options withPort(int value) {
      return new Options(value, apiKey, latency, models, servedLimit, faults);
    }

    /** The same for callers with this key only. */
    public Options withApiKey(String value) {
      return new Options(port, value, latency, models, servedLimit, faults);
    }

    /** The same at this pace. */
    public Options withLatency(Latency value) {
      return new Options(port, apiKey, value, models, servedLimit, faults);
    }

    /** The same with this list of models. */
    public Options withModels(List<String> value) {
      return new Options(port, apiKey, latency, value, servedLimit, faults);
    }

    /** The same with another memory. */
    public Options withServedLimit(int value) {
      return new Options(port, apiKey, latency, models, value, faults);
    }

    /** The same with these faults. */
    public Options withFaults(List<Fault> value) {
      return new Options(port, apiKey, latency, models, servedLimit, value);
    }

    @Override
    public String toString() {
      return "Options[port=" + port + ", latency=" + latency + ", models=" + models + "]";
    }
  }

  /** Starts to answer on 127.0.0.1. */
  public static ModelServer start(Options options) {
    return start(options, Clock.systemUTC());
  }

  static ModelServer start(Options options, Clock clock) {
    HttpTuning.apply();
    Faults faults = new Faults();
    options.faults().forEach(faults::add);
    ServedLog served = new ServedLog(options.servedLimit());
    ControlEndpoint control = new ControlEndpoint(faults, served);
    HttpServer http = bind(options.port());
    ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    http.setExecutor(threads);
    ShopModel model = new ShopModel();
    for (WireFormat format : FORMATS) {
      HttpHandler calls = new ChatEndpoint(format, options, model, faults, served, clock);
      http.createContext(
          format.context(),
          exchange -> {
            if (format.serves(exchange.getRequestURI().getPath())) {
              calls.handle(exchange);
            } else {
              notFound(exchange);
            }
          });
    }
    route(
        http,
        OpenAiFormat.BASE_PATH + "/models",
        exchange -> {
          try (exchange) {
            OpenAiFormat.models(options.models(), clock.instant()).send(exchange);
          }
        });
    route(http, "/_served", control::served);
    route(http, "/_fault", control::fault);
    http.createContext("/", ModelServer::notFound);
    http.start();
    return new ModelServer(http, threads, faults, served);
  }

  private static HttpServer bind(int port) {
    try {
      return HttpServer.create(new InetSocketAddress(InetAddress.getByName(HOST), port), BACKLOG);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "The model server cannot listen on " + HOST + ":" + port + "; is the port taken?", e);
    }
  }

  /** The JDK's server takes a path for all that begins like it. */
  private static void route(HttpServer http, String path, HttpHandler handler) {
    http.createContext(
        path,
        exchange -> {
          if (exchange.getRequestURI().getPath().equals(path)) {
            handler.handle(exchange);
          } else {
            notFound(exchange);
          }
        });
  }

  private static void notFound(HttpExchange exchange) throws IOException {
    try (exchange) {
      OpenAiFormat.notFound(exchange.getRequestURI().getPath()).send(exchange);
    }
  }

  /** What clients of OpenAI's format take as base URL, such as {@code http://127.0.0.1:8089/v1}. */
  public String baseUrl() {
    return rootUrl() + OpenAiFormat.BASE_PATH;
  }

  /** What clients of Anthropic's format take as base URL. */
  public String anthropicBaseUrl() {
    return rootUrl() + ANTHROPIC.basePath();
  }

  /** What clients of Google's format take as base URL. */
  public String geminiBaseUrl() {
    return rootUrl() + GEMINI.basePath();
  }

  /** What clients of Ollama's format take as base URL. */
  public String ollamaBaseUrl() {
    return rootUrl() + OLLAMA.basePath();
  }

  /** Where {@code /_served} and {@code /_fault} are. */
  public String rootUrl() {
    return "http://" + HOST + ":" + http.getAddress().getPort();
  }

  /** The calls so far, oldest first, as many as it remembers. */
  public List<Served> served() {
    return served.calls();
  }

  /** Arms a fault; those armed earlier strike first. */
  public void inject(Fault fault) {
    faults.add(fault);
  }

  /** Disarms all faults. */
  public void clearFaults() {
    faults.clear();
  }

  /** Stops at once: calls that still wait see their connection end. */
  @Override
  public void close() {
    threads.shutdownNow();
    http.stop(0);
    threads.close();
  }

  /**
   * A process of its own: {@code --port N --latency-ms MEDIAN --seed N --key KEY}. Prints its base
   * URL as the first line.
   */
  public static void main(String[] arguments) throws InterruptedException {
    Options options;
    try {
      options = ModelServerArguments.parse(List.of(arguments));
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage());
      System.exit(2);
      return;
    }
    ModelServer server = start(options);
    Runtime.getRuntime().addShutdownHook(new Thread(server::close));
    System.out.println(server.baseUrl());
    new CountDownLatch(1).await();
  }
}
