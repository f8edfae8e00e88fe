package io.querytrail.cli;

import io.querytrail.safety.SafetyGuard;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The safety verdict without the pipeline around it. */
@Command(
    name = "safety",
    mixinStandardHelpOptions = true,
    description = "Judge SQL as the stream does, without sending it anywhere.",
    subcommands = {SafetyCommand.Check.class, SafetyCommand.Explain.class})
final class SafetyCommand {
  private SafetyCommand() {}

  @Command(
      name = "check",
      mixinStandardHelpOptions = true,
      description = {
        "Judge statements from standard input, one JSON object a line: {\"sql\": \"...\"}; other keys are passed over.",
        "One line comes out for each, in order:",
        "  {\"verdict\", \"violations\": [{\"rule\", \"severity\", \"message\", \"position\"}], \"sql\", \"relations\", \"micros\"}",
        "verdict is approved or rejected; sql is the text to run, null unless approved; position counts"
            + " characters from 1.",
        "A line that is no such object comes out with verdict error and rule INPUT, and the exit code is 1 at the"
            + " end."
      })
  static final class Check implements Callable<Integer> {
    @Mixin SafetyInputs inputs = new SafetyInputs();

    @Option(
        names = "--no-warm-up",
        description =
            "Answer at once: the first statements are judged by a JVM that has not compiled its code yet.")
    boolean cold;

    @Override
    public Integer call() throws IOException {
      inputs.requirePolicy();
      SafetyInputs.Judged over = inputs.read();
      over.notes().forEach(note -> System.err.println("querytrail: " + note));
      SafetyGuard guard = new SafetyGuard();
      if (!cold) {
        guard.warmUp();
      }
      try (OutputStream out = new BufferedOutputStream(System.out, 1 << 16)) {
        long errors = new SafetyCheck(guard, over.policy(), over.schema()).judgeAll(System.in, out);
        return errors == 0 ? ExitCodes.OK : ExitCodes.FAILED;
      }
    }
  }

  @Command(
      name = "explain",
      mixinStandardHelpOptions = true,
      description = {
        "Judge one statement and point at what is wrong with it. Exit code 3 says that it is rejected.",
        "Without --policy all of the given tables may be read. Without tables the demo's sample shop stands in."
      })
  static final class Explain implements Callable<Integer> {
    @Mixin SafetyInputs inputs = new SafetyInputs();

    @Parameters(paramLabel = "SQL", description = "The statement.")
    String sql = "";

    @Override
    public Integer call() {
      SafetyInputs.Judged over = inputs.read();
      var verdict = new SafetyGuard().judge(sql, over.policy(), over.schema());
      System.out.print(SafetyText.of(sql, verdict));
      over.notes().forEach(note -> System.out.println("note: " + note));
      return SafetyText.isApproved(verdict) ? ExitCodes.OK : ExitCodes.REJECTED;
    }
  }
}
