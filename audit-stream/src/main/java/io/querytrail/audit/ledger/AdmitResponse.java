package io.querytrail.audit.ledger;

/** The answer to {@link LedgerCommand.Admit}. */
public sealed interface AdmitResponse {
  record Admitted(Request request, Admission admission, DatasourceRule datasource)
      implements AdmitResponse {}

  record Refused(Request request, Refusal refusal) implements AdmitResponse {}

  /** The same request again: it has, or will have, its one verdict. */
  record Repeated() implements AdmitResponse {}

  /** Another question under an id that is taken. */
  record Conflicting() implements AdmitResponse {}
}
