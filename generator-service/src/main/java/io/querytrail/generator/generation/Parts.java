package io.querytrail.generator.generation;

import io.querytrail.generator.cache.AnswerCache;
import io.querytrail.generator.check.PlanSource;
import io.querytrail.generator.check.SqlGuard;
import io.querytrail.generator.model.FallbackChain;
import io.querytrail.generator.model.InputCeiling;
import io.querytrail.generator.prompt.PromptWriter;
import io.querytrail.generator.schema.SchemaSource;
import java.time.Clock;
import java.util.function.Consumer;

/**
 * All that a generation is made with.
 *
 * @param bugs is told what went wrong in this service itself
 */
public record Parts(
    SchemaSource schemas,
    PromptWriter prompts,
    AnswerCache answers,
    FallbackChain models,
    InputCeiling ceilings,
    SqlGuard guard,
    PlanSource plans,
    IdSource nonces,
    Clock clock,
    Consumer<RuntimeException> bugs) {}
