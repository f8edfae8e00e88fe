package io.querytrail.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the state directory keeps from one start to the next. */
final class StackRestartIT {
  private static final String GOOD = "How many customers do we have?";

  @TempDir Path directory;

  @Test
  void keepsAccountsBalancesLogAndWhatWasAnsweredThroughStopAndStart() {
    Path state = directory.resolve("state");
    String story;
    JsonNode balance;

    // Given a stack that answered a request, and was stopped
    try (RunningStack stack = RunningStack.start(state)) {
      stack.account("acme", "10");
      assertThat(ask(stack, "once", "--wait").exitCode()).isZero();
      await()
          .atMost(Duration.ofSeconds(60))
          .untilAsserted(() -> assertThat(stack.run("show", "once").exitCode()).isZero());
      story = stack.run("show", "once").out();
      balance = stack.run("budget", "show", "acme", "--json").json();
    }
    assertThat(state.resolve("connection.yaml")).doesNotExist();

    // When it is started again
    try (RunningStack stack = RunningStack.start(state)) {
      // Then everything is as it was
      assertThat(stack.run("account", "show", "acme", "--json").json().path("version").asInt())
          .isEqualTo(1);
      assertThat(stack.run("budget", "show", "acme", "--json").json()).isEqualTo(balance);
      assertThat(stack.run("show", "once").out()).isEqualTo(story);

      // And the same request is answered no second time, while a new one is
      assertThat(ask(stack, "once").exitCode()).isZero();
      assertThat(ask(stack, "new", "--wait").exitCode()).isZero();
      assertThat(stack.run("watch", "approvals", "--from-beginning", "--until-end").jsonLines())
          .extracting(line -> line.at("/value/requestId").asText())
          .containsExactly("once", "new");
      await()
          .atMost(Duration.ofSeconds(60))
          .untilAsserted(() -> assertThat(stack.rows("acme")).isEqualTo(2));

      // And policies go on counting
      stack.account("acme", "20");
      assertThat(stack.run("account", "show", "acme").out()).startsWith("acme, policy 2,");
    }
  }

  private static Ran ask(RunningStack stack, String requestId, String... more) {
    String[] command = new String[8 + more.length];
    String[] fixed = {"ask", GOOD, "--account", "acme", "--user", "ann", "--id", requestId};
    System.arraycopy(fixed, 0, command, 0, fixed.length);
    System.arraycopy(more, 0, command, fixed.length, more.length);
    return stack.run(command);
  }
}
