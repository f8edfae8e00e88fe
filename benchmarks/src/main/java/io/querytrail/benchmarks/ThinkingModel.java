package io.querytrail.benchmarks;

import io.querytrail.generator.model.Attempt;
import io.querytrail.generator.model.Message;
import io.querytrail.generator.model.ModelAnswer;
import io.querytrail.generator.model.ModelCall;
import io.querytrail.generator.model.ModelClient;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** A model that thinks in this process, and remembers what it was asked last. */
final class ThinkingModel implements ModelClient {
  private static final String TEXT =
      "{\"sql\":\"SELECT count(*) AS customers FROM shop.customers\",\"explanation\":\"All.\","
          + "\"warnings\":[],\"suggested_visualization\":\"none\"}";

  private final Duration thinks;
  private volatile List<Message> last = List.of();

  ThinkingModel(Duration thinks) {
    this.thinks = thinks;
  }

  List<Message> lastAsked() {
    return last;
  }

  @Override
  public ModelAnswer generate(ModelCall call) {
    Instant start = Instant.now();
    last = call.messages();
    try {
      Thread.sleep(thinks);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return new ModelAnswer.Text(
        TEXT,
        call.model(),
        List.of(
            new Attempt(
                call.model(),
                null,
                call.purpose(),
                true,
                start,
                Duration.between(start, Instant.now()),
                null,
                200,
                null)));
  }
}
