package io.querytrail.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.querytrail.audit.AuditStreamConfig;
import io.querytrail.generator.GeneratorConfig;
import io.querytrail.service.ConfigFile;
import io.querytrail.service.ValidConfig;
import io.querytrail.sink.MetricsSinkConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * docker-compose.yml fits the services and the distribution, as far as can be seen without Docker.
 */
final class ComposeTest {
  private static final Path ROOT = Path.of("..");
  private static final Map<String, Class<? extends ValidConfig>> CONFIGS =
      Map.of(
          "audit-stream", AuditStreamConfig.class,
          "generator-service", GeneratorConfig.class,
          "metrics-sink", MetricsSinkConfig.class);

  /** ${NAME}, ${NAME:-default} or ${NAME:?message}. */
  private static final Pattern VARIABLE = Pattern.compile("\\$\\{(\\w+)(?::([-?])([^}]*))?}");

  private static final Set<String> READ_BY_THE_LAUNCHER = Set.of("JAVA_OPTS");

  private final Map<String, Object> services = map(load().get("services"));

  private static Map<String, Object> load() {
    try {
      String text = Files.readString(ROOT.resolve("docker-compose.yml"));
      return map(new Yaml(new SafeConstructor(new LoaderOptions())).load(text));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static Map<String, Object> map(@Nullable Object node) {
    Map<String, Object> map = new LinkedHashMap<>();
    ((Map<?, ?>) Objects.requireNonNull(node)).forEach((key, value) -> map.put("" + key, value));
    return map;
  }

  private Map<String, Object> service(String name) {
    return map(services.get(name));
  }

  @Test
  void hasEverythingThatIsNeeded() {
    assertThat(services)
        .containsOnlyKeys(
            "kafka",
            "postgres",
            "topics",
            "log-database",
            "generator-service",
            "audit-stream",
            "metrics-sink");
  }

  @ParameterizedTest
  @ValueSource(strings = {"kafka", "postgres", "generator-service", "audit-stream", "metrics-sink"})
  void checksHealthOfWhatGoesOnRunning(String name) {
    Map<String, Object> health = map(service(name).get("healthcheck"));

    assertThat(health).containsKeys("test", "interval", "timeout", "retries");
    if (CONFIGS.containsKey(name)) {
      assertThat(String.valueOf(health.get("test")))
          .contains(":" + environment(name).get("HTTP_PORT") + "/health/ready");
    }
  }

  @Test
  void startsEachPartWhenWhatItNeedsIsThere() {
    assertThat(conditions("topics")).isEqualTo(Map.of("kafka", "service_healthy"));
    String created = "service_completed_successfully";
    assertThat(conditions("audit-stream")).isEqualTo(Map.of("topics", created));
    assertThat(conditions("generator-service")).isEqualTo(Map.of("topics", created));
    assertThat(conditions("metrics-sink"))
        .isEqualTo(Map.of("topics", created, "log-database", created));
    assertThat(conditions("log-database")).isEqualTo(Map.of("postgres", "service_healthy"));
  }

  private Map<String, Object> conditions(String name) {
    Map<String, Object> conditions = new LinkedHashMap<>();
    map(service(name).get("depends_on"))
        .forEach((other, wanted) ->
            conditions.put(other, Objects.requireNonNull(map(wanted).get("condition"))));
    return conditions;
  }

  @ParameterizedTest
  @ValueSource(strings = {"topics", "log-database"})
  void preparesByCommandsThatAreTaken(String name) {
    List<?> command = (List<?>) Objects.requireNonNull(service(name).get("command"));

    assertThat(command.getFirst()).isEqualTo("querytrail");
    QuerytrailCommand.commandLine()
        .parseArgs(command.stream().skip(1).map(Object::toString).toArray(String[]::new));
  }

  @ParameterizedTest
  @ValueSource(strings = {"generator-service", "audit-stream", "metrics-sink"})
  void givesEachServiceAConfigurationThatIsWhole(String name) throws IOException {
    // Given the command, whose image is the distribution
    List<?> command = (List<?>) Objects.requireNonNull(service(name).get("command"));
    assertThat(Files.readString(ROOT.resolve("Dockerfile")))
        .contains("COPY cli/target/dist /opt/querytrail");
    assertThat(Path.of("src/main/dist/bin", "" + command.getFirst())).isExecutable();
    assertThat(command.subList(1, 3))
        .isEqualTo(List.of("--config", "/opt/querytrail/config/" + name + ".yaml"));
    assertThat(Files.readString(Path.of("pom.xml")))
        .contains("<directory>../" + name + "/src/main/config</directory>");
    Path config = ROOT.resolve(name).resolve("src/main/config").resolve(name + ".yaml");

    // When it is read with what the container is given
    Map<String, String> environment = environment(name);
    ConfigFile.load(config, Objects.requireNonNull(CONFIGS.get(name)), environment);

    // Then nothing is given that nobody reads
    String text = Files.readString(config);
    assertThat(environment.keySet())
        .allSatisfy(variable ->
            assertThat(text.contains("${" + variable) || READ_BY_THE_LAUNCHER.contains(variable))
                .as("%s reads %s", name, variable)
                .isTrue());
  }

  @Test
  void keepsDataOnVolumes() {
    Map<String, Object> volumes = map(load().get("volumes"));

    assertThat(volumes).containsOnlyKeys("kafka", "postgres", "ledger");
    // Where settings come by environment, the image's own log.dirs does not count.
    assertThat(service("kafka").get("volumes"))
        .isEqualTo(List.of("kafka:" + environment("kafka").get("KAFKA_LOG_DIRS")));
    assertThat(service("audit-stream").get("volumes"))
        .isEqualTo(List.of("ledger:" + environment("audit-stream").get("STATE_DIR")));
    assertThat(service("postgres").get("volumes"))
        .isEqualTo(List.of("postgres:/var/lib/postgresql"));
  }

  /** The variables of a container when everything that must be set is set. */
  private Map<String, String> environment(String name) {
    Map<String, String> environment = new LinkedHashMap<>();
    map(service(name).get("environment"))
        .forEach((variable, value) -> environment.put(variable, substituted("" + value)));
    return environment;
  }

  private static String substituted(String value) {
    Matcher variable = VARIABLE.matcher(value);
    StringBuilder text = new StringBuilder();
    while (variable.find()) {
      String given =
          "-".equals(variable.group(2))
              ? variable.group(3)
              : variable.group(1).endsWith("JDBC_URL")
                  ? "jdbc:postgresql://db/shop"
                  : "something-that-was-set";
      variable.appendReplacement(text, Matcher.quoteReplacement(given));
    }
    return variable.appendTail(text).toString();
  }
}
