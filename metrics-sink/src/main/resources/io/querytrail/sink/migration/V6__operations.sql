-- What an operator looks at: functions and views on the server and on the log, each saying by itself whether there is
-- something to do. They hold on PostgreSQL 15 to 18.

CREATE SCHEMA querytrail_ops;

COMMENT ON SCHEMA querytrail_ops IS 'State of the log and of its server; begin with check_database_health() and v_performance_alerts.';

-- ---- from when on something is worth a look --------------------------------------------------------------------------

CREATE TABLE querytrail_ops.thresholds (
  name                 text           PRIMARY KEY,
  warning              float8         NOT NULL,
  critical             float8         NOT NULL,
  meaning              text           NOT NULL
);

COMMENT ON TABLE querytrail_ops.thresholds IS 'A value from warning on is a WARNING, from critical on CRITICAL; downwards where critical is the smaller one. May be changed.';

INSERT INTO querytrail_ops.thresholds VALUES
  ('connections_percent',     80,      95,       'of the connections that ordinary roles may have'),
  ('slow_query_ms',           1000,    5000,     'mean time of a statement'),
  ('model_errors_percent',    5,       10,       'of the calls of a model in the last hour, from 20 calls on'),
  ('cache_hit_percent',       90,      80,       'blocks found in PostgreSQL''s memory'),
  ('dead_rows_percent',       10,      20,       'of a table''s rows, from 1,000 dead ones on'),
  ('bloat_percent',           50,      75,       'of a table or index, estimated, from 1 MiB of it on'),
  ('unused_index_bytes',      10485760, 1073741824, 'size of an index that nothing has used since statistics began'),
  ('transaction_seconds',     300,     1800,     'age of a transaction'),
  ('blocked_seconds',         5,       60,       'for which a session has waited for another''s lock'),
  ('stray_rows',              1,       10000,    'rows that no month''s partition takes'),
  ('sink_lag_records',        10000,   1000000,  'records that are not stored yet'),
  ('sink_silent_seconds',     180,     600,      'since a sink last recorded its metrics');

CREATE FUNCTION querytrail_ops.level(measure text, value float8) RETURNS text
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
RETURN (SELECT CASE
    WHEN value IS NULL THEN 'UNKNOWN'
    WHEN warning <= critical AND value >= critical OR warning > critical AND value < critical THEN 'CRITICAL'
    WHEN warning <= critical AND value >= warning OR warning > critical AND value < warning THEN 'WARNING'
    ELSE 'OK' END
  FROM querytrail_ops.thresholds WHERE name = measure);

COMMENT ON FUNCTION querytrail_ops.level IS 'OK, WARNING or CRITICAL by that threshold; UNKNOWN for null.';

-- ---- statements ------------------------------------------------------------------------------------------------------

CREATE FUNCTION querytrail_ops.statements_notice() RETURNS text
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_stat_statements') THEN
    RETURN 'pg_stat_statements is not installed in this database: set shared_preload_libraries = ''pg_stat_statements'', '
      'restart, and CREATE EXTENSION pg_stat_statements';
  END IF;
  IF current_setting('pg_stat_statements.max', true) IS NULL THEN
    RETURN 'pg_stat_statements is installed and not loaded: set shared_preload_libraries = ''pg_stat_statements'' and restart';
  END IF;
  RETURN NULL;
END
$$;

COMMENT ON FUNCTION querytrail_ops.statements_notice IS 'Why there are no statistics of statements; null where there are.';

CREATE FUNCTION querytrail_ops.slow_queries() RETURNS TABLE (level text, mean_ms float8, max_ms float8, total_ms float8,
  calls bigint, row_count bigint, role_name name, query_id bigint, query text)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  missing text := querytrail_ops.statements_notice();
  home    text := (SELECT extnamespace::regnamespace::text FROM pg_extension WHERE extname = 'pg_stat_statements');
