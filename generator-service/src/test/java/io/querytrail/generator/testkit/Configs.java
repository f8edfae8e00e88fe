package io.querytrail.generator.testkit;

import io.querytrail.generator.GeneratorConfig;
import io.querytrail.service.ConfigFile;
import java.util.Map;

/** Configurations as a person would write them. */
public final class Configs {
  private static final String YAML =
      """
      kafka: {bootstrapServers: "${KAFKA}"}
      http: {port: 0}
      groupId: ${GROUP}
      drainTimeout: ${DRAIN}
      maxInFlight: ${IN_FLIGHT}
      providers:
        test: {kind: openai, baseUrl: "${MODELS}", apiKey: "${KEY}", timeout: PT20S,
          retries: {baseDelay: PT0.01S}, breaker: {failures: 1000}}
        nobody: {kind: openai, baseUrl: "http://127.0.0.1:1/v1", retries: {baseDelay: PT0.01S}}
      datasources:
        shop: {jdbcUrl: "${SHOP}", user: it_reader, password: "reader"}
        demo: {jdbcUrl: "${DEMO}", user: shop_reader, password: "reader"}
        down: {jdbcUrl: "jdbc:postgresql://127.0.0.1:1/shop", user: x, connectTimeout: PT0.5S}
      """;

  public static final String API_KEY = "sk-test-key-that-must-not-be-seen";

  private Configs() {}

  public static GeneratorConfig generator(
      String kafka, String group, String models, String shopUrl, String drain) {
    return generator(kafka, group, models, shopUrl, drain, 1_000);
  }

  public static GeneratorConfig generator(
      String kafka, String group, String models, String shopUrl, String drain, int inFlight) {
    return ConfigFile.parse(
        yaml(kafka, group, models, shopUrl, drain, inFlight),
        GeneratorConfig.class,
        Map.of(),
        "test");
  }

  /** The same as a file's text, for a process of its own. */
  public static String yaml(
      String kafka, String group, String models, String shopUrl, String drain, int inFlight) {
    return YAML.replace("${KAFKA}", kafka)
        .replace("${GROUP}", group)
        .replace("${MODELS}", models)
        .replace("${SHOP}", shopUrl)
        .replace("${DEMO}", shopUrl.replace("/shop", "/demo"))
        .replace("${DRAIN}", drain)
        .replace("${KEY}", API_KEY)
        .replace("${IN_FLIGHT}", Integer.toString(inFlight));
  }
}
