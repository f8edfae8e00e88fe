-- Where an answer that nobody paid for came from.
ALTER TABLE public.ai_query_log
  ADD COLUMN cache_tier text,
  ADD COLUMN cache_age_ms bigint;
COMMENT ON COLUMN public.ai_query_log.cache_tier IS 'Cache that the answer came from: memory, redis, memcached, or in-flight for the call of an equal question at the same time; null when models were asked.';
COMMENT ON COLUMN public.ai_query_log.cache_age_ms IS 'How long before its use the answer was written, in milliseconds; null when models were asked.';

-- Months that were taken out of the log must have its columns when they are attached again.
DO $$
DECLARE
  month regclass;
BEGIN
  FOR month IN
    SELECT c.oid FROM pg_class c
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND NOT c.relispartition
      AND c.relname ~ '^ai_query_log_[0-9]{4}_[0-9]{2}$'
  LOOP
    EXECUTE format('ALTER TABLE %s ADD COLUMN IF NOT EXISTS cache_tier text, ADD COLUMN IF NOT EXISTS cache_age_ms bigint', month);
  END LOOP;
END $$;
