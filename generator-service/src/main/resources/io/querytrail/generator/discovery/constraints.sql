-- Primary keys, unique constraints, foreign keys and checks whose columns the connected role may read all, with the columns in
-- the order of the key.
SELECT k.conrelid::bigint AS relation_id,
       k.contype::text AS kind,
       (SELECT array_agg(a.attname::text ORDER BY c.position)
        FROM unnest(k.conkey) WITH ORDINALITY AS c (attnum, position)
        JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = c.attnum) AS columns,
       tn.nspname AS target_schema,
       t.relname AS target_name,
       (SELECT array_agg(a.attname::text ORDER BY c.position)
        FROM unnest(k.confkey) WITH ORDINALITY AS c (attnum, position)
        JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = c.attnum) AS target_columns,
       CASE WHEN k.contype = 'c'
            THEN regexp_replace(pg_get_constraintdef(k.oid, true), '^CHECK \((.*)\)[A-Z ]*$', '\1') END AS definition
FROM pg_constraint k
LEFT JOIN pg_class t ON t.oid = k.confrelid
LEFT JOIN pg_namespace tn ON tn.oid = t.relnamespace
WHERE k.conrelid = ANY (?)
  AND k.contype IN ('p', 'u', 'f', 'c')
  AND NOT EXISTS (SELECT FROM unnest(k.conkey) AS c (attnum)
                  WHERE NOT has_column_privilege(k.conrelid, c.attnum, 'SELECT'))
ORDER BY k.conrelid, k.contype, k.conname
