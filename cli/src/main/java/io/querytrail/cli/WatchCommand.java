package io.querytrail.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.querytrail.schemas.Topic;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Prints the records of a topic as they come. */
@Command(
    name = "watch",
    mixinStandardHelpOptions = true,
    description = "Print the records of a topic as JSON lines until Ctrl-C.")
final class WatchCommand implements Callable<Integer> {
  /** Bytes of an unreadable record that are shown. */
  private static final int MAX_BYTES_SHOWN = 200;

  @Mixin ConnectionOptions connection = new ConnectionOptions();

  @Parameters(
      paramLabel = "TOPIC",
      description = "Short or full name: requests, approvals, ledger, querytrail.audit.v1 ...")
  String name = "";

  @Option(names = "--from-beginning", description = "Start with the oldest record.")
  boolean fromBeginning;

  @Option(names = "--until-end", description = "End at the present end of the topic.")
  boolean untilEnd;

  @Option(names = "--json", description = "Output is always JSON lines; taken for uniformity.")
  boolean json;

  @Override
  public Integer call() {
    Topic topic =
        Topic.byName(name)
            .orElseThrow(() ->
                new CommandException(
                    ExitCodes.USAGE,
                    "there is no topic '%s'; there are %s"
                        .formatted(
                            name,
                            Arrays.stream(Topic.values())
                                .map(Topic::shortName)
                                .collect(Collectors.joining(", ")))));
    try (TopicReader reader = new TopicReader(connection.reachable().kafka())) {
      if (fromBeginning || untilEnd) {
        reader.atBeginning(reader.partitions(topic));
      } else {
        reader.atEnd(reader.partitions(topic));
      }
      if (untilEnd) {
        reader.readToEnd(record -> System.out.println(line(reader, record)));
      } else {
        reader.follow(
            record -> {
              System.out.println(line(reader, record));
              System.out.flush();
            },
            // A closed pipe is how `watch ... | head` ends.
            () -> !System.out.checkError());
      }
      return ExitCodes.OK;
    }
  }

  private static String line(TopicReader reader, ConsumerRecord<byte[], byte[]> record) {
    ObjectNode node = Json.object();
    node.put("topic", record.topic());
    node.put("partition", record.partition());
    node.put("offset", record.offset());
    node.put("timestamp", Instant.ofEpochMilli(record.timestamp()).toString());
    node.put("key", record.key() == null ? null : new String(record.key(), StandardCharsets.UTF_8));
    ObjectNode headers = node.putObject("headers");
    record
        .headers()
        .forEach(header ->
            headers.put(
                header.key(),
                header.value() == null
                    ? null
                    : new String(header.value(), StandardCharsets.UTF_8)));
    Optional<SpecificRecord> event = reader.event(record);
    if (event.isPresent()) {
      node.put("type", event.get().getSchema().getName());
      node.set("value", Json.of(event.get()));
    } else if (record.value() != null) {
      byte[] shown =
          Arrays.copyOf(record.value(), Math.min(record.value().length, MAX_BYTES_SHOWN));
      node.put("bytes", HexFormat.of().formatHex(shown));
      node.put("size", record.value().length);
    }
    return Json.line(node);
  }
}
