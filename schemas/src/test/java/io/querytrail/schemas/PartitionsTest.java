package io.querytrail.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;
import org.junit.jupiter.api.Test;

class PartitionsTest {
  @Test
  void accountBelongsWhereKafkasOwnProducerPutsItsKey() {
    Random random = new Random(11);
    for (int i = 0; i < 2_000; i++) {
      String account = "account-" + random.nextInt() + (i % 7 == 0 ? "-\u00e4\u4e2d" : "");
      int partitions = 1 + random.nextInt(64);

      assertThat(Partitions.of(account, partitions))
          .as("%s of %d", account, partitions)
          .isEqualTo(
              BuiltInPartitioner.partitionForKey(
                  account.getBytes(StandardCharsets.UTF_8), partitions));
    }
  }

  @Test
  void accountsKeepTheirPartitionForEver() {
    assertThat(Partitions.of("acme", 16)).isEqualTo(4);
  }
}