BEGIN
  IF missing IS NOT NULL THEN
    RAISE NOTICE '%', missing;
    RETURN;
  END IF;
  RETURN QUERY EXECUTE format($query$
    SELECT querytrail_ops.level('slow_query_ms', s.mean_exec_time), s.mean_exec_time, s.max_exec_time, s.total_exec_time,
      s.calls, s.rows, pg_get_userbyid(s.userid), s.queryid, s.query
    FROM %s.pg_stat_statements AS s
    WHERE s.dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
      AND querytrail_ops.level('slow_query_ms', s.mean_exec_time) <> 'OK'
    ORDER BY s.mean_exec_time DESC
    $query$, home);
END
$$;

CREATE VIEW querytrail_ops.v_slow_queries WITH (security_invoker) AS
SELECT * FROM querytrail_ops.slow_queries();

COMMENT ON VIEW querytrail_ops.v_slow_queries IS 'Statements of this database whose mean time passes slow_query_ms, by pg_stat_statements; a notice where that is missing.';

-- ---- sessions --------------------------------------------------------------------------------------------------------

CREATE VIEW querytrail_ops.v_connection_pool_health WITH (security_invoker) AS
SELECT querytrail_ops.level('connections_percent', 100.0 * used / available) AS level, used, available,
  round(100.0 * used / available, 1) AS used_percent, active, idle, idle_in_transaction, waiting_for_locks
FROM (
  SELECT count(*) AS used,
    current_setting('max_connections')::bigint - current_setting('superuser_reserved_connections')::bigint
      - coalesce(current_setting('reserved_connections', true), '0')::bigint AS available,
    count(*) FILTER (WHERE state = 'active') AS active,
    count(*) FILTER (WHERE state = 'idle') AS idle,
    count(*) FILTER (WHERE state LIKE 'idle in transaction%') AS idle_in_transaction,
    count(*) FILTER (WHERE wait_event_type = 'Lock') AS waiting_for_locks
  FROM pg_stat_activity WHERE backend_type = 'client backend') AS sessions;

COMMENT ON VIEW querytrail_ops.v_connection_pool_health IS 'Connections of the whole server against what ordinary roles may have.';

CREATE VIEW querytrail_ops.v_long_transactions WITH (security_invoker) AS
SELECT querytrail_ops.level('transaction_seconds', extract(epoch FROM clock_timestamp() - xact_start)) AS level,
  extract(epoch FROM clock_timestamp() - xact_start)::float8 AS transaction_seconds, pid, usename AS role_name,
  application_name, state, wait_event_type, wait_event, query
FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
  AND querytrail_ops.level('transaction_seconds', extract(epoch FROM clock_timestamp() - xact_start))
    IN ('WARNING', 'CRITICAL');

COMMENT ON VIEW querytrail_ops.v_long_transactions IS 'Transactions of this database that pass transaction_seconds: nothing that was deleted since can be cleaned up.';

CREATE VIEW querytrail_ops.v_blocked_sessions WITH (security_invoker) AS
SELECT querytrail_ops.level('blocked_seconds', extract(epoch FROM clock_timestamp() - waiting.waitstart)) AS level,
  extract(epoch FROM clock_timestamp() - waiting.waitstart)::float8 AS blocked_seconds, session.pid,
  session.usename AS role_name, session.application_name, session.query, pg_blocking_pids(session.pid) AS blocked_by,
  (SELECT string_agg(blocker.application_name || ': ' || blocker.query, E'\n') FROM pg_stat_activity AS blocker
    WHERE blocker.pid = ANY (pg_blocking_pids(session.pid))) AS blocking_queries
FROM pg_stat_activity AS session
JOIN LATERAL (SELECT min(waitstart) AS waitstart FROM pg_locks WHERE pid = session.pid AND NOT granted) AS waiting
  ON waiting.waitstart IS NOT NULL
WHERE session.datname = current_database()
  AND querytrail_ops.level('blocked_seconds', extract(epoch FROM clock_timestamp() - waiting.waitstart)) <> 'OK';

COMMENT ON VIEW querytrail_ops.v_blocked_sessions IS 'Sessions that wait for a lock for longer than blocked_seconds, and whom they wait for.';

-- ---- tables and indexes ----------------------------------------------------------------------------------------------

