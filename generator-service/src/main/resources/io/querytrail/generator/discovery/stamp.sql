-- Two numbers that change when anything changes that is shown of the named schemas: how many rows the catalogs hold for them,
-- and a digest of which version each row has. ANALYZE and new rows change neither.
WITH shown AS (
  SELECT c.oid, c.xmin, c.relnamespace
  FROM pg_class c
  JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname = ANY (?) AND c.relkind IN ('r', 'p', 'v', 'm', 'i', 'I')
), versions AS (
  SELECT 1 AS catalog, oid, 0 AS part, xmin FROM shown
  UNION ALL
  SELECT 2, a.attrelid, a.attnum, a.xmin FROM pg_attribute a JOIN shown s ON s.oid = a.attrelid WHERE a.attnum > 0
  UNION ALL
  SELECT 3, d.adrelid, d.adnum, d.xmin FROM pg_attrdef d JOIN shown s ON s.oid = d.adrelid
  UNION ALL
  SELECT 4, k.oid, 0, k.xmin FROM pg_constraint k JOIN shown s ON s.oid = k.conrelid
  UNION ALL
  SELECT 5, d.objoid, d.objsubid, d.xmin FROM pg_description d JOIN shown s ON s.oid = d.objoid
  WHERE d.classoid = 'pg_class'::regclass
  UNION ALL
  SELECT 6, oid, 0, xmin FROM pg_enum
  UNION ALL
  SELECT 7, oid, 0, xmin FROM pg_type WHERE typtype = 'd'
  UNION ALL
  SELECT 8, oid, 0, xmin FROM pg_namespace
  UNION ALL
  SELECT 9, member, roleid::integer, xmin FROM pg_auth_members
)
SELECT count(*) || '/' || coalesce(bit_xor(hash_record_extended((catalog, oid, part, xmin), 0)), 0) AS stamp
FROM versions
