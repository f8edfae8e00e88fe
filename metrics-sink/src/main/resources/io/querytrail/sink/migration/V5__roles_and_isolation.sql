-- Who may do what. The roles themselves belong to the whole server, and whoever migrates may have no right to make
-- them: `querytrail db roles` does. Until then all this is prepared and changes nothing.

CREATE SCHEMA querytrail_access;

COMMENT ON SCHEMA querytrail_access IS 'Which readers see which accounts, and what the roles of Querytrail may do.';

-- ---- which accounts a reader sees -----------------------------------------------------------------------------------

CREATE TABLE querytrail_access.reader_accounts (
  role_name            name           NOT NULL,
  account              text           NOT NULL,
  bound_by             name           NOT NULL DEFAULT session_user,
  bound_at             timestamptz    NOT NULL DEFAULT now(),
  PRIMARY KEY (role_name, account)
);

COMMENT ON TABLE querytrail_access.reader_accounts IS 'The accounts that a member of querytrail_account_reader sees; without a row, none. Readers can read their own rows and change nothing.';

ALTER TABLE querytrail_access.reader_accounts ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_bindings ON querytrail_access.reader_accounts FOR SELECT USING (role_name = current_user);

-- ---- what the writer may do -----------------------------------------------------------------------------------------

CREATE TABLE querytrail_access.tables (
  table_name           name           PRIMARY KEY,
  writer_privileges    text[]         NOT NULL,
  writer_updates       name[]         NOT NULL DEFAULT '{}'
);

COMMENT ON TABLE querytrail_access.tables IS 'The tables of the log. A new table that is not here is open to its owner alone.';
COMMENT ON COLUMN querytrail_access.tables.writer_privileges IS 'On the whole table; partitions are reached through it.';
COMMENT ON COLUMN querytrail_access.tables.writer_updates IS 'The only columns that the writer may change.';

INSERT INTO querytrail_access.tables VALUES
  -- What became known later is added to a row; what was asked and answered stays as it is.
  ('ai_query_log', '{SELECT,INSERT}', '{execution_time_ms,corrections,attempts,usage_complete,cost,input_tokens,cached_input_tokens,cache_write_tokens,output_tokens,reasoning_tokens}'),
  ('llm_attempts', '{SELECT,INSERT}', '{}'),
  ('query_corrections', '{SELECT,INSERT}', '{}'),
  ('query_executions', '{SELECT,INSERT}', '{}'),
  ('budget_alerts', '{SELECT,INSERT}', '{}'),
  ('budget_adjustments', '{SELECT,INSERT}', '{}'),
  ('executions_awaiting_row', '{SELECT,INSERT,UPDATE,DELETE}', '{}'),
  ('cost_daily', '{SELECT,INSERT,UPDATE}', '{}'),
  ('cost_monthly', '{SELECT,INSERT,UPDATE}', '{}'),
  ('query_performance_metrics', '{SELECT,INSERT,UPDATE}', '{}'),
  ('performance_metrics', '{SELECT,INSERT}', '{}'),
  ('kafka_offsets', '{SELECT,INSERT,UPDATE}', '{}'),
  ('upkeep_runs', '{SELECT,INSERT,UPDATE}', '{}'),
  ('partition_events', '{SELECT}', '{}'),
  ('querytrail_schema_history', '{SELECT}', '{}');

-- ---- bringing it into force -----------------------------------------------------------------------------------------

CREATE FUNCTION querytrail_access.roles_exist() RETURNS boolean
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
RETURN (SELECT count(*) = 3 FROM pg_catalog.pg_roles
  WHERE rolname IN ('querytrail_writer', 'querytrail_reader', 'querytrail_account_reader'));

CREATE FUNCTION querytrail_access.protect(target regclass) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  by_account boolean := EXISTS (SELECT FROM pg_attribute
    WHERE attrelid = target AND attname = 'account' AND NOT attisdropped);
  reader     text;
