package io.querytrail.generator.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.event.KeyValuePair;

class FailureLogTest {
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
  private Duration now = Duration.ofHours(-1);
  private FailureLog failures;

  @BeforeEach
  void log() {
    Logger logger = new LoggerContext().getLogger("failures");
    logger.addAppender(lines);
    lines.start();
    failures = new FailureLog(logger, () -> now.toNanos());
  }

  @Test
  void tellsOfTheFirstFailureAtOnce() {
    failures.warn("shop", "no plan was had", "08006");

    assertThat(line(0))
        .containsExactly(
            new KeyValuePair("datasource", "shop"),
            new KeyValuePair("error", "08006"),
            new KeyValuePair("repeats", 0L));
  }

  @Test
  void tellsOncePerMinuteHowOftenItFailedInBetween() {
    for (int second = 0; second < 60; second++) {
      failures.warn("shop", "no plan was had", "08006");
      now = now.plusSeconds(1);
    }
    assertThat(lines.list).hasSize(1);

    failures.warn("shop", "no plan was had", "53300");
    failures.warn("shop", "no plan was had", "53300");

    assertThat(lines.list).hasSize(2);
    assertThat(line(1))
        .contains(new KeyValuePair("error", "53300"), new KeyValuePair("repeats", 59L));
  }

  @Test
  void tellsAtOnceWhatElseFails() {
    failures.warn("shop", "no plan was had", "08006");
    failures.warn("crm", "no plan was had", "08006");
    failures.warn("shop", "schema could not be read", "08006");

    assertThat(lines.list).hasSize(3);
  }

  private List<KeyValuePair> line(int number) {
    return lines.list.get(number).getKeyValuePairs();
  }
}
