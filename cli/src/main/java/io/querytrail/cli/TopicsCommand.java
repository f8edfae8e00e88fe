package io.querytrail.cli;

import io.querytrail.schemas.Topic;
import io.querytrail.schemas.TopicAdmin;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.admin.Admin;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The topics on the broker. */
@Command(
    name = "topics",
    mixinStandardHelpOptions = true,
    description = "Create the topics on a broker, or list them.",
    subcommands = {TopicsCommand.Create.class, TopicsCommand.ListTopics.class})
final class TopicsCommand {
  @Command(
      name = "create",
      mixinStandardHelpOptions = true,
      description = "Create the topics that are missing; those that exist stay as they are.")
  static final class Create implements Callable<Integer> {
    @Mixin ConnectionOptions connection = new ConnectionOptions();

    @Option(
        names = "--bootstrap-servers",
        paramLabel = "HOST:PORT",
        description = "The broker, in place of a connection file.")
    @Nullable String bootstrapServers;

    @Option(
        names = "--partitions",
        paramLabel = "N",
        defaultValue = "" + Topic.DEFAULT_PARTITIONS,
        description =
            "Partitions of each topic; cannot be changed later (default: ${DEFAULT-VALUE}).")
    int partitions;

    @Option(
        names = "--replication-factor",
        paramLabel = "N",
        defaultValue = "1",
        description = "Copies of each partition; 3 in production (default: ${DEFAULT-VALUE}).")
    short replicationFactor;

    @Override
    public Integer call() {
      Map<String, Object> settings =
          bootstrapServers == null
              ? connection.reachable().kafka().clientSettings()
              : new HashMap<>(Map.of("bootstrap.servers", bootstrapServers));
      try (Admin admin = Admin.create(settings)) {
        TopicAdmin.createMissing(admin, partitions, replicationFactor);
        int found = TopicAdmin.requireEqualPartitions(admin);
        System.out.printf("%d topics with %d partitions are ready%n", Topic.values().length, found);
        return ExitCodes.OK;
      }
    }
  }

  @Command(
      name = "list",
      mixinStandardHelpOptions = true,
      description = "List the topics and what they carry.")
  static final class ListTopics implements Callable<Integer> {
    @Option(names = "--json", description = "JSON lines.")
    boolean json;

    @Override
    public Integer call() {
      if (json) {
        for (Topic topic : Topic.values()) {
          System.out.println(
              Json.line(
                  Map.of(
                      "name",
                      topic.topicName(),
                      "events",
                      events(topic),
                      "settings",
                      topic.settings())));
        }
      } else {
        List<List<Object>> rows =
            Arrays.stream(Topic.values())
                .map(topic ->
                    List.<Object>of(
                        topic.shortName(), topic.topicName(), String.join(", ", events(topic))))
                .toList();
        System.out.println(Tables.of(List.of("short name", "topic", "events"), rows));
      }
      return ExitCodes.OK;
    }

    private static List<String> events(Topic topic) {
      return topic.eventTypes().stream().map(Class::getSimpleName).toList();
    }
  }
}
