package io.querytrail.sink.kafka;

import io.querytrail.sink.log.StreamPartition;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Gives topic partitions the names under which the store keeps their offsets. */
public final class StreamIds {
  private static final long TIMEOUT_SECONDS = 15;

  private final Admin admin;

  public StreamIds(Admin admin) {
    this.admin = admin;
  }

  /**
   * Checks that the cluster has the topics.
   *
   * @throws IllegalStateException when one is missing; says what to do
   * @throws KafkaException when the cluster does not answer
   */
  public void require(Collection<String> topics) {
    try {
      describe(topics);
    } catch (UnknownTopicOrPartitionException e) {
      throw new IllegalStateException(
          "topics are missing, of "
              + String.join(", ", topics)
              + "; create them with: querytrail topics create",
          e);
    }
  }

  Map<TopicPartition, StreamPartition> of(Collection<TopicPartition> partitions) {
    String cluster = await("asking for the cluster id", admin.describeCluster().clusterId());
    Map<String, TopicDescription> topics =
        describe(partitions.stream().map(TopicPartition::topic).collect(Collectors.toSet()));
    Map<TopicPartition, StreamPartition> streams = new HashMap<>();
    for (TopicPartition partition : partitions) {
      TopicDescription topic = topics.get(partition.topic());
      if (topic == null) {
        throw new UnknownTopicOrPartitionException(partition.topic());
      }
      Uuid id = topic.topicId();
      streams.put(
          partition,
          new StreamPartition(
              cluster,
              new UUID(id.getMostSignificantBits(), id.getLeastSignificantBits()),
              partition.topic(),
              partition.partition()));
    }
    return streams;
  }

  private Map<String, TopicDescription> describe(Collection<String> topics) {
    return await("describing topics", admin.describeTopics(topics).allTopicNames());
  }

  private static <T> T await(String what, KafkaFuture<T> answer) {
    try {
      return answer.get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof KafkaException cause) {
        throw cause;
      }
      throw new KafkaException(what + " failed", e.getCause());
    } catch (TimeoutException e) {
      throw new org.apache.kafka.common.errors.TimeoutException(what + " took too long", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new KafkaException("interrupted while " + what, e);
    }
  }
}
