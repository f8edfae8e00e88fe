package io.querytrail.sink;

import io.querytrail.service.ServiceMain;

/** Runs the sink as a process. */
public final class Main {
  private Main() {}

  /** Takes {@code --config FILE.yaml}. */
  public static void main(String[] args) {
    ServiceMain.run(args, MetricsSinkConfig.class, MetricsSink::start);
  }
}
