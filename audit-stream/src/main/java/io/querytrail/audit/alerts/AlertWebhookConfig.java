package io.querytrail.audit.alerts;

import io.querytrail.service.Problems;
import io.querytrail.service.Secret;
import io.querytrail.service.SecretFile;
import io.querytrail.service.ValidConfig;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Where budget alerts are posted to.
 *
 * @param url http or https
 * @param secret signs every post
 * @param secretFile holds the secret in place of {@code secret}; only its owner may read it, and a
 *     new content counts from the next post on
 * @param timeoutMillis for one post up to the end of the answer, by default 10,000
 * @param maxTries posts of one alert before it is set aside, by default 10
 * @param giveUpAfterSeconds time after which it is set aside, however few the posts, by default 600
 */
public record AlertWebhookConfig(
    URI url,
    @Nullable Secret secret,
    @Nullable Path secretFile,
    @Nullable Integer timeoutMillis,
    @Nullable Integer maxTries,
    @Nullable Integer giveUpAfterSeconds)
    implements ValidConfig {
  private static final int MIN_SECRET_BYTES = 16;
  private static final int DEFAULT_TIMEOUT = 10_000;
  private static final int MAX_TIMEOUT = 120_000;
  private static final int DEFAULT_TRIES = 10;
  private static final int MAX_TRIES = 100;
  private static final int DEFAULT_GIVE_UP = 600;
  private static final int MAX_GIVE_UP = 86_400;

  @Override
  public void check(Problems problems) {
    problems.required("url", url);
    if (url != null) {
      boolean web =
          url.getScheme() != null
              && Set.of("http", "https").contains(url.getScheme())
              && url.getHost() != null;
      problems.require(web, "url", "is '" + url + "'; use http:// or https:// with a host");
      problems.require(
          url.getUserInfo() == null, "url", "holds a user or password; they would show in logs");
    }
    if ((secret == null) == (secretFile == null)) {
      problems.add("secret", "use either secret or secretFile");
    }
    problems.require(
        secret == null || bytes(secret) >= MIN_SECRET_BYTES,
        "secret",
        "is shorter than " + MIN_SECRET_BYTES + " bytes");
    if (secretFile != null) {
      SecretFile.problem(secretFile).ifPresent(problem -> problems.add("secretFile", problem));
    }
    range(problems, "timeoutMillis", timeoutMillis, MAX_TIMEOUT);
    range(problems, "maxTries", maxTries, MAX_TRIES);
    range(problems, "giveUpAfterSeconds", giveUpAfterSeconds, MAX_GIVE_UP);
  }

  private static int bytes(Secret secret) {
    return secret.reveal().getBytes(StandardCharsets.UTF_8).length;
  }

  private static void range(Problems problems, String key, @Nullable Integer value, int max) {
    problems.require(
        value == null || (value >= 1 && value <= max), key, "is " + value + "; use 1 to " + max);
  }

  Supplier<Secret> secrets(InstantSource clock) {
    if (secretFile != null) {
      return new SecretFile(secretFile, clock)::current;
    }
    Secret fixed = Optional.ofNullable(secret).orElseThrow();
    return () -> fixed;
  }

  Duration timeout() {
    return Duration.ofMillis(timeoutMillis == null ? DEFAULT_TIMEOUT : timeoutMillis);
  }

  int tries() {
    return maxTries == null ? DEFAULT_TRIES : maxTries;
  }

  Duration giveUpAfter() {
    return Duration.ofSeconds(giveUpAfterSeconds == null ? DEFAULT_GIVE_UP : giveUpAfterSeconds);
  }
}