CREATE VIEW querytrail_ops.v_tables_needing_maintenance WITH (security_invoker) AS
SELECT querytrail_ops.level('dead_rows_percent', 100.0 * n_dead_tup / nullif(n_live_tup + n_dead_tup, 0)) AS level,
  schemaname AS schema_name, relname AS table_name,
  round(100.0 * n_dead_tup / (n_live_tup + n_dead_tup), 1) AS dead_percent, n_dead_tup AS dead_rows,
  n_live_tup AS live_rows, greatest(last_vacuum, last_autovacuum) AS last_vacuum,
  greatest(last_analyze, last_autoanalyze) AS last_analyze
FROM pg_stat_user_tables
WHERE n_dead_tup >= 1000
  AND querytrail_ops.level('dead_rows_percent', 100.0 * n_dead_tup / (n_live_tup + n_dead_tup)) <> 'OK'
ORDER BY n_dead_tup DESC;

COMMENT ON VIEW querytrail_ops.v_tables_needing_maintenance IS 'Tables of this database with many rows that were deleted or changed and are not cleaned up.';

CREATE VIEW querytrail_ops.v_bloat WITH (security_invoker) AS
WITH block AS (
  -- Of a page, what rows can have; of a row, header and line pointer, and each rounded up to 8.
  SELECT current_setting('block_size')::float8 AS bytes, 24 AS page_header, 28 AS row_header, 12 AS entry_header),
heap AS (
  SELECT c.oid, 'table' AS kind, n.nspname, c.relname AS table_name, c.relname AS name, c.reltuples,
    coalesce(substring(array_to_string(c.reloptions, ' ') FROM 'fillfactor=([0-9]+)')::float8, 100) / 100 AS fill,
    block.row_header + 8 * ceil((SELECT sum((1 - s.null_frac) * s.avg_width) FROM pg_stats AS s
      WHERE s.schemaname = n.nspname AND s.tablename = c.relname AND NOT s.inherited) / 8) AS row_bytes
  FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace, block
  WHERE c.relkind = 'r'),
tree AS (
  SELECT c.oid, 'index' AS kind, n.nspname, t.relname AS table_name, c.relname AS name, c.reltuples,
    coalesce(substring(array_to_string(c.reloptions, ' ') FROM 'fillfactor=([0-9]+)')::float8, 90) / 100 AS fill,
    block.entry_header + 8 * ceil((SELECT sum((1 - s.null_frac) * s.avg_width)
      FROM unnest(i.indkey::int2[]) AS key (attnum)
      JOIN pg_attribute AS a ON a.attrelid = t.oid AND a.attnum = key.attnum
      JOIN pg_stats AS s ON s.schemaname = n.nspname AND s.tablename = t.relname AND s.attname = a.attname
        AND NOT s.inherited) / 8) AS row_bytes
  FROM pg_index AS i
  JOIN pg_class AS c ON c.oid = i.indexrelid AND c.relkind = 'i'
  JOIN pg_am AS am ON am.oid = c.relam AND am.amname = 'btree'
  JOIN pg_class AS t ON t.oid = i.indrelid AND t.relkind = 'r'
  JOIN pg_namespace AS n ON n.oid = t.relnamespace, block
  WHERE 0 <> ALL (i.indkey::int2[])),
