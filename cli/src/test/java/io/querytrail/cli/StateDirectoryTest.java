package io.querytrail.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class StateDirectoryTest {
  @TempDir Path directory;

  private static String permissions(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  @Test
  void letsOthersPassThroughAndNotLook() throws IOException {
    Path path = directory.resolve("a/b");

    StateDirectory state = StateDirectory.open(path);

    assertThat(permissions(path)).isEqualTo("rwx--x--x");
    assertThat(permissions(state.privateDirectory("kafka"))).isEqualTo("rwx------");
  }

  @Test
  void leavesDirectoryThatWasThereAsItWas() throws IOException {
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));

    StateDirectory.open(directory);

    assertThat(permissions(directory)).isEqualTo("rwxr-xr-x");
  }

  @Test
  void makesSecretOnceAndKeepsItToItsOwner() throws IOException {
    String made = StateDirectory.open(directory).secret("chain-key");
    String found = StateDirectory.open(directory).secret("chain-key");

    assertThat(made).hasSize(48).matches("[0-9a-f]+").isEqualTo(found);
    assertThat(StateDirectory.open(directory).secret("other")).isNotEqualTo(made);
    assertThat(permissions(directory.resolve("secrets"))).isEqualTo("rwx------");
    assertThat(permissions(directory.resolve("secrets/chain-key"))).isEqualTo("rw-------");
  }

  @Test
  void writesConnectionFileForItsOwnerInOnePiece() throws IOException {
    StateDirectory state = StateDirectory.open(directory);
    Path file = directory.resolve("connection.yaml");

    state.writeConnection(Map.of("kafka", Map.of("bootstrapServers", "127.0.0.1:1")));
    state.writeConnection(Map.of("kafka", Map.of("bootstrapServers", "127.0.0.1:2")));

    assertThat(permissions(file)).isEqualTo("rw-------");
    assertThat(Files.readString(file)).contains("127.0.0.1:2").doesNotContain("127.0.0.1:1");
    try (Stream<Path> files = Files.list(directory)) {
      assertThat(files).as("no draft is left").containsExactly(file);
    }
  }

  @Test
  void removesConnectionFileAlsoWhenThereIsNone() {
    StateDirectory state = StateDirectory.open(directory);
    state.writeConnection(Map.of());

    state.removeConnection();
    state.removeConnection();

    assertThat(directory.resolve("connection.yaml")).doesNotExist();
  }

  @Test
  void saysThatFileCannotBeUsedForState() throws IOException {
    Path file = Files.writeString(directory.resolve("file"), "");

    assertThatThrownBy(() -> StateDirectory.open(file.resolve("below")))
        .isInstanceOf(CommandException.class)
        .hasMessageContaining("cannot use " + file.resolve("below") + " for state");
  }
}
