SELECT e.id, i->>'id' AS item FROM events e, jsonb_array_elements(e.payload->'items') i
SELECT e.id, value->>'id' FROM events e CROSS JOIN LATERAL jsonb_array_elements(e.payload->'items')
SELECT e.id, elem.value->>'id' FROM events e CROSS JOIN LATERAL jsonb_array_elements(e.payload->'items') AS elem
SELECT p.id, kv.key, kv.value FROM products p, jsonb_each(p.attrs) kv
SELECT p.id, (jsonb_each(p.attrs)).key FROM products p
SELECT p.id, (jsonb_each_text(p.attrs)).* FROM products p
SELECT t.tag, t.ord FROM customers c, unnest(c.tags) WITH ORDINALITY AS t(tag, ord)
SELECT tag, count(*) FROM customers, unnest(tags) AS tag GROUP BY tag
SELECT tag, count(*) FROM customers, unnest(tags) tag GROUP BY 1
SELECT x, y FROM unnest(ARRAY[1,2], ARRAY['a','b']) AS t(x, y)
SELECT date_trunc('month', o.created_at)::date AS month, sum(o.total) OVER (PARTITION BY c.region_id ORDER BY date_trunc('month', o.created_at)) FROM orders o JOIN customers c ON c.id = o.customer_id
SELECT month, revenue, lag(revenue) OVER w AS prev FROM (SELECT date_trunc('month', created_at) AS month, sum(total) AS revenue FROM orders GROUP BY 1) m WINDOW w AS (ORDER BY month)
SELECT c.* FROM customers c NATURAL JOIN regions r
SELECT * FROM orders JOIN payments USING (id)
SELECT id FROM orders JOIN payments USING (id)
SELECT x.id FROM orders JOIN payments USING (id) AS x
SELECT (o).id, (o).* FROM orders o
SELECT row_to_json(o) FROM orders o
SELECT row_to_json(t) FROM (SELECT id, total FROM orders) t
SELECT json_agg(t.*) FROM (SELECT id, total FROM orders) t
SELECT count(o.*) FROM orders o
SELECT array_agg(o ORDER BY o.id) FROM orders o
SELECT CASE WHEN total > 100 THEN 'big' ELSE 'small' END AS size, count(*) FROM orders GROUP BY size
SELECT CASE WHEN total > 100 THEN 'big' ELSE 'small' END, count(*) FROM orders GROUP BY "case"
SELECT count FROM (SELECT count(*) FROM orders) x
SELECT coalesce FROM (SELECT coalesce(total, 0) FROM orders) x
SELECT int4 FROM (SELECT (total*2)::int FROM orders) x
SELECT total FROM (SELECT total::int FROM orders) x
SELECT extract FROM (SELECT extract(year FROM created_at) FROM orders) x
SELECT orders.id, orders.total FROM shop.orders ORDER BY orders.total
SELECT o.id FROM orders o WHERE o.created_at BETWEEN '2024-01-01' AND '2024-02-01' AND o.total NOT BETWEEN 1 AND 2
SELECT * FROM orders WHERE status = ANY(ARRAY['paid','new']::order_status[])
SELECT * FROM orders WHERE (customer_id, currency) IN (SELECT id, 'EUR' FROM customers)
SELECT * FROM orders o WHERE total > ALL (SELECT total FROM orders WHERE status = 'new')
SELECT id, name, salary, avg(salary) OVER (PARTITION BY dept ORDER BY hired ROWS BETWEEN 2 PRECEDING AND CURRENT ROW) FROM employees
WITH RECURSIVE org AS (SELECT id, name, manager_id, 1 AS depth FROM employees WHERE manager_id IS NULL UNION ALL SELECT e.id, e.name, e.manager_id, o.depth + 1 FROM employees e INNER JOIN org o ON o.id = e.manager_id) SELECT * FROM org ORDER BY depth
WITH RECURSIVE a AS (SELECT 1 AS n), b AS (SELECT n FROM a UNION SELECT n+1 FROM b WHERE n < 5) SELECT * FROM b
WITH RECURSIVE t(id, path) AS (SELECT id, ARRAY[id] FROM categories WHERE parent_id IS NULL UNION ALL SELECT c.id, t.path || c.id FROM categories c JOIN t ON t.id = c.parent_id) CYCLE id SET is_cycle USING p SELECT * FROM t WHERE NOT is_cycle
SELECT to_char(sum(total), 'FM999,999.00'), to_char(date_trunc('week', created_at), 'IYYY-IW') FROM orders GROUP BY 2
SELECT o.id, p.* FROM orders o LEFT JOIN LATERAL (SELECT amount, paid_at FROM payments WHERE order_id = o.id ORDER BY paid_at DESC LIMIT 1) p ON TRUE
SELECT date(created_at) AS d, count(*) FROM orders GROUP BY date(created_at) ORDER BY d
SELECT o.*, c.full_name FROM orders AS o, customers AS c WHERE o.customer_id = c.id
SELECT d::date FROM generate_series('2024-01-01'::date, '2024-12-31'::date, interval '1 day') d
SELECT gs, count(o.id) FROM generate_series(0, 23) gs LEFT JOIN orders o ON extract(hour FROM o.created_at) = gs GROUP BY gs
SELECT * FROM (VALUES (1,'a'),(2,'b')) v(id, label) JOIN orders o ON o.id = v.id
SELECT EXISTS(SELECT 1 FROM orders WHERE total > 1000)
SELECT (SELECT max(total) FROM orders) - (SELECT min(total) FROM orders) AS spread
SELECT percentile_disc(0.9) WITHIN GROUP (ORDER BY total), mode() WITHIN GROUP (ORDER BY status) FROM orders
SELECT string_agg(name, ', ' ORDER BY name) FILTER (WHERE name IS NOT NULL) FROM regions
SELECT id FROM orders WHERE notes SIMILAR TO '%(a|b)%' ESCAPE '\' OR notes LIKE 'x\_%' ESCAPE '\'
SELECT trim(both ' ' from full_name), position('a' in full_name), substring(full_name from 1 for 3), overlay(full_name placing 'x' from 1 for 1) FROM customers
SELECT * FROM orders WHERE created_at AT TIME ZONE 'UTC' > now() - interval '1 month' AND (created_at, updated_at) OVERLAPS (now() - interval '1 day', now())
SELECT a.id FROM orders a CROSS JOIN regions b CROSS JOIN categories c LIMIT 10
WITH t1 AS (SELECT count(*) n FROM orders), t2 AS (SELECT count(*) n FROM customers), t3 AS (SELECT sum(total) s FROM orders), t4 AS (SELECT avg(total) a FROM orders) SELECT t1.n, t2.n, t3.s, t4.a FROM t1, t2, t3, t4
SELECT t1.n FROM (SELECT count(*) n FROM orders) t1 CROSS JOIN (SELECT count(*) FROM payments) t2 CROSS JOIN (SELECT count(*) FROM events) t3 CROSS JOIN (SELECT count(*) FROM metrics) t4 CROSS JOIN (SELECT count(*) FROM geo) t5
SELECT id FROM orders ORDER BY created_at DESC NULLS LAST, 1 LIMIT 10 OFFSET 20
SELECT DISTINCT ON (customer_id) customer_id, id FROM orders ORDER BY customer_id, created_at DESC
SELECT status AS s FROM orders GROUP BY s HAVING count(*) > 1 ORDER BY s
SELECT currency, status, sum(total) FROM orders GROUP BY CUBE (currency, status), (currency)
SELECT currency, status, sum(total) FROM orders GROUP BY GROUPING SETS ((currency, status), (currency), ())
SELECT 'a' || NULL, NULL::text, ARRAY[]::int[], '{}'::jsonb, INTERVAL '1' DAY, INTERVAL '90' MINUTE, TIME '10:00', DATE '2024-01-01'
SELECT width_bucket(total, 0, 100, 10) AS bucket, count(*) FROM orders GROUP BY bucket ORDER BY bucket
SELECT round(100.0 * count(*) FILTER (WHERE ok) / nullif(count(*), 0), 2) FROM payments
SELECT id, meta -> 'a' -> 'b' ->> 'c', meta #>> '{x,y}', meta ? 'k', meta @> '{}'::jsonb FROM orders
SELECT "user", "Update Me" FROM customers, "Insert Queue"
SELECT ops.events.kind, count(*) FROM ops.events GROUP BY ops.events.kind
SELECT sub.x FROM (SELECT 1 x) sub JOIN LATERAL (SELECT sub.x + 1 AS y) z ON true
SELECT regr_slope(total, extract(epoch FROM created_at)) FROM orders
SELECT POWER(1 + 0.05, 3), 2 ^ 10, sqrt(16), |/ 25, 5 % 3, ln(2.7), exp(1)
SELECT id FROM orders WHERE id IN (VALUES (1),(2))
SELECT * FROM orders TABLESAMPLE BERNOULLI (10) LIMIT 10
SELECT xmlelement(name foo, 'bar')
SELECT * FROM customers WHERE ip <<= '10.0.0.0/8'::inet AND tags && ARRAY['a'] AND NOT ('x' = ANY(tags))
SELECT date_part('dow', created_at), age(now(), created_at), justify_interval(now() - created_at) FROM orders
SELECT o1.id FROM orders o1 WHERE EXISTS (SELECT * FROM orders o2 WHERE o2.customer_id = o1.customer_id AND o2.id <> o1.id)
SELECT sum(o.total) total, c.region_id FROM orders o INNER JOIN (SELECT id, region_id FROM customers) c ON c.id = o.customer_id GROUP BY c.region_id ORDER BY total DESC
SELECT region_id, COUNT(*) AS cnt FROM customers GROUP BY region_id HAVING COUNT(*) > (SELECT AVG(n) FROM (SELECT COUNT(*) n FROM customers GROUP BY region_id) x)
SELECT 'سلام‌دنیا', '👨‍👩‍👧', 'naïve', '東京'
SELECT format('%s-%s', id, status), initcap(full_name), left(full_name, 3), lpad(id::text, 10, '0') FROM orders JOIN customers USING (id)
SELECT jsonb_array_length(payload->'items'), jsonb_path_exists(payload, '$.items[*]') FROM events
SELECT * FROM json_to_recordset('[{"a":1}]') AS x(a int, b text)
SELECT * FROM ROWS FROM (generate_series(1,3), unnest(ARRAY['a'])) AS t(n, s)
SELECT grouping(currency), currency FROM orders GROUP BY ROLLUP(currency)
SELECT id, rank() OVER (ORDER BY total DESC) AS rnk FROM orders ORDER BY rnk LIMIT 10
SELECT id AS order_id FROM orders ORDER BY lower(currency), order_id
SELECT t.n FROM generate_series(1, 10) AS t(n)
SELECT t FROM generate_series(1, 10) AS t
SELECT generate_series.generate_series FROM generate_series(1,3)
SELECT max(created_at) FILTER (WHERE status IN ('paid','shipped')) FROM orders
SELECT o.id FROM orders o FULL OUTER JOIN payments p ON p.order_id = o.id WHERE p.id IS NULL
SELECT CAST(total AS DECIMAL(10,2)), CAST(id AS VARCHAR(20)), total::float, id::bigint, '1'::smallint, total::real, 'x'::char(3), '1'::bit(3) FROM orders
SELECT sum(total) FROM orders WHERE created_at >= date_trunc('year', current_date) AND created_at < date_trunc('year', current_date) + interval '1 year'
SELECT body FROM documents WHERE tsv @@ plainto_tsquery('english', 'fox') ORDER BY ts_rank(tsv, plainto_tsquery('fox')) DESC
SELECT JSON_VALUE(meta, '$.src') AS src, count(*) FROM orders GROUP BY 1
SELECT json_value FROM (SELECT JSON_VALUE(meta, '$.src' RETURNING text DEFAULT 'none' ON EMPTY NULL ON ERROR) FROM orders) x
SELECT JSON_QUERY(payload, '$.items' WITH WRAPPER), JSON_QUERY(payload, '$.a[*] ? (@ > $x)' PASSING 1 AS x RETURNING jsonb OMIT QUOTES) FROM events
SELECT id FROM events WHERE JSON_EXISTS(payload, '$.items[*] ? (@.q > 1)') AND payload::text IS JSON OBJECT
SELECT JSON_OBJECT('id' : id, 'total' VALUE total ABSENT ON NULL RETURNING jsonb), JSON_ARRAY(id, total NULL ON NULL), JSON_ARRAY(SELECT id FROM regions) FROM orders
SELECT json_objectagg FROM (SELECT JSON_OBJECTAGG(id : kind WITH UNIQUE KEYS) FROM events) x
SELECT JSON_ARRAYAGG(id ORDER BY id DESC RETURNING jsonb) FILTER (WHERE total > 1) FROM orders
SELECT JSON('{"a": 1}'), JSON_SCALAR(id), JSON_SERIALIZE(JSON_SCALAR(id) RETURNING text) FROM orders
SELECT e.id, i.n, i.item_id, i.tag FROM events e, JSON_TABLE(e.payload, '$.items[*]' AS p COLUMNS (n FOR ORDINALITY, item_id int PATH '$.id' DEFAULT 0 ON EMPTY, has_q boolean EXISTS PATH '$.q', NESTED PATH '$.tags[*]' COLUMNS (tag text PATH '$'))) AS i
SELECT a FROM JSON_TABLE('{"a": 1}'::jsonb, '$' COLUMNS (a int PATH '$.a'))
SELECT x FROM JSON_TABLE('{}'::jsonb, '$' COLUMNS (a int PATH '$.a')) AS j(x) ORDER BY j.x
