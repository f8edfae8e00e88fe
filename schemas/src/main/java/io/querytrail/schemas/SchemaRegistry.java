package io.querytrail.schemas;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.SerializationException;
import org.jspecify.annotations.Nullable;

/**
 * The few calls that events need of a registry with Confluent's API. Answers never change and are
 * kept for good; a call that fails is made again by the next record.
 */
final class SchemaRegistry {
  static final String URL_CONFIG = "schema.registry.url";
  static final String USER_INFO_CONFIG = "basic.auth.user.info";

  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final int OK = 200;
  private static final int NOT_FOUND = 404;
  private static final int CONFLICT = 409;
  private static final int UNPROCESSABLE = 422;
  private static final String CONTENT_TYPE = "application/vnd.schemaregistry.v1+json";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final String url;
  private final @Nullable String authorization;
  private final HttpClient http = HttpClient.newBuilder().connectTimeout(TIMEOUT).build();
  private final Map<String, Integer> ids = new ConcurrentHashMap<>();
  private final Map<Integer, Schema> schemas = new ConcurrentHashMap<>();

  private SchemaRegistry(String url, @Nullable String userInfo) {
    this.url = url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
    this.authorization =
        userInfo == null
            ? null
            : "Basic "
                + Base64.getEncoder().encodeToString(userInfo.getBytes(StandardCharsets.UTF_8));
  }

  /** The registry that a Kafka client's configuration names, or null when it names none. */
  static @Nullable SchemaRegistry fromConfig(Map<String, ?> configs) {
    Object url = configs.get(URL_CONFIG);
    if (url == null || url.toString().isBlank()) {
      return null;
    }
    Object userInfo = configs.get(USER_INFO_CONFIG);
    return new SchemaRegistry(url.toString(), userInfo == null ? null : userInfo.toString());
  }

  int register(String subject, Schema schema) {
    return ids.computeIfAbsent(subject, ignored -> post(subject, schema));
  }

  Schema schema(int id) {
    return schemas.computeIfAbsent(id, this::fetch);
  }

  private int post(String subject, Schema schema) {
    String path = "/subjects/" + URLEncoder.encode(subject, StandardCharsets.UTF_8) + "/versions";
    String body = JSON.createObjectNode().put("schema", schema.toString()).toString();
    HttpRequest request = request(path).POST(HttpRequest.BodyPublishers.ofString(body)).build();
    HttpResponse<String> response = send(request);
    if (response.statusCode() == CONFLICT || response.statusCode() == UNPROCESSABLE) {
      throw new SerializationException(
          "schema registry %s refuses %s for subject %s: %s"
              .formatted(url, schema.getName(), subject, response.body()));
    }
    return field(path, response, "id").asInt();
  }

  private Schema fetch(int id) {
    String path = "/schemas/ids/" + id;
    HttpResponse<String> response = send(request(path).GET().build());
    if (response.statusCode() == NOT_FOUND) {
      throw new SerializationException(
          "the record names schema %d, which registry %s does not have".formatted(id, url));
    }
    String text = field(path, response, "schema").asText();
    try {
      return new Schema.Parser().parse(text);
    } catch (AvroRuntimeException e) {
      // A registry also holds JSON and Protobuf schemas.
      throw new SerializationException(
          "schema %d of registry %s is not an Avro schema".formatted(id, url), e);
    }
  }

  private HttpRequest.Builder request(String path) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url + path))
            .timeout(TIMEOUT)
            .header("Content-Type", CONTENT_TYPE)
            .header("Accept", CONTENT_TYPE);
    if (authorization != null) {
      request.header("Authorization", authorization);
    }
    return request;
  }

  private HttpResponse<String> send(HttpRequest request) {
    try {
      return http.send(request, HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new RegistryUnavailableException(
          "schema registry " + url + " cannot be reached: " + e, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptException("interrupted while waiting for schema registry " + url, e);
    }
  }

  private JsonNode field(String path, HttpResponse<String> response, String name) {
    if (response.statusCode() != OK) {
      throw new RegistryUnavailableException(
          "schema registry %s answered %d to %s: %s"
              .formatted(url, response.statusCode(), path, response.body()));
    }
    try {
      JsonNode field = JSON.readTree(response.body()).get(name);
      if (field != null) {
        return field;
      }
    } catch (JsonProcessingException e) {
      // Not JSON at all: the same as JSON without the field.
    }
    throw new RegistryUnavailableException(
        "schema registry %s answered %s without %s: %s"
            .formatted(url, path, name, response.body()));
  }
}
