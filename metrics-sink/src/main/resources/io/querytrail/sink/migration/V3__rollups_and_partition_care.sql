-- ---- indexes --------------------------------------------------------------------------------------------------------

-- Found by equality alone, so four bytes of hash a row do what forty of text did.
DROP INDEX public.ai_query_log_request;
CREATE INDEX ai_query_log_request ON public.ai_query_log USING hash (request_id);

-- The request id in it doubled its size and ordered only requests of the same millisecond.
DROP INDEX public.ai_query_log_account;
CREATE INDEX ai_query_log_account ON public.ai_query_log (account, created_at DESC) INCLUDE (verdict, cost);

-- Most rows break no rule; an entry for each of them told nothing.
DROP INDEX public.ai_query_log_violations;
CREATE INDEX ai_query_log_violations ON public.ai_query_log USING gin (violations jsonb_path_ops)
  WHERE violations IS NOT NULL;

-- What was paid for because no cache had it, by model.
CREATE INDEX ai_query_log_misses ON public.ai_query_log (model, created_at DESC) WHERE NOT cache_hit;

-- ---- roll-up by month -----------------------------------------------------------------------------------------------

CREATE TABLE public.cost_monthly (
  month                date           NOT NULL,
  account              text           NOT NULL,
  team                 text           NOT NULL,
  datasource           text           NOT NULL,
  provider             text           NOT NULL,
  model                text           NOT NULL,
  currency             text           NOT NULL,
  requests             bigint         NOT NULL,
  approved             bigint         NOT NULL,
  rejected             bigint         NOT NULL,
  input_tokens         bigint         NOT NULL,
  cached_input_tokens  bigint         NOT NULL,
  cache_write_tokens   bigint         NOT NULL,
  output_tokens        bigint         NOT NULL,
  reasoning_tokens     bigint         NOT NULL,
  cost                 numeric(38,12) NOT NULL,
  PRIMARY KEY (month, account, team, datasource, provider, model, currency)
) WITH (fillfactor = 70);

COMMENT ON TABLE public.cost_monthly IS 'cost_daily by month and without the user, written in the same transaction.';
COMMENT ON COLUMN public.cost_monthly.month IS 'First UTC day of the month of created_at.';

INSERT INTO public.cost_monthly
SELECT date_trunc('month', day::timestamp)::date, account, team, datasource, provider, model, currency,
  sum(requests), sum(approved), sum(rejected), sum(input_tokens), sum(cached_input_tokens), sum(cache_write_tokens),
  sum(output_tokens), sum(reasoning_tokens), sum(cost)
FROM public.cost_daily
GROUP BY 1, 2, 3, 4, 5, 6, 7;

-- ---- roll-up by minute ----------------------------------------------------------------------------------------------

