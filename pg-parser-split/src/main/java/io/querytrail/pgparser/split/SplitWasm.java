package io.querytrail.pgparser.split;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The build step: checks that a WebAssembly file is the pinned one and writes its split form.
 * Arguments: source, its SHA-256, target.
 */
public final class SplitWasm {
  // HotSpot compiles no method above 8,000 bytes; these sizes give methods of about 4,500 at most.
  private static final int LIMIT_BYTES = 3_500;
  private static final int GROUP_BYTES = 2_600;

  // A C switch with thousands of cases is thousands of blocks deep, and so is the walk over it.
  private static final long STACK_BYTES = 512L << 20;

  private SplitWasm() {}

  public static void main(String[] arguments) throws IOException, InterruptedException {
    Path source = Path.of(arguments[0]);
    Path target = Path.of(arguments[2]);
    byte[] original = Files.readAllBytes(source);
    String digest = sha256(original);
    if (!digest.equals(arguments[1])) {
      throw new IllegalStateException(
          "%s has SHA-256 %s, pinned is %s".formatted(source, digest, arguments[1]));
    }
    byte[] split = split(original);
    Files.createDirectories(target.toAbsolutePath().getParent());
    Files.write(target, split);
  }

  /** The same program with no function above the size that the JVM compiles. */
  public static byte[] split(byte[] original) throws InterruptedException {
    WasmModule module = WasmModule.read(original);
    var failure = new Throwable[1];
    var thread =
        new Thread(
            null,
            () -> new ModuleSplitter(module, LIMIT_BYTES, GROUP_BYTES).split(),
            "wasm-splitter",
            STACK_BYTES);
    thread.setUncaughtExceptionHandler((t, e) -> failure[0] = e);
    thread.start();
    thread.join();
    if (failure[0] != null) {
      throw new IllegalStateException("Could not split the module", failure[0]);
    }
    return module.write();
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every JDK has SHA-256", e);
    }
  }
}
