-- Columns that the connected role may read, with what their types and expressions look like in full. A column of a domain is
-- one of the type below it: a cast to the domain would run its check. Types are described once each, not once a column.
WITH columns AS MATERIALIZED (
  SELECT a.attrelid, a.attnum, a.attname, a.atttypid, a.atttypmod, a.attnotnull, a.attidentity, a.attgenerated
  FROM pg_attribute a
  WHERE a.attrelid = ANY (?)
    AND a.attnum > 0
    AND NOT a.attisdropped
    AND has_column_privilege(a.attrelid, a.attnum, 'SELECT')
), types AS MATERIALIZED (
  SELECT d.atttypid,
         d.atttypmod,
         (WITH RECURSIVE below(oid, modifier, array_of) AS (
            SELECT d.atttypid, d.atttypmod, ''
            UNION ALL
            SELECT CASE t.typtype WHEN 'd' THEN t.typbasetype ELSE t.typelem END,
                   CASE t.typtype WHEN 'd' THEN t.typtypmod ELSE modifier END,
                   CASE t.typtype WHEN 'd' THEN array_of ELSE '[]' END
            FROM below JOIN pg_type t USING (oid)
            WHERE t.typtype = 'd' OR t.typcategory = 'A' AND t.typelem <> 0)
          SELECT format_type(oid, modifier) || array_of
          FROM below JOIN pg_type t USING (oid)
          WHERE t.typtype <> 'd' AND NOT (t.typcategory = 'A' AND t.typelem <> 0)) AS type,
         (SELECT array_agg(e.enumlabel::text ORDER BY e.enumsortorder)
          FROM pg_type t
          JOIN pg_enum e ON e.enumtypid = CASE t.typtype WHEN 'd' THEN t.typbasetype
                                          ELSE CASE WHEN t.typelem <> 0 THEN t.typelem ELSE t.oid END END
          WHERE t.oid = d.atttypid) AS enum_labels
  FROM (SELECT DISTINCT atttypid, atttypmod FROM columns) d
)
SELECT a.attrelid::bigint AS relation_id,
       a.attname AS column_name,
       t.type,
       a.attnotnull AS not_null,
       CASE WHEN a.attidentity <> '' THEN 'identity'
            WHEN a.attgenerated <> '' THEN 'generated as ' || pg_get_expr(d.adbin, d.adrelid)
            ELSE pg_get_expr(d.adbin, d.adrelid) END AS default_value,
       c.description AS comment,
       t.enum_labels
FROM columns a
JOIN types t ON t.atttypid = a.atttypid AND t.atttypmod = a.atttypmod
LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
LEFT JOIN pg_description c ON c.objoid = a.attrelid AND c.objsubid = a.attnum AND c.classoid = 'pg_class'::regclass
ORDER BY a.attrelid, a.attnum
