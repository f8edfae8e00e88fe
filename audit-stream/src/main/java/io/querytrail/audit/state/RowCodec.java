package io.querytrail.audit.state;

import io.querytrail.audit.state.row.AccountRow;
import io.querytrail.audit.state.row.AdmissionRow;
import io.querytrail.audit.state.row.AllowanceRow;
import io.querytrail.audit.state.row.AppliedPricesRow;
import io.querytrail.audit.state.row.AppliedTableRow;
import io.querytrail.audit.state.row.BalanceRow;
import io.querytrail.audit.state.row.BudgetKeyRow;
import io.querytrail.audit.state.row.CandidateRow;
import io.querytrail.audit.state.row.ChainRow;
import io.querytrail.audit.state.row.ClassPricesRow;
import io.querytrail.audit.state.row.CommandRow;
import io.querytrail.audit.state.row.DueRow;
import io.querytrail.audit.state.row.HoldRow;
import io.querytrail.audit.state.row.PaidAttemptRow;
import io.querytrail.audit.state.row.QuestionRow;
import io.querytrail.audit.state.row.RateRow;
import io.querytrail.audit.state.row.RequestRow;
import io.querytrail.audit.state.row.RequesterRow;
import io.querytrail.audit.state.row.SecondRow;
import io.querytrail.audit.state.row.TierRow;
import io.querytrail.audit.state.row.UsageRow;
import io.querytrail.audit.state.row.UsedPriceRow;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Set;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.message.BinaryMessageDecoder;
import org.apache.avro.message.BinaryMessageEncoder;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;
import org.apache.avro.util.ClassSecurityValidator;

/** Bytes of one kind of row. Not safe for use by several threads. */
final class RowCodec<R extends SpecificRecord> {
  private static final Set<String> ROWS =
      Set.of(
          AccountRow.class.getName(),
          ChainRow.class.getName(),
          BudgetKeyRow.class.getName(),
          BalanceRow.class.getName(),
          CandidateRow.class.getName(),
          CommandRow.class.getName(),
          HoldRow.class.getName(),
          UsageRow.class.getName(),
          PaidAttemptRow.class.getName(),
          AllowanceRow.class.getName(),
          RequesterRow.class.getName(),
          AdmissionRow.class.getName(),
          QuestionRow.class.getName(),
          DueRow.class.getName(),
          SecondRow.class.getName(),
          RateRow.class.getName(),
          RequestRow.class.getName(),
          ClassPricesRow.class.getName(),
          TierRow.class.getName(),
          UsedPriceRow.class.getName(),
          AppliedTableRow.class.getName(),
          AppliedPricesRow.class.getName());

  static {
    // Others add to the same global setting, each holding this lock.
    synchronized (ClassSecurityValidator.class) {
      ClassSecurityValidator.setGlobal(
          ClassSecurityValidator.composite(
              ClassSecurityValidator.getGlobal(), type -> ROWS.contains(type.getName())));
    }
  }

  private final Class<R> type;
  private final BinaryMessageEncoder<R> encoder;
  private final BinaryMessageDecoder<R> decoder;

  RowCodec(Class<R> type) {
    this.type = type;
    SpecificData model = SpecificData.getForClass(type);
    this.encoder = new BinaryMessageEncoder<>(model, model.getSchema(type));
    this.decoder = new BinaryMessageDecoder<>(model, model.getSchema(type));
  }

  byte[] write(R row) {
    try {
      ByteBuffer bytes = encoder.encode(row);
      byte[] copy = new byte[bytes.remaining()];
      bytes.get(copy);
      return copy;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  R read(byte[] bytes) {
    try {
      return decoder.decode(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (AvroRuntimeException e) {
      throw new IllegalStateException(
          "the state store holds a "
              + type.getSimpleName()
              + " of another format; it cannot be read safely",
          e);
    }
  }
}