BEGIN
  IF NOT querytrail_access.roles_exist() THEN
    RETURN;
  END IF;
  -- Each step only where it is missing: it would lock the table, or wait for who else takes it.
  IF by_account THEN
    IF NOT (SELECT relrowsecurity FROM pg_class WHERE oid = target) THEN
      EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', target);
    END IF;
    IF NOT EXISTS (SELECT FROM pg_policy WHERE polrelid = target AND polname = 'querytrail_all_accounts') THEN
      EXECUTE format('CREATE POLICY querytrail_all_accounts ON %s FOR SELECT TO querytrail_reader USING (true)', target);
    END IF;
    IF NOT EXISTS (SELECT FROM pg_policy WHERE polrelid = target AND polname = 'querytrail_own_accounts') THEN
      -- An array, read once for each statement: an index on account serves it.
      EXECUTE format('CREATE POLICY querytrail_own_accounts ON %s FOR SELECT TO querytrail_account_reader '
        'USING (account = ANY (ARRAY(SELECT bound.account FROM querytrail_access.reader_accounts AS bound '
        'WHERE bound.role_name = current_user)))', target);
    END IF;
  END IF;
  FOREACH reader IN ARRAY ARRAY['querytrail_writer', 'querytrail_reader', 'querytrail_account_reader'] LOOP
    IF (by_account OR reader <> 'querytrail_account_reader') AND NOT has_table_privilege(reader, target, 'SELECT') THEN
      EXECUTE format('GRANT SELECT ON %s TO %I', target, reader);
    END IF;
  END LOOP;
END
$$;

COMMENT ON FUNCTION querytrail_access.protect IS 'Has readers see the rows of that table, those of an account only the account''s. Nothing as long as the roles are missing.';

CREATE FUNCTION querytrail_access.apply() RETURNS boolean
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  part       record;
  privilege  text;
  changeable name;
BEGIN
  IF NOT querytrail_access.roles_exist() THEN
    RETURN false;
  END IF;
  -- Two at once would trip over each other's entries in the catalog.
  PERFORM pg_advisory_xact_lock(hashtextextended('querytrail.access', 0));
  FOR part IN
    SELECT c.oid::regclass AS target, t.writer_privileges, t.writer_updates, c.relname = t.table_name AS whole
    FROM querytrail_access.tables AS t
    JOIN pg_class AS c ON c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
      AND (c.relname = t.table_name OR c.relname ~ ('^' || t.table_name || '_(default|[0-9]{4}_[0-9]{2})$'))
    ORDER BY c.relname
  LOOP
    PERFORM querytrail_access.protect(part.target);
    CONTINUE WHEN NOT part.whole;
    FOREACH privilege IN ARRAY part.writer_privileges LOOP
      IF NOT has_table_privilege('querytrail_writer', part.target, privilege) THEN
        EXECUTE format('GRANT %s ON %s TO querytrail_writer', privilege, part.target);
      END IF;
    END LOOP;
    FOREACH changeable IN ARRAY part.writer_updates LOOP
      IF NOT has_column_privilege('querytrail_writer', part.target, changeable, 'UPDATE') THEN
        EXECUTE format('GRANT UPDATE (%I) ON %s TO querytrail_writer', changeable, part.target);
      END IF;
    END LOOP;
  END LOOP;
  GRANT USAGE ON SCHEMA public, querytrail_access TO querytrail_writer, querytrail_reader, querytrail_account_reader;
  GRANT SELECT ON querytrail_access.reader_accounts TO querytrail_account_reader;
  GRANT SELECT ON querytrail_access.model_latency_daily, querytrail_access.request_latency_daily
    TO querytrail_reader, querytrail_account_reader;
  GRANT EXECUTE ON FUNCTION public.ensure_month_partition, public.tune_month_partitions,
    public.refresh_percentile_views TO querytrail_writer;
  -- Later migrations may have more to give.
  IF to_regprocedure('querytrail_ops.apply_access()') IS NOT NULL THEN
    EXECUTE 'SELECT querytrail_ops.apply_access()';
  END IF;
  RETURN true;
END
$$;

COMMENT ON FUNCTION querytrail_access.apply IS 'Gives the roles what they need and has row security hold. Changes nothing that is so already; false while the roles are missing.';

REVOKE EXECUTE ON FUNCTION querytrail_access.protect, querytrail_access.apply FROM PUBLIC;

-- ---- what row security does not reach ------------------------------------------------------------------------------

-- Materialized views know no row security, so nobody but the owner reads them; these stand before them.
CREATE VIEW querytrail_access.model_latency_daily WITH (security_barrier) AS
SELECT * FROM public.model_latency_daily
WHERE pg_catalog.pg_has_role(current_user, pg_catalog.to_regrole('querytrail_reader'), 'USAGE')
  OR account = ANY (ARRAY(SELECT bound.account FROM querytrail_access.reader_accounts AS bound
    WHERE bound.role_name = current_user));

