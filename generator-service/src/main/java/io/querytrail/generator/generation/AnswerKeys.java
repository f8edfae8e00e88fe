package io.querytrail.generator.generation;

import io.querytrail.generator.cache.AnswerDigest;
import io.querytrail.generator.cache.AnswerKey;
import io.querytrail.generator.cache.NormalQuestion;
import io.querytrail.generator.model.ModelName;
import io.querytrail.generator.prompt.Prompt;
import io.querytrail.generator.prompt.PromptWriter;
import io.querytrail.generator.prompt.Question;
import io.querytrail.generator.schema.Column;
import io.querytrail.generator.schema.Relation;
import java.util.ArrayList;
import java.util.List;

/**
 * What decides an answer: who asks what and how they speak, what they are shown of which schema, in
 * which wording, which model is asked, and what the policy says about statements. The version of
 * the policy is not in it: a budget that changes makes no answer wrong.
 */
final class AnswerKeys {
  private AnswerKeys() {}

  static AnswerKey of(Admission admission, Prompt prompt, String fingerprint, ModelName model) {
    Question question = admission.question();
    String digest =
        new AnswerDigest()
            .text("account", admission.account())
            .text("datasource", admission.datasource())
            .text("question", NormalQuestion.of(question.text()))
            .text("role", question.role())
            .text("locale", question.locale())
            .text("timeZone", question.timeZone())
            .pairs("terms", question.terms())
            .text("schema", fingerprint)
            .texts("shown", prompt.shown().stream().map(r -> r.name().toString()).toList())
            .texts("values", values(prompt))
            .text("prompt", PromptWriter.VERSION)
            .text("provider", model.provider())
            .text("model", model.model())
            .texts("schemas", admission.guardRules().schemas())
            .text("rowCap", Integer.toString(admission.rowCap()))
            .texts("functions", admission.guardRules().extraFunctions().stream().sorted().toList())
            .pairs("severities", admission.guardRules().severities())
            .hex();
    return new AnswerKey(admission.account(), admission.datasource(), digest);
  }

  /** Values that were shown tell a model how to spell them; no fingerprint has them. */
  private static List<String> values(Prompt prompt) {
    List<String> values = new ArrayList<>();
    for (Relation relation : prompt.shown()) {
      for (Column column : relation.columns()) {
        values.addAll(column.values());
      }
    }
    return values;
  }
}
