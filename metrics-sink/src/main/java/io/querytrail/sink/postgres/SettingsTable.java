package io.querytrail.sink.postgres;

import io.querytrail.sink.log.AuditedQuery;
import io.querytrail.sink.log.RequestSettings;
import io.querytrail.sink.log.SinkRecord;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.sql.DataSource;

/**
 * The numbers of the settings that log rows name, remembered. New ones are added in a transaction
 * of their own, before the rows: one that is left without rows does no harm. Rows may be made in
 * one thread while another adds what earlier ones lacked.
 */
final class SettingsTable {
  /** Number of no settings. */
  static final int UNKNOWN = 0;

  private static final String ADD =
      """
      INSERT INTO public.request_settings (account, policy_version, currency, price_version, schema_fingerprint,
        prompt_version, chain_key_id)
      SELECT * FROM unnest(?::text[], ?::int8[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[])
      ON CONFLICT DO NOTHING
      """;
  private static final String READ =
      "SELECT * FROM public.request_settings WHERE account = ANY (?)";

  /** Two writers that add the same must do so in the same order. */
  private static final Comparator<RequestSettings> ORDER =
      Comparator.comparing(RequestSettings::toString);

  private final Map<RequestSettings, Integer> numbers = new ConcurrentHashMap<>();

  /** Those that rows were made with and that had no number then. */
  private final Set<RequestSettings> wanted = ConcurrentHashMap.newKeySet();

  /** Writes the number, later if need be; {@link #UNKNOWN} where it was never looked for. */
  void write(CopyBinaryEncoder out, RequestSettings settings) {
    Integer number = numbers.get(settings);
    if (number == null) {
      wanted.add(settings);
      out.int4Later(() -> numbers.getOrDefault(settings, UNKNOWN));
    } else {
      out.int4(number);
    }
  }

  /** Sees to it that all settings have numbers that {@link #write} did not find one for. */
  void ensureWanted(DataSource dataSource) throws SQLException {
    List<RequestSettings> missing = List.copyOf(wanted);
    ensure(dataSource, missing);
    missing.forEach(wanted::remove);
  }

  /** Sees to it that all settings of these records have numbers. */
  void ensureFor(DataSource dataSource, Collection<? extends SinkRecord> records)
      throws SQLException {
    ensure(dataSource, missing(records));
  }

  private void ensure(DataSource dataSource, Collection<RequestSettings> missing)
      throws SQLException {
    if (missing.isEmpty()) {
      return;
    }
    List<RequestSettings> ordered = new ArrayList<>(missing);
    ordered.sort(ORDER);
    try (Connection connection = dataSource.getConnection()) {
      add(connection, ordered);
      read(connection, ordered);
    }
  }

  private static void add(Connection connection, List<RequestSettings> missing)
      throws SQLException {
    new SqlArrays<RequestSettings>(missing)
        .text(RequestSettings::account)
        .values(RequestSettings::policyVersion)
        .text(RequestSettings::currency)
        .text(RequestSettings::priceVersion)
        .text(RequestSettings::schemaFingerprint)
        .text(RequestSettings::promptVersion)
        .text(RequestSettings::chainKeyId)
        .update(connection, ADD);
  }

  /** Looks up what is there of the settings of these records. */
  void lookUp(Connection connection, Collection<? extends SinkRecord> records) throws SQLException {
    Set<RequestSettings> missing = missing(records);
    if (!missing.isEmpty()) {
      read(connection, missing);
    }
  }

  private Set<RequestSettings> missing(Collection<? extends SinkRecord> records) {
    Set<RequestSettings> missing = new HashSet<>();
    for (SinkRecord record : records) {
      if (record instanceof AuditedQuery query && !numbers.containsKey(query.settings())) {
        missing.add(query.settings());
      }
    }
    return missing;
  }

  /** All of their accounts', which are few each. */
  private void read(Connection connection, Collection<RequestSettings> missing)
      throws SQLException {
    Object[] accounts = missing.stream().map(RequestSettings::account).distinct().toArray();
    try (PreparedStatement read = connection.prepareStatement(READ)) {
      read.setArray(1, connection.createArrayOf("text", accounts));
      try (ResultSet rows = read.executeQuery()) {
        remember(rows);
      }
    }
  }

  private void remember(ResultSet rows) throws SQLException {
    while (rows.next()) {
      numbers.put(
          new RequestSettings(
              rows.getString("account"),
              rows.getObject("policy_version", Long.class),
              rows.getString("currency"),
              rows.getString("price_version"),
              rows.getString("schema_fingerprint"),
              rows.getString("prompt_version"),
              rows.getString("chain_key_id")),
          rows.getInt("id"));
    }
  }
}
