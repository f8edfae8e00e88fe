-- The tables live in schema public: it is on every role's default search_path, so a query that names ai_query_log
-- alone finds it, whoever runs it and through whatever pooler.

-- ---- the log: one row per request -----------------------------------------------------------------------------------

CREATE TABLE public.ai_query_log (
  created_at           timestamptz    NOT NULL,
  decided_at           timestamptz    NOT NULL,
  execution_time_ms    bigint,
  kafka_offset         bigint         NOT NULL,
  request_offset       bigint         NOT NULL,
  chain_sequence       bigint         NOT NULL,
  policy_version       bigint,
  input_tokens         bigint,
  cached_input_tokens  bigint,
  cache_write_tokens   bigint,
  output_tokens        bigint,
  reasoning_tokens     bigint,
  queue_ms             bigint,
  schema_ms            bigint,
  model_ms             bigint,
  explain_ms           bigint,
  safety_us            bigint,
  plan_cost            float8,
  plan_rows            float8,
  kafka_partition      int            NOT NULL,
  request_partition    int            NOT NULL,
  row_cap              int,
  attempts             int            NOT NULL,
  corrections          int            NOT NULL DEFAULT 0,
  repairs              int            NOT NULL,
  cache_hit            boolean        NOT NULL,
  degraded             boolean        NOT NULL,
  usage_complete       boolean        NOT NULL,
  request_id           text           NOT NULL,
  account              text           NOT NULL,
  user_id              text           NOT NULL,
  team                 text,
  datasource           text,
  verdict              text           NOT NULL,
  stage                text,
  reason               text,
  provider             text,
  model                text,
  currency             text,
  price_version        text,
  cost                 numeric(28,12) NOT NULL,
  schema_fingerprint   text,
  prompt_version       text,
  trace_id             text,
  chain_key_id         text           NOT NULL,
  chain_hash           text           NOT NULL,
  natural_query        text           NOT NULL,
  generated_sql        text,
  approved_sql         text,
  message              text,
  relations            text[],
  violations           jsonb,
  receipt              jsonb,
  tags                 jsonb,
  -- An id is unique within its account only: without the account, another account's equal id in the same
  -- millisecond would be refused.
  PRIMARY KEY (created_at, request_id, account)
) PARTITION BY RANGE (created_at);

COMMENT ON TABLE public.ai_query_log IS 'One row per request, written once from its audit record; execution_time_ms and the sums of corrections follow later.';
COMMENT ON COLUMN public.ai_query_log.created_at IS 'When the broker appended the request.';
COMMENT ON COLUMN public.ai_query_log.decided_at IS 'When the broker appended what led to the verdict.';
COMMENT ON COLUMN public.ai_query_log.execution_time_ms IS 'Of the latest successful execution, else of the latest; query_executions has all.';
COMMENT ON COLUMN public.ai_query_log.kafka_offset IS 'Of the audit record, in partition kafka_partition of the audit topic.';
COMMENT ON COLUMN public.ai_query_log.request_offset IS 'Of the request, in partition request_partition of the requests topic.';
COMMENT ON COLUMN public.ai_query_log.input_tokens IS 'Sum of what the providers reported, cached and cache-write tokens included; null means that none reported it, never 0.';
COMMENT ON COLUMN public.ai_query_log.output_tokens IS 'Sum of what the providers reported, reasoning tokens included; null means that none reported it, never 0.';
COMMENT ON COLUMN public.ai_query_log.usage_complete IS 'False when a call was sent whose tokens nobody reported: the token columns are then a lower bound.';
COMMENT ON COLUMN public.ai_query_log.attempts IS 'Model calls, corrections included.';
COMMENT ON COLUMN public.ai_query_log.cost IS 'What the request cost so far, corrections included; the audit record''s cost is this less the corrections'' deltas.';
COMMENT ON COLUMN public.ai_query_log.violations IS 'Safety rules that were broken: [{rule, severity, message, position}]; null for none.';
COMMENT ON COLUMN public.ai_query_log.receipt IS 'Why a budget refused: limit, settled, held, asked; null where none did.';
COMMENT ON COLUMN public.ai_query_log.relations IS 'Relations that the approved SQL reads, as schema.name; null for none.';

-- Neither these nor the primary key hold execution_time_ms, so that setting it later touches no index.
CREATE INDEX ai_query_log_account ON public.ai_query_log (account, created_at DESC, request_id) INCLUDE (verdict, cost);
CREATE INDEX ai_query_log_user ON public.ai_query_log (account, user_id, created_at DESC);
CREATE INDEX ai_query_log_rejected ON public.ai_query_log (account, created_at DESC) WHERE verdict = 'REJECTED';
CREATE INDEX ai_query_log_request ON public.ai_query_log (request_id);
CREATE INDEX ai_query_log_violations ON public.ai_query_log USING gin (violations jsonb_path_ops);

