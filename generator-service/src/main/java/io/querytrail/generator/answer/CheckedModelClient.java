package io.querytrail.generator.answer;

import io.querytrail.generator.model.Attempt;
import io.querytrail.generator.model.ErrorType;
import io.querytrail.generator.model.ModelAnswer;
import io.querytrail.generator.model.ModelCall;
import io.querytrail.generator.model.ModelClient;
import java.util.ArrayList;
import java.util.List;

/** Makes a failure of every text that is no answer, so that another model can be asked. */
public final class CheckedModelClient implements ModelClient {
  private final ModelClient delegate;

  public CheckedModelClient(ModelClient delegate) {
    this.delegate = delegate;
  }

  @Override
  public ModelAnswer generate(ModelCall call) {
    ModelAnswer answer = delegate.generate(call);
    if (answer instanceof ModelAnswer.Text text
        && AnswerReader.read(text.text()) instanceof Answer.Unusable(ErrorType error, String why)) {
      return new ModelAnswer.Failure(error, why, lastFailed(text.attempts(), error));
    }
    return answer;
  }

  private static List<Attempt> lastFailed(List<Attempt> attempts, ErrorType error) {
    List<Attempt> all = new ArrayList<>(attempts);
    if (!all.isEmpty()) {
      all.addLast(all.removeLast().failed(error));
    }
    return all;
  }
}
