-- Indexes that stand behind no constraint, of relations that the connected role may read in full: an expression may be of any
-- column.
SELECT i.indrelid::bigint AS relation_id,
       CASE WHEN i.indisunique THEN 'unique ' ELSE '' END
         || regexp_replace(substring(pg_get_indexdef(i.indexrelid) FROM ' USING (.*)$'), '^btree ', '') AS definition
FROM pg_index i
WHERE i.indrelid = ANY (?)
  AND i.indisvalid
  AND has_table_privilege(i.indrelid, 'SELECT')
  AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x'))
ORDER BY i.indrelid, i.indexrelid