-- ---- model calls ----------------------------------------------------------------------------------------------------

CREATE TABLE public.llm_attempts (
  created_at           timestamptz    NOT NULL,
  started_at           timestamptz    NOT NULL,
  chain_sequence       bigint         NOT NULL,
  latency_ms           bigint         NOT NULL,
  input_tokens         bigint,
  cached_input_tokens  bigint,
  cache_write_tokens   bigint,
  output_tokens        bigint,
  reasoning_tokens     bigint,
  ordinal              int            NOT NULL,
  attempt              int            NOT NULL,
  http_status          int,
  sent                 boolean        NOT NULL,
  estimated            boolean        NOT NULL,
  correction           boolean        NOT NULL,
  request_id           text           NOT NULL,
  account              text           NOT NULL,
  provider             text           NOT NULL,
  model                text           NOT NULL,
  response_model       text,
  purpose              text           NOT NULL,
  error_type           text,
  currency             text,
  price_version        text,
  cost                 numeric(28,12) NOT NULL,
  -- The audit chain counts an account's records without gaps, so record and place in it name a call for good.
  PRIMARY KEY (created_at, request_id, account, chain_sequence, ordinal)
) PARTITION BY RANGE (created_at);

COMMENT ON TABLE public.llm_attempts IS 'One row per model call; their costs add up to the cost of the log row.';
COMMENT ON COLUMN public.llm_attempts.created_at IS 'Of the request, not of the call.';
COMMENT ON COLUMN public.llm_attempts.chain_sequence IS 'Number in the account''s audit chain of the record that reported the call.';
COMMENT ON COLUMN public.llm_attempts.ordinal IS 'Place in that record, from 1; 0 for the ADJUSTMENT that makes up the difference between the record''s cost and its calls.';
COMMENT ON COLUMN public.llm_attempts.attempt IS 'Place in its dispatch, from 1.';
COMMENT ON COLUMN public.llm_attempts.sent IS 'False only when it is certain that no byte left.';
COMMENT ON COLUMN public.llm_attempts.estimated IS 'True when usage was not reported and the ceiling was charged.';
COMMENT ON COLUMN public.llm_attempts.correction IS 'True when it became known after the verdict.';
COMMENT ON COLUMN public.llm_attempts.input_tokens IS 'As the provider reported them; null means that it did not, never 0.';

-- ---- corrections ----------------------------------------------------------------------------------------------------

CREATE TABLE public.query_corrections (
  created_at           timestamptz    NOT NULL,
  corrected_at         timestamptz    NOT NULL,
  chain_sequence       bigint         NOT NULL,
  kafka_offset         bigint         NOT NULL,
  kafka_partition      int            NOT NULL,
  attempts             int            NOT NULL,
  request_id           text           NOT NULL,
  account              text           NOT NULL,
  reason               text           NOT NULL,
  currency             text           NOT NULL,
  price_version        text           NOT NULL,
  delta                numeric(28,12) NOT NULL,
  chain_key_id         text           NOT NULL,
  chain_hash           text           NOT NULL,
  PRIMARY KEY (created_at, request_id, account, chain_sequence)
) PARTITION BY RANGE (created_at);

COMMENT ON TABLE public.query_corrections IS 'Money that became known after the verdict; already added to the log row.';

-- ---- executions -----------------------------------------------------------------------------------------------------

CREATE TABLE public.query_executions (
  created_at           timestamptz    NOT NULL,
  executed_at          timestamptz    NOT NULL,
  execution_time_ms    bigint         NOT NULL,
  rows                 bigint,
  kafka_offset         bigint         NOT NULL,
  kafka_partition      int            NOT NULL,
  request_id           text           NOT NULL,
  account              text           NOT NULL,
  execution_id         text           NOT NULL,
  status               text           NOT NULL,
  sql_state            text,
  executor             text           NOT NULL,
  error                text,
  PRIMARY KEY (created_at, request_id, account, execution_id)
) PARTITION BY RANGE (created_at);

COMMENT ON TABLE public.query_executions IS 'What became of approved statements, as reported by whoever ran them; once per execution_id.';
COMMENT ON COLUMN public.query_executions.created_at IS 'Of the request, as the reporter knows it.';
COMMENT ON COLUMN public.query_executions.executed_at IS 'By the reporter''s clock.';

CREATE TABLE public.executions_awaiting_row (
  created_at           timestamptz    NOT NULL,
  request_id           text           NOT NULL,
  account              text           NOT NULL,
  arrived_at           timestamptz    NOT NULL DEFAULT now(),
  PRIMARY KEY (created_at, request_id, account)
);
CREATE INDEX executions_awaiting_row_arrived ON public.executions_awaiting_row (arrived_at);

COMMENT ON TABLE public.executions_awaiting_row IS 'Requests whose execution was reported before their log row was written; empty but for moments.';

-- ---- alerts ---------------------------------------------------------------------------------------------------------

