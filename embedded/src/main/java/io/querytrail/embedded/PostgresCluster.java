package io.querytrail.embedded;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The files of a server before it runs: makes a new cluster, or clears up after a crash. */
final class PostgresCluster {
  static final String SUPERUSER = "postgres";

  /** A server whose JVM was killed writes its last checkpoint and ends. */
  private static final Duration FORMER_SERVER_LIMIT = Duration.ofSeconds(30);

  private static final Pattern MAJOR_VERSION = Pattern.compile("\\(PostgreSQL\\) (\\d+)");
  private static final int BUILTIN_LOCALES_SINCE = 17;
  private static final int PASSWORD_BYTES = 24;
  private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY_FILE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
  private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY_DIRECTORY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  private final PostgresFiles files;
  private final Path home;
  private final ServerIdentity identity;

  PostgresCluster(PostgresFiles files, Path home, ServerIdentity identity) {
    this.files = files;
    this.home = home;
    this.identity = identity;
  }

  /** Leaves a whole cluster that no process works on, and returns the superuser's password. */
  String prepare() throws IOException {
    if (!files.holdCluster()) {
      return initialize();
    }
    awaitFormerServer();
    // What a crash leaves here may name a process id that means another program by now.
    Files.deleteIfExists(files.processFile());
    identity.own(files.data());
    return keptPassword();
  }

  private String initialize() throws IOException {
    if (!files.dataAbsentOrEmpty()) {
      throw new EmbeddedServerException(
          files.data() + " holds something that is not PostgreSQL's. Choose another directory.");
    }
    String password = newPassword();
    FileTree.delete(files.staging());
    Files.createDirectory(files.staging(), OWNER_ONLY_DIRECTORY);
    Path passwordForInitdb = files.staging().resolve("password");
    write(passwordForInitdb, password);
    Path staged = Files.createDirectory(files.staging().resolve("data"), OWNER_ONLY_DIRECTORY);
    identity.own(files.staging());
    initdb(staged, passwordForInitdb);
    // First the password, then what it opens: a cut between the two only repeats all this.
    Files.deleteIfExists(files.password());
    write(files.password(), password);
    Files.move(staged, files.data(), StandardCopyOption.ATOMIC_MOVE);
    FileTree.delete(files.staging());
    return password;
  }

  private void initdb(Path directory, Path passwordFile) throws IOException {
    CommandLine.Outcome outcome =
        CommandLine.run(
            identity.prefix(),
            CommandLine.join(
                List.of(
                    home.resolve("bin/initdb").toString(),
                    "--pgdata=" + directory,
                    "--username=" + SUPERUSER,
                    "--pwfile=" + passwordFile,
                    "--auth=scram-sha-256",
                    "--encoding=UTF8",
                    "--no-locale",
                    "--data-checksums",
                    "--no-instructions"),
                hasBuiltinLocales()
                    ? List.of("--locale-provider=builtin", "--builtin-locale=C.UTF-8")
                    : List.of()));
    if (outcome.exitCode() != 0) {
      throw new EmbeddedServerException(
          "PostgreSQL could not make a new cluster in "
              + directory
              + identity.hint()
              + ". It said:\n"
              + outcome.output());
    }
  }

  /** Since PostgreSQL 17. */
  private boolean hasBuiltinLocales() throws IOException {
    CommandLine.Outcome version =
        CommandLine.run(List.of(), List.of(home.resolve("bin/postgres").toString(), "--version"));
    Matcher major = MAJOR_VERSION.matcher(version.output());
    return !major.find() || Integer.parseInt(major.group(1)) >= BUILTIN_LOCALES_SINCE;
  }

  private void awaitFormerServer() throws IOException {
    long deadline = System.nanoTime() + FORMER_SERVER_LIMIT.toNanos();
    for (List<Long> left = servers(); !left.isEmpty(); left = servers()) {
      if (System.nanoTime() > deadline) {
        throw new EmbeddedServerException(
            "PostgreSQL processes "
                + left
                + " still work on "
                + files.data()
                + ". End them (kill -INT) and start again.");
      }
      Pause.briefly();
    }
  }

  private List<Long> servers() {
    return ProcessHandle.allProcesses().map(ProcessHandle::pid).filter(this::isServer).toList();
  }

  private boolean isServer(long pid) {
    Path process = Path.of("/proc", String.valueOf(pid));
    try {
      return Files.readSymbolicLink(process.resolve("cwd")).equals(files.data())
          && Files.readString(process.resolve("comm")).strip().equals("postgres");
    } catch (IOException e) {
      // It ended meanwhile, or belongs to somebody else and so cannot be our server.
      return false;
    }
  }

  private String keptPassword() throws IOException {
    if (!Files.exists(files.password())) {
      throw new EmbeddedServerException(
          "The password file "
              + files.password()
              + " is gone. Put it back, or delete "
              + files.data()
              + " to begin anew without its data.");
    }
    return Files.readString(files.password(), StandardCharsets.UTF_8).strip();
  }

  private static String newPassword() {
    byte[] bytes = new byte[PASSWORD_BYTES];
    new SecureRandom().nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  private static void write(Path file, String text) throws IOException {
    Files.createFile(file, OWNER_ONLY_FILE);
    Files.writeString(file, text + "\n", StandardCharsets.UTF_8);
  }
}
