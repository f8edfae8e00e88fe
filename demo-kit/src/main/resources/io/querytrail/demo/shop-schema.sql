CREATE SCHEMA shop;
COMMENT ON SCHEMA shop IS 'Querytrail sample shop, version 1';

CREATE TYPE shop.order_status AS ENUM ('new', 'paid', 'shipped', 'delivered', 'returned', 'cancelled');
COMMENT ON TYPE shop.order_status IS 'How far an order has come';
CREATE TYPE shop.payment_method AS ENUM ('card', 'paypal', 'bank_transfer', 'invoice');
COMMENT ON TYPE shop.payment_method IS 'How a customer pays';

CREATE TABLE shop.categories (
  category_id integer NOT NULL,
  parent_id integer,
  name text NOT NULL
);
COMMENT ON TABLE shop.categories IS 'Two levels of product categories';
COMMENT ON COLUMN shop.categories.category_id IS 'Number of the category';
COMMENT ON COLUMN shop.categories.parent_id IS 'The category above; null for the top level';
COMMENT ON COLUMN shop.categories.name IS 'Name as shown in the shop';

CREATE TABLE shop.customers (
  customer_id integer NOT NULL,
  full_name text NOT NULL,
  email text NOT NULL,
  country char(2) NOT NULL,
  city text NOT NULL,
  segment text NOT NULL DEFAULT 'consumer' CHECK (segment IN ('consumer', 'business', 'wholesale')),
  newsletter boolean NOT NULL DEFAULT false,
  signed_up_on date NOT NULL
);
COMMENT ON TABLE shop.customers IS 'Everyone who has an account in the shop, with or without orders';
COMMENT ON COLUMN shop.customers.customer_id IS 'Number of the customer';
COMMENT ON COLUMN shop.customers.full_name IS 'First and last name';
COMMENT ON COLUMN shop.customers.email IS 'Where receipts go; unique';
COMMENT ON COLUMN shop.customers.country IS 'ISO 3166 country code, two capitals';
COMMENT ON COLUMN shop.customers.city IS 'City of the billing address';
COMMENT ON COLUMN shop.customers.segment IS 'consumer, business or wholesale';
COMMENT ON COLUMN shop.customers.newsletter IS 'True if the customer wants the newsletter';
COMMENT ON COLUMN shop.customers.signed_up_on IS 'Day on which the account was made';

CREATE TABLE shop.products (
  product_id integer NOT NULL,
  sku text NOT NULL,
  name text NOT NULL,
  category_id integer NOT NULL,
  price numeric(10, 2) NOT NULL CHECK (price > 0),
  cost numeric(10, 2) NOT NULL CHECK (cost >= 0),
  stock integer NOT NULL DEFAULT 0 CHECK (stock >= 0),
  discontinued boolean NOT NULL DEFAULT false,
  introduced_on date NOT NULL
);
COMMENT ON TABLE shop.products IS 'What the shop sells or once sold';
COMMENT ON COLUMN shop.products.product_id IS 'Number of the product';
COMMENT ON COLUMN shop.products.sku IS 'Stock keeping unit, printed on the package; unique';
COMMENT ON COLUMN shop.products.name IS 'Name as shown in the shop';
COMMENT ON COLUMN shop.products.category_id IS 'Category of the lower level';
COMMENT ON COLUMN shop.products.price IS 'List price today, in euros, tax included';
COMMENT ON COLUMN shop.products.cost IS 'What one piece costs the shop, in euros';
COMMENT ON COLUMN shop.products.stock IS 'Pieces in the warehouse now';
COMMENT ON COLUMN shop.products.discontinued IS 'True if it is not sold any more';
COMMENT ON COLUMN shop.products.introduced_on IS 'First day on sale';

CREATE TABLE shop.orders (
  order_id integer NOT NULL,
  customer_id integer NOT NULL,
  status shop.order_status NOT NULL DEFAULT 'new',
  channel text NOT NULL CHECK (channel IN ('web', 'app', 'store')),
  ordered_at timestamptz NOT NULL,
  shipped_at timestamptz,
  discount_percent numeric(4, 1) NOT NULL DEFAULT 0 CHECK (discount_percent BETWEEN 0 AND 100),
  shipping_fee numeric(6, 2) NOT NULL DEFAULT 0,
  total numeric(12, 2) NOT NULL CHECK (total >= 0),
  CHECK (shipped_at >= ordered_at)
);
COMMENT ON TABLE shop.orders IS 'One row per order; its lines are in order_items';
COMMENT ON COLUMN shop.orders.order_id IS 'Number of the order, counting up over time';
COMMENT ON COLUMN shop.orders.customer_id IS 'Who ordered';
COMMENT ON COLUMN shop.orders.status IS 'How far the order has come; cancelled orders bring no revenue';
COMMENT ON COLUMN shop.orders.channel IS 'Where it was placed: web, app or store';
COMMENT ON COLUMN shop.orders.ordered_at IS 'When it was placed';
COMMENT ON COLUMN shop.orders.shipped_at IS 'When it left the warehouse; null if it has not';
COMMENT ON COLUMN shop.orders.discount_percent IS 'Discount on all lines, in percent';
COMMENT ON COLUMN shop.orders.shipping_fee IS 'In euros; free from 50 euros';
COMMENT ON COLUMN shop.orders.total IS 'What the customer owes in euros: lines less discount plus shipping';