CREATE VIEW querytrail_access.request_latency_daily WITH (security_barrier) AS
SELECT * FROM public.request_latency_daily
WHERE pg_catalog.pg_has_role(current_user, pg_catalog.to_regrole('querytrail_reader'), 'USAGE')
  OR account = ANY (ARRAY(SELECT bound.account FROM querytrail_access.reader_accounts AS bound
    WHERE bound.role_name = current_user));

COMMENT ON VIEW querytrail_access.model_latency_daily IS 'public.model_latency_daily as far as the reader may see it.';
COMMENT ON VIEW querytrail_access.request_latency_daily IS 'public.request_latency_daily as far as the reader may see it.';

-- ---- what the writer does in the owner's name ------------------------------------------------------------------------

CREATE OR REPLACE FUNCTION public.ensure_month_partition(parent_name text, any_day date) RETURNS boolean
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  lower_bound    timestamptz := date_trunc('month', any_day::timestamp) AT TIME ZONE 'UTC';
  upper_bound    timestamptz := (date_trunc('month', any_day::timestamp) + interval '1 month') AT TIME ZONE 'UTC';
  partition_name text := parent_name || '_' || to_char(any_day, 'YYYY_MM');
  default_name   text := parent_name || '_default';
  time_column    text;
  room           int := CASE parent_name WHEN 'ai_query_log' THEN 85 WHEN 'query_performance_metrics' THEN 70 END;
BEGIN
  IF EXISTS (SELECT FROM pg_class WHERE relname = partition_name AND relnamespace = 'public'::regnamespace) THEN
    RETURN false;
  END IF;
  -- One at a time over all instances; whoever waited looks again. Looking into pg_class sees what was committed
  -- meanwhile; to_regclass may answer from what this session remembers.
  PERFORM pg_advisory_xact_lock(hashtextextended('querytrail.ensure_month_partition', 0));
  IF EXISTS (SELECT FROM pg_class WHERE relname = partition_name AND relnamespace = 'public'::regnamespace) THEN
    RETURN false;
  END IF;
  SELECT attname INTO STRICT time_column
  FROM pg_partitioned_table JOIN pg_attribute ON attrelid = partrelid AND attnum = partattrs[0]
  WHERE partrelid = format('public.%I', parent_name)::regclass;
  -- Made beside the parent and then attached: that does not stop those who read and write other months, as
  -- CREATE ... PARTITION OF would.
  EXECUTE format('CREATE TABLE public.%I (LIKE public.%I INCLUDING ALL)', partition_name, parent_name);
  -- Neither privileges nor row security are copied, and a month that is taken out of the log stands alone.
  PERFORM querytrail_access.protect(format('public.%I', partition_name)::regclass);
  -- Room for the updates that follow: a run time, a correction, the rest of a minute.
  IF room IS NOT NULL THEN
    EXECUTE format('ALTER TABLE public.%I SET (fillfactor = %s)', partition_name, room);
  END IF;
  -- Rows of this month that came before it would block the attachment.
  EXECUTE format('LOCK TABLE public.%I IN ACCESS EXCLUSIVE MODE', default_name);
  EXECUTE format(
      'WITH moved AS (DELETE FROM public.%I WHERE %I >= $1 AND %2$I < $2 RETURNING *) '
      'INSERT INTO public.%3$I SELECT * FROM moved', default_name, time_column, partition_name)
    USING lower_bound, upper_bound;
  EXECUTE format(
      'ALTER TABLE public.%I ATTACH PARTITION public.%I FOR VALUES FROM (%L) TO (%L)',
      parent_name, partition_name, lower_bound, upper_bound);
  RETURN true;
END
$$;

ALTER FUNCTION public.tune_month_partitions(date) SECURITY DEFINER;

CREATE FUNCTION public.refresh_percentile_views() RETURNS void
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  REFRESH MATERIALIZED VIEW CONCURRENTLY public.model_latency_daily;
  REFRESH MATERIALIZED VIEW CONCURRENTLY public.request_latency_daily;
END
$$;

COMMENT ON FUNCTION public.refresh_percentile_views IS 'Refreshes the materialized views while they are read. Callers take turns by themselves.';

-- They act as the owner, whoever calls.
REVOKE EXECUTE ON FUNCTION public.ensure_month_partition, public.tune_month_partitions,
  public.refresh_percentile_views, public.recompute_minutes, public.recompute_rollups FROM PUBLIC;
