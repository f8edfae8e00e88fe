package io.querytrail.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ModelServerProcessIT {
  @Test
  void runsOnItsOwnAndPrintsWhereItIs() throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                ModelServer.class.getName(),
                "--latency-ms",
                "0",
                "--key",
                "sk-demo")
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader out =
            new BufferedReader(
                new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        ModelClient client = new ModelClient(out.readLine(), "sk-demo")) {
      assertThat(client.ask("How many customers do we have?").statusCode()).isEqualTo(200);
    } finally {
      process.destroyForcibly();
      process.onExit().join();
    }
  }

  @Test
  void saysWhatIsWrongWithItsArguments() {
    assertThat(ModelServerArguments.parse(List.of("--port", "8123", "--models", "a,b")))
        .extracting(ModelServer.Options::port, ModelServer.Options::models)
        .containsExactly(8123, List.of("a", "b"));
    assertThatThrownBy(() -> ModelServerArguments.parse(List.of("--port", "many")))
        .hasMessageContaining("--port needs a number, not many");
    assertThatThrownBy(() -> ModelServerArguments.parse(List.of("--port")))
        .hasMessageContaining("--port needs a value");
    assertThatThrownBy(() -> ModelServerArguments.parse(List.of("--prot", "1")))
        .hasMessageContaining("usage:");
  }
}