CREATE TABLE shop.order_items (
  order_id integer NOT NULL,
  line_no smallint NOT NULL,
  product_id integer NOT NULL,
  quantity integer NOT NULL CHECK (quantity > 0),
  unit_price numeric(10, 2) NOT NULL CHECK (unit_price >= 0)
);
COMMENT ON TABLE shop.order_items IS 'The lines of the orders';
COMMENT ON COLUMN shop.order_items.order_id IS 'The order that the line belongs to';
COMMENT ON COLUMN shop.order_items.line_no IS 'Number of the line in its order, from 1';
COMMENT ON COLUMN shop.order_items.product_id IS 'What was ordered';
COMMENT ON COLUMN shop.order_items.quantity IS 'How many pieces';
COMMENT ON COLUMN shop.order_items.unit_price IS 'Price of one piece when it was ordered, in euros';

CREATE TABLE shop.payments (
  payment_id integer NOT NULL,
  order_id integer NOT NULL,
  method shop.payment_method NOT NULL,
  amount numeric(12, 2) NOT NULL CHECK (amount >= 0),
  paid_at timestamptz NOT NULL,
  succeeded boolean NOT NULL
);
COMMENT ON TABLE shop.payments IS 'Attempts to pay, also those that failed';
COMMENT ON COLUMN shop.payments.payment_id IS 'Number of the attempt';
COMMENT ON COLUMN shop.payments.order_id IS 'The order that was paid for';
COMMENT ON COLUMN shop.payments.method IS 'How it was paid';
COMMENT ON COLUMN shop.payments.amount IS 'In euros';
COMMENT ON COLUMN shop.payments.paid_at IS 'When it was tried';
COMMENT ON COLUMN shop.payments.succeeded IS 'False if the bank refused';

CREATE TABLE shop.reviews (
  review_id integer NOT NULL,
  product_id integer NOT NULL,
  customer_id integer NOT NULL,
  rating smallint NOT NULL CHECK (rating BETWEEN 1 AND 5),
  title text NOT NULL,
  body text,
  created_at timestamptz NOT NULL
);
COMMENT ON TABLE shop.reviews IS 'What customers say about products; one review per customer and product';
COMMENT ON COLUMN shop.reviews.review_id IS 'Number of the review';
COMMENT ON COLUMN shop.reviews.product_id IS 'The product that is reviewed';
COMMENT ON COLUMN shop.reviews.customer_id IS 'Who wrote it';
COMMENT ON COLUMN shop.reviews.rating IS 'From 1, bad, to 5, good';
COMMENT ON COLUMN shop.reviews.title IS 'Headline';
COMMENT ON COLUMN shop.reviews.body IS 'The text; null if only stars were given';
COMMENT ON COLUMN shop.reviews.created_at IS 'When it was written';

CREATE VIEW shop.monthly_revenue AS
  SELECT date_trunc('month', ordered_at, 'UTC')::date AS month, count(*) AS orders, sum(total) AS revenue
  FROM shop.orders
  WHERE status NOT IN ('cancelled', 'returned')
  GROUP BY 1;
COMMENT ON VIEW shop.monthly_revenue IS 'Revenue by calendar month (UTC), without cancelled and returned orders';
COMMENT ON COLUMN shop.monthly_revenue.month IS 'First day of the month';
COMMENT ON COLUMN shop.monthly_revenue.orders IS 'How many orders';
COMMENT ON COLUMN shop.monthly_revenue.revenue IS 'Sum of their totals, in euros';

CREATE SCHEMA internal;
COMMENT ON SCHEMA internal IS 'Not for the shop''s analysts, and never to be shown to a model';
CREATE TABLE internal.salaries (
  employee_id integer PRIMARY KEY,
  full_name text NOT NULL,
  job text NOT NULL,
  yearly_salary numeric(10, 2) NOT NULL
);
COMMENT ON TABLE internal.salaries IS 'What employees earn';
COMMENT ON COLUMN internal.salaries.yearly_salary IS 'In euros, before tax';
REVOKE ALL ON SCHEMA shop, internal FROM PUBLIC;
