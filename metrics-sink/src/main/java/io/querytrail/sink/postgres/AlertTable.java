package io.querytrail.sink.postgres;

import io.querytrail.sink.log.RaisedAlert;
import java.sql.Connection;
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
    new SqlArrays<RaisedAlert>(alerts)
        .keys(RaisedAlert::key)
        .text(RaisedAlert::scope)
        .text(RaisedAlert::scopeKey)
        .text(RaisedAlert::period)
        .text(RaisedAlert::periodName)
        .text(RaisedAlert::kind)
        .values(RaisedAlert::thresholdPercent)
        .text(RaisedAlert::currency)
        .values(alert -> alert.limit().toPlainString())
        .values(alert -> alert.settled().toPlainString())
        .values(alert -> alert.held().toPlainString())
        .text(RaisedAlert::requestId)
        .values(RaisedAlert::policyVersion)
        .values(alert -> alert.source().partition())
        .values(alert -> alert.source().offset())
        .update(connection, INSERT);
  }
}
