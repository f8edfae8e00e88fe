package io.querytrail.schemas;

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
import org.apache.avro.Schema;
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
    JsonNode answer =
        call(path, request(path).POST(HttpRequest.BodyPublishers.ofString(body)).build());
    return answer.required("id").asInt();
  }

  private Schema fetch(int id) {
    String path = "/schemas/ids/" + id;
    return new Schema.Parser()
        .parse(call(path, request(path).GET().build()).required("schema").asText());
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

  private JsonNode call(String path, HttpRequest request) {
    try {
      HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
      if (response.statusCode() != 200) {
        throw new SerializationException(
            "schema registry %s answered %d to %s: %s"
                .formatted(url, response.statusCode(), path, response.body()));
      }
      return JSON.readTree(response.body());
    } catch (IOException e) {
      throw new SerializationException("schema registry " + url + " cannot be reached: " + e, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SerializationException("interrupted while waiting for schema registry " + url, e);
    }
  }
}
