package io.querytrail.generator.prompt;

import io.querytrail.generator.model.Message;
import io.querytrail.generator.schema.Relation;
import java.util.List;

/**
 * What a model is sent.
 *
 * @param shown the relations in it, each with all of its columns
 * @param tokens what the messages count together
 */
public record Prompt(List<Message> messages, List<Relation> shown, int tokens) {
  public Prompt {
    messages = List.copyOf(messages);
    shown = List.copyOf(shown);
  }
}
