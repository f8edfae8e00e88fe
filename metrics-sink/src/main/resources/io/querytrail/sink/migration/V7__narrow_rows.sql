-- What a request takes on disk: see "The log in PostgreSQL" in ARCHITECTURE.md for the measurements behind each step.

-- ---- values in fewer bytes ------------------------------------------------------------------------------------------

CREATE FUNCTION public.int_at_most(count bigint) RETURNS int
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN CASE WHEN count > 2147483647 THEN 2147483647 ELSE count::int END;

COMMENT ON FUNCTION public.int_at_most IS 'The count, cut to what an int holds.';

CREATE FUNCTION public.hex_bytes(hex text) RETURNS bytea
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN CASE WHEN hex ~ '^([0-9a-f]{2})+$' AND left(hex, 2) <> '00' THEN decode(hex, 'hex')
  ELSE '\x00'::bytea || convert_to(hex, 'UTF8') END;

COMMENT ON FUNCTION public.hex_bytes IS 'A hexadecimal text in half its length; any other text, and one that begins with 00, as it is after a zero byte.';

CREATE FUNCTION public.hex_text(bytes bytea) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN CASE WHEN length(bytes) > 0 AND get_byte(bytes, 0) = 0 THEN convert_from(substr(bytes, 2), 'UTF8')
  ELSE encode(bytes, 'hex') END;

COMMENT ON FUNCTION public.hex_text IS 'The text that hex_bytes() made shorter.';

CREATE FUNCTION public.approved_sql(generated text, edits text, whole text) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  approved text := '';
  place    int := 1;
  reader   int := 1;
  put_in   text := '';
  edit     text;
  digits   text;
BEGIN
  IF edits IS NULL THEN
    RETURN whole;
  END IF;
  WHILE place <= length(edits) LOOP
    edit := substr(edits, place, 1);
    digits := substring(substr(edits, place + 1) FROM '^[0-9]*');
    place := place + 1 + length(digits);
    IF edit = '*' THEN
      approved := approved || put_in;
    ELSIF edit = '=' THEN
      approved := approved || substr(generated, reader, digits::int);
      reader := reader + digits::int;
    ELSIF edit = '-' THEN
      reader := reader + digits::int;
    ELSE
      put_in := substr(edits, place + 1, digits::int);
      approved := approved || put_in;
      place := place + 1 + digits::int;
    END IF;
  END LOOP;
  RETURN approved || substr(generated, reader);
END
$$;

COMMENT ON FUNCTION public.approved_sql(text, text, text) IS 'The approved statement, from the generated one and its edits: =N keeps N characters, -N leaves N out, +N:TEXT puts N in, * puts the same in again; what is left is kept. Without edits it is the whole text.';

-- ---- what very many requests have in common -------------------------------------------------------------------------

CREATE TABLE public.request_settings (
  id                   int            GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  policy_version       bigint,
  account              text           NOT NULL,
  currency             text,
  price_version        text,
  schema_fingerprint   text,
  prompt_version       text,
  chain_key_id         text           NOT NULL,
  UNIQUE NULLS NOT DISTINCT (account, policy_version, currency, price_version, schema_fingerprint, prompt_version,
    chain_key_id)
);

COMMENT ON TABLE public.request_settings IS 'Combinations of values that change seldom; ai_query_log.settings_id names one. By account, so that a reader of one learns nothing of others.';

CREATE FUNCTION public.settings_id_of(account text, policy_version bigint, currency text, price_version text,
  schema_fingerprint text, prompt_version text, chain_key_id text) RETURNS int
LANGUAGE sql STABLE PARALLEL SAFE
AS $$
  SELECT s.id FROM public.request_settings AS s
  WHERE s.account = $1
    AND ROW(s.policy_version, s.currency, s.price_version, s.schema_fingerprint, s.prompt_version, s.chain_key_id)
      IS NOT DISTINCT FROM ROW($2, $3, $4, $5, $6, $7)
$$;

COMMENT ON FUNCTION public.settings_id_of IS 'Number of that combination in request_settings; null where it is missing.';

-- ---- tables in this form --------------------------------------------------------------------------------------------

CREATE FUNCTION public.narrow_table(target regclass) RETURNS boolean
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  columns text[] := ARRAY(SELECT attname FROM pg_attribute
    WHERE attrelid = target AND attnum > 0 AND NOT attisdropped);
  old_index regclass;
