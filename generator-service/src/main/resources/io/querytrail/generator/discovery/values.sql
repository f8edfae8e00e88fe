-- Frequent values of text columns that have few, as ANALYZE found them: no table is read. PostgreSQL itself keeps back those of
-- columns that the role may not read and of tables under row security.
SELECT c.oid::bigint AS relation_id,
       s.attname AS column_name,
       (SELECT array_agg(v.value ORDER BY v.position)
        FROM unnest(s.most_common_vals::text::text[]) WITH ORDINALITY AS v (value, position)
        WHERE v.position <= ? AND length(v.value) <= ?) AS sample
FROM pg_stats s
JOIN pg_namespace n ON n.nspname = s.schemaname
JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = s.tablename
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = s.attname
WHERE c.oid = ANY (?)
  AND a.atttypid IN ('text'::regtype, 'varchar'::regtype, 'bpchar'::regtype)
  -- Below zero it is a part of the rows; at half of them the values are hardly kinds of things.
  AND s.n_distinct > -0.5
  AND CASE WHEN s.n_distinct < 0 THEN -s.n_distinct * c.reltuples ELSE s.n_distinct END BETWEEN 1 AND ?
  AND s.inherited = (c.relkind = 'p')
  AND s.most_common_vals IS NOT NULL
