-- The roles of Querytrail, and what is theirs in this database. To be run in the log's database by a superuser; may be
-- run again at any time. Passwords are not set here: ALTER ROLE ... LOGIN PASSWORD, or \password in psql.

DO $$
DECLARE
  wanted text;
BEGIN
  FOREACH wanted IN ARRAY ARRAY['querytrail_migrator', 'querytrail_writer', 'querytrail_reader', 'querytrail_account_reader'] LOOP
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = wanted) THEN
      EXECUTE pg_catalog.format('CREATE ROLE %I NOLOGIN', wanted);
    END IF;
  END LOOP;
END
$$;

-- COPY into a table with row security is refused to all but its owner and those whom it does not bind.
DO $$
BEGIN
  IF NOT (SELECT rolbypassrls FROM pg_catalog.pg_roles WHERE rolname = 'querytrail_writer') THEN
    ALTER ROLE querytrail_writer BYPASSRLS;
  END IF;
END
$$;

-- The owner of everything: it migrates, and binds readers to accounts. `querytrail ops` shows it what others' sessions do.
GRANT querytrail_account_reader TO querytrail_migrator WITH ADMIN OPTION;
GRANT pg_monitor TO querytrail_migrator;
GRANT CREATE, USAGE ON SCHEMA public TO querytrail_migrator;

DO $$
DECLARE
  thing      record;
  migrator   oid := 'querytrail_migrator'::regrole;
  former     oid := (SELECT relowner FROM pg_class WHERE oid = to_regclass('public.querytrail_schema_history'));
BEGIN
  EXECUTE format('GRANT CONNECT, CREATE, TEMPORARY ON DATABASE %I TO querytrail_migrator', current_database());
  EXECUTE format('GRANT CONNECT ON DATABASE %I TO querytrail_writer, querytrail_reader, querytrail_account_reader',
    current_database());
  EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO querytrail_reader', current_database());
  -- What a version before these roles made, by whatever name it migrated. Others may have things in this schema.
  FOR thing IN
    SELECT CASE c.relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' ELSE 'TABLE' END AS kind, c.oid::regclass::text AS name
    FROM pg_class AS c
    WHERE c.relnamespace = 'public'::regnamespace AND c.relowner = former AND former <> migrator
      AND c.relkind IN ('r', 'p', 'v', 'm')
      AND c.relname ~ ('^(ai_query_log|llm_attempts|query_corrections|query_executions|budget_alerts|budget_adjustments'
        '|executions_awaiting_row|cost_daily|cost_monthly|query_performance_metrics|performance_metrics|kafka_offsets'
        '|upkeep_runs|partition_events|request_settings|query_log|query_attempts|querytrail_schema_history|model_latency_daily|request_latency_daily)'
        '(_default|_[0-9]{4}_[0-9]{2})?$')
    UNION ALL
    SELECT CASE p.prokind WHEN 'a' THEN 'AGGREGATE' ELSE 'FUNCTION' END, p.oid::regprocedure::text
    FROM pg_proc AS p
    WHERE p.pronamespace = 'public'::regnamespace AND p.proowner = former AND former <> migrator
      AND p.proname IN ('ensure_month_partition', 'tune_month_partitions', 'recompute_minutes', 'recompute_rollups',
        'refresh_percentile_views', 'latency_bounds_ms', 'add_latency_counts', 'sum_latency_counts',
        'latency_percentile_ms', 'int_at_most', 'hex_bytes', 'hex_text', 'approved_sql', 'settings_id_of', 'narrow_table',
        'calls_of_second')
    UNION ALL
    SELECT CASE c.relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' ELSE 'TABLE' END, c.oid::regclass::text
    FROM pg_class AS c
    WHERE c.relnamespace::regnamespace::text IN ('querytrail_access', 'querytrail_ops')
      AND c.relkind IN ('r', 'p', 'v', 'm') AND c.relowner <> migrator
    UNION ALL
    SELECT 'FUNCTION', p.oid::regprocedure::text
    FROM pg_proc AS p
    WHERE p.pronamespace::regnamespace::text IN ('querytrail_access', 'querytrail_ops') AND p.proowner <> migrator
    UNION ALL
    SELECT 'SCHEMA', quote_ident(nspname) FROM pg_namespace
    WHERE nspname IN ('querytrail_access', 'querytrail_ops') AND nspowner <> migrator
  LOOP
    EXECUTE format('ALTER %s %s OWNER TO querytrail_migrator', thing.kind, thing.name);
  END LOOP;
  -- Before the first migration there is nothing to give; the migration itself does it then.
  IF to_regprocedure('querytrail_access.apply()') IS NOT NULL THEN
    EXECUTE 'SELECT querytrail_access.apply()';
  END IF;
END
$$;
