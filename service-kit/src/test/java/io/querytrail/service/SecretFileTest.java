package io.querytrail.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SecretFileTest {
  @TempDir Path directory;

  private Path file;

  @BeforeEach
  void write() throws IOException {
    file = directory.resolve("key");
    write(file, "first-secret\n");
  }

  @Test
  void givesWhatTheFileHoldsWithoutTheLineEnd() {
    assertThat(SecretFile.problem(file)).isEmpty();
    assertThat(secrets().current().reveal()).isEqualTo("first-secret");
  }

  @ParameterizedTest
  @ValueSource(strings = {"rw-r--r--", "rw----r--", "rw-r-----", "rw--w----", "rw-----w-"})
  void refusesAFileThatOthersMayReadOrChangeAndSaysWhy(String permissions) throws IOException {
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
    assertThat(SecretFile.problem(file))
        .hasValueSatisfying(problem ->
            assertThat(problem)
                .contains(file.toString(), "others than its owner", "chmod 600")
                .doesNotContain("first-secret"));
    assertThat(secrets().current().isEmpty()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"rw-------", "r--------"})
  void takesAFileThatOnlyItsOwnerMayRead(String permissions) throws IOException {
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
    assertThat(SecretFile.problem(file)).isEmpty();
  }

  @Test
  void saysWhatIsWrongWithAFileThatIsMissingOrEmpty() throws IOException {
    assertThat(SecretFile.problem(directory.resolve("none")))
        .hasValueSatisfying(problem -> assertThat(problem).contains("none cannot be read"));
    write(file, "\n");
    assertThat(SecretFile.problem(file))
        .hasValueSatisfying(problem -> assertThat(problem).contains("is empty"));
  }

  @Test
  void takesANewSecretWhetherTheFileIsWrittenAnewOrReplaced() throws IOException {
    SecretFile secrets = secrets();
    assertThat(secrets.current().reveal()).isEqualTo("first-secret");
    write(file, "other-secret\n");
    assertThat(secrets.current().reveal()).isEqualTo("other-secret");
    Path next = directory.resolve("next");
    write(next, "third-secret\n");
    Files.move(next, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    assertThat(secrets.current().reveal()).isEqualTo("third-secret");
  }

  @Test
  void goesOnWithTheLastSecretWhileTheFileCannotBeUsed() throws IOException {
    SecretFile secrets = secrets();
    assertThat(secrets.current().reveal()).isEqualTo("first-secret");
    Files.delete(file);
    assertThat(secrets.current().reveal()).isEqualTo("first-secret");
    write(file, "open-secret");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    assertThat(secrets.current().reveal()).isEqualTo("first-secret");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    assertThat(secrets.current().reveal()).isEqualTo("open-secret");
  }

  @Test
  void readsASettledFileOnce() throws IOException {
    SecretFile secrets = new SecretFile(file, () -> Instant.now().plusSeconds(3_600));
    assertThat(secrets.current().reveal()).isEqualTo("first-secret");
    // Permissions change no content: a settled file is not opened again.
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    assertThat(secrets.current().reveal()).isEqualTo("first-secret");
    write(file, "a-longer-secret");
    assertThat(secrets.current().reveal()).isEqualTo("first-secret");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    assertThat(secrets.current().reveal()).isEqualTo("a-longer-secret");
  }

  private SecretFile secrets() {
    return new SecretFile(file, InstantSource.system());
  }

  private static void write(Path file, String text) throws IOException {
    boolean isNew = !Files.exists(file);
    Files.writeString(file, text);
    if (isNew) {
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }
  }
}
