package io.querytrail.audit;

import io.querytrail.service.ServiceMain;

/** Runs the audit stream as a process of its own. */
public final class Main {
  private Main() {}

  /**
   * @param args {@code --config audit-stream.yaml}
   */
  public static void main(String[] args) {
    ServiceMain.run(args, AuditStreamConfig.class, AuditStreamService::start);
  }
}
