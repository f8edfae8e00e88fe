package io.querytrail.pgparser;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Function;

/**
 * Runs the parser where its recursion cannot overflow the stack. How much stack a frame takes
 * depends on what the JVM has compiled so far, so without this the same statement could pass on one
 * machine and fail on another. Short statements run on the caller's thread; those with enough
 * tokens to nest deeply get a thread with a large stack.
 */
final class DeepStack {
  // Measured with the interpreter, whose frames are the largest: at most 800 bytes a token.
  private static final int MAX_TOKENS_INLINE = 400;
  private static final long STACK_BYTES = 128L << 20;

  <T> T run(byte[] utf8, Function<byte[], T> parse) {
    if (nestingTokens(utf8) <= MAX_TOKENS_INLINE) {
      return parse.apply(utf8);
    }
    var task = new FutureTask<>(() -> parse.apply(utf8));
    var thread = new Thread(null, task, "pg-parser-deep", STACK_BYTES);
    thread.setDaemon(true);
    thread.start();
    return await(task);
  }

  /** Not fewer than the levels of the parse tree: each level takes a word, operator or bracket. */
  private static int nestingTokens(byte[] utf8) {
    int tokens = 0;
    boolean inWord = false;
    for (byte character : utf8) {
      boolean wordCharacter = isWordCharacter(character);
      if (wordCharacter ? !inWord : isOperator(character)) {
        tokens++;
      }
      inWord = wordCharacter;
    }
    return tokens;
  }

  private static boolean isWordCharacter(byte character) {
    return character < 0
        || (character >= '0' && character <= '9')
        || (character >= 'A' && character <= 'Z')
        || (character >= 'a' && character <= 'z')
        || character == '_'
        || character == '$';
  }

  private static boolean isOperator(byte character) {
    return switch (character) {
      case ' ', '\t', '\n', '\r', '\f', 11, ',', '.', ';', ')', ']' -> false;
      default -> true;
    };
  }

  /** A parse ends by itself within milliseconds, so an interrupt is kept for later. */
  private static <T> T await(FutureTask<T> task) {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return task.get();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case RuntimeException cause -> throw cause;
        case Error cause -> throw cause;
        case null, default -> throw new IllegalStateException(e);
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