BEGIN
  IF 'natural_query' = ANY (columns) AND (SELECT relkind FROM pg_class WHERE oid = target) = 'r' THEN
    EXECUTE format('ALTER TABLE %s ADD COLUMN IF NOT EXISTS cache_tier text, '
      'ADD COLUMN IF NOT EXISTS cache_age_ms bigint', target);
  END IF;
  IF 'chain_key_id' = ANY (columns) AND 'natural_query' = ANY (columns) THEN
    EXECUTE format('INSERT INTO public.request_settings (account, policy_version, currency, price_version, '
      'schema_fingerprint, prompt_version, chain_key_id) SELECT DISTINCT account, policy_version, currency, '
      'price_version, schema_fingerprint, prompt_version, chain_key_id FROM %s ON CONFLICT DO NOTHING', target);
    EXECUTE format($alter$
      ALTER TABLE %s
        ALTER chain_key_id TYPE int USING public.settings_id_of(account, policy_version, currency, price_version,
          schema_fingerprint, prompt_version, chain_key_id),
        ALTER input_tokens TYPE int USING public.int_at_most(input_tokens),
        ALTER cached_input_tokens TYPE int USING public.int_at_most(cached_input_tokens),
        ALTER cache_write_tokens TYPE int USING public.int_at_most(cache_write_tokens),
        ALTER output_tokens TYPE int USING public.int_at_most(output_tokens),
        ALTER reasoning_tokens TYPE int USING public.int_at_most(reasoning_tokens),
        ALTER queue_ms TYPE int USING public.int_at_most(queue_ms),
        ALTER schema_ms TYPE int USING public.int_at_most(schema_ms),
        ALTER model_ms TYPE int USING public.int_at_most(model_ms),
        ALTER explain_ms TYPE int USING public.int_at_most(explain_ms),
        ALTER safety_us TYPE int USING public.int_at_most(safety_us),
        ALTER plan_cost TYPE real, ALTER plan_rows TYPE real,
        ALTER attempts TYPE smallint, ALTER corrections TYPE smallint, ALTER repairs TYPE smallint,
        ALTER trace_id TYPE bytea USING public.hex_bytes(trace_id),
        ALTER chain_hash TYPE bytea USING public.hex_bytes(chain_hash),
        ALTER relations TYPE jsonb USING to_jsonb(relations),
        ADD approved_edits text
      $alter$, target);
    EXECUTE format('ALTER TABLE %s RENAME chain_key_id TO settings_id', target);
    EXECUTE format('ALTER TABLE %s DROP currency, DROP price_version, DROP schema_fingerprint, '
      'DROP prompt_version, DROP policy_version', target);
  ELSIF 'response_model' = ANY (columns) AND 'price_version' = ANY (columns) THEN
    EXECUTE format($alter$
      ALTER TABLE %s
        ALTER latency_ms TYPE int USING public.int_at_most(latency_ms),
        ALTER input_tokens TYPE int USING public.int_at_most(input_tokens),
        ALTER cached_input_tokens TYPE int USING public.int_at_most(cached_input_tokens),
        ALTER cache_write_tokens TYPE int USING public.int_at_most(cache_write_tokens),
        ALTER output_tokens TYPE int USING public.int_at_most(output_tokens),
        ALTER reasoning_tokens TYPE int USING public.int_at_most(reasoning_tokens),
        ALTER http_status TYPE smallint, ALTER ordinal TYPE smallint, ALTER attempt TYPE smallint,
        ALTER price_version TYPE text USING CASE WHEN starts_with(response_model, model)
          THEN substr(response_model, length(model) + 1) END,
        ALTER response_model TYPE text USING CASE WHEN NOT starts_with(response_model, model) THEN response_model END
      $alter$, target);
    -- The primary key goes with the request id.
    EXECUTE format('ALTER TABLE %s DROP request_id', target);
    EXECUTE format('ALTER TABLE %s RENAME price_version TO response_suffix', target);
  ELSE
    RETURN false;
  END IF;
  -- A month of its own gets its new indexes when it is attached.
  IF (SELECT relkind FROM pg_class WHERE oid = target) = 'r' THEN
    FOR old_index IN
      SELECT indexrelid::regclass FROM pg_index WHERE indrelid = target AND NOT indisprimary
    LOOP
      EXECUTE format('DROP INDEX %s', old_index);
    END LOOP;
  END IF;
  RETURN true;
