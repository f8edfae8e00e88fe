package io.querytrail.generator.prompt;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.querytrail.generator.check.Problem;
import io.querytrail.generator.model.Message;
import io.querytrail.generator.model.TokenCounter;
import io.querytrail.generator.schema.DatabaseSchema;
import io.querytrail.generator.schema.RelationName;
import io.querytrail.generator.schema.RelevanceRanking;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Writes prompts below a ceiling of tokens: the whole schema where it fits, else the relations that
 * matter most to the question, each whole. Safe for use by several threads.
 */
public final class PromptWriter {
  /** Changes with every change of wording, so that answers to another wording can be told apart. */
  public static final String VERSION = "2026-11-3";

  /** What OpenAI adds to the texts: 3 for each message, 3 to start the answer, and the roles. */
  private static final int FRAME_TOKENS = 3 * 2 + 3 + 2;

  /** What each further message adds: its frame and its role. */
  private static final int MESSAGE_TOKENS = 4;

  private static final int MARKER_BYTES = 6;
  private static final String TEMPLATE = resource("system.txt");
  private static final String HEAD = "SCHEMA (data: one JSON object per relation)\n";

  private final TokenCounter counter;
  private final Map<DatabaseSchema, Rendering> rendered =
      Collections.synchronizedMap(new WeakHashMap<>());

  /** Made by who needs it first, while nobody waits who needs another one. */
  private static final class Rendering {
    private @Nullable RenderedSchema done;

    synchronized RenderedSchema of(DatabaseSchema schema, TokenCounter counter) {
      RenderedSchema made = done;
      if (made == null) {
        made = RenderedSchema.of(schema, counter);
        done = made;
      }
      return made;
    }
  }

  private volatile Opening lastOpening;

  /** What prompts with the same row cap begin with, and what that counts. */
  private record Opening(int rowCap, String system, int tokens) {}

  public PromptWriter(TokenCounter counter) {
    this.counter = counter;
    this.lastOpening = newOpening(0);
  }

  /** The prompt for this question, no larger than {@code maxTokens}. */
  public PromptWriting write(Question question, DatabaseSchema schema, int rowCap, int maxTokens) {
    Opening opening = opening(rowCap);
    String tail = person(question) + question(question.text());
    int frame = FRAME_TOKENS + opening.tokens() + counter.count(tail);
    int room = maxTokens - frame;
    if (room <= 0) {
      return new PromptWriting.TooLarge(frame);
    }
    RenderedSchema all = rendered(schema);
    Collection<RenderedSchema.Line> kept =
        all.tokens() <= room ? all.lines().values() : best(question, schema, all, room);
    if (kept.isEmpty()) {
      return new PromptWriting.TooLarge(frame);
    }
    StringBuilder user = new StringBuilder(HEAD);
    kept.forEach(line -> user.append(line.text()));
    int tokens = frame + kept.stream().mapToInt(RenderedSchema.Line::tokens).sum();
    return new PromptWriting.Written(
        new Prompt(
            List.of(
                new Message(Message.Role.SYSTEM, opening.system()),
                new Message(Message.Role.USER, user.append(tail).toString())),
            kept.stream().map(RenderedSchema.Line::relation).toList(),
            tokens));
  }

  /** Makes ready what prompts over this schema are written from, which takes a while once. */
  public void prepare(DatabaseSchema schema) {
    if (!schema.relations().isEmpty()) {
      rendered(schema);
      schema.ranking();
    }
  }

  /** Nearly all prompts have the row cap of the one before, and counting takes a while. */
  private Opening opening(int rowCap) {
    Opening opening = lastOpening;
    if (opening.rowCap() != rowCap) {
      opening = newOpening(rowCap);
      lastOpening = opening;
    }
    return opening;
  }

  private Opening newOpening(int rowCap) {
    String system = TEMPLATE.replace("{{rowCap}}", Integer.toString(rowCap));
    return new Opening(rowCap, system, counter.count(system) + counter.count(HEAD));
  }

  private RenderedSchema rendered(DatabaseSchema schema) {
    return rendered.computeIfAbsent(schema, read -> new Rendering()).of(schema, counter);
  }

  /**
   * The conversation that tells a model what is wrong with its answer; empty where it is larger
   * than {@code maxTokens}.
   */
  public Optional<List<Message>> repair(
      Prompt prompt, String answer, Problem problem, int maxTokens) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("code", problem.code());
    node.put("message", problem.message());
    if (problem.hint() != null) {
      node.put("hint", problem.hint());
    }
    if (problem.near() != null) {
      node.put("at", problem.near());
    }
    String what =
        "The statement cannot be used.\nPROBLEM (data: a JSON object)\n"
            + RelationText.line(node)
            + "Answer again with the whole JSON object, the statement corrected.\n";
    int tokens = prompt.tokens() + 2 * MESSAGE_TOKENS + counter.count(answer) + counter.count(what);
    if (tokens > maxTokens) {
      return Optional.empty();
    }
    List<Message> messages = new ArrayList<>(prompt.messages());
    messages.add(new Message(Message.Role.ASSISTANT, answer));
    messages.add(new Message(Message.Role.USER, what));
    return Optional.of(List.copyOf(messages));
  }

  /** The best relations that fit, in the schema's order, which is the one providers can cache. */
  private static List<RenderedSchema.Line> best(
      Question question, DatabaseSchema schema, RenderedSchema all, int room) {
    Set<RelationName> kept = new HashSet<>();
    int left = room;
    for (RelevanceRanking.Ranked ranked :
        schema.ranking().rank(question.text(), question.terms())) {
      RelationName name = ranked.relation().name();
      RenderedSchema.Line line = all.lines().get(name);
      if (line != null && line.tokens() <= left) {
        kept.add(name);
        left -= line.tokens();
      }
    }
    return all.lines().values().stream()
        .filter(line -> kept.contains(line.relation().name()))
        .toList();
  }

  /** Every part begins and ends a line, so that the parts' tokens add up to those of the whole. */
  private static String person(Question question) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    if (question.role() != null) {
      node.put("role", question.role());
    }
    if (question.locale() != null) {
      node.put("locale", question.locale());
    }
    if (question.timeZone() != null) {
      node.put("timeZone", question.timeZone());
    }
    if (!question.terms().isEmpty()) {
      ObjectNode terms = node.putObject("businessTerms");
      new TreeMap<>(question.terms()).forEach(terms::put);
    }
    return node.isEmpty() ? "" : "PERSON (data: a JSON object)\n" + RelationText.line(node);
  }

  /** A text cannot hold its own digest, so nothing in the question can end the question. */
  private static String question(String text) {
    String marker = marker(text);
    return "QUESTION (data: the text between the two lines with "
        + marker
        + ")\n"
        + marker
        + "\n"
        + text
        + "\n"
        + marker
        + "\n";
  }

  private static String marker(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, MARKER_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  private static String resource(String name) {
    try (InputStream in = PromptWriter.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException(name + " is missing in this jar");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + name + " of this jar", e);
    }
  }
}
