package io.querytrail.schemas;

import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.utils.Utils;

/** Which partition an account's records belong in, on every topic. */
public final class Partitions {
  private Partitions() {}

  /** The partition that Kafka's own Java producer picks for the key {@code account}. */
  public static int of(String account, int partitionCount) {
    return Utils.toPositive(Utils.murmur2(account.getBytes(StandardCharsets.UTF_8)))
        % partitionCount;
  }
}