END
$$;

COMMENT ON FUNCTION public.narrow_table IS 'Brings a month that was detached or archived before version 7 into the form of the log. False when it has it.';

-- Views on columns that change; made again below.
DROP VIEW querytrail_ops.v_ai_task_performance, querytrail_access.model_latency_daily;
DROP MATERIALIZED VIEW public.model_latency_daily;
DROP INDEX public.ai_query_log_account, public.ai_query_log_user, public.ai_query_log_rejected, public.ai_query_log_misses;

DO $$
DECLARE
  part regclass;
BEGIN
  FOR part IN SELECT inhrelid::regclass FROM pg_inherits WHERE inhparent = 'public.ai_query_log'::regclass LOOP
    -- Room that partitions of before leave is of no use any more.
    EXECUTE format('ALTER TABLE %s RESET (fillfactor)', part);
  END LOOP;
  PERFORM public.narrow_table('public.ai_query_log'), public.narrow_table('public.llm_attempts');
  FOR part IN
    SELECT c.oid::regclass FROM pg_class c
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND NOT c.relispartition
      AND c.relname ~ '^(ai_query_log|llm_attempts)_[0-9]{4}_[0-9]{2}$'
  LOOP
    PERFORM public.narrow_table(part);
  END LOOP;
END
$$;

COMMENT ON COLUMN public.ai_query_log.settings_id IS 'Currency, price version, schema fingerprint, prompt version, policy version and chain key: a row of request_settings.';
COMMENT ON COLUMN public.ai_query_log.approved_sql IS 'The approved statement where approved_edits does not tell it; query_log has it in full for all rows.';
COMMENT ON COLUMN public.ai_query_log.approved_edits IS 'What makes the approved statement of the generated one; see approved_sql().';
COMMENT ON COLUMN public.ai_query_log.chain_hash IS 'See hex_text().';
COMMENT ON COLUMN public.ai_query_log.trace_id IS 'See hex_text().';
COMMENT ON COLUMN public.ai_query_log.relations IS 'Relations that the approved SQL reads, as schema.name; null for none.';
COMMENT ON COLUMN public.ai_query_log.input_tokens IS 'Sum of what the providers reported, cached and cache-write tokens included; null means that none reported it, never 0. 2147483647 stands for more, too, here and in all counts of tokens.';
COMMENT ON COLUMN public.llm_attempts.response_suffix IS 'What the name of the model that answered has beyond that of the model that was asked; where it begins otherwise, response_model has it.';
COMMENT ON COLUMN public.llm_attempts.created_at IS 'Of the request, not of the call. With account and chain_sequence it names the record: a row of ai_query_log or query_corrections.';

-- Rows come in the order of time, so nothing is ever put between them: pages are filled. An update finds room elsewhere:
-- where several rows of a page are updated at once, most did so with room left, too.
ALTER TABLE public.ai_query_log DROP CONSTRAINT ai_query_log_pkey,
  ADD PRIMARY KEY (created_at, request_id, account) WITH (fillfactor = 100);

-- ---- indexes --------------------------------------------------------------------------------------------------------

-- Whole minutes or hours, not instants: equal keys share one entry of a list, which is a tenth in size. Whoever wants the
-- newest rows asks for the minute, then the instant, in descending order, and the server sorts one minute at a time.
CREATE INDEX ai_query_log_account ON public.ai_query_log (account, date_trunc('minute', created_at AT TIME ZONE 'UTC'));
CREATE INDEX ai_query_log_user ON public.ai_query_log
  (account, user_id, date_trunc('hour', created_at AT TIME ZONE 'UTC'));
CREATE INDEX ai_query_log_rejected ON public.ai_query_log (account, date_trunc('hour', created_at AT TIME ZONE 'UTC'))
  WHERE verdict = 'REJECTED';
CREATE INDEX ai_query_log_misses ON public.ai_query_log (model, date_trunc('hour', created_at AT TIME ZONE 'UTC'))
  WHERE NOT cache_hit;

-- A call is written in the transaction of its record, whose key lets nothing in twice.
CREATE INDEX llm_attempts_second ON public.llm_attempts (date_trunc('second', created_at AT TIME ZONE 'UTC'));

