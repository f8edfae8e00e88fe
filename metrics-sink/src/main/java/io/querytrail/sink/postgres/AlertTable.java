package io.querytrail.sink.postgres;

import io.querytrail.sink.log.RaisedAlert;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;

/** Budget alerts, each once. */
final class AlertTable {
  private static final String INSERT =
      """
      INSERT INTO public.budget_alerts (created_at, alert_id, account, scope, scope_key, period, period_name, kind,
        threshold_percent, currency, limit_amount, settled, held, request_id, policy_version, kafka_partition,
        kafka_offset)
      SELECT * FROM unnest(?::timestamptz[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[],
        ?::text[], ?::int4[], ?::text[], ?::numeric[], ?::numeric[], ?::numeric[], ?::text[], ?::int8[], ?::int4[],
        ?::int8[])
      ON CONFLICT DO NOTHING
      """;

  void write(Connection connection, List<RaisedAlert> alerts) throws SQLException {
    if (alerts.isEmpty()) {
      return;
    }
    try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
      new SqlArrays<RaisedAlert>(insert, alerts)
          .keys(RaisedAlert::key)
          .text(RaisedAlert::scope)
          .text(RaisedAlert::scopeKey)
          .text(RaisedAlert::period)
          .text(RaisedAlert::periodName)
          .text(RaisedAlert::kind)
          .values("int4", RaisedAlert::thresholdPercent)
          .text(RaisedAlert::currency)
          .values("numeric", alert -> alert.limit().toPlainString())
          .values("numeric", alert -> alert.settled().toPlainString())
          .values("numeric", alert -> alert.held().toPlainString())
          .text(RaisedAlert::requestId)
          .values("int8", RaisedAlert::policyVersion)
          .values("int4", alert -> alert.source().partition())
          .values("int8", alert -> alert.source().offset());
      insert.executeUpdate();
    }
  }
}
