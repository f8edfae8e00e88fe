package io.querytrail.generator;

import io.querytrail.service.ServiceMain;

/** The process of the generator service. */
public final class Main {
  private Main() {}

  /** {@code --config FILE.yaml}. */
  public static void main(String[] args) {
    ServiceMain.run(args, GeneratorConfig.class, GeneratorService::start);
  }
}