CREATE FUNCTION public.calls_of_second(at timestamp) RETURNS SETOF public.llm_attempts
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT * FROM public.llm_attempts
  WHERE date_trunc('second', created_at AT TIME ZONE 'UTC') = $1
    AND created_at >= $1 AT TIME ZONE 'UTC' AND created_at < ($1 + interval '1 second') AT TIME ZONE 'UTC'
$$;

COMMENT ON FUNCTION public.calls_of_second IS 'The calls of the requests of that UTC second, by index. For many requests at once: each second is read once, whatever the rate.';

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
  room           int := CASE parent_name WHEN 'query_performance_metrics' THEN 70 END;
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
  -- Room for the rest of a minute.
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

-- ---- for readers ----------------------------------------------------------------------------------------------------

CREATE VIEW public.query_log WITH (security_invoker = true) AS
SELECT log.created_at, log.decided_at, log.request_id, log.account, log.user_id, log.team, log.datasource,
  log.natural_query, log.generated_sql, public.approved_sql(log.generated_sql, log.approved_edits, log.approved_sql)
    AS approved_sql,
  ARRAY(SELECT jsonb_array_elements_text(log.relations)) AS relations, log.row_cap, log.plan_cost, log.plan_rows,
  log.verdict, log.stage, log.reason, log.message, log.violations, log.receipt, settings.policy_version, log.provider,
  log.model, log.cache_hit, log.cache_tier, log.cache_age_ms, log.degraded, log.repairs, settings.schema_fingerprint, settings.prompt_version,
  log.attempts, log.corrections, log.usage_complete, log.input_tokens, log.cached_input_tokens, log.cache_write_tokens,
  log.output_tokens, log.reasoning_tokens, log.cost, settings.currency, settings.price_version, log.queue_ms,
  log.schema_ms, log.model_ms, log.explain_ms, log.safety_us, log.execution_time_ms, log.kafka_partition,
  log.kafka_offset, log.request_partition, log.request_offset, public.hex_text(log.trace_id) AS trace_id, log.tags,
  log.chain_sequence, settings.chain_key_id, public.hex_text(log.chain_hash) AS chain_hash
FROM public.ai_query_log AS log
LEFT JOIN public.request_settings AS settings ON settings.id = log.settings_id;

COMMENT ON VIEW public.query_log IS 'ai_query_log with every value spelled out.';

CREATE VIEW public.query_attempts WITH (security_invoker = true) AS
SELECT record.request_id, call.created_at, call.started_at, call.chain_sequence, call.latency_ms, call.input_tokens,
  call.cached_input_tokens, call.cache_write_tokens, call.output_tokens, call.reasoning_tokens, call.ordinal, call.attempt,
  call.http_status, call.sent, call.estimated, call.correction, call.account, call.provider, call.model,
  coalesce(call.response_model, call.model || call.response_suffix) AS response_model, call.purpose, call.error_type,
  call.currency, call.cost
FROM (
  SELECT created_at, account, chain_sequence, request_id FROM public.ai_query_log
  UNION ALL
  SELECT created_at, account, chain_sequence, request_id FROM public.query_corrections) AS record
JOIN public.llm_attempts AS call
  ON (call.created_at, call.account, call.chain_sequence) = (record.created_at, record.account, record.chain_sequence)
    AND date_trunc('second', call.created_at AT TIME ZONE 'UTC')
      = date_trunc('second', record.created_at AT TIME ZONE 'UTC');

COMMENT ON VIEW public.query_attempts IS 'llm_attempts with the id of the request, and every value spelled out.';

CREATE MATERIALIZED VIEW public.model_latency_daily AS
SELECT (created_at AT TIME ZONE 'UTC')::date AS day, account, provider, model, count(*) AS calls,
  count(error_type) AS errors,
  percentile_cont(0.5) WITHIN GROUP (ORDER BY latency_ms) AS p50_ms,
  percentile_cont(0.95) WITHIN GROUP (ORDER BY latency_ms) AS p95_ms,
  percentile_cont(0.99) WITHIN GROUP (ORDER BY latency_ms) AS p99_ms
FROM public.llm_attempts
WHERE ordinal > 0 AND sent AND created_at >= now() - interval '35 days'
GROUP BY 1, 2, 3, 4;
CREATE UNIQUE INDEX model_latency_daily_key ON public.model_latency_daily (day, account, provider, model);

COMMENT ON MATERIALIZED VIEW public.model_latency_daily IS 'Exact percentiles of model calls of the last 35 days; the sink refreshes it.';