estimated AS (
  SELECT e.*, pg_relation_size(e.oid) AS bytes,
    -- An empty one has its first pages all the same.
    greatest(ceil(greatest(e.reltuples, 0) * e.row_bytes / ((block.bytes - block.page_header) * e.fill)), 1) * block.bytes
      AS needed_bytes
  FROM (SELECT * FROM heap UNION ALL SELECT * FROM tree) AS e, block
  WHERE e.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast') AND e.row_bytes IS NOT NULL AND e.reltuples >= 0)
SELECT CASE WHEN bytes - needed_bytes < 1048576 THEN 'OK'
    ELSE querytrail_ops.level('bloat_percent', 100 * (bytes - needed_bytes) / bytes) END AS level,
  kind, nspname AS schema_name, table_name, name, bytes, needed_bytes::bigint AS needed_bytes,
  greatest(bytes - needed_bytes, 0)::bigint AS bloat_bytes,
  round((100 * greatest(bytes - needed_bytes, 0) / nullif(bytes, 0))::numeric, 1) AS bloat_percent
FROM estimated
ORDER BY bytes - needed_bytes DESC;

COMMENT ON VIEW querytrail_ops.v_bloat IS 'Tables and btree indexes, with the space that their rows need by the last ANALYZE. An estimate: a fifth more or less tells nothing.';

CREATE VIEW querytrail_ops.v_index_usage WITH (security_invoker) AS
SELECT CASE WHEN scans > 0 OR needed THEN 'OK' ELSE querytrail_ops.level('unused_index_bytes', bytes) END AS level,
  schema_name, table_name, index_name, scans, bytes, partitions, needed AS enforces_a_constraint,
  scans = 0 AND NOT needed AS unused, (SELECT stats_reset FROM pg_stat_database WHERE datname = current_database())
    AS statistics_since
FROM (
  -- The index of a partitioned table is used wherever one of a partition is.
  SELECT n.nspname AS schema_name, t.relname AS table_name, c.relname AS index_name, sum(s.idx_scan) AS scans,
    sum(pg_relation_size(s.indexrelid)) AS bytes, count(*) AS partitions,
    bool_or(i.indisunique OR i.indisexclusion OR i.indisreplident) AS needed
  FROM pg_stat_user_indexes AS s
  JOIN pg_index AS i ON i.indexrelid = s.indexrelid
  JOIN pg_class AS c ON c.oid = coalesce(pg_partition_root(s.indexrelid), s.indexrelid)
  JOIN pg_class AS t ON t.oid = coalesce(pg_partition_root(s.relid), s.relid)
  JOIN pg_namespace AS n ON n.oid = t.relnamespace
  GROUP BY n.nspname, t.relname, c.relname) AS used
ORDER BY unused DESC, bytes DESC;

COMMENT ON VIEW querytrail_ops.v_index_usage IS 'How often each index was used, all months of a table together; unused ones first.';

CREATE VIEW querytrail_ops.v_cache_hit_ratio WITH (security_invoker) AS
SELECT querytrail_ops.level('cache_hit_percent', CASE WHEN hits + reads >= 10000 THEN 100.0 * hits / (hits + reads) END)
    AS level,
  schema_name, table_name, round(100.0 * hits / nullif(hits + reads, 0), 1) AS hit_percent, hits, reads
FROM (
  SELECT coalesce(schemaname, '') AS schema_name, coalesce(relname, 'all tables') AS table_name,
    coalesce(sum(heap_blks_hit + coalesce(idx_blks_hit, 0)), 0) AS hits,
    coalesce(sum(heap_blks_read + coalesce(idx_blks_read, 0)), 0) AS reads
  FROM pg_statio_user_tables
  GROUP BY GROUPING SETS ((schemaname, relname), ())) AS blocks
ORDER BY schema_name <> '', hits + reads DESC;

COMMENT ON VIEW querytrail_ops.v_cache_hit_ratio IS 'Blocks that were in shared_buffers, by table and for all; UNKNOWN under 10,000 blocks.';

-- ---- months ----------------------------------------------------------------------------------------------------------

CREATE VIEW querytrail_ops.partition_sizes WITH (security_invoker) AS
SELECT t.table_name, c.relname AS partition_name,
  CASE WHEN c.relname = t.table_name || '_default' THEN NULL ELSE to_date(right(c.relname, 7), 'YYYY_MM') END AS month,
  CASE WHEN c.relname = t.table_name || '_default' THEN 'DEFAULT' WHEN c.relispartition THEN 'ATTACHED' ELSE 'DETACHED' END
    AS state,
  greatest(c.reltuples, 0)::bigint AS estimated_rows, pg_table_size(c.oid) AS table_bytes,
  pg_indexes_size(c.oid) AS index_bytes, pg_total_relation_size(c.oid) AS total_bytes
FROM (SELECT relname AS table_name FROM pg_class WHERE relkind = 'p' AND relnamespace = 'public'::regnamespace
    AND relname IN ('ai_query_log', 'llm_attempts', 'query_corrections', 'query_executions', 'budget_alerts',
      'query_performance_metrics', 'performance_metrics')) AS t
JOIN pg_class AS c ON c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
  AND c.relname ~ ('^' || t.table_name || '_(default|[0-9]{4}_[0-9]{2})$')
ORDER BY t.table_name, c.relname;

COMMENT ON VIEW querytrail_ops.partition_sizes IS 'Each month of each table, also those that were taken out.';

CREATE FUNCTION querytrail_ops.partition_problems() RETURNS TABLE (level text, table_name name, month date, problem text)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  parent  record;
  ahead   int;
  strays  bigint;
  wanted  date;
BEGIN
  FOR parent IN
    SELECT DISTINCT s.table_name FROM querytrail_ops.partition_sizes AS s ORDER BY 1
  LOOP
    FOR ahead IN 0..1 LOOP
      wanted := (date_trunc('month', now() AT TIME ZONE 'UTC') + make_interval(months => ahead))::date;
      IF NOT EXISTS (SELECT FROM querytrail_ops.partition_sizes AS s
          WHERE s.table_name = parent.table_name AND s.month = wanted AND s.state = 'ATTACHED') THEN
        level := CASE ahead WHEN 0 THEN 'CRITICAL' ELSE 'WARNING' END;
        table_name := parent.table_name;
        month := wanted;
        problem := CASE ahead WHEN 0 THEN 'the current month has no partition' ELSE 'the next month has no partition yet' END
          || ': SELECT querytrail_ops.maintain_partitions(), or `querytrail partitions ensure`';
        RETURN NEXT;
      END IF;
    END LOOP;
    EXECUTE format('SELECT count(*) FROM public.%I', parent.table_name || '_default') INTO strays;
    IF querytrail_ops.level('stray_rows', strays) <> 'OK' THEN
      level := querytrail_ops.level('stray_rows', strays);
      table_name := parent.table_name;
      month := NULL;
      problem := strays || ' rows are in the default partition: of impossible times, or of months that were taken out';
      RETURN NEXT;
    END IF;
  END LOOP;
END
$$;

COMMENT ON FUNCTION querytrail_ops.partition_problems IS 'Months that are missing, and rows of no month. Counts the rows of default partitions.';

CREATE FUNCTION querytrail_ops.maintain_partitions(months_ahead int DEFAULT 3) RETURNS int
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  parent  text;
  ahead   int;
  made    int := 0;
  today   date := (now() AT TIME ZONE 'UTC')::date;
BEGIN
  IF months_ahead NOT BETWEEN 0 AND 24 THEN
    RAISE EXCEPTION 'months_ahead is %; use 0 to 24', months_ahead USING ERRCODE = '22023';
  END IF;
  FOREACH parent IN ARRAY ARRAY['ai_query_log', 'llm_attempts', 'query_corrections', 'query_executions', 'budget_alerts',
      'query_performance_metrics', 'performance_metrics'] LOOP
    FOR ahead IN 0..months_ahead LOOP
      IF public.ensure_month_partition(parent,
          (date_trunc('month', today::timestamp) + make_interval(months => ahead))::date) THEN
        made := made + 1;
      END IF;
    END LOOP;
  END LOOP;
  PERFORM public.tune_month_partitions(today);
  RETURN made;
END
$$;

COMMENT ON FUNCTION querytrail_ops.maintain_partitions IS 'Makes the partitions of the current month and those ahead, in every table, as the sink does by itself. Returns how many it made.';

-- ---- what runs through -----------------------------------------------------------------------------------------------

CREATE VIEW querytrail_ops.v_sink_lag WITH (security_invoker) AS
SELECT CASE WHEN querytrail_ops.level('sink_silent_seconds', silent_seconds) <> 'OK'
      THEN querytrail_ops.level('sink_silent_seconds', silent_seconds)
    ELSE querytrail_ops.level('sink_lag_records', lag_records) END AS level,
  instances, lag_records, silent_seconds, (SELECT max(updated_at) FROM public.kafka_offsets) AS last_stored
FROM (
  -- Each instance's last word, of those that spoke lately.
  SELECT count(*) AS instances, sum(metric_value) AS lag_records,
    extract(epoch FROM clock_timestamp() - max(recorded_at))::float8 AS silent_seconds
  FROM (
    SELECT DISTINCT ON (tags ->> 'instance') tags ->> 'instance' AS instance, metric_value, recorded_at
    FROM public.performance_metrics
    WHERE service_name = 'metrics-sink' AND metric_name = 'querytrail.sink.lag.records'
      AND recorded_at > now() - interval '1 day'
    ORDER BY tags ->> 'instance', recorded_at DESC) AS latest
  WHERE recorded_at > (SELECT max(recorded_at) - interval '150 seconds' FROM public.performance_metrics
    WHERE service_name = 'metrics-sink' AND metric_name = 'querytrail.sink.lag.records'
      AND recorded_at > now() - interval '1 day')) AS sinks;

COMMENT ON VIEW querytrail_ops.v_sink_lag IS 'Records that the sinks have yet to store, by what they recorded last; UNKNOWN where none did within a day.';

CREATE VIEW querytrail_ops.v_ai_model_performance WITH (security_invoker) AS
SELECT CASE WHEN calls < 20 THEN 'OK' ELSE querytrail_ops.level('model_errors_percent', 100.0 * errors / calls) END AS level,
  provider, model, requests, calls, errors, round(100.0 * errors / nullif(calls, 0), 1) AS error_percent, p50_ms, p95_ms,
  cost, currency
FROM (
  SELECT provider, model, currency, sum(requests) AS requests, sum(calls) AS calls, sum(errors) AS errors,
    public.latency_percentile_ms(public.sum_latency_counts(latency_counts), 0.5) AS p50_ms,
    public.latency_percentile_ms(public.sum_latency_counts(latency_counts), 0.95) AS p95_ms, sum(cost) AS cost
  FROM public.query_performance_metrics
  WHERE minute > now() - interval '1 hour' AND model <> ''
  GROUP BY provider, model, currency) AS models
ORDER BY errors DESC, calls DESC;

COMMENT ON VIEW querytrail_ops.v_ai_model_performance IS 'Models in the last hour; times are from request to verdict, as bucket bounds.';

CREATE VIEW querytrail_ops.v_ai_task_performance WITH (security_invoker) AS
SELECT CASE WHEN count(*) < 20 THEN 'OK'
    ELSE querytrail_ops.level('model_errors_percent', 100.0 * count(error_type) / count(*)) END AS level,
  purpose AS task, count(*) AS calls, count(error_type) AS errors,
  round(100.0 * count(error_type) / count(*), 1) AS error_percent, round(avg(latency_ms)) AS mean_ms,
  percentile_cont(0.95) WITHIN GROUP (ORDER BY latency_ms) AS p95_ms, sum(cost) AS cost, currency
FROM public.llm_attempts
WHERE created_at > now() - interval '1 hour' AND ordinal > 0
GROUP BY purpose, currency
ORDER BY count(*) DESC;

COMMENT ON VIEW querytrail_ops.v_ai_task_performance IS 'What models were called for in the last hour: to write a statement, or to repair one.';

CREATE VIEW querytrail_ops.v_query_performance_trends WITH (security_invoker) AS
SELECT hour, requests, approved, rejected, cache_hits, p50_ms, p95_ms, cost, currency,
  requests - lag(requests) OVER before AS more_requests, p95_ms - lag(p95_ms) OVER before AS p95_change_ms
FROM (
  SELECT date_trunc('hour', minute) AS hour, currency, sum(requests) AS requests, sum(approved) AS approved,
    sum(rejected) AS rejected, sum(cache_hits) AS cache_hits, sum(cost) AS cost,
    public.latency_percentile_ms(public.sum_latency_counts(latency_counts), 0.5) AS p50_ms,
    public.latency_percentile_ms(public.sum_latency_counts(latency_counts), 0.95) AS p95_ms
  FROM public.query_performance_metrics
  WHERE minute > now() - interval '7 days'
  GROUP BY 1, 2) AS hours
WINDOW before AS (PARTITION BY currency ORDER BY hour)
ORDER BY hour DESC;

COMMENT ON VIEW querytrail_ops.v_query_performance_trends IS 'Hour by hour for seven days, with the change against the hour before that had requests.';

-- ---- all of it -------------------------------------------------------------------------------------------------------

CREATE VIEW querytrail_ops.v_performance_alerts WITH (security_invoker) AS
SELECT level, subject, detail FROM (
  SELECT level, 'connections' AS subject,
    format('%s of %s connections are used (%s %%)', used, available, used_percent) AS detail
  FROM querytrail_ops.v_connection_pool_health
  UNION ALL
  SELECT level, 'slow query', format('%s ms on average in %s calls: %s', round(mean_ms), calls, left(query, 200))
  FROM querytrail_ops.v_slow_queries
  UNION ALL
  SELECT level, 'long transaction', format('session %s of %s (%s), %s for %s s: %s', pid, role_name, application_name, state,
    round(transaction_seconds), left(query, 200))
  FROM querytrail_ops.v_long_transactions
  UNION ALL
  SELECT level, 'blocked session', format('session %s of %s waits for %s for %s s: %s', pid, role_name, blocked_by,
    round(blocked_seconds), left(query, 200))
  FROM querytrail_ops.v_blocked_sessions
  UNION ALL
  SELECT level, 'dead rows', format('%s.%s: %s of its rows (%s %%) are dead: VACUUM', schema_name, table_name, dead_rows,
    dead_percent)
  FROM querytrail_ops.v_tables_needing_maintenance
  UNION ALL
  SELECT level, 'bloat', format('%s %s.%s: about %s of %s are unused: %s', kind, schema_name, name,
    pg_size_pretty(bloat_bytes), pg_size_pretty(bytes),
    CASE kind WHEN 'table' THEN 'VACUUM FULL, or wait until new rows fill it' ELSE 'REINDEX INDEX CONCURRENTLY' END)
  FROM querytrail_ops.v_bloat
  UNION ALL
  SELECT level, 'unused index', format('%s.%s of %s: %s, not used since %s', schema_name, index_name, table_name,
    pg_size_pretty(bytes), coalesce(statistics_since::text, 'statistics began'))
  FROM querytrail_ops.v_index_usage
  UNION ALL
  SELECT level, 'cache', format('%s: %s %% of its blocks were in memory', concat_ws('.', nullif(schema_name, ''), table_name),
    hit_percent)
  FROM querytrail_ops.v_cache_hit_ratio WHERE level <> 'UNKNOWN'
  UNION ALL
  SELECT level, 'partitions', concat_ws(' ', table_name, to_char(month, 'YYYY-MM') || ':', problem)
  FROM querytrail_ops.partition_problems()
  UNION ALL
  SELECT level, 'sink', format('%s records are not stored yet; a sink last spoke %s s ago', lag_records, round(silent_seconds))
  FROM querytrail_ops.v_sink_lag WHERE level <> 'UNKNOWN'
  UNION ALL
  SELECT level, 'model errors', format('%s of %s calls of %s:%s failed in the last hour (%s %%)', errors, calls, provider, model,
    error_percent)
  FROM querytrail_ops.v_ai_model_performance) AS everything
WHERE level <> 'OK'
ORDER BY level = 'CRITICAL' DESC, subject, detail;

COMMENT ON VIEW querytrail_ops.v_performance_alerts IS 'Everything that passes a threshold, the worst first.';

CREATE FUNCTION querytrail_ops.check_database_health() RETURNS TABLE (check_name text, level text, detail text)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  missing text := querytrail_ops.statements_notice();
BEGIN
  RETURN QUERY
  WITH alerts AS (SELECT a.* FROM querytrail_ops.v_performance_alerts AS a)
  SELECT known.name,
    CASE WHEN known.name = 'slow query' AND missing IS NOT NULL THEN 'UNKNOWN'
      WHEN known.name = 'sink' AND sink.level = 'UNKNOWN' THEN 'UNKNOWN'
      ELSE coalesce(found.worst, 'OK') END,
    CASE WHEN known.name = 'slow query' AND missing IS NOT NULL THEN missing
      WHEN known.name = 'sink' AND sink.level = 'UNKNOWN' THEN 'no sink has recorded its metrics within a day'
      WHEN found.worst IS NULL THEN known.fine
      WHEN found.alerts = 1 THEN found.first
      ELSE found.first || format(' (and %s more, see v_performance_alerts)', found.alerts - 1) END
  FROM (VALUES
      (1, 'connections', 'there is room'),
      (2, 'slow query', 'no statement is slow on average'),
      (3, 'long transaction', 'none'),
      (4, 'blocked session', 'none'),
      (5, 'dead rows', 'vacuum keeps up'),
      (6, 'bloat', 'little of tables and indexes is unused'),
      (7, 'unused index', 'none of size'),
      (8, 'cache', 'most blocks are in memory'),
      (9, 'partitions', 'the months are there, and no row is outside'),
      (10, 'sink', 'the log is up to date'),
      (11, 'model errors', 'models answer')) AS known (place, name, fine)
  CROSS JOIN (SELECT s.level FROM querytrail_ops.v_sink_lag AS s) AS sink
  LEFT JOIN LATERAL (
    SELECT count(*) AS alerts, min(a.level) AS worst, (array_agg(a.detail ORDER BY a.level, a.detail))[1] AS first
    FROM alerts AS a WHERE a.subject = known.name HAVING count(*) > 0) AS found ON true
  ORDER BY known.place;
END
$$;

COMMENT ON FUNCTION querytrail_ops.check_database_health IS 'Each check with its worst finding: OK, WARNING, CRITICAL, or UNKNOWN where it cannot be told.';

CREATE FUNCTION querytrail_ops.record_performance_metrics() RETURNS int
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  added int;
BEGIN
  -- Each sink asks once a minute; one sample of them all is enough.
  INSERT INTO public.performance_metrics (recorded_at, service_name, metric_name, metric_value, metric_unit, tags)
  SELECT now(), 'postgresql', sample.name, sample.value, sample.unit, jsonb_build_object('database', current_database())
  FROM querytrail_ops.v_connection_pool_health AS pool,
    (SELECT * FROM pg_stat_database WHERE datname = current_database()) AS db,
    LATERAL (VALUES
      ('connections.used', pool.used::float8, 'connections'),
      ('connections.used.percent', pool.used_percent::float8, 'percent'),
      ('transactions.committed', db.xact_commit::float8, 'transactions'),
      ('transactions.rolled.back', db.xact_rollback::float8, 'transactions'),
      ('deadlocks', db.deadlocks::float8, 'deadlocks'),
      ('cache.hit.percent', 100.0 * db.blks_hit / nullif(db.blks_hit + db.blks_read, 0), 'percent'),
      ('temporary.bytes', db.temp_bytes::float8, 'bytes'),
      ('database.bytes', pg_database_size(db.datid)::float8, 'bytes')) AS sample (name, value, unit)
  WHERE sample.value IS NOT NULL AND NOT EXISTS (
    SELECT FROM public.performance_metrics AS latest
    WHERE latest.service_name = 'postgresql' AND latest.metric_name = sample.name
      AND latest.recorded_at > now() - interval '50 seconds');
  GET DIAGNOSTICS added = ROW_COUNT;
  RETURN added;
END
$$;

COMMENT ON FUNCTION querytrail_ops.record_performance_metrics IS 'Adds a sample of the database''s own figures to performance_metrics, once a minute however often it is called; returns how many values. The sink calls it.';

-- ---- who may look ----------------------------------------------------------------------------------------------------

CREATE FUNCTION querytrail_ops.apply_access() RETURNS boolean
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  IF NOT querytrail_access.roles_exist() THEN
    RETURN false;
  END IF;
  -- Figures of all accounts: none of it is for readers of some.
  GRANT USAGE ON SCHEMA querytrail_ops TO querytrail_reader, querytrail_writer;
  GRANT SELECT ON ALL TABLES IN SCHEMA querytrail_ops TO querytrail_reader;
  GRANT SELECT ON querytrail_ops.thresholds, querytrail_ops.v_connection_pool_health TO querytrail_writer;
  RETURN true;
END
$$;

REVOKE EXECUTE ON FUNCTION querytrail_ops.apply_access FROM PUBLIC;
