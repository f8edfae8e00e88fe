package io.querytrail.service;

import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The life of a service's process: read the configuration, start, wait for a signal or a failure,
 * stop in order.
 */
public final class ServiceMain {
  private static final Logger LOG = LoggerFactory.getLogger(ServiceMain.class);
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
    C config;
    try {
      config = ConfigFile.load(configPath(args), configType);
    } catch (ConfigException | IllegalArgumentException e) {
      System.err.println(e.getMessage());
      System.exit(EXIT_USAGE);
      return;
    }
    Service service;
    try {
      service = start.apply(config);
    } catch (RuntimeException e) {
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
    AtomicBoolean failed = new AtomicBoolean();
    Runtime.getRuntime()
        .addShutdownHook(
            Thread.ofPlatform()
                .name("shutdown")
                .unstarted(() -> {
                  service.close();
                  LOG.atInfo().addKeyValue("service", service.name()).log("stopped");
                }));
    service
        .failure()
        .whenComplete((nothing, error) -> {
          if (error != null) {
            LOG.atError()
                .addKeyValue("service", service.name())
                .addKeyValue("error", error.toString())
                .setCause(error)
                .log("cannot go on");
            failed.set(true);
          }
          ended.countDown();
        });
    try {
      ended.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return failed.get() ? EXIT_FAILED : 0;
  }

  private static Path configPath(String[] args) {
    if (args.length == 2 && args[0].equals("--config")) {
      return Path.of(args[1]);
    }
    throw new IllegalArgumentException("usage: --config FILE.yaml");
  }
}
