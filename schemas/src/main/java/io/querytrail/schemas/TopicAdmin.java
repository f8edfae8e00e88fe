package io.querytrail.schemas;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TopicExistsException;

/** Creates the catalogue's topics and checks that those that exist fit together. */
public final class TopicAdmin {
  private static final Duration READY_TIMEOUT = Duration.ofSeconds(60);

  private TopicAdmin() {}

  /**
   * Creates what is missing and returns when every partition answers.
   *
   * @param replicationFactor copies of each partition; 1 for a single broker
   * @throws KafkaException when the broker refuses or does not become ready
   */
  public static void createMissing(Admin admin, int partitions, short replicationFactor) {
    Set<String> existing = await("listing topics", () -> admin.listTopics().names().get());
    List<NewTopic> missing =
        Arrays.stream(Topic.values())
            .filter(topic -> !existing.contains(topic.topicName()))
            .map(topic ->
                new NewTopic(topic.topicName(), partitions, replicationFactor)
                    .configs(topic.settings()))
            .toList();
    try {
      await("creating topics", () -> admin.createTopics(missing).all().get());
    } catch (KafkaException e) {
      if (!(e.getCause() instanceof TopicExistsException)) {
        throw e;
      }
      // Another instance was faster: what counts is that they exist.
    }
    awaitLeaders(admin);
  }

  /**
   * Checks that all topics exist with one and the same partition count, since the ledger relies on
   * it.
   *
   * @return the partition count
   * @throws IllegalStateException when a topic is missing or has another count; says which and what
   *     to do
   */
  public static int requireEqualPartitions(Admin admin) {
    List<String> names = Arrays.stream(Topic.values()).map(Topic::topicName).toList();
    Set<String> existing = await("listing topics", () -> admin.listTopics().names().get());
    List<String> missing = names.stream().filter(name -> !existing.contains(name)).toList();
    if (!missing.isEmpty()) {
      throw new IllegalStateException(
          "topics are missing: "
              + String.join(", ", missing)
              + "; create them with: querytrail topics create");
    }
    Map<String, TopicDescription> topics =
        await("describing topics", () -> admin.describeTopics(names).allTopicNames().get());
    Map<String, Integer> counts = new TreeMap<>();
    topics.forEach((name, description) -> counts.put(name, description.partitions().size()));
    Set<Integer> distinct = new HashSet<>(counts.values());
    if (distinct.size() != 1) {
      throw new IllegalStateException(
          "topics differ in partitions, and all of one version must have the same count: "
              + counts);
    }
    return distinct.iterator().next();
  }

  /**
   * A producer that writes before the leaders are known can wedge for good, so wait until all
   * answer.
   */
  private static void awaitLeaders(Admin admin) {
    long deadline = System.nanoTime() + READY_TIMEOUT.toNanos();
    while (true) {
      try {
        Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
        List<String> names = new ArrayList<>();
        for (Topic topic : Topic.values()) {
          names.add(topic.topicName());
        }
        admin
            .describeTopics(names)
            .allTopicNames()
            .get()
            .forEach((name, description) ->
                description
                    .partitions()
                    .forEach(partition ->
                        latest.put(
                            new TopicPartition(name, partition.partition()), OffsetSpec.latest())));
        admin.listOffsets(latest).all().get(10, TimeUnit.SECONDS);
        return;
      } catch (ExecutionException | TimeoutException e) {
        if (System.nanoTime() > deadline) {
          throw new KafkaException("topics did not become ready within " + READY_TIMEOUT, e);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new KafkaException("interrupted while waiting for topics", e);
      }
    }
  }

  private interface AdminCall<T> {
    T run() throws ExecutionException, InterruptedException;
  }

  private static <T> T await(String what, AdminCall<T> call) {
    try {
      return call.run();
    } catch (ExecutionException e) {
      throw new KafkaException(what + " failed: " + e.getCause(), e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new KafkaException("interrupted while " + what, e);
    }
  }
}
