package io.querytrail.embedded;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * As whom the server runs. PostgreSQL refuses to be root, so a root process starts it in a user
 * namespace of its own, where it is nobody in particular yet still owns its files; where namespaces
 * are forbidden, as in most containers, it becomes the user nobody and its files are given to it.
 *
 * @param prefix put before each of the server's commands
 * @param uid who must own the server's files
 */
record ServerIdentity(List<String> prefix, int uid) {
  private static final int ROOT = 0;
  private static final int NOBODY = 65534;
  private static final List<String> AS_NOBODY =
      List.of("setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups");

  static final ServerIdentity OWN_NAMESPACE =
      new ServerIdentity(List.of("unshare", "--user"), ROOT);

  /**
   * The capability lets it through directories like /root that only root may enter; the bit makes
   * access(2), by which initdb looks for its programs, know of the capability.
   */
  static final ServerIdentity NOBODY_PASSING =
      new ServerIdentity(
          CommandLine.join(
              AS_NOBODY,
              List.of(
                  "--securebits=+no_setuid_fixup",
                  "--inh-caps=+dac_override",
                  "--ambient-caps=+dac_override")),
          NOBODY);

  static final ServerIdentity PLAIN_NOBODY = new ServerIdentity(AS_NOBODY, NOBODY);

  ServerIdentity {
    prefix = List.copyOf(prefix);
  }

  static ServerIdentity ofThisProcess() throws IOException {
    int own = FileTree.owner(Path.of("/proc/self"));
    if (own != ROOT) {
      return new ServerIdentity(List.of(), own);
    }
    for (ServerIdentity candidate : List.of(OWN_NAMESPACE, NOBODY_PASSING, PLAIN_NOBODY)) {
      if (candidate.worksHere()) {
        return candidate;
      }
    }
    throw new EmbeddedServerException(
        "PostgreSQL refuses to run as root, and neither unshare nor setpriv works here. Run as an"
            + " ordinary user, or install util-linux.");
  }

  private boolean worksHere() {
    try {
      CommandLine.Outcome id = CommandLine.run(prefix, List.of("id", "-u"));
      return id.exitCode() == 0 && !id.output().equals(String.valueOf(ROOT));
    } catch (IOException e) {
      return false;
    }
  }

  /** What to look at first when the server cannot reach its files; empty if nothing special. */
  String hint() {
    return equals(PLAIN_NOBODY)
        ? " as the user nobody (root is refused), who must be able to enter the directories above"
            + " the data and above ~/.cache/querytrail"
        : "";
  }

  /** Gives the tree to the server where it belongs to somebody else; only root has to. */
  void own(Path root) throws IOException {
    if (!prefix.isEmpty() && FileTree.owner(root) != uid) {
      FileTree.chown(root, uid, uid);
    }
  }
}
