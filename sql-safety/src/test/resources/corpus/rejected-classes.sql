SELECT id FROM orders ORDER BY pg_sleep(1)
SELECT count(*) FROM orders GROUP BY pg_sleep(1)
SELECT count(*) FROM orders GROUP BY ROLLUP (pg_sleep(1)::text)
SELECT count(*) FROM orders GROUP BY CUBE (id, (pg_sleep(1)::text, currency))
SELECT sum(id) OVER (ORDER BY id RANGE BETWEEN (pg_sleep(1)::text)::int PRECEDING AND CURRENT ROW) FROM orders
SELECT id FROM orders LIMIT (SELECT 1 FROM pg_sleep(1))
SELECT id FROM orders LIMIT pg_sleep(1)::text::int
SELECT id FROM orders OFFSET nextval('s')
SELECT id FROM orders FETCH FIRST (nextval('s')) ROWS ONLY
SELECT id FROM orders TABLESAMPLE SYSTEM (pg_sleep(1)::text::real)
SELECT id FROM orders TABLESAMPLE system_rows(10)
SELECT id FROM orders TABLESAMPLE pg_catalog.bernoulli (10)
SELECT id FROM orders TABLESAMPLE evil.bernoulli (10)
SELECT string_agg(pg_read_file('x'), ',') FROM orders
SELECT string_agg(name, pg_read_file('x')) FROM regions
SELECT array_agg(id ORDER BY lo_import('x')) FROM orders
SELECT count(*) FILTER (WHERE lo_unlink(1) = 1) FROM orders
SELECT percentile_disc(random()) WITHIN GROUP (ORDER BY id) FROM orders
SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY random()) FROM orders
SELECT CASE WHEN true THEN 1 ELSE pg_sleep(1)::text::int END
SELECT CASE pg_backend_pid() WHEN 1 THEN 2 END
SELECT (CASE WHEN true THEN 'a' END).pg_read_file
SELECT COALESCE(NULL, current_setting('data_directory'))
SELECT NULLIF(version(), '')
SELECT GREATEST(pg_postmaster_start_time(), now())
SELECT ARRAY[pg_read_file('a')]
SELECT ROW(pg_read_file('a'))
SELECT (1, pg_read_file('a'))
SELECT (SELECT pg_read_file('a'))
SELECT EXISTS (SELECT pg_read_file('a'))
SELECT 1 WHERE 1 IN (SELECT pg_backend_pid())
SELECT 1 WHERE 1 = ANY (ARRAY[pg_backend_pid()])
SELECT 1 WHERE 1 IN (1, pg_backend_pid())
SELECT 1 WHERE (1, 2) = (pg_backend_pid(), 2)
SELECT 1 WHERE pg_backend_pid() BETWEEN 1 AND 2
SELECT 1 WHERE version() LIKE '%'
SELECT 1 WHERE 'a' LIKE version() ESCAPE 'x'
SELECT 1 WHERE 'a' SIMILAR TO version()
SELECT 1 WHERE version() IS NULL
SELECT 1 WHERE pg_try_advisory_lock(1) IS NOT TRUE
SELECT 1 WHERE NOT pg_try_advisory_lock(1)
SELECT 1 HAVING pg_try_advisory_lock(1)
SELECT * FROM orders o JOIN payments p ON pg_try_advisory_lock(o.id)
SELECT * FROM (SELECT pg_sleep(1)) s
SELECT * FROM LATERAL (SELECT pg_sleep(1)) s
SELECT * FROM (VALUES (pg_sleep(1))) v
VALUES (1), (pg_sleep(1)::text::int)
WITH x AS (VALUES (pg_sleep(1))) TABLE x
WITH RECURSIVE x(n) AS (SELECT 1 UNION ALL SELECT n + pg_backend_pid() FROM x WHERE n < 3) SELECT * FROM x
WITH RECURSIVE x(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM x WHERE pg_try_advisory_lock(n)) SELECT * FROM x
WITH RECURSIVE x(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM x WHERE n < 3) CYCLE n SET c TO pg_backend_pid() DEFAULT 0 USING p SELECT * FROM x
SELECT 1 UNION SELECT 2 ORDER BY pg_sleep(1)
(SELECT 1 ORDER BY pg_sleep(1)) UNION ALL SELECT 2
SELECT 1 INTERSECT (SELECT pg_backend_pid())
SELECT extract(year FROM pg_postmaster_start_time())
SELECT trim(pg_read_file('x'))
SELECT substring(pg_read_file('x') FROM 1)
SELECT overlay('a' PLACING pg_read_file('x') FROM 1)
SELECT position('a' IN pg_read_file('x'))
SELECT normalize(pg_read_file('x'))
SELECT pg_read_file('x') COLLATE "C"
SELECT pg_postmaster_start_time() AT TIME ZONE 'UTC'
SELECT now() AT TIME ZONE current_setting('x')
SELECT pg_read_file('x') IS NORMALIZED
SELECT (now(), now()) OVERLAPS (now(), pg_postmaster_start_time())
SELECT xmlelement(name a, xmlattributes(pg_read_file('x') AS b))
SELECT xmlforest(pg_read_file('x'))
SELECT xmlconcat(query_to_xml('select 1', true, true, ''))
SELECT xmlpi(name php, pg_read_file('x'))
SELECT xmlserialize(document query_to_xml('select 1',true,true,'') AS text)
SELECT xmlexists('/a' PASSING xmlparse(document '<a/>'))
SELECT xmlparse(content '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>')
SELECT '<a/>'::xml
SELECT xml '<a/>'
SELECT * FROM XMLTABLE('/a' PASSING xmlparse(document '<a/>') COLUMNS x text PATH pg_read_file('x'))
SELECT xpath('/a', '<a/>')
SELECT xml_is_well_formed('x')
SELECT table_to_xml('pg_authid', true, true, '')
SELECT schema_to_xml('shop', true, true, '')
SELECT database_to_xmlschema(true, true, '')
SELECT cursor_to_xml('c', 1, true, true, '')
SELECT query_to_xml_and_xmlschema('select 1', true, true, '')
SELECT 'pg_authid'::regclass::oid
SELECT CAST('pg_authid' AS regclass)
SELECT regclass 'pg_authid'
SELECT 1::regproc, 'now'::regprocedure, '+'::regoper, '+(int,int)'::regoperator, 'int'::regtype, 'x'::regrole, 'x'::regnamespace, 'english'::regconfig, 'simple'::regdictionary, 'C'::regcollation
SELECT 'english'::regconfig
SELECT to_tsvector('english'::regconfig, 'a')
SELECT '0/0'::pg_lsn
SELECT '1'::oid, '1'::xid, '1'::cid, '(0,0)'::tid
SELECT '1:1:'::pg_snapshot, '1:1:'::txid_snapshot
SELECT 'a'::name
SELECT 'a'::"char"
SELECT 'a'::cstring
SELECT 'x'::aclitem
SELECT '1 2'::oidvector, '1 2'::int2vector
SELECT 'a'::shop.evil_domain
SELECT 'a'::evil.order_status
SELECT 'a'::pg_temp.order_status
SELECT CAST(1 AS shop.orders)
SELECT ('(1,2)'::shop.orders).id
SELECT NULL::information_schema.sql_identifier
SELECT 'a'::pg_catalog.regclass
SELECT 'a'::"pg_catalog"."regclass"
SELECT 'a'::U&"regcl\0061ss"
SELECT 'a'::orders%TYPE
SELECT '{pg_authid}'::regclass[]
SELECT ARRAY['pg_authid']::regclass[]
SELECT 1 OPERATOR(pg_temp.=) 1
SELECT 1 OPERATOR(shop.=) 1
SELECT 1 OPERATOR("public".+) 1
SELECT OPERATOR(shop.-) 1
SELECT 1 = ANY (ARRAY[1]) OR 1 OPERATOR(shop.=) ANY (ARRAY[1])
SELECT id FROM orders ORDER BY id USING OPERATOR(shop.<)
SELECT 1 !== 2
SELECT 1 <=> 2
SELECT 'a' <% 'b'
SELECT 'a' % 'b' <<-> 'c'
SELECT x.pg_read_file FROM (SELECT 'x'::text) x
SELECT (x).pg_read_file FROM (SELECT 'x'::text) x
SELECT (x.a).pg_read_file FROM (SELECT 'x'::text AS a) x
SELECT ((x).a).pg_read_file FROM (SELECT 'x'::text AS a) x
SELECT (ARRAY['a'])[1].pg_read_file
SELECT ((ARRAY['a'])[1]).pg_read_file
SELECT (lower('a')).pg_read_file
SELECT ('a' || 'b').pg_read_file
SELECT (current_date).pg_sleep
SELECT (SELECT 'a').pg_read_file
SELECT (ROW('a'::text)).pg_read_file
SELECT o.pg_column_size FROM orders o
SELECT o.pg_relation_filepath FROM orders o
SELECT id.pg_sleep FROM orders
SELECT orders.id.pg_sleep FROM orders
SELECT shop.orders.pg_sleep FROM orders
SELECT o.to_json FROM orders o
SELECT o.row_to_json FROM orders o
SELECT o.text FROM orders o
SELECT (o).to_jsonb FROM orders o
SELECT o.upper FROM (SELECT 'a'::text) o
SELECT * FROM orders o WHERE o.count > 1
SELECT o.hashtext FROM (SELECT 'x'::text) o
SELECT t.x FROM orders AS t(a) WHERE t.id = 1
SELECT ctid FROM orders
SELECT xmin, xmax, cmin, cmax, tableoid FROM orders
SELECT o.tableoid::regclass FROM orders o
SELECT "ctid" FROM orders
SELECT o.* , o.ctid FROM orders o
SELECT id FROM orders WHERE ctid = '(0,1)'
SELECT oid FROM orders
SELECT * FROM pg_catalog.pg_class
SELECT * FROM "pg_catalog"."pg_class"
SELECT * FROM PG_CLASS
SELECT * FROM information_schema.tables
SELECT * FROM INFORMATION_SCHEMA.COLUMNS
SELECT * FROM "information_schema"."columns"
SELECT * FROM pg_tables
SELECT * FROM pg_stat_activity
SELECT * FROM pg_stat_statements
SELECT * FROM pg_toast.pg_toast_1
SELECT * FROM corpus.pg_catalog.pg_class
SELECT * FROM corpus.shop.orders
SELECT * FROM pg_temp.orders
SELECT * FROM pg_temp_1.orders
SELECT * FROM public.orders
SELECT * FROM "Shop".orders
SELECT * FROM shop."Orders"
SELECT * FROM shop.orders_archive
SELECT * FROM U&"pg\005fclass"
SELECT * FROM U&"pg!005fclass" UESCAPE '!'
TABLE pg_class
TABLE information_schema.tables
SELECT (TABLE pg_class LIMIT 1)
SELECT * FROM orders WHERE id IN (TABLE pg_backend)
SELECT * FROM orders, LATERAL (SELECT * FROM pg_class) x
WITH orders AS (SELECT * FROM pg_class) SELECT * FROM orders
WITH a AS (SELECT 1), b AS (SELECT * FROM c), c AS (SELECT 2) SELECT * FROM b
SELECT * FROM a UNION SELECT * FROM (WITH a AS (SELECT 1) SELECT * FROM a) x
SELECT * INTO x FROM orders
SELECT * INTO TEMP x FROM orders
SELECT * INTO UNLOGGED x FROM orders
SELECT * INTO TABLE x FROM orders
SELECT 1 INTO x
SELECT 1 INTO TEMPORARY TABLE x UNION SELECT 2
WITH q AS (SELECT 1) SELECT * INTO x FROM q
(SELECT 1 INTO x)
SELECT * FROM (SELECT 1 INTO x) y
SELECT * FROM orders FOR UPDATE
SELECT * FROM orders FOR NO KEY UPDATE
SELECT * FROM orders FOR SHARE NOWAIT
SELECT * FROM orders FOR KEY SHARE OF orders SKIP LOCKED
SELECT * FROM (SELECT * FROM orders FOR UPDATE) o
WITH q AS (SELECT * FROM orders FOR UPDATE) SELECT * FROM q
SELECT * FROM orders WHERE id IN (SELECT id FROM payments FOR UPDATE)
SELECT 1 WHERE EXISTS (SELECT 1 FROM orders FOR SHARE)
(SELECT * FROM orders) UNION ALL (SELECT * FROM orders FOR UPDATE)
SELECT ARRAY(SELECT id FROM orders FOR UPDATE)
SELECT (SELECT id FROM orders LIMIT 1 FOR UPDATE)
WITH d AS (DELETE FROM orders RETURNING *) SELECT * FROM d
WITH d AS (UPDATE orders SET total = 0 RETURNING id) SELECT count(*) FROM d
WITH d AS (INSERT INTO orders (id) VALUES (1) RETURNING id) SELECT 1
WITH d AS (MERGE INTO orders o USING payments p ON o.id = p.id WHEN MATCHED THEN DELETE RETURNING o.id) SELECT 1
WITH a AS (SELECT 1), d AS MATERIALIZED (DELETE FROM orders) SELECT 1
SELECT * FROM (WITH d AS (DELETE FROM orders RETURNING *) SELECT * FROM d) x
SELECT (WITH d AS (DELETE FROM orders RETURNING id) SELECT id FROM d)
WITH a AS (WITH d AS (DELETE FROM orders RETURNING id) SELECT * FROM d) SELECT * FROM a
SELECT 1 WHERE EXISTS (WITH d AS (DELETE FROM orders RETURNING id) SELECT * FROM d)
WITH x AS (SELECT 1) DELETE FROM orders
WITH x AS (SELECT 1) UPDATE orders SET id = 1
WITH x AS (SELECT 1) INSERT INTO orders SELECT * FROM x
WITH x AS (SELECT 1) MERGE INTO orders USING x ON true WHEN MATCHED THEN DELETE
EXPLAIN SELECT 1
EXPLAIN ANALYZE SELECT 1
EXPLAIN (ANALYZE) DELETE FROM orders
EXPLAIN (ANALYZE off, FORMAT JSON) SELECT 1
EXPLAIN VERBOSE SELECT * FROM orders
EXPLAIN ANALYZE EXECUTE foo
SELECT 1; SELECT 2
SELECT 1;; SELECT 2
SELECT 1;/**/SELECT 2
; SELECT 1; DROP TABLE orders
BEGIN; SELECT 1
BEGIN; DROP TABLE orders; COMMIT
SELECT 1; COMMIT
SELECT 1 \; DROP TABLE orders
SELECT 1　FROM orders
SELECT​1
SELECT раssword FROM orders
SELECT id FROM оrders
SELECT pg_sleep‎(1)
SELECT ｐｇ_sleep(1)
SELECT 1；SELECT 2
SELECT ‘a’
SELECT “id” FROM orders
SELECT id FROM orders WHERE id – 1 > 2
COPY orders TO STDOUT
COPY (SELECT 1) TO PROGRAM 'sh'
COPY orders FROM '/etc/passwd'
CREATE TABLE x AS SELECT 1
CREATE TEMP TABLE x AS SELECT 1
CREATE VIEW v AS SELECT 1
CREATE MATERIALIZED VIEW v AS SELECT 1
CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'select 1'
REFRESH MATERIALIZED VIEW mv_top_products
DO $$ BEGIN PERFORM 1; END $$
CALL f()
SET x = 1
SET ROLE postgres
SET LOCAL statement_timeout = 0
RESET ALL
SHOW ALL
SHOW data_directory
DISCARD ALL
LISTEN x
NOTIFY x
UNLISTEN *
LOCK TABLE orders
VACUUM
ANALYZE orders
CLUSTER
REINDEX TABLE orders
CHECKPOINT
LOAD 'x'
PREPARE p AS SELECT 1
EXECUTE p
DEALLOCATE ALL
DECLARE c CURSOR FOR SELECT 1
FETCH 1 FROM c
CLOSE c
SAVEPOINT x
ROLLBACK
GRANT SELECT ON orders TO public
REVOKE ALL ON orders FROM public
ALTER SYSTEM SET x = 1
ALTER ROLE postgres PASSWORD 'x'
DROP TABLE orders
TRUNCATE orders
COMMENT ON TABLE orders IS 'x'
SECURITY LABEL ON TABLE orders IS 'x'
IMPORT FOREIGN SCHEMA x FROM SERVER y INTO z
START TRANSACTION READ WRITE
SELECT set_config('search_path', 'evil', false)
SELECT current_setting('is_superuser')
SELECT * FROM generate_series(1, 10000000000)
SELECT * FROM generate_series(1, 1000000) a, generate_series(1, 1000000) b
SELECT repeat('a', 1000000000)
SELECT repeat('a', 10000) || repeat('b', 10000000)
SELECT lpad('', 1000000000, 'x')
SELECT rpad('x', 2147483647)
SELECT repeat('a', 1000 * 1000 * 1000)
SELECT repeat('a', (10 ^ 9)::int)
SELECT repeat(repeat('a', 9000), 9000)
SELECT array_agg(x) FROM generate_series(1, 1000000000) x
SELECT array_fill(1, ARRAY[1000000000])
SELECT array_fill('x'::text, ARRAY[10000, 10000])
SELECT 10 ^ 1000000
SELECT 9 ^ 9 ^ 9 ^ 9
SELECT factorial(1000000)
SELECT power(10::numeric, 100000)
SELECT to_char(1, repeat('9', 100000))
SELECT count(*) FROM orders a, orders b, orders c, orders d, orders e
SELECT count(*) FROM orders a CROSS JOIN orders b CROSS JOIN orders c CROSS JOIN orders d
SELECT count(*) FROM orders a JOIN orders b ON 1=1 JOIN orders c ON true JOIN orders d ON 'a' = 'a'
WITH RECURSIVE t AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM t) SELECT * FROM t
WITH RECURSIVE t AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM t) SELECT * FROM t LIMIT 10
WITH RECURSIVE t AS (SELECT 'a' AS s UNION ALL SELECT s || s FROM t WHERE true) SELECT * FROM t
WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n FROM t, generate_series(1, 10)) SELECT count(*) FROM t
SELECT * FROM dblink('dbname=x', 'select 1') AS t(a int)
SELECT dblink_exec('dbname=x', 'delete from orders')
SELECT lo_get(1), lo_put(1, 0, 'x'), lo_from_bytea(0, 'x'), loread(1, 1), lowrite(1, 'x'), lo_creat(1)
SELECT pg_ls_logdir(), pg_ls_waldir(), pg_ls_tmpdir(), pg_current_logfile()
SELECT pg_stat_get_activity(1), pg_stat_get_backend_pid(1), pg_blocking_pids(1)
SELECT pg_notify('a', 'b')
SELECT pg_rotate_logfile(), pg_promote()
SELECT has_schema_privilege('public', 'usage'), pg_has_role('x', 'member')
SELECT to_regclass('x'), to_regtype('x'), to_regproc('x'), to_regrole('x'), to_regnamespace('x')
SELECT obj_description('orders'::regclass), shobj_description(1, 'x'), col_description(1, 1)
SELECT pg_get_viewdef('v_daily_sales'), pg_get_functiondef(1), pg_get_constraintdef(1), pg_get_indexdef(1), pg_get_expr('x', 1), pg_get_serial_sequence('a', 'b')
SELECT pg_total_relation_size('orders'), pg_database_size('x'), pg_size_pretty(1::bigint), pg_table_size('orders')
SELECT pg_column_size(1), pg_column_compression(1)
SELECT ts_stat('select tsv from documents'), ts_debug('a'), ts_parse('default', 'a'), ts_token_type('default'), ts_lexize('x', 'y'), ts_rewrite('a'::tsquery, 'select 1')
SELECT get_current_ts_config(), pg_ts_config_is_visible(1), pg_table_is_visible(1)
SELECT inet_client_addr(), inet_server_port(), pg_conf_load_time(), pg_is_in_recovery()
SELECT txid_current(), pg_current_xact_id_if_assigned(), txid_current_snapshot(), pg_current_snapshot(), pg_xact_commit_timestamp('1')
SELECT gen_random_uuid(), uuidv7(), uuidv4(), random(), random(1, 5), setseed(0.5), clock_timestamp(), timeofday(), random_normal(), array_shuffle(ARRAY[1]), array_sample(ARRAY[1], 1)
SELECT current_user, current_role, session_user, user, current_catalog, current_schema, system_user
SELECT current_schemas(true), current_database(), version(), current_query()
SELECT nextval('s'), currval('s'), lastval(), setval('s', 1)
SELECT crosstab('select 1')
SELECT * FROM crosstab('select 1') AS t(a int)
SELECT int4in('1'), textin('a'), record_in('x', 1, 1), array_in('{}', 1, 1), regclassin('x'), textout('a'), int4send(1), array_recv('x', 1, 1)
SELECT pg_stat_reset(), pg_stat_reset_shared('x'), pg_backup_start('x'), pg_switch_wal()
SELECT plpgsql_call_handler(), fmgr_sql_validator(1)
SELECT brin_summarize_new_values('x'), gin_clean_pending_list('x')
SELECT pg_catalog.pg_sleep(1), "pg_sleep"(1), Pg_Sleep(1), U&"pg\005fsleep"(1), pg_sleep (1), pg_sleep/**/(1)
SELECT lower(VARIADIC ARRAY['x']), concat(VARIADIC ARRAY[pg_read_file('x')]), format('%s', VARIADIC ARRAY[version()])
SELECT make_interval(days => pg_backend_pid()), make_interval(days := pg_backend_pid())
SELECT * FROM ROWS FROM (pg_ls_dir('.'), generate_series(1, 2)) AS x
SELECT * FROM pg_ls_dir('.') WITH ORDINALITY
SELECT * FROM json_to_recordset(pg_read_file('x')::json) AS x(a text)
SELECT * FROM jsonb_to_record('{}') AS x(a regclass)
SELECT * FROM jsonb_to_record('{}') AS x(a shop.evil)
SELECT * FROM orders WHERE id = $1
SELECT * FROM orders WHERE id = :id
SELECT * FROM orders WHERE id = ?
SELECT * FROM orders WHERE id = %s
SELECT * FROM orders WHERE id = #{id}
SELECT TOP 5 * FROM orders
SELECT * FROM `orders`
SELECT * FROM [orders]
SELECT * FROM orders LIMIT 5, 10
SELECT IF(1, 2, 3) FROM dual
SELECT IFNULL(total, 0) FROM orders
SELECT GETDATE(), SYSDATE, DATEADD(day, 1, now()), DATEDIFF(day, now(), now())
SHOW TABLES
DESCRIBE orders
USE shop
SELECT * FROM orders WHERE id = 1 UNION SELECT usesysid, usename, passwd FROM pg_shadow
SELECT id FROM orders; SHUTDOWN
SELECT (SELECT string_agg(rolname, ',') FROM pg_roles)
SELECT json_agg(t) FROM pg_stat_activity t
SELECT row_to_json(t) FROM pg_user t
SELECT * FROM orders o LEFT JOIN pg_class c ON c.relname = o.notes
SELECT count(*) FROM orders NATURAL JOIN pg_class
SELECT * FROM (SELECT * FROM (SELECT * FROM (SELECT * FROM pg_class) a) b) c
WITH a AS (SELECT * FROM orders), b AS (SELECT * FROM a JOIN pg_namespace n ON true) SELECT count(*) FROM b
SELECT EXISTS (SELECT FROM pg_roles WHERE rolsuper)
SELECT ARRAY(SELECT relname FROM pg_class)
SELECT 1 WHERE 'orders' IN (SELECT relname FROM pg_class)
SELECT 1 WHERE 'x' = ANY (SELECT usename FROM pg_user)
SELECT CASE WHEN EXISTS (SELECT 1 FROM pg_roles) THEN 1 END
SELECT id FROM orders ORDER BY (SELECT count(*) FROM pg_class)
SELECT id FROM orders GROUP BY id, (SELECT count(*) FROM pg_class)
SELECT sum(id) FILTER (WHERE EXISTS (SELECT FROM pg_class)) FROM orders
SELECT id FROM orders LIMIT (SELECT count(*) FROM pg_class)
VALUES ((SELECT count(*) FROM pg_class))
SELECT * FROM generate_series(1, (SELECT count(*)::int FROM pg_class))
SELECT * FROM unnest(ARRAY(SELECT oid FROM pg_class))
SELECT * FROM JSON_TABLE((SELECT to_jsonb(array_agg(relname)) FROM pg_class), '$[*]' COLUMNS (n text PATH '$'))
SELECT * FROM ROWS FROM (unnest(ARRAY(SELECT relname FROM pg_class)))
SELECT * FROM orders TABLESAMPLE bernoulli ((SELECT count(*) FROM pg_class))
SELECT JSON_QUERY('{}'::jsonb, '$.a' DEFAULT (SELECT 'x') ON EMPTY), (SELECT relname FROM pg_class LIMIT 1)
SELECT XMLSERIALIZE(CONTENT XMLELEMENT(NAME a, (SELECT relname FROM pg_class LIMIT 1)) AS text)
SELECT xmlelement(name a, (SELECT passwd FROM pg_shadow LIMIT 1))
SELECT xmlagg(query_to_xml('select 1', true, true, ''))
SELECT convert_from(pg_read_binary_file('/etc/passwd'), 'UTF8')
SELECT encode(lo_get(1), 'escape')
SELECT crc32(pg_read_binary_file('x'))
SELECT pg_catalog.query_to_xml('x', true, true, '')
SELECT pg_catalog."lo_import"('x')
SELECT a.b.c.d(1)
SELECT evil.lower('x'), shop.count(*) FROM orders
SELECT pg_temp.lower('x')
SELECT pg_temp_3.f()
SELECT "Lower"('x')
SELECT public.gen_random_uuid()
SELECT lower.x('a')
SELECT count(DISTINCT pg_sleep(1)) FROM orders
SELECT sum(DISTINCT nextval('s')) FROM orders
SELECT array_agg(DISTINCT x ORDER BY pg_sleep(1)) FROM (SELECT 1 AS x) s
SELECT mode() WITHIN GROUP (ORDER BY pg_sleep(1)::text) FROM orders
SELECT rank(pg_backend_pid()) WITHIN GROUP (ORDER BY id) FROM orders
SELECT lag(id, pg_backend_pid()) OVER (ORDER BY id) FROM orders
SELECT first_value(pg_sleep(1)::text) OVER () FROM orders
SELECT id FROM orders WINDOW w AS (ORDER BY pg_sleep(1))
SELECT sum(id) OVER (ROWS pg_backend_pid() PRECEDING) FROM orders
SELECT * FROM orders o JOIN LATERAL pg_ls_dir(o.notes) f ON true
SELECT * FROM orders o CROSS JOIN LATERAL (SELECT pg_read_file(o.notes)) f
SELECT o.* FROM orders o, LATERAL lo_import(o.notes) x
SELECT (x).* FROM (SELECT pg_stat_file('x') AS x) s
SELECT (pg_stat_file('PG_VERSION')).*
SELECT (pg_ls_waldir()).name
SELECT s.* FROM pg_show_all_settings() s
SELECT * FROM pg_get_keywords()
SELECT * FROM pg_timezone_names
SELECT * FROM pg_cursors, pg_locks
SELECT $1::text
SELECT a.* FROM orders a WHERE a.id = ANY($1)
SELECT cast(cast('pg_class' AS text) AS regclass)
SELECT ('pg_class'::text)::regclass::oid::int
SELECT CAST(id AS regclass) FROM orders
SELECT id::regtype FROM orders
SELECT oid::regclass FROM (SELECT 1 AS oid) s
SELECT total::shop.total_t FROM orders
SELECT interval '1 day' second(pg_backend_pid())
SELECT 1::numeric(pg_backend_pid())
SELECT 'a'::varchar(nextval('s'))
SELECT 'a' COLLATE "pg_catalog"."evil"
SELECT 'a' COLLATE shop."C"
SELECT full_name COLLATE evil.x FROM customers
SELECT (full_name COLLATE "C").pg_read_file FROM customers
SELECT ('x' COLLATE "C").pg_read_file
SELECT (-(id)).pg_sleep FROM orders
SELECT (CAST('x' AS text)).lo_import
SELECT (nullif('x', 'y')).lo_import
SELECT (coalesce('x', 'y')).pg_ls_dir
SELECT (greatest('x', 'y')).pg_ls_dir
SELECT (ARRAY['x'::text]).lo_import
SELECT (tags).array_to_tsvector FROM customers
SELECT (meta->>'x').pg_read_file FROM orders
SELECT (JSON_VALUE(meta, '$.a')).pg_read_file FROM orders
SELECT (extract(year FROM now())).pg_sleep
SELECT (CASE WHEN true THEN 1.0::float8 END).pg_sleep
SELECT (sum(id)).pg_sleep FROM orders
SELECT (count(*)).pg_sleep FROM orders
SELECT (row_number() OVER ()).pg_sleep FROM orders
SELECT (EXISTS (SELECT 1)).pg_sleep
SELECT x.n.pg_sleep FROM (SELECT 1 AS n) x
SELECT (x.*).pg_sleep FROM (SELECT 1.0::float8 AS n) x
SELECT v.column1.pg_read_file FROM (VALUES ('x'::text)) v
SELECT (v.column1).pg_read_file FROM (VALUES ('x'::text)) v
SELECT v.pg_read_file FROM (VALUES ('x'::text)) v
SELECT c.pg_read_file FROM (SELECT 'x'::text) AS c(a)
WITH c AS (SELECT 'x'::text) SELECT c.pg_read_file FROM c
WITH c(a) AS (SELECT 'x'::text) SELECT (c.a).pg_read_file FROM c
WITH RECURSIVE c(a) AS (SELECT 'x'::text UNION ALL SELECT c.pg_read_file FROM c WHERE c.a IS NULL) SELECT * FROM c
SELECT g.pg_sleep FROM generate_series(1, 2) g
SELECT u.lo_creat FROM unnest(ARRAY[1]) u
SELECT u.e.lo_creat FROM unnest(ARRAY[1]) u(e)
SELECT j.value.pg_read_file FROM json_array_elements_text('["x"]') j
SELECT r.a.pg_read_file FROM json_to_record('{}') AS r(a text)
SELECT m.pg_read_file FROM regexp_split_to_table('a b', ' ') m
SELECT j.pg_read_file FROM orders o JOIN customers c USING (id) AS j
SELECT j.full_name FROM orders o JOIN customers c USING (id) AS j
SELECT (orders).pg_relation_size FROM orders
SELECT shop.orders.pg_column_size FROM orders
SELECT o.id, o.row_to_json.id FROM orders o
SELECT * FROM orders o WHERE (o).has_table_privilege
SELECT * FROM orders o ORDER BY (o).pg_column_size
SELECT * FROM orders GROUP BY orders.pg_column_size
SELECT count(*) FROM orders o HAVING max(o.pg_column_size) > 0
SELECT /*+ SeqScan(x) */ pg_sleep(1)
/* SELECT */ DELETE FROM orders
-- SELECT
DELETE FROM orders
SELECT 1 AS x UNION ALL DELETE FROM orders RETURNING id
SELECT * FROM (DELETE FROM orders RETURNING *) x
SELECT * FROM (UPDATE orders SET id = 1 RETURNING *) x
SELECT * FROM [DELETE FROM orders RETURNING *]
INSERT INTO orders SELECT * FROM orders
INSERT INTO orders (id) VALUES (1) ON CONFLICT DO NOTHING
(DELETE FROM orders)
WITH x AS (SELECT 1), y AS (INSERT INTO orders(id) SELECT 1 RETURNING id) SELECT * FROM x, y
WITH RECURSIVE x AS (SELECT 1 UNION ALL (WITH d AS (DELETE FROM orders RETURNING id) SELECT 1 FROM d, x)) SELECT * FROM x
WITH x AS (TABLE pg_authid) SELECT count(*) FROM x
WITH x AS (VALUES (current_user)) SELECT * FROM x
SELECT current_user::text, 1
SELECT user
SELECT CURRENT_ROLE
SELECT SESSION_USER
SELECT CURRENT_CATALOG
SELECT CURRENT_SCHEMA
SELECT SYSTEM_USER
SELECT * FROM current_date, current_user
SELECT getpgusername()
SELECT pg_get_userbyid(10)
SELECT 'x' LIKE current_user
SELECT * FROM orders WHERE notes = current_user
SELECT merge_action()
SELECT pg_sleep_until('tomorrow')
SELECT pg_sleep_for(interval '1 hour')
SELECT PG_CATALOG.PG_SLEEP(1)
SELECT pg_catalog.pg_sleep (1)
SELECT U&"\0070\0067_sleep"(1)
SELECT U&"pg!_sleep" UESCAPE '_' (1)
SELECT "pg_sleep" (1)
SELECT	pg_sleep
(1)
SELECT pg_sleep(1) AS "lower(x)"
SELECT "lower"."pg_sleep"(1)
SELECT lower(pg_sleep(1)::text)
SELECT lower(lower(lower(pg_sleep(1)::text)))
SELECT concat_ws(',', 'a', pg_sleep(1)::text)
SELECT format('%s', pg_read_file('x'))
SELECT jsonb_build_object('a', jsonb_build_array(pg_read_file('x')))
SELECT to_json(pg_stat_file('x'))
SELECT array_to_string(ARRAY[pg_read_file('x')], '')
SELECT make_date(2024, 1, pg_backend_pid())
SELECT date_trunc(pg_read_file('x'), now())
SELECT extract(epoch FROM pg_postmaster_start_time())
SELECT interval '1 day' * pg_backend_pid()
SELECT now() - pg_postmaster_start_time()
SELECT 1 + pg_backend_pid() * 2
SELECT -pg_backend_pid()
SELECT @ pg_backend_pid()
SELECT pg_backend_pid() # 5
SELECT 'a' || pg_read_file('x')
SELECT pg_read_file('x') ~ 'root'
SELECT meta -> pg_read_file('x') FROM orders
SELECT meta @? (pg_read_file('x')::jsonpath) FROM orders
SELECT tags[pg_backend_pid()] FROM customers
SELECT tags[1:pg_backend_pid()] FROM customers
SELECT (SELECT tags FROM customers LIMIT 1)[pg_backend_pid()]
SELECT int4range(pg_backend_pid(), 5)
SELECT tsv @@ to_tsquery(pg_read_file('x')) FROM documents
SELECT * FROM orders WHERE total = (SELECT pg_backend_pid())
SELECT * FROM orders WHERE id IN (VALUES (pg_backend_pid()))
SELECT NOT EXISTS (VALUES (pg_sleep(1)))
SELECT 1 IN (1, 2, pg_backend_pid())
SELECT ROW(1, 2) = ROW(1, pg_backend_pid())
SELECT (1, pg_backend_pid()) IS NULL
SELECT (1, 2) IS DISTINCT FROM (1, pg_backend_pid())
SELECT 1 BETWEEN SYMMETRIC 0 AND pg_backend_pid()
SELECT pg_is_in_recovery() IS UNKNOWN
SELECT '{"a":1}' IS JSON AND pg_is_in_recovery()
SELECT ALL pg_sleep(1)
SELECT DISTINCT pg_sleep(1)::text
SELECT DISTINCT ON (1, pg_backend_pid()) 1
SELECT exp(100000::numeric)
SELECT format('%1000000000s', 'a')
SELECT format('%1$-100000s', 'a')
SELECT count(*) FROM generate_series(1, 50000) a, generate_series(1, 50000) b
SELECT count(*) FROM generate_series(1, 50000) a CROSS JOIN (generate_series(1, 50000) b CROSS JOIN generate_series(1, 50000) c)
