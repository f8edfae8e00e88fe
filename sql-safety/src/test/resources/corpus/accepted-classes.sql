SELECT o.id, c.full_name FROM orders o LEFT OUTER JOIN customers c ON c.id = o.customer_id RIGHT JOIN regions r ON r.id = c.region_id
SELECT * FROM orders o FULL JOIN payments p USING (id) ORDER BY id
SELECT * FROM orders NATURAL LEFT JOIN payments LIMIT 5
SELECT id FROM orders NATURAL FULL OUTER JOIN payments
SELECT a.id, b.id FROM (orders a JOIN payments b ON a.id = b.order_id) JOIN customers c ON c.id = a.customer_id
SELECT j.id FROM (orders a JOIN payments b USING (id)) AS j
SELECT j.oid, j.x FROM (orders a JOIN payments b USING (id)) AS j(oid, x)
SELECT a.id, x.* FROM orders a CROSS JOIN LATERAL (SELECT max(amount) AS m FROM payments p WHERE p.order_id = a.id) x
SELECT a.id, x.m, y.k FROM orders a, LATERAL (SELECT max(amount) AS m FROM payments p WHERE p.order_id = a.id) x, LATERAL (SELECT x.m * 2 AS k) y
WITH a AS (SELECT id FROM orders), b AS (SELECT id FROM a WHERE id > 5), c AS (SELECT b.id, a.id AS aid FROM b JOIN a ON a.id = b.id) SELECT * FROM c
WITH a AS MATERIALIZED (SELECT * FROM orders), b AS NOT MATERIALIZED (SELECT * FROM a) SELECT count(*) FROM b
WITH a AS (WITH b AS (SELECT id FROM orders) SELECT id FROM b) SELECT * FROM a
SELECT * FROM (WITH x AS (SELECT 1 AS n) SELECT n FROM x) s
SELECT (WITH x AS (SELECT max(total) AS m FROM orders) SELECT m FROM x)
WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 100) SELECT sum(i) FROM n
WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 100) SELECT i FROM n LIMIT 10
WITH RECURSIVE tree AS (SELECT id, parent_id, name, 0 AS lvl, name::text AS path FROM categories WHERE parent_id IS NULL UNION ALL SELECT c.id, c.parent_id, c.name, t.lvl + 1, t.path || ' > ' || c.name FROM categories c JOIN tree t ON c.parent_id = t.id) SELECT repeat('  ', lvl) || name, path FROM tree ORDER BY path
WITH RECURSIVE t AS (SELECT id, parent_id FROM categories UNION SELECT c.id, c.parent_id FROM categories c, t WHERE c.parent_id = t.id) SEARCH DEPTH FIRST BY id SET ord SELECT * FROM t ORDER BY ord
WITH RECURSIVE t AS (SELECT id, parent_id FROM categories UNION ALL SELECT c.id, c.parent_id FROM categories c, t WHERE c.parent_id = t.id) SEARCH BREADTH FIRST BY id SET ord CYCLE id SET is_cycle TO true DEFAULT false USING path SELECT id, ord, is_cycle, path FROM t ORDER BY ord
WITH RECURSIVE dates AS (SELECT DATE '2024-01-01' AS d UNION ALL SELECT (d + INTERVAL '1 day')::date FROM dates WHERE d < DATE '2024-01-31') SELECT d, count(o.id) FROM dates LEFT JOIN orders o ON o.created_at::date = dates.d GROUP BY d ORDER BY d
SELECT status, currency, sum(total), GROUPING(status, currency) FROM orders GROUP BY GROUPING SETS ((status), (currency), ())
SELECT status, currency, sum(total) FROM orders GROUP BY ROLLUP (status, currency)
SELECT status, currency, sum(total) FROM orders GROUP BY CUBE (status, (currency, customer_id))
SELECT status, sum(total) FROM orders GROUP BY DISTINCT ROLLUP (status), ROLLUP (status, currency)
SELECT GROUPING(date_trunc('month', created_at)), date_trunc('month', created_at), sum(total) FROM orders GROUP BY ROLLUP (date_trunc('month', created_at))
SELECT count(*) FILTER (WHERE status = 'paid') AS paid, count(*) FILTER (WHERE status <> 'paid') AS unpaid, sum(total) FILTER (WHERE total > 10 AND currency = 'EUR') FROM orders
SELECT percentile_cont(ARRAY[0.25, 0.5, 0.75]) WITHIN GROUP (ORDER BY total) FROM orders
SELECT customer_id, percentile_cont(0.5) WITHIN GROUP (ORDER BY total DESC) FILTER (WHERE total IS NOT NULL) FROM orders GROUP BY customer_id
SELECT rank(50) WITHIN GROUP (ORDER BY total), dense_rank(50) WITHIN GROUP (ORDER BY total), percent_rank(50) WITHIN GROUP (ORDER BY total), cume_dist(50) WITHIN GROUP (ORDER BY total) FROM orders
SELECT mode() WITHIN GROUP (ORDER BY currency) FROM orders
SELECT id, sum(total) OVER (ORDER BY created_at ROWS UNBOUNDED PRECEDING), avg(total) OVER (ORDER BY created_at ROWS BETWEEN 6 PRECEDING AND CURRENT ROW) FROM orders
SELECT id, sum(total) OVER (ORDER BY created_at RANGE BETWEEN INTERVAL '7 days' PRECEDING AND CURRENT ROW) FROM orders
SELECT id, count(*) OVER (ORDER BY total GROUPS BETWEEN 1 PRECEDING AND 1 FOLLOWING EXCLUDE CURRENT ROW) FROM orders
SELECT id, count(*) OVER (ORDER BY total RANGE BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING EXCLUDE TIES) FROM orders
SELECT id, count(*) OVER (ORDER BY total ROWS BETWEEN CURRENT ROW AND 3 FOLLOWING EXCLUDE GROUP) FROM orders
SELECT id, rank() OVER w, dense_rank() OVER w, row_number() OVER w, ntile(4) OVER w, percent_rank() OVER w, cume_dist() OVER w FROM orders WINDOW w AS (PARTITION BY customer_id ORDER BY total DESC NULLS LAST)
SELECT id, sum(total) OVER (w ROWS 2 PRECEDING), first_value(total) OVER w2, last_value(total) OVER w2, nth_value(total, 2) OVER w2 FROM orders WINDOW w AS (PARTITION BY status ORDER BY id), w2 AS (w RANGE BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
SELECT lag(total, 1, 0) OVER (ORDER BY id), lead(total, 2) OVER (ORDER BY id) FROM orders
SELECT total - lag(total) OVER (PARTITION BY customer_id ORDER BY created_at) AS diff, round(100.0 * (total - lag(total) OVER w) / NULLIF(lag(total) OVER w, 0), 2) FROM orders WINDOW w AS (PARTITION BY customer_id ORDER BY created_at)
SELECT * FROM (SELECT o.*, row_number() OVER (PARTITION BY customer_id ORDER BY created_at DESC) rn FROM orders o) ranked WHERE rn = 1
SELECT sum(sum(total)) OVER (ORDER BY date_trunc('month', created_at)) FROM orders GROUP BY date_trunc('month', created_at)
SELECT DISTINCT status FROM orders
SELECT DISTINCT ON (customer_id, status) * FROM orders ORDER BY customer_id, status, created_at DESC
SELECT DISTINCT ON (date_trunc('day', created_at)) id FROM orders ORDER BY date_trunc('day', created_at), total DESC
SELECT DISTINCT ON (1) status, id FROM orders ORDER BY 1, 2
SELECT ALL status FROM orders
VALUES (1, 'a', NULL), (2, 'b', now())
SELECT * FROM (VALUES ('a', 1), ('b', 2)) AS v (k, n) WHERE n > 1
SELECT v.column1, column2 FROM (VALUES (1, 2), (3, 4)) v
(SELECT id FROM orders ORDER BY id LIMIT 3) UNION ALL (SELECT id FROM payments ORDER BY id DESC LIMIT 3) ORDER BY 1
SELECT id FROM orders INTERSECT SELECT order_id FROM payments EXCEPT ALL SELECT 5
(SELECT id FROM orders UNION SELECT id FROM payments) EXCEPT (SELECT id FROM customers INTERSECT ALL SELECT id FROM regions)
SELECT 'orders' AS src, count(*) FROM orders UNION ALL SELECT 'payments', count(*) FROM payments ORDER BY src DESC
SELECT 1 UNION SELECT 2 ORDER BY 1 LIMIT 1
((SELECT 1))
TABLE orders
TABLE shop.orders ORDER BY id LIMIT 3
SELECT * FROM (TABLE orders) t
(TABLE regions) UNION ALL TABLE regions
SELECT * FROM v_daily_sales WHERE day > now() - interval '1 year'
SELECT * FROM mv_top_products ORDER BY units DESC FETCH FIRST 10 ROWS ONLY
SELECT id FROM orders WHERE customer_id = SOME (SELECT id FROM customers) AND total >= ALL (ARRAY[1.0, 2.0])
SELECT id FROM orders WHERE (customer_id, status) = (SELECT 1, 'paid'::order_status)
SELECT id FROM orders WHERE ROW(customer_id, id) < ROW(10, 20)
SELECT id FROM orders WHERE (customer_id, id) >= (10, 20)
SELECT id FROM orders WHERE (customer_id, id) IN ((1, 2), (3, 4))
SELECT id FROM orders WHERE (customer_id, id) NOT IN (SELECT 1, 2)
SELECT id FROM orders WHERE (customer_id, id) IS DISTINCT FROM (1, 2)
SELECT id FROM orders WHERE total IS NOT DISTINCT FROM NULL
SELECT id FROM orders WHERE row(id, total) IS NOT NULL
SELECT id FROM orders WHERE NOT EXISTS (SELECT FROM payments WHERE payments.order_id = orders.id)
SELECT ARRAY(SELECT id FROM orders ORDER BY id LIMIT 3)
SELECT id = ANY (SELECT order_id FROM payments) FROM orders
SELECT id FROM orders WHERE notes LIKE ANY (ARRAY['%a%', 'b%'])
SELECT id FROM orders WHERE notes ILIKE ALL (ARRAY['%a%', 'b%'])
SELECT id FROM orders WHERE notes NOT LIKE ALL ('{a,b}')
SELECT CASE status WHEN 'paid' THEN 1 WHEN 'new' THEN 2 END FROM orders
SELECT CASE WHEN total IS NULL THEN 'none' WHEN total < 10 THEN 'low' WHEN total BETWEEN 10 AND 100 THEN 'mid' ELSE 'high' END AS band, count(*) FROM orders GROUP BY 1 ORDER BY min(total)
SELECT COALESCE(notes, currency, 'x'), NULLIF(total, 0), GREATEST(total, 1, 2), LEAST(total, 0) FROM orders
SELECT total::int, total::integer, total::bigint, total::smallint, total::int2, total::int8, total::numeric(10,1), total::decimal, total::dec(5), total::real, total::float, total::float(24), total::double precision, total::text, total::varchar, total::varchar(10), total::character varying(5), total::char(4), total::character(3) FROM orders WHERE id < 5
SELECT '2024-01-01'::date, '10:00'::time, '10:00+02'::timetz, '10:00'::time(3) with time zone, '2024-01-01 10:00'::timestamp, '2024-01-01'::timestamptz, '2024-01-01'::timestamp with time zone, '2024-01-01'::timestamp(0) without time zone, '1 day'::interval, '1 day'::interval(3), '1'::interval day to second
SELECT 'true'::bool, 't'::boolean, 'abc'::bytea, '\xdead'::bytea, '{"a":1}'::json, '{"a":1}'::jsonb, '$.a'::jsonpath, '1.2.3.4'::inet, '10.0.0.0/8'::cidr, '08:00:2b:01:02:03'::macaddr, B'101', X'1F', '101'::bit(3), '101'::bit varying(5), '(1,2)'::point, '[1,2)'::int4range, '{[1,2)}'::int4multirange, 'a b'::tsvector, 'a & b'::tsquery, '12'::money, gen.id FROM orders gen LIMIT 1
SELECT 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid
SELECT DATE '2024-01-01', TIME '10:00', TIMESTAMP '2024-01-01 10:00', TIMESTAMP WITH TIME ZONE '2024-01-01 10:00+02', INTERVAL '1 year 2 months', INTERVAL '1' YEAR, INTERVAL '1-2' YEAR TO MONTH, INTERVAL '3 4:05' DAY TO MINUTE, INTERVAL(2) '1.123 seconds', interval '1' second(2)
SELECT float8 '1.5', numeric '1.5', text 'a', int4 '1', bool 'true', jsonb '{}', json '[]', point '(1,2)', uuid 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', inet '1.1.1.1', bytea '\x00'
SELECT created_at AT TIME ZONE 'Europe/Berlin', (created_at AT TIME ZONE 'UTC') AT TIME ZONE 'America/New_York', created_at::timestamp AT TIME ZONE INTERVAL '-08:00', timezone('UTC', created_at), created_at AT LOCAL FROM orders
SELECT EXTRACT(YEAR FROM created_at), EXTRACT('month' FROM created_at), EXTRACT(epoch FROM (now() - created_at)), EXTRACT(isodow FROM created_at::date), date_part('hour', created_at), EXTRACT(QUARTER FROM created_at), EXTRACT(week FROM created_at) FROM orders
SELECT date_trunc('quarter', created_at), date_trunc('day', created_at, 'Europe/Berlin'), date_trunc('hour', interval '3 hours 20 minutes'), date_bin('15 minutes', created_at, TIMESTAMPTZ '2024-01-01') FROM orders
SELECT age(created_at), age(now(), created_at), justify_hours(interval '27 hours'), justify_days('35 days'), justify_interval('1 mon -1 hour'), isfinite(created_at), make_date(2024, 1, 1), make_time(8, 15, 23.5), make_timestamp(2024,1,1,0,0,0), make_timestamptz(2024,1,1,0,0,0,'UTC'), make_interval(days => 10), make_interval(0, 1), make_interval(years := 1) FROM orders
SELECT to_char(created_at, 'YYYY-MM-DD HH24:MI:SS'), to_char(total, '999G999D99'), to_char(interval '1 hour', 'HH24:MI'), to_date('20240101', 'YYYYMMDD'), to_timestamp('2024', 'YYYY'), to_timestamp(1700000000), to_number('1,234', '9,999') FROM orders
SELECT now(), current_date, current_time, current_timestamp, current_timestamp(2), localtime, localtimestamp, localtimestamp(0), current_date - 7, current_date + interval '1 day', 'today'::date, 'now'::timestamp, 'yesterday'::date, 'infinity'::timestamp, '-infinity'::date, 'epoch'::timestamptz
SELECT (DATE '2024-01-01', DATE '2024-02-01') OVERLAPS (DATE '2024-01-15', INTERVAL '1 month')
SELECT created_at::date + 1, created_at::date - DATE '2024-01-01', created_at - updated_at, created_at + 2 * interval '1 hour', interval '1 day' * 3, interval '1 day' / 2, date '2024-01-01' + time '10:00', -interval '1 day' FROM orders
SELECT SUBSTRING(full_name FROM 2), SUBSTRING(full_name FROM 1 FOR 3), SUBSTRING(full_name FOR 2), SUBSTRING(full_name FROM '[A-Z]+'), SUBSTRING(full_name, 1, 2), SUBSTRING(full_name SIMILAR '%#"a#"%' ESCAPE '#'), SUBSTRING(full_name FROM '%#"a#"%' FOR '#'), substr(full_name, 2) FROM customers
SELECT POSITION('a' IN full_name), OVERLAY(full_name PLACING 'xx' FROM 1), OVERLAY(full_name PLACING 'xx' FROM 1 FOR 2), TRIM(full_name), TRIM(BOTH 'x' FROM full_name), TRIM(LEADING FROM full_name), TRIM(TRAILING ' ' FROM full_name), TRIM('x' FROM full_name), TRIM(FROM full_name), TRIM(BOTH FROM full_name, 'x'), TRIM(full_name, 'x') FROM customers
SELECT email ~ '^a', email ~* 'A', email !~ 'x', email !~* 'x', email LIKE 'a%', email NOT LIKE 'a\_%' ESCAPE '\', email ILIKE '%@%', email NOT ILIKE 'x', email SIMILAR TO '(a|b)%', email NOT SIMILAR TO 'x', email ~~ 'a%', email !~~* 'b%', email ^@ 'a' FROM customers
SELECT id FROM customers WHERE email LIKE '%' || full_name || '%' AND full_name ~ ('^' || left(email, 1))
SELECT m[1], m[2] FROM customers, regexp_matches(email, '(.*)@(.*)', 'g') AS m
SELECT (regexp_match(email, '@(.*)$'))[1] AS domain, count(*) FROM customers GROUP BY 1 ORDER BY 2 DESC
SELECT word, count(*) FROM documents, regexp_split_to_table(lower(body), '\s+') AS word GROUP BY word
SELECT word FROM documents d CROSS JOIN LATERAL string_to_table(d.body, ' ') word
SELECT jsonb_build_object('a', 1, 'b', total), jsonb_build_array(1, 'x', NULL), to_jsonb(o), row_to_json(o), to_json(total), jsonb_set(meta, '{a}', '1'), jsonb_insert(meta, '{a}', '1'), jsonb_strip_nulls(meta), jsonb_pretty(meta), jsonb_typeof(meta), jsonb_array_length('[1]'), jsonb_path_query_array(meta, '$.*'), jsonb_path_query_first(meta, '$.a'), jsonb_path_exists(meta, '$.a ? (@ > $min)', '{"min": 1}'), jsonb_path_match(meta, '$.a == 1'), jsonb_object('{a,1}'), jsonb_extract_path_text(meta, 'a', 'b') FROM orders o
SELECT k, v FROM orders, jsonb_each(meta) AS x(k, v)
SELECT key, value FROM orders CROSS JOIN LATERAL jsonb_each_text(orders.meta)
SELECT jsonb_object_keys(meta), count(*) FROM orders GROUP BY 1
SELECT k FROM orders, jsonb_object_keys(meta) k
SELECT elem->>'id' FROM events, jsonb_array_elements(payload->'items') WITH ORDINALITY AS t(elem, n) WHERE n = 1
SELECT elem FROM events, jsonb_array_elements_text(payload->'tags') elem
SELECT x.* FROM orders, jsonb_to_record(meta) AS x(src text, n int)
SELECT x.id, x.q FROM events, jsonb_to_recordset(payload->'items') AS x(id int, q int)
SELECT value FROM events, jsonb_path_query(payload, '$.items[*].id') AS value
SELECT json_agg(o ORDER BY o.id), jsonb_agg(DISTINCT status), json_object_agg(id, total), jsonb_object_agg(id, total ORDER BY id) FILTER (WHERE total IS NOT NULL) FROM orders o
SELECT string_agg(DISTINCT currency, ', ' ORDER BY currency), array_agg(id ORDER BY total DESC NULLS LAST), array_agg(DISTINCT status) FROM orders
SELECT t.x, t.n FROM unnest(ARRAY[1,2,3]) WITH ORDINALITY AS t(x, n)
SELECT * FROM unnest(ARRAY[1,2], ARRAY['a','b']) WITH ORDINALITY
SELECT * FROM ROWS FROM (unnest(ARRAY[1,2]), generate_series(1, 3), jsonb_to_record('{"a":1}') AS (a int)) WITH ORDINALITY AS t(a, b, c, n)
SELECT unnest(tags), id FROM customers
SELECT array(SELECT unnest(tags) ORDER BY 1) FROM customers
SELECT array_agg(x ORDER BY x) FROM (SELECT unnest(tags) AS x FROM customers) s
SELECT during && tstzrange(now(), now() + interval '1 day'), during @> now(), lower(during), upper(during), isempty(during), lower_inc(during), upper_inf(during), during * tstzrange('2024-01-01', NULL), during -|- during, during << during, during >> during, during &< during, during + during, during - during, range_merge(during, during), price_band @> 5.0, people @> 3, int4range(1, 10, '[]'), numrange(1, 2), daterange('2024-01-01', '2024-02-01'), tsrange(NULL, NULL), multirange(during), '[1,5]'::int4range, upper(people) - lower(people) FROM reservations
SELECT range_agg(during), range_intersect_agg(during), unnest(range_agg(people)) FROM reservations
SELECT to_tsvector('english', body) @@ to_tsquery('english', 'fox & brown'), plainto_tsquery('fox'), phraseto_tsquery('brown fox'), websearch_to_tsquery('english', '"brown fox" -dog'), ts_rank(tsv, 'fox'::tsquery), ts_rank_cd(tsv, to_tsquery('fox'), 32), ts_headline('english', body, to_tsquery('fox'), 'StartSel=<b>, StopSel=</b>'), setweight(tsv, 'A') || tsv, numnode('a & b'::tsquery), tsvector_to_array(tsv), to_tsquery('a') && to_tsquery('b'), !! to_tsquery('a'), length(tsv), strip(tsv) FROM documents WHERE tsv @@ websearch_to_tsquery('fox or dog')
SELECT gs, gs::date FROM generate_series(TIMESTAMP '2024-01-01', TIMESTAMP '2024-01-10', INTERVAL '1 day') AS gs
SELECT generate_series(1, 10), generate_series(1, 10, 2)
SELECT day::date, coalesce(sum(o.total), 0) FROM generate_series(date_trunc('month', now()) - interval '11 months', date_trunc('month', now()), interval '1 month') AS day LEFT JOIN orders o ON date_trunc('month', o.created_at) = day GROUP BY day ORDER BY day
SELECT s.d, s.ord FROM generate_series(1, 5) WITH ORDINALITY s(d, ord)
SELECT * FROM generate_series(now() - interval '30 days', now(), interval '1 day') d
SELECT generate_subscripts(tags, 1) FROM customers
SELECT width_bucket(total, ARRAY[0, 10, 100]::numeric[]), width_bucket(total, 0, 1000, 20), ntile(10) OVER (ORDER BY total) FROM orders
SELECT corr(total, id), covar_pop(total, id), covar_samp(total, id), regr_slope(total, id), regr_intercept(total, id), regr_r2(total, id), regr_count(total, id), regr_avgx(total, id), stddev(total), stddev_pop(total), stddev_samp(total), variance(total), var_pop(total), var_samp(total), bit_and(id), bit_or(id), bool_and(total > 1), bool_or(total > 1), every(total > 1), any_value(status) FROM orders
SELECT host(ip), masklen(ip), network(ip), broadcast(ip), netmask(ip), family(ip), text(ip), abbrev(ip), ip << '10.0.0.0/8'::inet, ip >>= '10.0.0.1', ip + 5, ip - '10.0.0.1'::inet, inet_merge(ip, '10.0.0.0/8'), set_masklen(ip, 16) FROM customers
SELECT pos <-> point(0,0), area @> pos, pos[0], pos[1], point(1,2), box(point(0,0), point(1,1)), circle(pos, 5), area(area), center(area), height(area), width(area), lseg(pos, pos), pos <@ circle '((0,0),5)' FROM geo
SELECT "order", "select", "user" FROM orders o JOIN customers c ON c.id = o.customer_id
SELECT o."order", O."select", "o".ID, Orders.id FROM shop.orders O, "shop"."orders" WHERE o.id = orders.id
SELECT "Update Me", "DROP", "a;b", "--note" FROM ops."Insert Queue"
SELECT q.* FROM "Insert Queue" q
SELECT 1 AS "select", 2 AS "weird ""quoted"" name", 3 AS größe, 4 AS "日本", 5 AS year, 6 AS month, 7 AS value, 8 AS name, 9 AS type, 10 AS date, 11 AS user_
SELECT $$dollar $ quoted; DROP TABLE x$$, $tag$it's$tag$, E'tab\t nl\n \u00e9 \x41 \'', U&'d\0061t\+000061', U&"d\0061ta" FROM (SELECT 1 AS data) s
SELECT U&'d!0061t!+000061' UESCAPE '!'
SELECT id FROM orders;
SELECT id FROM orders ;  -- trailing
SELECT o FROM orders o
SELECT orders FROM orders
SELECT o.*, o.total * 2 AS double FROM orders o
SELECT (o.*)::text FROM orders o
SELECT count(DISTINCT (customer_id, status)) FROM orders
SELECT count(DISTINCT o) FROM orders o
SELECT o IS NULL FROM orders o
SELECT o = o FROM orders o LIMIT 1
SELECT t.a, t.b FROM orders AS t(a, b)
SELECT s.x FROM (SELECT 1, 2) s(x, y)
SELECT * FROM orders o (a, b, c) ORDER BY a
SELECT id FROM orders ORDER BY 1 DESC, total ASC NULLS FIRST, lower(currency) COLLATE "C" LIMIT 5
SELECT id AS x FROM orders ORDER BY x USING >
SELECT total * 2 AS d FROM orders ORDER BY d
SELECT status FROM orders GROUP BY status ORDER BY count(*) DESC, 1
SELECT id FROM orders LIMIT ALL OFFSET 0
SELECT id FROM orders OFFSET 5 ROWS FETCH NEXT 10 ROWS ONLY
SELECT id FROM orders FETCH FIRST ROW ONLY
SELECT id FROM orders ORDER BY total FETCH FIRST 5 ROWS WITH TIES
SELECT id FROM orders LIMIT 10 OFFSET 5
SELECT id FROM orders OFFSET 5 LIMIT 10
SELECT id FROM orders LIMIT NULL
SELECT id FROM orders LIMIT (10)
SELECT id FROM orders TABLESAMPLE SYSTEM (10) REPEATABLE (42)
SELECT id FROM orders o TABLESAMPLE BERNOULLI (5.5) WHERE total > 1
SELECT id FROM ONLY orders
SELECT id FROM orders *
SELECT 1
SELECT 1 WHERE false
SELECT NULL, TRUE, FALSE, -1, +2, 1e10, .5, 1_000_000, 0xFF, 0o17, 0b11, 'a'::text
SELECT NOT true, true AND false OR NOT false, (1 < 2) IS TRUE, (NULL) IS UNKNOWN, 1 <> 2, 1 != 2, 3 BETWEEN SYMMETRIC 5 AND 1, 3 NOT BETWEEN 1 AND 2, 1 ISNULL, 1 NOTNULL
SELECT t.* FROM (SELECT id, total FROM orders) AS t
SELECT (SELECT count(*) FROM payments p WHERE p.order_id = o.id) AS n FROM orders o WHERE (SELECT true)
SELECT id FROM orders o WHERE total > (SELECT avg(total) FROM orders i WHERE i.customer_id = o.customer_id)
SELECT id, (SELECT array_agg(p.amount) FROM payments p WHERE p.order_id = o.id), EXISTS (SELECT 1 FROM shipments s WHERE s.order_id = o.id) FROM orders o
SELECT status, count(*) FROM orders GROUP BY status HAVING count(*) > 10 AND sum(total) > 100
SELECT max(total) FROM orders HAVING count(*) > 0
SELECT date_trunc('month', created_at) AS month, count(*) AS n FROM orders GROUP BY month ORDER BY month
SELECT 'x' || id || ':' || total, id::text || 'a' FROM orders
SELECT JSON_OBJECT('a': 1), JSON_OBJECT('a' VALUE 2, 'b': 3 NULL ON NULL), JSON_ARRAY(1, 2), JSON_ARRAYAGG(id), JSON_OBJECTAGG(id: total), JSON_EXISTS('{"a":1}'::jsonb, '$.a'), JSON_VALUE('{"a":1}'::jsonb, '$.a' RETURNING int), JSON_QUERY('{"a":[1]}'::jsonb, '$.a'), '{}' IS JSON, '[]' IS JSON ARRAY, '1' IS JSON SCALAR, '{}' IS JSON OBJECT WITH UNIQUE KEYS, 'x' IS NOT JSON FROM orders
SELECT jt.* FROM events e, JSON_TABLE(e.payload, '$.items[*]' COLUMNS (id int PATH '$.id', q int PATH '$.q', rn FOR ORDINALITY)) AS jt
SELECT enum_range(NULL::order_status), enum_first(NULL::order_status), enum_last(NULL::order_status)
SELECT num_nulls(1, NULL), num_nonnulls(1, NULL)
SELECT sum(total)::money, sum(amount) FILTER (WHERE ok IS TRUE), avg(amount)::numeric(10,2) FROM orders, payments WHERE payments.order_id = orders.id
SELECT o.id, p.id FROM orders o, payments p WHERE o.id = p.order_id AND o.total <> p.amount
SELECT a.id, b.id FROM customers a JOIN customers b ON a.region_id = b.region_id AND a.id < b.id
SELECT d.day, h.hour FROM generate_series(0, 6) d(day) CROSS JOIN generate_series(0, 23) h(hour)
SELECT c.full_name, x.total FROM customers c LEFT JOIN LATERAL (SELECT sum(total) AS total FROM orders WHERE customer_id = c.id) AS x ON true WHERE x.total > 100
SELECT string_agg(format('%s=%s', key, value), '&' ORDER BY key) FROM orders, jsonb_each_text(meta) GROUP BY orders.id
SELECT array_to_string(array_agg(DISTINCT upper(left(name, 1))), '') FROM regions
SELECT uuid_extract_version(session), session::text FROM events
SELECT bit_count(bits), get_bit(bits, 0), set_bit(bits, 0, 1), bits & B'11110000', bits << 2, length(bits) FROM geo
SELECT array_sort(tags), array_reverse(tags) FROM customers
SELECT lower(full_name) COLLATE "C" < 'b', full_name < 'x' COLLATE "POSIX" FROM customers
SELECT ceil(extract(epoch FROM delivered_at - shipped_at) / 86400.0) AS days, count(*) FROM shipments GROUP BY 1 ORDER BY 1
SELECT extract(epoch FROM avg(delivered_at - shipped_at)), avg(delivered_at - shipped_at), sum(duration), max(duration) FROM shipments, events WHERE events.id = shipments.id
SELECT count(*) * 100.0 / sum(count(*)) OVER () AS pct FROM orders GROUP BY status
SELECT count(1), count(id), count(*), count(ALL id) FROM orders
SELECT lower('A'), pg_catalog.lower('B'), "lower"('C'), LOWER('D')
SELECT shop.orders.id, shop.orders.* FROM shop.orders
SELECT p.title, p.price, (p.price - p.cost) / p.price * 100 AS margin FROM products p WHERE p.attrs @> '{"color": "red"}' AND p.attrs->'dims'->>'w' > '5' ORDER BY margin DESC NULLS LAST LIMIT 20
SELECT p.attrs #>> '{dims,w}', (p.attrs->'dims'->>'h')::int, p.attrs->'tags'->0, jsonb_array_length(p.attrs->'tags') FROM products p WHERE p.attrs->>'color' IN ('red','blue') AND p.attrs ? 'dims'
SELECT a.d, sum(b.total) FROM calendar a LEFT JOIN orders b ON b.created_at >= a.d AND b.created_at < a.d + 1 GROUP BY a.d
SELECT sum(CASE WHEN status = 'paid' THEN total ELSE 0 END) AS paid, sum((status = 'new')::int), avg(CASE WHEN ok THEN 1.0 ELSE 0.0 END) FROM orders JOIN payments ON payments.order_id = orders.id
SELECT id FROM orders WHERE created_at >= '2024-01-01'::date AND created_at < '2024-02-01'::date + INTERVAL '1 month' AND status IN ('paid', 'shipped') AND NOT (total < 5) AND notes IS NOT NULL
SELECT id FROM orders WHERE status = 'paid'::shop.order_status OR status::text LIKE 'p%' OR status > 'new' OR CAST('new' AS shop.order_status) = status
SELECT c.id, c.full_name, COUNT(o.id) AS order_count, COALESCE(SUM(o.total), 0) AS lifetime_value FROM customers c LEFT JOIN orders o ON o.customer_id = c.id AND o.status <> 'cancelled' GROUP BY c.id, c.full_name HAVING COUNT(o.id) > 2 ORDER BY lifetime_value DESC NULLS LAST LIMIT 10
WITH monthly AS (SELECT DATE_TRUNC('month', created_at) AS month, SUM(total) AS revenue FROM orders GROUP BY 1) SELECT month, revenue, revenue - LAG(revenue) OVER (ORDER BY month) AS change, ROUND(100.0 * (revenue - LAG(revenue) OVER (ORDER BY month)) / NULLIF(LAG(revenue) OVER (ORDER BY month), 0), 1) AS pct FROM monthly ORDER BY month
WITH first_orders AS (SELECT customer_id, MIN(created_at) AS first_at FROM orders GROUP BY customer_id), cohorts AS (SELECT customer_id, date_trunc('month', first_at) AS cohort FROM first_orders) SELECT cohort, (EXTRACT(YEAR FROM AGE(o.created_at, cohort)) * 12 + EXTRACT(MONTH FROM AGE(o.created_at, cohort)))::int AS month_no, COUNT(DISTINCT o.customer_id) FROM cohorts JOIN orders o USING (customer_id) GROUP BY 1, 2 ORDER BY 1, 2
WITH ranked AS (SELECT *, NTILE(5) OVER (ORDER BY total DESC) AS quintile FROM orders) SELECT quintile, MIN(total), MAX(total), AVG(total)::numeric(10,2) FROM ranked GROUP BY quintile
SELECT p.title, SUM(oi.qty) AS units, SUM(oi.qty * oi.unit_price * (1 - oi.discount / 100)) AS net FROM order_items AS oi INNER JOIN products AS p ON p.id = oi.product_id INNER JOIN categories AS c ON c.id = p.category_id WHERE c.name IN ('Home', 'Garden') GROUP BY p.title ORDER BY net DESC FETCH FIRST 10 ROWS ONLY
SELECT * FROM orders WHERE created_at::date = CURRENT_DATE - INTERVAL '1 day'
SELECT * FROM orders WHERE created_at > NOW() - INTERVAL '30' DAY
SELECT * FROM orders WHERE created_at BETWEEN date_trunc('month', CURRENT_DATE - INTERVAL '1 month') AND date_trunc('month', CURRENT_DATE) - INTERVAL '1 second'
SELECT date_part('year', age(birth_date)) AS age, count(*) FROM customers WHERE birth_date IS NOT NULL GROUP BY age ORDER BY age
SELECT TO_CHAR(created_at, 'YYYY-MM') AS ym, COUNT(*) FROM orders GROUP BY TO_CHAR(created_at, 'YYYY-MM') ORDER BY ym
SELECT EXTRACT(DOW FROM created_at) AS dow, TO_CHAR(created_at, 'Day') AS name, COUNT(*) FROM orders GROUP BY 1, 2 ORDER BY 1
SELECT percentile_cont(0.95) WITHIN GROUP (ORDER BY EXTRACT(EPOCH FROM (delivered_at - shipped_at))) / 3600 AS p95_hours FROM shipments WHERE delivered_at IS NOT NULL
SELECT kind, COUNT(*), COUNT(DISTINCT user_id), MIN(ts), MAX(ts), AVG((payload->>'ms')::int) FROM events GROUP BY kind
SELECT user_id, ts, ts - LAG(ts) OVER (PARTITION BY user_id ORDER BY ts) AS gap, SUM(CASE WHEN ts - prev > INTERVAL '30 minutes' OR prev IS NULL THEN 1 ELSE 0 END) OVER (PARTITION BY user_id ORDER BY ts) AS session_no FROM (SELECT user_id, ts, LAG(ts) OVER (PARTITION BY user_id ORDER BY ts) AS prev FROM events) e
WITH e AS (SELECT user_id, ts, row_number() OVER (PARTITION BY user_id ORDER BY ts) AS rn FROM events) SELECT a.user_id, a.ts AS from_ts, b.ts AS to_ts FROM e a JOIN e b ON b.user_id = a.user_id AND b.rn = a.rn + 1
SELECT host, metric, date_bin('15 minutes', ts, '2024-01-01') AS bucket, avg(value), max(value), min(value) FROM metrics GROUP BY host, metric, bucket ORDER BY bucket
SELECT host, avg(value) FILTER (WHERE metric = 'cpu') AS cpu, avg(value) FILTER (WHERE metric = 'mem') AS mem FROM metrics GROUP BY host
SELECT e.name AS employee, m.name AS manager FROM employees e LEFT JOIN employees m ON e.manager_id = m.id
WITH RECURSIVE chain AS (SELECT id, name, manager_id, ARRAY[name] AS path FROM employees WHERE id = 1 UNION ALL SELECT e.id, e.name, e.manager_id, c.path || e.name FROM employees e JOIN chain c ON e.manager_id = c.id WHERE cardinality(c.path) < 10) SELECT id, array_to_string(path, ' / ') FROM chain
SELECT dept, name, salary FROM (SELECT dept, name, salary, DENSE_RANK() OVER (PARTITION BY dept ORDER BY salary DESC) AS r FROM employees) AS t WHERE r <= 3 ORDER BY dept, r
SELECT d.dept, d.avg_salary, e.name FROM (SELECT dept, AVG(salary) AS avg_salary FROM employees GROUP BY dept) d JOIN employees e ON e.dept = d.dept AND e.salary > d.avg_salary
SELECT s.id FROM shipments s WHERE s.delivered_at IS NULL AND s.shipped_at < now() - interval '7 days' AND EXISTS (SELECT 1 FROM orders o WHERE o.id = s.order_id AND o.status = 'shipped')
SELECT c.* FROM customers c WHERE NOT EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = c.id)
SELECT c.id FROM customers c LEFT JOIN orders o ON o.customer_id = c.id WHERE o.id IS NULL
SELECT region_id, COUNT(*)::float / SUM(COUNT(*)) OVER () AS share FROM customers GROUP BY region_id
SELECT c.region_id, r.name, COUNT(*) AS n FROM customers c JOIN regions r ON r.id = c.region_id WHERE c.tags @> ARRAY['vip1'] AND 'vip1' = ANY(c.tags) GROUP BY c.region_id, r.name
SELECT DISTINCT unnest(tags) AS tag FROM customers ORDER BY tag
SELECT t.tag, count(*) AS n FROM customers c CROSS JOIN unnest(c.tags) AS t(tag) GROUP BY t.tag ORDER BY n DESC
SELECT prefs->>'lang' AS lang, count(*) FROM customers GROUP BY prefs->>'lang'
SELECT id, prefs->'n' AS n FROM customers WHERE (prefs->>'n')::int BETWEEN 10 AND 20 AND prefs ? 'lang' AND prefs @> '{"lang": "en"}'::jsonb
SELECT full_name FROM customers WHERE full_name ILIKE '%drop table%' OR email LIKE '%--%' OR full_name ~* 'delete|update'
SELECT email, split_part(email, '@', 2) AS domain, lower(trim(full_name)), regexp_replace(full_name, '\s+', ' ', 'g') FROM customers
SELECT left(full_name, position(' ' in full_name) - 1) AS first_name FROM customers
SELECT title, ts_rank(tsv, query) AS rank FROM documents, to_tsquery('english', 'fox & quick') query WHERE tsv @@ query ORDER BY rank DESC LIMIT 10
SELECT title, ts_headline(body, plainto_tsquery('fox')) FROM documents WHERE to_tsvector(body) @@ plainto_tsquery('fox')
SELECT room, during, lead(during) OVER (PARTITION BY room ORDER BY lower(during)) AS next FROM reservations
SELECT r1.id, r2.id FROM reservations r1 JOIN reservations r2 ON r1.room = r2.room AND r1.id < r2.id AND r1.during && r2.during
SELECT d.d AS day, COUNT(r.id) FROM generate_series('2024-07-01'::date, '2024-07-31', '1 day') AS d(d) LEFT JOIN reservations r ON r.during @> d.d::timestamptz GROUP BY 1 ORDER BY 1
SELECT g.day::date AS day, COALESCE(COUNT(o.id), 0) AS n FROM generate_series(CURRENT_DATE - 29, CURRENT_DATE, INTERVAL '1 day') AS g(day) LEFT JOIN orders o ON o.created_at >= g.day AND o.created_at < g.day + INTERVAL '1 day' GROUP BY g.day ORDER BY g.day
SELECT generate_series(date_trunc('month', min(created_at)), max(created_at), '1 month') FROM orders
SELECT m.month, r.name, COALESCE(SUM(o.total), 0) FROM (SELECT generate_series('2024-01-01'::timestamptz, '2024-12-01', '1 month') AS month) m CROSS JOIN regions r LEFT JOIN customers c ON c.region_id = r.id LEFT JOIN orders o ON o.customer_id = c.id AND date_trunc('month', o.created_at) = m.month GROUP BY 1, 2 ORDER BY 1, 2
SELECT id, total, avg(total) OVER (ORDER BY created_at ROWS BETWEEN 3 PRECEDING AND 1 FOLLOWING) AS moving, sum(total) OVER (PARTITION BY date_trunc('month', created_at) ORDER BY created_at) AS mtd FROM orders
SELECT id, total, total / SUM(total) OVER () * 100 AS pct, SUM(total) OVER (ORDER BY total DESC) / SUM(total) OVER () AS cumulative FROM orders
SELECT status, string_agg(id::text, ',' ORDER BY id) AS ids FROM (SELECT status, id FROM orders ORDER BY id LIMIT 100) s GROUP BY status
SELECT json_build_object('status', status, 'count', count(*), 'ids', json_agg(id)) FROM orders GROUP BY status
SELECT jsonb_agg(jsonb_build_object('id', o.id, 'items', (SELECT jsonb_agg(jsonb_build_object('sku', p.sku, 'qty', i.qty)) FROM order_items i JOIN products p ON p.id = i.product_id WHERE i.order_id = o.id))) FROM orders o WHERE o.id <= 3
SELECT row_to_json(x) FROM (SELECT id, total FROM orders LIMIT 3) AS x
SELECT array_agg(ROW(id, total)) FROM orders WHERE id < 4
SELECT (CASE WHEN total > 100 THEN 'a' ELSE 'b' END) AS "group", count(*) AS "order" FROM orders GROUP BY "group" ORDER BY "order"
SELECT id AS "Order ID", total AS "Total (EUR)", status AS "Status?" FROM orders ORDER BY "Total (EUR)" DESC
SELECT o.id AS order_id, o.total AS "order" FROM orders AS o WHERE o."order" > 5 ORDER BY "order"
SELECT t1.*, t2.amount FROM orders t1 INNER JOIN payments t2 ON (t1.id = t2.order_id) WHERE (t2.ok = TRUE) AND ((t1.total > 10) OR (t1.total IS NULL))
SELECT count(*) FROM orders WHERE total > (SELECT percentile_cont(0.9) WITHIN GROUP (ORDER BY total) FROM orders)
SELECT EXISTS (SELECT 1 FROM payments WHERE ok IS FALSE) AS any_failed, (SELECT count(*) FROM orders) AS n
SELECT method, ok, count(*), sum(amount), GROUPING(method), GROUPING(ok) FROM payments GROUP BY ROLLUP (method, ok) ORDER BY method NULLS LAST, ok NULLS LAST
SELECT COALESCE(method, 'ALL'), sum(amount) FROM payments GROUP BY GROUPING SETS ((method), ()) ORDER BY GROUPING(method), method
SELECT v.label, count(o.id) FROM (VALUES ('low', 0, 50), ('high', 50, 1e9)) AS v(label, lo, hi) LEFT JOIN orders o ON o.total >= v.lo AND o.total < v.hi GROUP BY v.label
SELECT * FROM (SELECT id FROM orders EXCEPT SELECT order_id FROM payments) AS missing ORDER BY id
SELECT currency, count(*) FROM orders WHERE created_at >= TIMESTAMP WITH TIME ZONE '2024-01-01 00:00:00+00' GROUP BY currency
SELECT DATE_TRUNC('week', created_at)::DATE AS week_start, COUNT(*) AS orders FROM orders GROUP BY week_start ORDER BY week_start DESC LIMIT 12
SELECT ROUND(AVG(EXTRACT(EPOCH FROM (s.delivered_at - o.created_at)) / 86400)::numeric, 2) AS avg_days FROM shipments s JOIN orders o ON o.id = s.order_id
SELECT p.id, p.title, COALESCE(AVG(r.stars), 0)::numeric(3, 2) AS rating, COUNT(r.*) AS reviews FROM products p LEFT JOIN reviews r ON r.product_id = p.id GROUP BY p.id ORDER BY rating DESC, reviews DESC
SELECT a.product_id AS p1, b.product_id AS p2, COUNT(*) AS times FROM order_items a JOIN order_items b ON a.order_id = b.order_id AND a.product_id < b.product_id GROUP BY 1, 2 ORDER BY times DESC LIMIT 20
SELECT x.customer_id, x.id, x.created_at FROM (SELECT DISTINCT ON (customer_id) customer_id, id, created_at FROM orders ORDER BY customer_id, created_at DESC) x ORDER BY x.created_at DESC
WITH totals AS (SELECT customer_id, SUM(total) t FROM orders GROUP BY customer_id), avg_total AS (SELECT AVG(t) a FROM totals) SELECT totals.customer_id, totals.t FROM totals, avg_total WHERE totals.t > avg_total.a
WITH t AS (SELECT 1 AS a), u AS (SELECT a + 1 AS b FROM t), v AS (SELECT b + 1 AS c FROM u) SELECT t.a, u.b, v.c FROM t, u, v
SELECT attrs->>'color' AS color, jsonb_array_elements_text(attrs->'tags') AS tag, count(*) FROM products GROUP BY 1, 2
SELECT p.id, t.value AS tag FROM products p, jsonb_array_elements_text(p.attrs->'tags') AS t(value)
SELECT p.id, kv.* FROM products p CROSS JOIN LATERAL jsonb_each_text(p.attrs) AS kv(k, v)
SELECT p.id, d.w, d.h FROM products p CROSS JOIN LATERAL jsonb_to_record(p.attrs->'dims') AS d(w int, h int)
SELECT jsonb_path_query(payload, '$.items[*] ? (@.q > 1)') FROM events
SELECT id FROM events WHERE payload @? '$.items[*] ? (@.q > 1)' AND jsonb_path_exists(payload, '$.page ? (@ like_regex "^/p/1")')
SELECT payload #>> '{items,0,id}' AS first_item, jsonb_array_length(payload->'items') FROM events WHERE jsonb_typeof(payload->'items') = 'array'
SELECT to_char(duration, 'HH24:MI:SS'), extract(epoch FROM duration), justify_hours(duration), make_interval(secs => 90) FROM events
SELECT date '2024-02-29' + interval '1 year', date '2024-01-31' + interval '1 month', timestamp '2024-01-01' - timestamp '2023-01-01'
SELECT age(timestamp '2024-05-01', timestamp '2020-02-29'), date_part('day', timestamp '2024-05-01' - timestamp '2024-04-01')
SELECT created_at AT TIME ZONE 'UTC' AT TIME ZONE 'Asia/Tokyo' AS tokyo, date_trunc('day', created_at AT TIME ZONE 'Asia/Tokyo')::date FROM orders
SELECT to_timestamp(extract(epoch FROM created_at)), to_timestamp('2024-01-01 10:00', 'YYYY-MM-DD HH24:MI') FROM orders
SELECT inet '10.1.2.3' << cidr '10.0.0.0/8', host(ip), masklen(net), network(set_masklen(ip, 24)) FROM customers, geo
SELECT md5(string_agg(id::text, ',' ORDER BY id)) FROM orders
SELECT encode(sha256(full_name::bytea), 'hex'), encode(digest.b, 'base64') FROM customers, (SELECT '\x01'::bytea AS b) digest
SELECT format('%s <%s>', full_name, email), format('%-10s|%5s', 'a', 'b'), format('%1$s-%1$s', id), quote_literal(full_name) FROM customers
SELECT 'It''s', E'line\nbreak', $$it's$$, $q$a $$ b$q$, U&'\00e9', 'a' || 'b' AS "||", '--not a comment', '/* nor this */', ';'
SELECT id FROM orders WHERE status IN ('new', 'paid') AND currency = 'EUR' AND notes NOT LIKE '%test%' OR NOT (total < 0)
SELECT id FROM orders WHERE created_at >= (SELECT max(created_at) - interval '7 days' FROM orders)
SELECT o.* FROM orders o, (SELECT max(total) AS mx FROM orders) m WHERE o.total = m.mx
SELECT * FROM (SELECT o.id, o.total, p.amount, o.total - p.amount AS diff FROM orders o JOIN payments p ON p.order_id = o.id) d WHERE abs(d.diff) > 0.01
SELECT floor(total / 10) * 10 AS bin, count(*), repeat('#', (count(*) / 2)::int) AS bar FROM orders GROUP BY bin ORDER BY bin
SELECT width_bucket(total, 0, 500, 5), min(total), max(total), count(*) FROM orders GROUP BY 1 ORDER BY 1
SELECT corr(o.total, p.amount), regr_slope(p.amount, o.total), regr_r2(p.amount, o.total) FROM orders o JOIN payments p ON p.order_id = o.id
SELECT sqrt(avg(power(total - m.a, 2))) FROM orders, (SELECT avg(total) AS a FROM orders) m
SELECT 1 / 3.0, 7 / 2, 7 % 2, 2 ^ 10, power(2, 10), exp(1.0), ln(10), log(2.0, 64.0), round(2.5), round(-2.567, 2), trunc(9.99), ceil(1.1), mod(-7, 3), abs(-3), sign(-2), greatest(1, 2, 3), least(1, 2, 3), pi()
SELECT sum(total) / count(*) AS avg1, sum(total)::numeric / NULLIF(count(*), 0) AS avg2 FROM orders
SELECT array_length(string_to_array(notes, ' '), 1), array_to_string(ARRAY(SELECT name FROM regions ORDER BY name), ', ') FROM orders
SELECT ARRAY[1, 2] || 3, ARRAY[1, 2] || ARRAY[3], ARRAY[[1, 2], [3, 4]], '{1,2,3}'::int[], (ARRAY['a', 'b', 'c'])[2:3], array_position(ARRAY['x', 'y'], 'y')
SELECT int4range(1, 5) * int4range(3, 8), int4range(1, 5) + int4range(5, 8), '[2024-01-01,2024-02-01)'::daterange @> '2024-01-15'::date, upper(daterange('2024-01-01', '2024-02-01')) - lower(daterange('2024-01-01', '2024-02-01'))
SELECT id FROM orders WHERE (customer_id, status) IN (SELECT customer_id, status FROM orders GROUP BY 1, 2 HAVING count(*) > 1)
SELECT c.full_name, latest.total FROM customers c INNER JOIN LATERAL (SELECT o.total FROM orders o WHERE o.customer_id = c.id ORDER BY o.created_at DESC FETCH FIRST 1 ROW ONLY) AS latest ON TRUE
SELECT c.full_name, s.n, s.total FROM customers c, LATERAL (SELECT count(*) AS n, sum(total) AS total FROM orders WHERE customer_id = c.id) s WHERE s.n > 0
SELECT x.n, x.n * x.n AS sq FROM generate_series(1, 10) AS x(n) WHERE x.n % 2 = 0
SELECT s.i, s.j FROM ROWS FROM (generate_series(1, 3), generate_series(10, 12)) AS s(i, j)
SELECT d.*, iso_week FROM calendar d WHERE d.d BETWEEN '2024-03-01' AND '2024-03-31' AND NOT is_holiday
SELECT call, copy_sent, do_not_call, set_id, listen_seconds, lock_code, execute_at FROM call_center_calls WHERE NOT do_not_call
SELECT model, into_stock, for_update FROM vacuum_cleaners WHERE for_update
SELECT film, pg_rating, pg_version, pg_sleep_score FROM pg_ratings ORDER BY pg_sleep_score DESC
SELECT truncated_by, truncate_flag, at FROM truncate_log
SELECT requested_at, reason, update_count, drop_date FROM delete_requests
SELECT 'SELECT * FROM pg_authid' AS example, 'DROP TABLE orders; --' AS other, $$; DELETE FROM orders$$ AS third
SELECT day, revenue, orders FROM v_daily_sales ORDER BY day
SELECT v.day, v.revenue / NULLIF(v.orders, 0) AS aov FROM shop.v_daily_sales AS v WHERE v.orders > 0
SELECT t.units, p.title FROM mv_top_products t JOIN products p ON p.id = t.product_id ORDER BY t.units DESC LIMIT 5
SELECT date FROM (SELECT created_at::date AS date, total AS value FROM orders) AS daily WHERE value > 10
SELECT year, month, count FROM (SELECT extract(year FROM created_at) AS year, extract(month FROM created_at) AS month, count(*) AS count FROM orders GROUP BY 1, 2) t ORDER BY year, month
SELECT name, position, value, type FROM (VALUES ('a', 1, 2, 'x')) AS t(name, position, value, type)
SELECT "t"."id", "t"."total" FROM "shop"."orders" AS "t" WHERE "t"."status" = 'paid' ORDER BY "t"."id" ASC LIMIT 10
SELECT "orders"."id" AS "id", "Customers"."full_name" AS "Customers__full_name" FROM "shop"."orders" LEFT JOIN "shop"."customers" AS "Customers" ON "orders"."customer_id" = "Customers"."id" LIMIT 200
SELECT CAST(created_at AS DATE) AS d, CAST(DATE_TRUNC('month', created_at) AS DATE) AS m, COUNT(1) FROM orders GROUP BY CAST(created_at AS DATE), CAST(DATE_TRUNC('month', created_at) AS DATE)
SELECT SUM(CASE WHEN status = 'paid' THEN 1 END) AS paid, SUM(CASE status WHEN 'new' THEN total ELSE 0 END), COUNT(CASE WHEN total > 100 THEN 1 END), COUNT(*) FILTER (WHERE status::text LIKE 's%') FROM orders
SELECT bool_or(status = 'returned'), bool_and(total > 0), every(total IS NOT NULL), count(*) FILTER (WHERE NOT (total > 5)) FROM orders
SELECT GREATEST(MAX(created_at), MAX(updated_at)), LEAST(MIN(total), 0), NULLIF(currency, 'EUR') FROM orders GROUP BY currency
SELECT COUNT(*) OVER (), COUNT(*) OVER (PARTITION BY status), ROW_NUMBER() OVER (), id FROM orders LIMIT 5
SELECT first_value(id) OVER w, last_value(id) OVER w, nth_value(id, 2) OVER w FROM orders WINDOW w AS (PARTITION BY customer_id ORDER BY created_at ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
SELECT max(total) OVER (PARTITION BY customer_id ORDER BY created_at RANGE BETWEEN '7 days'::interval PRECEDING AND '1 day'::interval FOLLOWING) FROM orders
SELECT id, lead(created_at) OVER (PARTITION BY customer_id ORDER BY created_at) - created_at AS until_next FROM orders ORDER BY customer_id, created_at
SELECT o.status, c.region_id, sum(o.total) FROM orders o JOIN customers c ON c.id = o.customer_id GROUP BY CUBE (o.status, c.region_id) HAVING grouping(o.status) = 0 OR grouping(c.region_id) = 0
SELECT CURRENT_DATE, CURRENT_TIMESTAMP(0), LOCALTIME(0), now()::date, date(now()), (now() AT TIME ZONE 'UTC')::time
SELECT 'a' < 'b' COLLATE "C", upper('straße' COLLATE "de-x-icu"), 'x' COLLATE "und-x-icu"
SELECT full_name FROM customers ORDER BY full_name COLLATE "C" DESC, lower(full_name), length(full_name)
SELECT 'foo' SIMILAR TO '(f|b)oo', 'abc' ~ '^a.c$', regexp_matches('foobar', 'o+', 'g'), regexp_split_to_array('a,b', ','), 'thomas' ~* 'T.*ma'
SELECT overlay('Txxxxas' placing 'hom' from 2 for 4), substring('Thomas' from '...$'), trim(both 'xyz' from 'yxTomxx'), btrim('  a '), translate('12345', '143', 'ax'), initcap('hi THOMAS'), reverse('abc'), strpos('high', 'ig'), lpad('hi', 5, 'xy'), split_part('a,b,c', ',', 2), to_hex(255), chr(65), ascii('x'), concat_ws('-', 'a', NULL, 'b'), left('abc', -1), right('abc', 2), starts_with('alphabet', 'alph'), replace('abc', 'b', 'x')
SELECT id FROM orders ORDER BY CASE status WHEN 'new' THEN 1 WHEN 'paid' THEN 2 ELSE 3 END, total DESC
SELECT id FROM orders ORDER BY total DESC, id OFFSET 10 ROWS FETCH NEXT 10 ROWS ONLY
SELECT id FROM orders ORDER BY id LIMIT 10 OFFSET 20
SELECT sum(x) FROM (SELECT 1 AS x UNION ALL SELECT 2 UNION ALL SELECT 3) t
SELECT a, b FROM (SELECT 1 AS a) x, (SELECT 2 AS b) y WHERE a < b
SELECT t.id FROM orders t WHERE t.id = (SELECT min(id) FROM orders WHERE customer_id = t.customer_id)
SELECT (SELECT name FROM regions r WHERE r.id = c.region_id) AS region, count(*) FROM customers c GROUP BY region
SELECT coalesce((SELECT sum(total) FROM orders o WHERE o.customer_id = c.id), 0) AS total, c.* FROM customers c ORDER BY total DESC LIMIT 5
SELECT c.id FROM customers c WHERE c.region_id = ANY (SELECT id FROM regions WHERE country_code IN ('DE', 'FR')) AND c.signup_date >= ALL (SELECT signup_date FROM customers WHERE region_id = c.region_id)
SELECT route[1], route[1:2], array_length(route, 1), (route[1])[0] FROM shipments
SELECT pos[0] AS x, pos[1] AS y, pos <-> point(0, 0) AS dist, area && box '((0,0),(1,1))' FROM geo ORDER BY pos <-> '(1,1)'::point
SELECT bits & b'11110000', bits::int, bits::bit(4), length(bits), x'FF'::int, b'101'::int FROM geo
SELECT id, ROW(id, total) AS r, (id, total) = (1, 2) AS eq, ROW(1, NULL) IS NULL FROM orders LIMIT 3
SELECT jsonb_object_agg(key, value) FROM (SELECT key, value FROM products p, jsonb_each(p.attrs) LIMIT 5) s
SELECT x FROM json_array_elements('[1,2,3]'::json) AS x
SELECT x->>'a' FROM json_array_elements('[{"a":1}]') x
SELECT * FROM json_to_record('{"a":1,"b":"x"}') AS r(a int, b text)
SELECT * FROM json_each('{"a":1}') WHERE key = 'a'
SELECT '{"a":{"b":[1,2]}}'::jsonb -> 'a' -> 'b' -> 0, '[1,2]'::jsonb - 0, '{"a":1}'::jsonb || '{"b":2}', '{"a":1}'::jsonb #- '{a}', jsonb_set('{"a":1}', '{a}', '2', true)
SELECT convert_from(decode('aGk=', 'base64'), 'UTF8'), convert_to('é', 'LATIN1'), convert('\xc3a9', 'UTF8', 'LATIN1'), crc32('abc'), crc32c('abc'), casefold('Straße'), gamma(5), lgamma(5), unicode_assigned('a')
SELECT xmlagg(xmlelement(name item, name) ORDER BY id) FROM regions
SELECT d.day, h.hour, count(e.id) FROM generate_series(0, 364) d(day) CROSS JOIN generate_series(0, 23) h(hour) LEFT JOIN events e ON extract(hour FROM e.ts) = h.hour AND extract(doy FROM e.ts) = d.day GROUP BY 1, 2
SELECT format('%-10s|%5s|%2$s', 'a', 'b'), exp(3.5), exp(total / 1000) FROM orders
