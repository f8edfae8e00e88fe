package io.querytrail.sink.log;

/**
 * A record that the store cannot take, whatever is tried.
 *
 * @param errorClass kind of failure, such as an SQLSTATE
 */
public record Refusal(SinkRecord record, String errorClass, String message) {}
