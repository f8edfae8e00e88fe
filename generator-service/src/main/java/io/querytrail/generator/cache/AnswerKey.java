package io.querytrail.generator.cache;

/**
 * What an answer is kept under. Equal keys get equal answers; no two accounts share a key.
 *
 * @param digest of all that decides the answer, account and datasource included
 */
public record AnswerKey(String account, String datasource, String digest) {}
