-- Made by arithmetic alone, so that every shop is the same to the last cent. Multiplying by a number
-- without common divisors and taking the remainder scatters; squaring a fraction makes a few
-- customers and products far more popular than the rest.

INSERT INTO shop.categories (category_id, parent_id, name)
SELECT g, NULL, (ARRAY['Home', 'Garden', 'Kitchen', 'Office', 'Sport', 'Toys'])[g]
FROM generate_series(1, 6) AS g
UNION ALL
SELECT 6 + g, 1 + (g - 1) / 3, (ARRAY[
    'Lighting', 'Textiles', 'Furniture', 'Tools', 'Planters', 'Barbecue',
    'Cookware', 'Cutlery', 'Appliances', 'Paper', 'Desks', 'Storage',
    'Cycling', 'Running', 'Camping', 'Puzzles', 'Building', 'Outdoor play'])[g]
FROM generate_series(1, 18) AS g;

INSERT INTO shop.customers
  (customer_id, full_name, email, country, city, segment, newsletter, signed_up_on)
SELECT
  g,
  first_name || ' ' || last_name,
  lower(first_name || '.' || last_name || '.' || g || '@example.com'),
  (ARRAY['DE', 'DE', 'DE', 'AT', 'CH', 'FR', 'FR', 'NL', 'IT', 'ES'])[place],
  (ARRAY['Berlin', 'Hamburg', 'Munich', 'Vienna', 'Zurich', 'Paris', 'Lyon', 'Utrecht', 'Turin', 'Bilbao'])[place],
  CASE WHEN g % 41 = 0 THEN 'wholesale' WHEN g % 9 = 0 THEN 'business' ELSE 'consumer' END,
  g * 7 % 10 < 4,
  -- The last 200 came later and have not ordered yet.
  CASE WHEN g <= 4800 THEN date '2021-01-01' + g * 613 % 1090 ELSE date '2024-01-10' + (g - 4800) * 5 END
FROM (
  SELECT
    g,
    1 + g * 37 % 10 AS place,
    (ARRAY['Anna', 'Ben', 'Clara', 'David', 'Elif', 'Felix', 'Greta', 'Hugo', 'Ida', 'Jonas',
           'Klara', 'Luca', 'Mila', 'Noah', 'Olga', 'Paul', 'Rosa', 'Samir', 'Tilda', 'Viktor'])[1 + g * 13 % 20] AS first_name,
    (ARRAY['Adler', 'Bauer', 'Costa', 'Dubois', 'Engel', 'Fischer', 'Garcia', 'Huber', 'Ivanov', 'Jansen',
           'Keller', 'Lang', 'Moreau', 'Novak', 'Otto', 'Peters', 'Rossi', 'Schmidt', 'Toth', 'Urban',
           'Vogel', 'Weber', 'Yilmaz'])[1 + g * 17 % 23] AS last_name
  FROM generate_series(1, 5000) AS g
) AS people;

INSERT INTO shop.products
  (product_id, sku, name, category_id, price, cost, stock, discontinued, introduced_on)
SELECT
  g,
  'SKU-' || lpad((10000 + g)::text, 6, '0'),
  (ARRAY['Classic', 'Compact', 'Deluxe', 'Eco', 'Folding', 'Light', 'Nordic', 'Pro', 'Smart', 'Solid'])[1 + g * 7 % 10]
    || ' ' || (ARRAY['oak', 'steel', 'linen', 'bamboo', 'glass', 'copper', 'wool', 'cork'])[1 + g * 5 % 8]
    || ' ' || lower(c.name) || ' ' || g,
  c.category_id,
  price,
  round(price * (45 + g * 11 % 30) / 100, 2),
  CASE WHEN g % 19 = 0 THEN 0 ELSE g * 29 % 240 END,
  g % 25 = 0,
  date '2022-03-01' + g * 331 % 1300
FROM (SELECT g, 7 + g * 11 % 18 AS category_id, (4.90 + g * 379 % 24500 / 100.0)::numeric(10, 2) AS price
      FROM generate_series(1, 800) AS g) AS p
JOIN shop.categories AS c USING (category_id);

CREATE TEMPORARY TABLE draft_items ON COMMIT DROP AS
SELECT o AS order_id, l AS line_no, p.product_id, quantity,
  -- Prices rose by 6 percent in the course of the years.
  round(p.price * (94 + o * 6 / 20000) / 100, 2) AS unit_price
FROM (
  SELECT o, l,
    -- The last 40 products have never been sold.
    (1 + scattered * scattered / 65521 * 760 / 65521)::integer AS product_id,
    CASE WHEN o % 41 = 0 THEN 10 + l ELSE 1 + (o + l * 3) % 3 END AS quantity
  FROM generate_series(1, 20000) AS o
  CROSS JOIN LATERAL generate_series(1, 1 + o * 31 % 4) AS l
  CROSS JOIN LATERAL (SELECT (o::bigint * 48271 + l * 104729) % 65521 AS scattered) AS s
) AS lines
JOIN shop.products AS p USING (product_id);

