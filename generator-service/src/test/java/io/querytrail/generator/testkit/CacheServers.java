package io.querytrail.generator.testkit;

import io.querytrail.embedded.EmbeddedCache;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * A real Redis or memcached. Where the machine has none, Debian's packages are brought; where they
 * cannot be, the test fails.
 */
public final class CacheServers {
  private static final Path PROGRAMS = Path.of("target", "cache-servers").toAbsolutePath();
  private static final Path FETCH = Path.of("..", "scripts", "fetch-cache-servers");
  private static final int FETCH_MINUTES = 5;

  private CacheServers() {}

  /** An empty Redis that writes nothing to disk. */
  public static EmbeddedCache redis() {
    return EmbeddedCache.redis(program("redis-server"), Stack.directory());
  }

  /** An empty memcached. */
  public static EmbeddedCache memcached() {
    return EmbeddedCache.memcached(program("memcached"), Stack.directory());
  }

  private static Path program(String name) {
    for (String directory : System.getenv().getOrDefault("PATH", "").split(":", -1)) {
      Path installed = Path.of(directory, name);
      if (!directory.isEmpty() && Files.isExecutable(installed)) {
        return installed;
      }
    }
    fetch();
    return PROGRAMS.resolve("bin").resolve(name);
  }

  private static synchronized void fetch() {
    try {
      Process script =
          new ProcessBuilder(FETCH.toString(), PROGRAMS.toString())
              .redirectErrorStream(true)
              .start();
      String said = new String(script.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!script.waitFor(FETCH_MINUTES, TimeUnit.MINUTES) || script.exitValue() != 0) {
        throw new IllegalStateException(
            "redis-server and memcached are not installed, and scripts/fetch-cache-servers cannot"
                + " bring them: "
                + said);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
