package io.querytrail.demo;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The questions that the model server knows, in the order of {@code shop-questions.yaml}. */
public final class ShopQuestions {
  private static final String RESOURCE = "shop-questions.yaml";
  private static final List<ShopQuestion> ALL = load();

  private ShopQuestions() {}

  /** An entry as it is written down. */
  private record Entry(
      String question,
      ShopQuestion.Kind kind,
      String answer,
      @Nullable String explanation,
      @Nullable String show) {
    ShopQuestion toQuestion() {
      return new ShopQuestion(
          question,
          kind,
          answer.strip(),
          Objects.requireNonNullElse(explanation, ""),
          Objects.requireNonNullElse(show, "table"));
    }
  }

  /** All questions. */
  public static List<ShopQuestion> all() {
    return ALL;
  }

  /** The questions of one kind. */
  public static List<ShopQuestion> byKind(ShopQuestion.Kind kind) {
    return ALL.stream().filter(question -> question.kind() == kind).toList();
  }

  private static List<ShopQuestion> load() {
    try (InputStream in = ShopQuestions.class.getResourceAsStream(RESOURCE)) {
      if (in == null) {
        throw new IllegalStateException(RESOURCE + " is missing in this jar");
      }
      return new YAMLMapper()
          .readValue(in, new TypeReference<List<Entry>>() {}).stream()
              .map(Entry::toQuestion)
              .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(RESOURCE + " of this jar cannot be read", e);
    }
  }
}
