SELECT (pg_read_file).pg_read_file FROM unnest(ARRAY['/etc/passwd']) AS pg_read_file
SELECT x.pg_read_file FROM unnest(ARRAY['/etc/passwd']) AS x
SELECT pg_read_file.pg_read_file FROM (SELECT 1) z, unnest(ARRAY['/etc/passwd']) WITH ORDINALITY AS x
SELECT x.pg_sleep FROM (SELECT 1 AS pg_sleep) y, LATERAL (SELECT 1) x
SELECT (SELECT x.pg_sleep FROM (SELECT x.pg_sleep) z) FROM (SELECT 1 AS a) x
SELECT (SELECT s.q FROM (SELECT x.pg_sleep AS q) s, (SELECT 1 AS pg_sleep) x) FROM unnest(ARRAY[5.0::float8]) x
SELECT (SELECT 1 FROM (SELECT 1 AS pg_sleep) x, (SELECT 2 AS b) b JOIN (SELECT 3 AS c) c ON x.pg_sleep IS NULL) FROM unnest(ARRAY[5.0::float8]) x
SELECT id FROM (SELECT id FROM orders) o, LATERAL (SELECT o.pg_read_file) z
SELECT pg_read_file FROM orders
SELECT 1 AS pg_read_file FROM orders WHERE pg_read_file IS NULL
SELECT count(*) AS pg_read_file FROM orders ORDER BY pg_read_file || 'x'
SELECT id FROM orders GROUP BY pg_sleep
SELECT j.pg_read_file FROM jsonb_to_record('{}') AS j(a text)
SELECT (j.a).pg_read_file FROM jsonb_to_record('{}') AS j(a text)
SELECT v.value.pg_read_file FROM jsonb_each_text('{}') v
SELECT (v).pg_read_file FROM jsonb_each_text('{}') v
SELECT (v.value).pg_read_file FROM jsonb_each_text('{}') v
SELECT (jsonb_each_text('{}')).pg_read_file
SELECT (ARRAY['/etc/passwd'])[1].pg_read_file
SELECT (tags[1]).pg_read_file FROM customers
SELECT ((tags))[1].lo_import FROM customers
SELECT (row('a')).f1
SELECT (o.*).id FROM orders o
SELECT c FROM orders o WHERE c.lo_import IS NULL
SELECT o.ctid, tableoid FROM orders o
SELECT * FROM orders o ORDER BY o USING OPERATOR(shop.<)
SELECT ARRAY(SELECT pg_ls_dir('.'))
SELECT current_user
SELECT user, session_user, current_catalog, current_schema, current_role
SELECT pg_catalog.current_setting('x')
SELECT id FROM orders WHERE id IN (SELECT id FROM pg_class)
WITH RECURSIVE t AS (WITH x AS (SELECT * FROM t) SELECT 1 AS n UNION ALL SELECT n.pg_sleep FROM x n WHERE n.a > 1) SELECT * FROM t
WITH RECURSIVE t AS (SELECT 1 UNION ALL SELECT 1 FROM t WHERE true) SELECT * FROM t
SELECT * FROM orders LIMIT 1 OFFSET (SELECT pg_sleep(1))
SELECT * FROM (SELECT * FROM orders LIMIT (SELECT count(*) FROM pg_class)) x
SELECT 'x'::shop.orders
SELECT NULL::orders
SELECT NULL::customers
SELECT jsonb_populate_record(NULL::shop.orders, '{}')
SELECT nextval('shop.s')
SELECT * FROM generate_series(1, 10^9)
SELECT * FROM generate_series(1, 100000*100000)
SELECT count(*) FROM generate_series('2020-01-01'::timestamp, '2024-01-01', '1 second')
SELECT count(*) FROM generate_series(now() - interval '10 years', now(), '1 ms')
SELECT repeat('x', 9999 * 9999)
SELECT repeat('x', '1000000000'::int)
SELECT power(10, 100000::numeric)
SELECT 10::numeric ^ (5 ^ 8)
SELECT factorial(100000)
SELECT count(*) FROM orders a, orders b, orders c, orders d
SELECT count(*) FROM orders a CROSS JOIN orders b CROSS JOIN orders c CROSS JOIN orders d
SELECT count(*) FROM orders a JOIN orders b ON true JOIN orders c ON a.id > 0 JOIN orders d ON 1 = 1
SELECT * FROM orders FETCH FIRST (SELECT 1000000) ROWS ONLY
SELECT xmlparse(document '<a/>'), xmlroot(xmlelement(name a), version '1.0')
SELECT collation for ('a')
SELECT 'a' COLLATE shop.evil
SELECT 'a' COLLATE "evil"
SELECT * FROM XMLTABLE('/a' PASSING '<a/>' COLUMNS b text)
SELECT shop.lower('x')
SELECT "lower "('x')
SELECT LOWER('x') FROM shop."orders ", orders
SELECT id FROM ONLY orders, lab.shop.orders
SELECT txid_current(), version(), pg_backend_pid()
SELECT * FROM customers WHERE email = (SELECT passwd FROM pg_shadow)
SELECT has_table_privilege('orders', 'select')
SELECT to_regclass('x'), pg_typeof(1)
SELECT * FROM pg_temp.orders
SELECT * FROM "pg_temp_3".orders
SELECT o FROM orders AS o(a, b), pg_stat_activity
SELECT count(*) FILTER (WHERE nextval('s') > 0) OVER (ORDER BY id) FROM orders
SELECT * FROM orders WHERE CURRENT OF c
MERGE INTO orders USING payments ON true WHEN MATCHED THEN DELETE RETURNING *
SELECT merge_action()
SELECT 1 FROM orders GROUP BY GROUPING SETS ((pg_sleep(1)))
SELECT DISTINCT ON (pg_sleep(1)) 1
SELECT 1 ORDER BY pg_sleep(1)
SELECT sum(id) OVER w FROM orders WINDOW w AS (PARTITION BY pg_sleep(1))
SELECT array_agg(id ORDER BY pg_sleep(1)) FROM orders
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY pg_sleep(1)) FROM orders
SELECT make_date(year => pg_sleep(1)::int, month => 1, day => 1)
SELECT lower(VARIADIC ARRAY[pg_read_file('x')])
VALUES (pg_sleep(1))
TABLE pg_authid
SELECT ALL pg_sleep(1)
SELECT 1 UNION SELECT pg_sleep(1)::int
SELECT 1 WHERE pg_sleep(1) IS NULL
SELECT a[pg_sleep(1)::int] FROM (SELECT ARRAY[1] AS a) s
SELECT interval '1' || pg_sleep(1)
SELECT (SELECT 1, 2) = (3, pg_sleep(1)::int)
SELECT CASE pg_sleep(1) WHEN NULL THEN 1 END
SELECT nullif(pg_sleep(1)::text, 'a'), greatest(1, nextval('s'))
SELECT query_to_xml(SELECT 1)
SELECT JSON_VALUE('{}', '$.a' RETURNING regclass)
SELECT JSON_VALUE('{}', '$.a' RETURNING shop.mood)
SELECT JSON_VALUE('{}', '$.a' DEFAULT pg_sleep(1) ON EMPTY)
SELECT JSON_VALUE('{}', '$.a' PASSING pg_read_file('x') AS x)
SELECT JSON_VALUE(pg_read_file('x')::jsonb, '$.a')
SELECT JSON_QUERY(meta, (SELECT pg_read_file('x'))::jsonpath) FROM orders
SELECT JSON_ARRAY(SELECT rolname FROM pg_authid)
SELECT JSON_ARRAY(1, x.pg_read_file) FROM (SELECT 'x'::text AS a) x
SELECT JSON_OBJECT(pg_read_file('x') : 1)
SELECT JSON_OBJECTAGG(kind : lo_import('x')) FROM events
SELECT JSON_ARRAYAGG(id ORDER BY pg_sleep(1)) FROM orders
SELECT JSON_ARRAYAGG(id) FILTER (WHERE pg_sleep(1) IS NULL) FROM orders
SELECT JSON_ARRAYAGG(id) OVER (PARTITION BY lo_import('x')) FROM orders
SELECT JSON_SCALAR(current_user)
SELECT JSON_SERIALIZE(JSON_ARRAY(nextval('s')) RETURNING text)
SELECT pg_read_file('x') IS JSON
SELECT j.pg_read_file FROM JSON_TABLE('{}'::jsonb, '$' COLUMNS (a text PATH '$')) AS j
SELECT j.a FROM JSON_TABLE('{}'::jsonb, '$' COLUMNS (a regclass PATH '$')) AS j
SELECT j.a FROM JSON_TABLE('{}'::jsonb, '$' COLUMNS (a text PATH '$' DEFAULT pg_read_file('x') ON EMPTY)) AS j
SELECT j.a FROM JSON_TABLE('{}'::jsonb, '$' COLUMNS (NESTED PATH '$' COLUMNS (a shop.mood))) AS j
SELECT (j).a.pg_sleep FROM JSON_TABLE('{}'::jsonb, '$' COLUMNS (a float8 PATH '$')) AS j