CREATE VIEW querytrail_access.model_latency_daily WITH (security_barrier) AS
SELECT * FROM public.model_latency_daily
WHERE pg_catalog.pg_has_role(current_user, pg_catalog.to_regrole('querytrail_reader'), 'USAGE')
  OR account = ANY (ARRAY(SELECT bound.account FROM querytrail_access.reader_accounts AS bound
    WHERE bound.role_name = current_user));

COMMENT ON VIEW querytrail_access.model_latency_daily IS 'public.model_latency_daily as far as the reader may see it.';

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

-- ---- who may read it ------------------------------------------------------------------------------------------------

INSERT INTO querytrail_access.tables VALUES ('request_settings', '{SELECT,INSERT}');

-- They show whoever reads them what the tables would, so nothing is given away.
GRANT SELECT ON public.query_log, public.query_attempts TO PUBLIC;

-- ---- the sums anew from the rows ------------------------------------------------------------------------------------

CREATE OR REPLACE FUNCTION public.recompute_minutes(any_day date) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  since timestamptz := date_trunc('month', any_day::timestamp) AT TIME ZONE 'UTC';
  until timestamptz := (date_trunc('month', any_day::timestamp) + interval '1 month') AT TIME ZONE 'UTC';
BEGIN
  LOCK TABLE public.query_performance_metrics IN SHARE ROW EXCLUSIVE MODE;
  DELETE FROM public.query_performance_metrics WHERE minute >= since AND minute < until;
  INSERT INTO public.query_performance_metrics (minute, account, provider, model, currency, requests, approved,
    rejected, cache_hits, calls, errors, input_tokens, output_tokens, cost, latency_counts)
  SELECT minute, account, provider, model, currency, sum(requests), sum(approved), sum(rejected), sum(cache_hits),
    sum(calls), sum(errors), sum(input_tokens), sum(output_tokens), sum(cost),
    public.sum_latency_counts(latency_counts)
  FROM (
    SELECT date_trunc('minute', log.created_at) AS minute, log.account,
      coalesce(log.provider, last.provider, '') AS provider, coalesce(log.model, last.model, '') AS model,
      coalesce(settings.currency, '') AS currency, 1 AS requests, (log.verdict = 'APPROVED')::int AS approved,
      (log.verdict = 'REJECTED')::int AS rejected, log.cache_hit::int AS cache_hits, 0 AS calls, 0 AS errors,
      0::bigint AS input_tokens, 0::bigint AS output_tokens, 0::numeric AS cost,
      -- One request in its bucket: the first whose bound it does not exceed.
      (SELECT array_agg((b = width_bucket(
          floor(extract(epoch FROM log.decided_at - log.created_at)::float8 * 1000) - 0.5,
          public.latency_bounds_ms()::float8[]) + 1)::int::bigint ORDER BY b) FROM generate_series(1, 12) AS b)
        AS latency_counts
    FROM public.ai_query_log AS log
    LEFT JOIN public.request_settings AS settings ON settings.id = log.settings_id
    LEFT JOIN LATERAL (
      SELECT provider, model FROM public.llm_attempts AS call
      WHERE log.provider IS NULL AND call.ordinal > 0
        AND (call.created_at, call.account, call.chain_sequence) = (log.created_at, log.account, log.chain_sequence)
        AND date_trunc('second', call.created_at AT TIME ZONE 'UTC')
          = date_trunc('second', log.created_at AT TIME ZONE 'UTC')
      ORDER BY call.ordinal DESC LIMIT 1) AS last ON true
    WHERE log.created_at >= since AND log.created_at < until
    UNION ALL
    SELECT date_trunc('minute', created_at), account, provider, model, coalesce(currency, ''), 0, 0, 0, 0,
      (ordinal > 0)::int, (error_type IS NOT NULL)::int, coalesce(input_tokens, 0), coalesce(output_tokens, 0), cost,
      '{0,0,0,0,0,0,0,0,0,0,0,0}'
    FROM public.llm_attempts
    WHERE created_at >= since AND created_at < until) AS counted
  GROUP BY minute, account, provider, model, currency;
END
$$;

CREATE OR REPLACE FUNCTION public.recompute_rollups(any_day date) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  first_day date := date_trunc('month', any_day::timestamp)::date;
  end_day   date := (date_trunc('month', any_day::timestamp) + interval '1 month')::date;
  since     timestamptz := first_day::timestamp AT TIME ZONE 'UTC';
  until     timestamptz := end_day::timestamp AT TIME ZONE 'UTC';
