package io.querytrail.demo;

import java.time.Instant;

/**
 * One call as the provider would bill it.
 *
 * @param id the answer's id, as in its body; empty for an error
 * @param at when it was answered
 * @param model as the request names it; empty if the request could not be read
 * @param question the known question, or the last line of the user's message; may be empty
 * @param usage what it costs, also if the answer was lost on the way
 * @param status the HTTP status; 0 if no answer was given
 * @param fault the name of the injected fault; empty if none
 */
public record Served(
    String id,
    Instant at,
    String model,
    String question,
    TokenUsage usage,
    int status,
    String fault) {}
