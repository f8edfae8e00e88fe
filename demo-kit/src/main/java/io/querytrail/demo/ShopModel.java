package io.querytrail.demo;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.querytrail.demo.ChatRequest.Message;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The model behind the wire formats: knows the shop's questions by heart, answers any other with a
 * count, and tells what each answer is paid by. Safe for use by several threads.
 */
final class ShopModel {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final List<String> TABLES =
      List.of(
          "customers", "orders", "order_items", "products", "categories", "payments", "reviews");
  private static final String USUAL_TABLE = "orders";

  /** What providers add to each message and to the start of the answer. */
  private static final int TOKENS_PER_MESSAGE = 3;

  private final QuestionFinder finder = new QuestionFinder(ShopQuestions.all());
  private final PromptCache cache = new PromptCache();

  String question(ChatRequest request) {
    return finder
        .find(request.messages())
        .map(ShopQuestion::question)
        .orElseGet(() -> QuestionFinder.unknownQuestion(request.messages()));
  }

  /** Its own words. */
  Completion answer(ChatRequest request) {
    Optional<ShopQuestion> known = finder.find(request.messages());
    String content =
        known.map(ShopModel::knownAnswer).orElseGet(() -> countOfBestTable(request.messages()));
    return say(request, content);
  }

  /** Words that a test puts into its mouth. */
  Completion say(ChatRequest request, String content) {
    Tokens tokens = Tokens.of(content);
    int completionTokens = Math.min(tokens.count(), request.maxTokens());
    String prompt =
        request.messages().stream()
            .map(message -> message.role() + "\n" + message.text())
            .collect(Collectors.joining("\n"));
    TokenUsage usage =
        new TokenUsage(
            promptTokens(request.messages()),
            cache.cachedTokens(request.model(), prompt),
            completionTokens,
            0);
    return new Completion(
        tokens.first(completionTokens),
        usage,
        completionTokens < tokens.count() ? Ending.MAX_TOKENS : Ending.DONE);
  }

  private static int promptTokens(List<Message> messages) {
    return TOKENS_PER_MESSAGE
        + messages.stream()
            .mapToInt(message -> TOKENS_PER_MESSAGE + 1 + Tokens.of(message.text()).count())
            .sum();
  }

  private static String knownAnswer(ShopQuestion known) {
    return known.kind() == ShopQuestion.Kind.PROSE
        ? known.answer()
        : json(known.answer(), known.explanation(), known.visualization());
  }

  private static String countOfBestTable(List<Message> messages) {
    String asked = QuestionFinder.words(QuestionFinder.unknownQuestion(messages));
    String table =
        TABLES.stream().filter(name -> names(asked, name)).findFirst().orElse(USUAL_TABLE);
    return json(
        "SELECT count(*) AS " + table + " FROM shop." + table,
        "Counts the rows of " + table + ", the table that seemed to be meant.",
        "none");
  }

  private static boolean names(String asked, String table) {
    String plural = QuestionFinder.words(table);
    String singular =
        plural.strip().endsWith("ies")
            ? plural.strip().replaceAll("ies$", "y")
            : plural.strip().replaceAll("s$", "");
    return asked.contains(plural) || asked.contains(" " + singular.toLowerCase(Locale.ROOT) + " ");
  }

  private static String json(String sql, String explanation, String visualization) {
    ObjectNode answer = JSON.createObjectNode().put("sql", sql).put("explanation", explanation);
    answer.putArray("warnings");
    answer.put("suggested_visualization", visualization);
    try {
      return JSON.writeValueAsString(answer);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Texts can always be written as JSON", e);
    }
  }
}
