package io.querytrail.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;

/** The paced model server in a process of its own, which ends with this one. */
final class PacedModelProcess implements AutoCloseable {
  private final Process process;
  private final int port;
  private final HttpClient control = HttpClient.newHttpClient();

  private PacedModelProcess(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  static PacedModelProcess start() throws IOException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-cp",
                System.getProperty("java.class.path"),
                PacedModelServer.class.getName())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
    BufferedReader out =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII));
    return new PacedModelProcess(process, Integer.parseInt(Objects.requireNonNull(out.readLine())));
  }

  String baseUrl() {
    return "http://127.0.0.1:" + port + "/v1";
  }

  /** The last call's body. */
  String lastBody() throws IOException, InterruptedException {
    return control
        .send(HttpRequest.newBuilder(uri("/last")).build(), BodyHandlers.ofString())
        .body();
  }

  /** From now on every so many calls one takes 5 seconds; 0 for none. */
  void slowEvery(int calls) throws IOException, InterruptedException {
    control.send(
        HttpRequest.newBuilder(uri("/slow/" + calls)).PUT(BodyPublishers.noBody()).build(),
        BodyHandlers.discarding());
  }

  Duration cpu() {
    return process.info().totalCpuDuration().orElse(Duration.ZERO);
  }

  private URI uri(String path) {
    return URI.create("http://127.0.0.1:" + port + path);
  }

  @Override
  public void close() {
    process.destroyForcibly();
    control.close();
  }
}
