-- What people posted to budgets. Few rows, which stand in the audit chain, so they stay.

CREATE TABLE public.budget_adjustments (
  created_at           timestamptz    NOT NULL,
  chain_sequence       bigint         NOT NULL,
  kafka_offset         bigint         NOT NULL,
  kafka_partition      int            NOT NULL,
  reset                boolean        NOT NULL,
  account              text           NOT NULL,
  command_id           text           NOT NULL,
  scope                text           NOT NULL,
  scope_key            text           NOT NULL,
  period               text           NOT NULL,
  period_name          text           NOT NULL,
  currency             text           NOT NULL,
  amount               numeric(28,12) NOT NULL,
  settled              numeric(28,12) NOT NULL,
  reason               text           NOT NULL,
  requested_by         text           NOT NULL,
  chain_key_id         text           NOT NULL,
  chain_hash           text           NOT NULL,
  PRIMARY KEY (account, chain_sequence)
);

COMMENT ON TABLE public.budget_adjustments IS 'Amounts that people posted to what is settled in a budget; no request of ai_query_log cost them.';
COMMENT ON COLUMN public.budget_adjustments.reset IS 'True where the budget was set back to nothing.';
COMMENT ON COLUMN public.budget_adjustments.settled IS 'In the period, after the posting.';
