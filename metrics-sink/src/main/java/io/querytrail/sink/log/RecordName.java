package io.querytrail.sink.log;

/**
 * What an audit record is about.
 *
 * @param id of the request or the posting, unique within the account
 */
public record RecordName(String account, String id) {}
