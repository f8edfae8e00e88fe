CREATE SCHEMA shop;
CREATE SCHEMA staff;
CREATE TYPE shop.order_status AS ENUM ('new', 'paid', 'shipped');
CREATE DOMAIN shop.money AS numeric(12, 2);
CREATE TABLE shop.customers (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  email text NOT NULL UNIQUE,
  country char(2) NOT NULL DEFAULT 'AT',
  name text
);
COMMENT ON TABLE shop.customers IS 'People who buy';
COMMENT ON COLUMN shop.customers.country IS 'ISO 3166 code';
CREATE TABLE staff.employees (id bigint PRIMARY KEY, salary numeric);
CREATE TABLE shop.orders (
  id bigint PRIMARY KEY,
  customer_id bigint NOT NULL REFERENCES shop.customers (id),
  seller_id bigint REFERENCES staff.employees (id),
  status shop.order_status NOT NULL DEFAULT 'new',
  history shop.order_status[],
  total shop.money,
  note text,
  gross numeric GENERATED ALWAYS AS (id * 1.2) STORED,
  CHECK (total >= 0)
);
CREATE INDEX ON shop.orders (customer_id, status);
CREATE INDEX ON shop.orders (lower(note)) WHERE total > 0;
CREATE TABLE shop.visits (
  day date NOT NULL,
  visitor integer NOT NULL,
  PRIMARY KEY (day, visitor)
) PARTITION BY RANGE (day);
CREATE TABLE shop.visits_2026 PARTITION OF shop.visits FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
CREATE VIEW shop.paid_orders AS SELECT id, total FROM shop.orders WHERE status = 'paid';
CREATE MATERIALIZED VIEW shop.orders_by_country AS
  SELECT country, count(*) AS orders FROM shop.orders JOIN shop.customers c ON c.id = customer_id GROUP BY country;
CREATE TABLE shop.hidden (id bigint);
CREATE TABLE shop.partly (
  id bigint CHECK (id > 0),
  password text UNIQUE CHECK (length(password) > 8),
  hidden_id bigint
);
CREATE INDEX ON shop.partly (id, password);
ALTER TABLE shop.hidden ADD PRIMARY KEY (id);
ALTER TABLE shop.partly ADD FOREIGN KEY (id) REFERENCES shop.hidden (id);
INSERT INTO shop.customers (email) SELECT 'c' || i || '@example.com' FROM generate_series(1, 50) i;
ANALYZE shop.customers;
CREATE ROLE it_reader LOGIN PASSWORD 'reader';
GRANT USAGE ON SCHEMA shop, staff TO it_reader;
GRANT SELECT ON shop.customers, shop.orders, shop.visits, shop.paid_orders, shop.orders_by_country, staff.employees TO it_reader;
GRANT SELECT (id) ON shop.partly TO it_reader;