CREATE TABLE public.budget_alerts (
  created_at           timestamptz    NOT NULL,
  policy_version       bigint         NOT NULL,
  kafka_offset         bigint         NOT NULL,
  kafka_partition      int            NOT NULL,
  threshold_percent    int            NOT NULL,
  account              text           NOT NULL,
  alert_id             text           NOT NULL,
  scope                text           NOT NULL,
  scope_key            text           NOT NULL,
  period               text           NOT NULL,
  period_name          text           NOT NULL,
  kind                 text           NOT NULL,
  currency             text           NOT NULL,
  limit_amount         numeric(28,12) NOT NULL,
  settled              numeric(28,12) NOT NULL,
  held                 numeric(28,12) NOT NULL,
  request_id           text,
  PRIMARY KEY (created_at, account, alert_id)
) PARTITION BY RANGE (created_at);

COMMENT ON TABLE public.budget_alerts IS 'Thresholds that budgets passed; once per alert_id.';

-- ---- roll-up --------------------------------------------------------------------------------------------------------

CREATE TABLE public.cost_daily (
  day                  date           NOT NULL,
  account              text           NOT NULL,
  team                 text           NOT NULL,
  user_id              text           NOT NULL,
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
  PRIMARY KEY (day, account, team, user_id, datasource, provider, model, currency)
) WITH (fillfactor = 70);

COMMENT ON TABLE public.cost_daily IS 'Sums by day, written in the transaction that writes the rows; an unknown key is an empty string.';
COMMENT ON COLUMN public.cost_daily.day IS 'UTC day of created_at; corrections count on the day of their request.';
COMMENT ON COLUMN public.cost_daily.requests IS 'Each request once: at the model that answered, else the last one asked, else none.';
COMMENT ON COLUMN public.cost_daily.cost IS 'Each call at its own model.';

-- ---- where each topic partition goes on -----------------------------------------------------------------------------

CREATE TABLE public.kafka_offsets (
  cluster_id           text           NOT NULL,
  topic_id             uuid           NOT NULL,
  partition            int            NOT NULL,
  next_offset          bigint         NOT NULL,
  topic                text           NOT NULL,
  written_by           text           NOT NULL,
  updated_at           timestamptz    NOT NULL DEFAULT now(),
  PRIMARY KEY (cluster_id, topic_id, partition)
) WITH (fillfactor = 50);

COMMENT ON TABLE public.kafka_offsets IS 'The first record that is not stored yet. Moves in the transaction that stores the rows, and only from the value that the writer expects.';

-- ---- partitions -----------------------------------------------------------------------------------------------------

CREATE TABLE public.ai_query_log_default PARTITION OF public.ai_query_log DEFAULT WITH (fillfactor = 85);
CREATE TABLE public.llm_attempts_default PARTITION OF public.llm_attempts DEFAULT;
CREATE TABLE public.query_corrections_default PARTITION OF public.query_corrections DEFAULT;
CREATE TABLE public.query_executions_default PARTITION OF public.query_executions DEFAULT;
CREATE TABLE public.budget_alerts_default PARTITION OF public.budget_alerts DEFAULT;

CREATE FUNCTION public.ensure_month_partition(parent_name text, any_day date) RETURNS boolean
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  lower_bound    timestamptz := date_trunc('month', any_day::timestamp) AT TIME ZONE 'UTC';
  upper_bound    timestamptz := (date_trunc('month', any_day::timestamp) + interval '1 month') AT TIME ZONE 'UTC';
  partition_name text := parent_name || '_' || to_char(any_day, 'YYYY_MM');
  default_name   text := parent_name || '_default';
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
  -- Made beside the parent and then attached: that does not stop those who read and write other months, as
  -- CREATE ... PARTITION OF would.
  EXECUTE format('CREATE TABLE public.%I (LIKE public.%I INCLUDING ALL)', partition_name, parent_name);
  IF parent_name = 'ai_query_log' THEN
    EXECUTE format('ALTER TABLE public.%I SET (fillfactor = 85)', partition_name);
  END IF;
  -- Rows of this month that came before it would block the attachment.
  EXECUTE format('LOCK TABLE public.%I IN ACCESS EXCLUSIVE MODE', default_name);
  EXECUTE format(
      'WITH moved AS (DELETE FROM public.%I WHERE created_at >= $1 AND created_at < $2 RETURNING *) '
      'INSERT INTO public.%I SELECT * FROM moved', default_name, partition_name)
    USING lower_bound, upper_bound;
  EXECUTE format(
      'ALTER TABLE public.%I ATTACH PARTITION public.%I FOR VALUES FROM (%L) TO (%L)',
      parent_name, partition_name, lower_bound, upper_bound);
  RETURN true;
END
$$;

COMMENT ON FUNCTION public.ensure_month_partition IS 'Makes and attaches the partition of that UTC month unless it exists, and moves its rows out of the default partition. True when it was made.';
