package io.querytrail.audit.alerts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.querytrail.service.ConfigException;
import io.querytrail.service.ConfigFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AlertWebhookConfigTest {
  @TempDir Path directory;

  @Test
  void everythingThatIsWrongIsNamed() {
    assertThat(
            problems(
                """
                url: ftp://example.com
                timeoutMillis: 0
                maxTries: 1000
                giveUpAfterSeconds: -1
                """))
        .satisfiesExactlyInAnyOrder(
            line -> assertThat(line).startsWith("url: is 'ftp://example.com'"),
            line -> assertThat(line).startsWith("secret: use either secret or secretFile"),
            line -> assertThat(line).startsWith("timeoutMillis: is 0"),
            line -> assertThat(line).startsWith("maxTries: is 1000"),
            line -> assertThat(line).startsWith("giveUpAfterSeconds: is -1"));
    assertThat(problems("{url: \"https://ann:pass@example.com/\", secret: short}"))
        .satisfiesExactlyInAnyOrder(
            line -> assertThat(line).startsWith("url: holds a user or password"),
            line -> assertThat(line).startsWith("secret: is shorter than 16 bytes"));
  }

  @Test
  void secretShowsInNothingThatIsPrinted() {
    AlertWebhookConfig config =
        ConfigFile.parse(
            "{url: \"https://example.com/\", secret: \"${WEBHOOK_SECRET}\"}",
            AlertWebhookConfig.class,
            Map.of("WEBHOOK_SECRET", "0123456789abcdef"),
            "test");

    assertThat(config.toString()).doesNotContain("0123456789abcdef");
    assertThat(config.secrets(InstantSource.system()).get().reveal()).isEqualTo("0123456789abcdef");
  }

  @Test
  void secretMayStandInAFileThatOnlyItsOwnerReads() throws Exception {
    Path file = Files.writeString(directory.resolve("secret"), "0123456789abcdef\n");
    String yaml = "{url: \"https://example.com/\", secretFile: \"" + file + "\"}";
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    assertThat(problems(yaml))
        .singleElement()
        .satisfies(line -> assertThat(line).startsWith("secretFile: ").contains("chmod 600"));

    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    AlertWebhookConfig config = ConfigFile.parse(yaml, AlertWebhookConfig.class, Map.of(), "test");
    assertThat(config.secrets(InstantSource.system()).get().reveal()).isEqualTo("0123456789abcdef");
  }

  private static List<String> problems(String yaml) {
    return catchThrowableOfType(
            ConfigException.class,
            () -> ConfigFile.parse(yaml, AlertWebhookConfig.class, Map.of(), "test"))
        .problems();
  }
}
