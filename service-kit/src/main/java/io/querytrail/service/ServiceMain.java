package io.querytrail.service;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The life of a service's process: read the configuration, start, wait for a signal or a failure,
 * stop in order.
 */
public final class ServiceMain {
  private static final Logger LOG = LoggerFactory.getLogger(ServiceMain.class);
  private static final int EXIT_OK = 0;
  private static final int EXIT_USAGE = 2;
  private static final int EXIT_FAILED = 1;

  private ServiceMain() {}

  /**
   * Runs the service until it is told to stop; does not return. Exit code 0 after a signal, 1 after
   * a failure, 2 for a configuration that cannot be used.
   *
   * @param args {@code --config FILE}
   */
  public static <C extends ValidConfig> void run(
      String[] args, Class<C> configType, Function<C, ? extends Service> start) {
    Service service;
    try {
      service = start.apply(ConfigFile.load(configPath(args), configType));
    } catch (ConfigException e) {
      System.err.println(e.getMessage());
      System.exit(EXIT_USAGE);
      return;
    } catch (RuntimeException | Error e) {
      LOG.atError().addKeyValue("error", e.toString()).setCause(e).log("could not start");
      System.exit(EXIT_FAILED);
      return;
    }
    LOG.atInfo()
        .addKeyValue("service", service.name())
        .addKeyValue("port", service.httpPort())
        .log("started");
    System.exit(awaitEnd(service));
  }

  private static int awaitEnd(Service service) {
    CountDownLatch ended = new CountDownLatch(1);
    AtomicInteger exitCode = new AtomicInteger(EXIT_OK);
    Runtime.getRuntime()
        .addShutdownHook(
            Thread.ofPlatform().name("shutdown").unstarted(() -> stop(service, exitCode)));
    service
        .failure()
        .whenComplete((nothing, error) -> {
          if (error != null) {
            LOG.atError()
                .addKeyValue("service", service.name())
                .addKeyValue("error", error.toString())
                .setCause(error)
                .log("cannot go on");
            exitCode.set(EXIT_FAILED);
          }
          ended.countDown();
        });
    try {
      ended.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return exitCode.get();
  }

  private static void stop(Service service, AtomicInteger exitCode) {
    try {
      service.close();
      LOG.atInfo().addKeyValue("service", service.name()).log("stopped");
    } catch (RuntimeException e) {
      LOG.atError()
          .addKeyValue("service", service.name())
          .addKeyValue("error", e.toString())
          .setCause(e)
          .log("could not stop in order");
      exitCode.set(EXIT_FAILED);
    }
    // After a signal the JVM would end with 128 and its number, which supervisors take for a crash.
    Runtime.getRuntime().halt(exitCode.get());
  }

  private static Path configPath(String[] args) {
    if (args.length == 2 && args[0].equals("--config")) {
      return Path.of(args[1]);
    }
    throw new ConfigException("command line", List.of("use --config FILE.yaml"));
  }
}