CREATE FUNCTION public.latency_bounds_ms() RETURNS bigint[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN ARRAY[50, 100, 250, 500, 1000, 2500, 5000, 10000, 30000, 60000, 120000]::bigint[];

COMMENT ON FUNCTION public.latency_bounds_ms IS 'Upper bounds of the buckets of latency_counts, which has one more for all above. Unit: milliseconds.';

CREATE FUNCTION public.add_latency_counts(one bigint[], other bigint[]) RETURNS bigint[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN ARRAY[one[1] + other[1], one[2] + other[2], one[3] + other[3], one[4] + other[4], one[5] + other[5],
  one[6] + other[6], one[7] + other[7], one[8] + other[8], one[9] + other[9], one[10] + other[10], one[11] + other[11],
  one[12] + other[12]];

CREATE AGGREGATE public.sum_latency_counts(bigint[]) (
  sfunc = public.add_latency_counts, stype = bigint[], initcond = '{0,0,0,0,0,0,0,0,0,0,0,0}',
  combinefunc = public.add_latency_counts, parallel = safe);

COMMENT ON AGGREGATE public.sum_latency_counts(bigint[]) IS 'Merges histograms, bucket by bucket.';

CREATE FUNCTION public.latency_percentile_ms(counts bigint[], fraction float8) RETURNS bigint
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
  -- The bound of the first bucket with which at least that share is reached.
  SELECT (SELECT (public.latency_bounds_ms())[least(bucket, 11)::int]
    FROM (SELECT bucket, sum(n) OVER (ORDER BY bucket) AS reached, sum(n) OVER () AS total
      FROM unnest(counts) WITH ORDINALITY AS c (n, bucket)) AS running
    WHERE total > 0 AND reached >= fraction * total
    ORDER BY bucket LIMIT 1);
END;

COMMENT ON FUNCTION public.latency_percentile_ms IS 'The bucket bound that this share of the requests did not exceed; the last bound also stands for all above it; null for no requests.';

CREATE TABLE public.query_performance_metrics (
  minute               timestamptz    NOT NULL,
  requests             bigint         NOT NULL,
  approved             bigint         NOT NULL,
  rejected             bigint         NOT NULL,
  cache_hits           bigint         NOT NULL,
  calls                bigint         NOT NULL,
  errors               bigint         NOT NULL,
  input_tokens         bigint         NOT NULL,
  output_tokens        bigint         NOT NULL,
  account              text           NOT NULL,
  provider             text           NOT NULL,
  model                text           NOT NULL,
  currency             text           NOT NULL,
  cost                 numeric(38,12) NOT NULL,
  latency_counts       bigint[]       NOT NULL,
  PRIMARY KEY (minute, account, provider, model, currency)
) PARTITION BY RANGE (minute);

COMMENT ON TABLE public.query_performance_metrics IS 'Counts of one minute, written in the transaction that writes the rows; an unknown key is an empty string.';
COMMENT ON COLUMN public.query_performance_metrics.minute IS 'UTC minute of created_at; corrections count in the minute of their request.';
COMMENT ON COLUMN public.query_performance_metrics.requests IS 'Each request once: at the model that answered, else the last one asked, else none.';
COMMENT ON COLUMN public.query_performance_metrics.calls IS 'Model calls, each at its own model.';
COMMENT ON COLUMN public.query_performance_metrics.errors IS 'Model calls that gave no answer.';
COMMENT ON COLUMN public.query_performance_metrics.latency_counts IS 'Requests by the time from request to verdict; see latency_bounds_ms(), sum_latency_counts(), latency_percentile_ms().';

-- ---- what services say of themselves --------------------------------------------------------------------------------

CREATE TABLE public.performance_metrics (
  recorded_at          timestamptz    NOT NULL,
  metric_value         float8         NOT NULL,
  service_name         text           NOT NULL,
  metric_name          text           NOT NULL,
  metric_unit          text           NOT NULL,
  tags                 jsonb
) PARTITION BY RANGE (recorded_at);

CREATE INDEX performance_metrics_name ON public.performance_metrics (service_name, metric_name, recorded_at DESC);

COMMENT ON TABLE public.performance_metrics IS 'Samples of services'' own metrics; the sink adds its own once a minute.';
COMMENT ON COLUMN public.performance_metrics.metric_unit IS 'Such as seconds, records or percent.';

CREATE TABLE public.query_performance_metrics_default PARTITION OF public.query_performance_metrics DEFAULT;
CREATE TABLE public.performance_metrics_default PARTITION OF public.performance_metrics DEFAULT;

-- ---- what instances share ------------------------------------------------------------------------------------------

CREATE TABLE public.upkeep_runs (
  job                  text           PRIMARY KEY,
  finished_at          timestamptz    NOT NULL
);

COMMENT ON TABLE public.upkeep_runs IS 'When work that one instance does for all was last done.';

-- ---- partitions -----------------------------------------------------------------------------------------------------

CREATE TABLE public.partition_events (
  happened_at          timestamptz    NOT NULL DEFAULT now(),
  table_name           text           NOT NULL,
  month                date           NOT NULL,
  event                text           NOT NULL CHECK (event IN ('DETACHED', 'ATTACHED', 'ARCHIVED', 'DROPPED')),
  row_count            bigint,
  archive              text,
  sha256               text
);
CREATE INDEX partition_events_month ON public.partition_events (table_name, month, happened_at DESC);

COMMENT ON TABLE public.partition_events IS 'What became of months that were taken out of the log; a month whose last event is not ATTACHED is not to be filled again.';
COMMENT ON COLUMN public.partition_events.archive IS 'File that the rows were written to; sha256 is of that file.';

CREATE OR REPLACE FUNCTION public.ensure_month_partition(parent_name text, any_day date) RETURNS boolean
LANGUAGE plpgsql
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

CREATE FUNCTION public.tune_month_partitions(current_day date) RETURNS int
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  hot_suffix  text := to_char(current_day, 'YYYY_MM');
  part        record;
  changed     int := 0;
BEGIN
  FOR part IN
    SELECT c.relname,
      c.relname = p.relname || '_' || hot_suffix AS hot,
      coalesce(array_to_string(c.reloptions, ','), '') LIKE '%autovacuum_vacuum_insert_scale_factor%' AS tuned
    FROM pg_inherits i
    JOIN pg_class c ON c.oid = i.inhrelid
    JOIN pg_class p ON p.oid = i.inhparent
    WHERE p.relnamespace = 'public'::regnamespace
      AND p.relname IN ('ai_query_log', 'llm_attempts', 'query_executions', 'query_performance_metrics')
    ORDER BY c.relname
  LOOP
    IF part.hot AND NOT part.tuned THEN
      -- A month grows without end; a fifth of it, the default, is days of rows without statistics.
      EXECUTE format('ALTER TABLE public.%I SET (autovacuum_vacuum_scale_factor = 0.02, '
        'autovacuum_vacuum_insert_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02)', part.relname);
      changed := changed + 1;
    ELSIF part.tuned AND NOT part.hot THEN
      EXECUTE format('ALTER TABLE public.%I RESET (autovacuum_vacuum_scale_factor, '
        'autovacuum_vacuum_insert_scale_factor, autovacuum_analyze_scale_factor)', part.relname);
      changed := changed + 1;
    END IF;
  END LOOP;
  RETURN changed;
END
$$;

COMMENT ON FUNCTION public.tune_month_partitions IS 'Has autovacuum look often at the partitions of that day''s month, and as usual at all others. Returns how many it changed.';

-- ---- the sums anew from the rows ------------------------------------------------------------------------------------

CREATE FUNCTION public.recompute_minutes(any_day date) RETURNS void
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
      coalesce(log.currency, '') AS currency, 1 AS requests, (log.verdict = 'APPROVED')::int AS approved,
      (log.verdict = 'REJECTED')::int AS rejected, log.cache_hit::int AS cache_hits, 0 AS calls, 0 AS errors,
      0::bigint AS input_tokens, 0::bigint AS output_tokens, 0::numeric AS cost,
      -- One request in its bucket: the first whose bound it does not exceed.
      (SELECT array_agg((b = width_bucket(
          floor(extract(epoch FROM log.decided_at - log.created_at)::float8 * 1000) - 0.5,
          public.latency_bounds_ms()::float8[]) + 1)::int::bigint ORDER BY b) FROM generate_series(1, 12) AS b)
        AS latency_counts
    FROM public.ai_query_log AS log
    LEFT JOIN LATERAL (
      SELECT provider, model FROM public.llm_attempts AS call
      WHERE log.provider IS NULL AND NOT call.correction AND call.ordinal > 0
        AND (call.created_at, call.request_id, call.account) = (log.created_at, log.request_id, log.account)
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

CREATE FUNCTION public.recompute_rollups(any_day date) RETURNS void
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
      coalesce(log.currency, '') AS currency, 1 AS requests, (log.verdict = 'APPROVED')::int AS approved,
      (log.verdict = 'REJECTED')::int AS rejected, 0::bigint AS input_tokens, 0::bigint AS cached_input_tokens,
      0::bigint AS cache_write_tokens, 0::bigint AS output_tokens, 0::bigint AS reasoning_tokens, 0::numeric AS cost
    FROM public.ai_query_log AS log
    LEFT JOIN LATERAL (
      SELECT provider, model FROM public.llm_attempts AS call
      WHERE log.provider IS NULL AND NOT call.correction AND call.ordinal > 0
        AND (call.created_at, call.request_id, call.account) = (log.created_at, log.request_id, log.account)
      ORDER BY call.ordinal DESC LIMIT 1) AS last ON true
    WHERE log.created_at >= since AND log.created_at < until
    UNION ALL
    SELECT (call.created_at AT TIME ZONE 'UTC')::date, call.account, coalesce(log.team, ''), log.user_id,
      coalesce(log.datasource, ''), call.provider, call.model, coalesce(call.currency, ''), 0, 0, 0,
      coalesce(call.input_tokens, 0), coalesce(call.cached_input_tokens, 0), coalesce(call.cache_write_tokens, 0),
      coalesce(call.output_tokens, 0), coalesce(call.reasoning_tokens, 0), call.cost
    FROM public.llm_attempts AS call
    JOIN public.ai_query_log AS log
      ON (log.created_at, log.request_id, log.account) = (call.created_at, call.request_id, call.account)
    WHERE call.created_at >= since AND call.created_at < until
      AND log.created_at >= since AND log.created_at < until) AS counted
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

COMMENT ON FUNCTION public.recompute_rollups IS 'Makes the sums of that UTC month anew from its rows. Only for a month whose rows are all in the log.';

-- The minutes of what is there.
SELECT public.ensure_month_partition('query_performance_metrics', to_date(right(c.relname, 7), 'YYYY_MM')),
  public.recompute_minutes(to_date(right(c.relname, 7), 'YYYY_MM'))
FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
WHERE i.inhparent = 'public.ai_query_log'::regclass AND c.relname ~ '_[0-9]{4}_[0-9]{2}$'
ORDER BY c.relname;

-- ---- percentiles, too heavy to be counted row by row ----------------------------------------------------------------

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

CREATE MATERIALIZED VIEW public.request_latency_daily AS
SELECT (created_at AT TIME ZONE 'UTC')::date AS day, account, verdict, count(*) AS requests,
  percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM decided_at - created_at)::float8 * 1000) AS p50_ms,
  percentile_cont(0.95) WITHIN GROUP (ORDER BY extract(epoch FROM decided_at - created_at)::float8 * 1000) AS p95_ms,
  percentile_cont(0.99) WITHIN GROUP (ORDER BY extract(epoch FROM decided_at - created_at)::float8 * 1000) AS p99_ms,
  percentile_cont(0.95) WITHIN GROUP (ORDER BY execution_time_ms) AS execution_p95_ms
FROM public.ai_query_log
WHERE created_at >= now() - interval '35 days'
GROUP BY 1, 2, 3;
CREATE UNIQUE INDEX request_latency_daily_key ON public.request_latency_daily (day, account, verdict);

COMMENT ON MATERIALIZED VIEW public.request_latency_daily IS 'Exact percentiles of the last 35 days, from request to verdict, and of runs; the sink refreshes it.';
