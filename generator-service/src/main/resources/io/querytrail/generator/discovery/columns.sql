-- Columns that the connected role may read, with what their types and expressions look like in full.
SELECT a.attrelid::bigint AS relation_id,
       a.attname AS column_name,
       format_type(a.atttypid, a.atttypmod) AS type,
       a.attnotnull AS not_null,
       CASE WHEN a.attidentity <> '' THEN 'identity'
            WHEN a.attgenerated <> '' THEN 'generated as ' || pg_get_expr(d.adbin, d.adrelid)
            ELSE pg_get_expr(d.adbin, d.adrelid) END AS default_value,
       col_description(a.attrelid, a.attnum) AS comment,
       (SELECT array_agg(e.enumlabel::text ORDER BY e.enumsortorder)
        FROM pg_type t
        JOIN pg_enum e ON e.enumtypid = CASE t.typtype WHEN 'd' THEN t.typbasetype
                                        ELSE CASE WHEN t.typelem <> 0 THEN t.typelem ELSE t.oid END END
        WHERE t.oid = a.atttypid) AS enum_labels
FROM pg_attribute a
LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE a.attrelid = ANY (?)
  AND a.attnum > 0
  AND NOT a.attisdropped
  AND has_column_privilege(a.attrelid, a.attnum, 'SELECT')
ORDER BY a.attrelid, a.attnum
