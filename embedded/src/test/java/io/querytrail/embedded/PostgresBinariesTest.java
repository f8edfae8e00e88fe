package io.querytrail.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PostgresBinariesTest {
  @TempDir Path cache;

  @Test
  void areUnpackedToOnePlaceByStartsThatRace() throws Exception {
    Callable<Path> unpack = () -> PostgresBinaries.unpackOnce(cache);

    List<Future<Path>> homes;
    try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
      homes = threads.invokeAll(List.of(unpack, unpack));
    }

    Path home = homes.get(0).get();
    assertThat(homes.get(1).get()).isEqualTo(home);
    assertThat(home.getFileName().toString()).startsWith("postgresql-18.");
    assertThat(home.resolve("bin/postgres")).isExecutable();
    assertThat(home.resolve("share/postgresql/timezone")).exists();
    try (Stream<Path> left = Files.list(cache)) {
      assertThat(left).containsExactly(home);
    }
  }
}