INSERT INTO shop.orders
  (order_id, customer_id, status, channel, ordered_at, shipped_at, discount_percent, shipping_fee, total)
SELECT
  o, customer_id, status, channel, ordered_at,
  CASE WHEN status IN ('shipped', 'delivered', 'returned') THEN ordered_at + make_interval(hours => 6 + o * 17 % 90) END,
  discount_percent, shipping_fee,
  round(goods * (100 - discount_percent) / 100, 2) + shipping_fee
FROM (
  SELECT
    o,
    (1 + scattered * scattered / 65521 * 4800 / 65521)::integer AS customer_id,
    (CASE
      WHEN o % 20 = 7 THEN 'cancelled'
      WHEN o > 19900 THEN 'new'
      WHEN o > 19700 THEN 'paid'
      WHEN o > 19300 THEN 'shipped'
      WHEN o % 27 = 5 THEN 'returned'
      ELSE 'delivered'
    END)::shop.order_status AS status,
    (ARRAY['web', 'web', 'web', 'app', 'app', 'store'])[1 + (o * 13 + o / 7) % 6] AS channel,
    -- Business grows: the square root puts ever more orders into each month.
    timestamptz '2024-01-01 00:00:00+00' + make_interval(secs => trunc(sqrt(o / 20000.0::numeric) * 88900000) + o * 7919 % 43200) AS ordered_at,
    CASE WHEN o % 12 = 0 THEN 10 WHEN o % 30 = 1 THEN 5 ELSE 0 END::numeric(4, 1) AS discount_percent,
    goods,
    CASE WHEN goods >= 50 THEN 0 ELSE 4.90 END AS shipping_fee
  FROM (SELECT order_id AS o, sum(quantity * unit_price) AS goods FROM draft_items GROUP BY order_id) AS sums
  CROSS JOIN LATERAL (SELECT (o::bigint * 39373 + 1777) % 65521 AS scattered) AS s
) AS drafts
ORDER BY o;

INSERT INTO shop.order_items (order_id, line_no, product_id, quantity, unit_price)
SELECT order_id, line_no, product_id, quantity, unit_price
FROM draft_items
ORDER BY order_id, line_no;

-- What comes next joins these two; without statistics it takes minutes.
ANALYZE shop.orders, shop.order_items;

INSERT INTO shop.payments (payment_id, order_id, method, amount, paid_at, succeeded)
SELECT (row_number() OVER (ORDER BY order_id, succeeded))::integer, order_id, method, total, paid_at, succeeded
FROM (
  SELECT order_id, total, succeeded,
    (ARRAY['card', 'card', 'card', 'paypal', 'paypal', 'bank_transfer', 'invoice'])[1 + order_id * 3 % 7]::shop.payment_method AS method,
    ordered_at + make_interval(mins => CASE WHEN succeeded THEN 12 + order_id * 7 % 600 ELSE 3 END) AS paid_at
  FROM shop.orders
  CROSS JOIN (VALUES (false), (true)) AS tries (succeeded)
  WHERE CASE WHEN succeeded THEN status NOT IN ('new', 'cancelled') ELSE order_id % 23 = 0 END
) AS attempts;

INSERT INTO shop.reviews (review_id, product_id, customer_id, rating, title, body, created_at)
SELECT
  (row_number() OVER (ORDER BY first_order))::integer,
  product_id,
  customer_id,
  rating,
  (ARRAY['Broke soon', 'Not what I hoped for', 'It is all right', 'Good value', 'Love it'])[rating],
  CASE WHEN first_order % 3 > 0 THEN
    (ARRAY['It did not last a month.', 'The picture promised more.', 'Does what it should.',
           'Would buy again at this price.', 'Best purchase of the year.'])[rating] END,
  delivered + make_interval(days => 2 + first_order % 40)
FROM (
  SELECT i.product_id, o.customer_id, min(o.order_id) AS first_order, min(o.shipped_at) AS delivered,
    (ARRAY[5, 4, 5, 3, 4, 5, 2, 4, 5, 1, 4])[1 + (min(o.order_id) * 3 + i.product_id) % 11]::smallint AS rating
  FROM shop.orders AS o
  JOIN shop.order_items AS i USING (order_id)
  WHERE o.status = 'delivered' AND o.order_id % 4 = 1 AND i.line_no = 1
  GROUP BY i.product_id, o.customer_id
) AS buyers;

INSERT INTO internal.salaries (employee_id, full_name, job, yearly_salary)
SELECT g, 'Employee ' || g, (ARRAY['buyer', 'developer', 'packer', 'accountant'])[1 + g % 4], 38000 + g * 1370 % 52000
FROM generate_series(1, 40) AS g;
