package io.querytrail.audit.topology;

import io.querytrail.events.GenerationFailed;
import io.querytrail.events.ModelAttempt;
import io.querytrail.events.QueryGenerated;
import java.util.List;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecord;

/** What a dispatch came to, under what its two events have in common. */
sealed interface Outcome {
  String account();

  String requestId();

  /** Id of the admission that was dispatched. */
  String admission();

  /** Identity of the dispatch. */
  String nonce();

  List<ModelAttempt> attempts();

  record Generated(QueryGenerated event) implements Outcome {
    @Override
    public String account() {
      return event.getAccount();
    }

    @Override
    public String requestId() {
      return event.getRequestId();
    }

    @Override
    public String admission() {
      return event.getAdmissionId();
    }

    @Override
    public String nonce() {
      return event.getDispatchNonce();
    }

    @Override
    public List<ModelAttempt> attempts() {
      return event.getAttempts();
    }
  }

  record Failed(GenerationFailed event) implements Outcome {
    @Override
    public String account() {
      return event.getAccount();
    }

    @Override
    public String requestId() {
      return event.getRequestId();
    }

    @Override
    public String admission() {
      return event.getAdmissionId();
    }

    @Override
    public String nonce() {
      return event.getDispatchNonce();
    }

    @Override
    public List<ModelAttempt> attempts() {
      return event.getAttempts();
    }
  }

  static Optional<Outcome> of(SpecificRecord event) {
    return switch (event) {
      case QueryGenerated generated -> Optional.of(new Generated(generated));
      case GenerationFailed failed -> Optional.of(new Failed(failed));
      default -> Optional.empty();
    };
  }
}