BEGIN
  -- Whoever writes rows adds to the sums in the same transaction, and waits here until these are right.
  LOCK TABLE public.cost_daily, public.cost_monthly IN SHARE ROW EXCLUSIVE MODE;
  DELETE FROM public.cost_daily WHERE day >= first_day AND day < end_day;
  INSERT INTO public.cost_daily (day, account, team, user_id, datasource, provider, model, currency, requests,
    approved, rejected, input_tokens, cached_input_tokens, cache_write_tokens, output_tokens, reasoning_tokens, cost)
  SELECT day, account, team, user_id, datasource, provider, model, currency, sum(requests), sum(approved),
    sum(rejected), sum(input_tokens), sum(cached_input_tokens), sum(cache_write_tokens), sum(output_tokens),
    sum(reasoning_tokens), sum(cost)
  FROM (
    SELECT (log.created_at AT TIME ZONE 'UTC')::date AS day, log.account, coalesce(log.team, '') AS team,
      log.user_id, coalesce(log.datasource, '') AS datasource,
      coalesce(log.provider, last.provider, '') AS provider, coalesce(log.model, last.model, '') AS model,
      coalesce(settings.currency, '') AS currency, 1 AS requests, (log.verdict = 'APPROVED')::int AS approved,
      (log.verdict = 'REJECTED')::int AS rejected, 0::bigint AS input_tokens, 0::bigint AS cached_input_tokens,
      0::bigint AS cache_write_tokens, 0::bigint AS output_tokens, 0::bigint AS reasoning_tokens, 0::numeric AS cost
    FROM public.ai_query_log AS log
    LEFT JOIN public.request_settings AS settings ON settings.id = log.settings_id
    LEFT JOIN LATERAL (
      SELECT provider, model FROM public.llm_attempts AS call
      WHERE log.provider IS NULL AND call.ordinal > 0
        AND (call.created_at, call.account, call.chain_sequence) = (log.created_at, log.account, log.chain_sequence)
        AND date_trunc('second', call.created_at AT TIME ZONE 'UTC')
          = date_trunc('second', log.created_at AT TIME ZONE 'UTC')
      ORDER BY call.ordinal DESC LIMIT 1) AS last ON true
    WHERE log.created_at >= since AND log.created_at < until
    UNION ALL
    SELECT (call.created_at AT TIME ZONE 'UTC')::date, call.account, coalesce(record.team, ''), record.user_id,
      coalesce(record.datasource, ''), call.provider, call.model, coalesce(call.currency, ''), 0, 0, 0,
      coalesce(call.input_tokens, 0), coalesce(call.cached_input_tokens, 0), coalesce(call.cache_write_tokens, 0),
      coalesce(call.output_tokens, 0), coalesce(call.reasoning_tokens, 0), call.cost
    FROM public.llm_attempts AS call
    JOIN (
      SELECT created_at, account, chain_sequence, team, user_id, datasource FROM public.ai_query_log
      WHERE created_at >= since AND created_at < until
      UNION ALL
      SELECT c.created_at, c.account, c.chain_sequence, log.team, log.user_id, log.datasource
      FROM public.query_corrections AS c
      JOIN public.ai_query_log AS log
        ON (log.created_at, log.request_id, log.account) = (c.created_at, c.request_id, c.account)
      WHERE c.created_at >= since AND c.created_at < until AND log.created_at >= since AND log.created_at < until)
      AS record
      ON (record.created_at, record.account, record.chain_sequence)
        = (call.created_at, call.account, call.chain_sequence)
    WHERE call.created_at >= since AND call.created_at < until) AS counted
  GROUP BY day, account, team, user_id, datasource, provider, model, currency;

  DELETE FROM public.cost_monthly WHERE month = first_day;
  INSERT INTO public.cost_monthly
  SELECT first_day, account, team, datasource, provider, model, currency, sum(requests), sum(approved), sum(rejected),
    sum(input_tokens), sum(cached_input_tokens), sum(cache_write_tokens), sum(output_tokens), sum(reasoning_tokens),
    sum(cost)
  FROM public.cost_daily
  WHERE day >= first_day AND day < end_day
  GROUP BY account, team, datasource, provider, model, currency;

  PERFORM public.recompute_minutes(any_day);
END
$$;
