-- After the data: building an index once is faster than keeping it up to date row by row.
ALTER TABLE shop.categories
  ADD PRIMARY KEY (category_id),
  ADD UNIQUE (name);
ALTER TABLE shop.categories
  ADD FOREIGN KEY (parent_id) REFERENCES shop.categories;
ALTER TABLE shop.customers
  ADD PRIMARY KEY (customer_id),
  ADD UNIQUE (email);
ALTER TABLE shop.products
  ADD PRIMARY KEY (product_id),
  ADD UNIQUE (sku),
  ADD FOREIGN KEY (category_id) REFERENCES shop.categories;
ALTER TABLE shop.orders
  ADD PRIMARY KEY (order_id),
  ADD FOREIGN KEY (customer_id) REFERENCES shop.customers;
ALTER TABLE shop.order_items
  ADD PRIMARY KEY (order_id, line_no),
  ADD FOREIGN KEY (order_id) REFERENCES shop.orders,
  ADD FOREIGN KEY (product_id) REFERENCES shop.products;
ALTER TABLE shop.payments
  ADD PRIMARY KEY (payment_id),
  ADD FOREIGN KEY (order_id) REFERENCES shop.orders;
ALTER TABLE shop.reviews
  ADD PRIMARY KEY (review_id),
  ADD UNIQUE (product_id, customer_id),
  ADD FOREIGN KEY (product_id) REFERENCES shop.products,
  ADD FOREIGN KEY (customer_id) REFERENCES shop.customers;

CREATE INDEX customers_country_idx ON shop.customers (country);
CREATE INDEX products_category_id_idx ON shop.products (category_id);
CREATE INDEX orders_customer_id_idx ON shop.orders (customer_id);
CREATE INDEX orders_ordered_at_idx ON shop.orders (ordered_at);
CREATE INDEX orders_open_idx ON shop.orders (ordered_at) WHERE status IN ('new', 'paid');
CREATE INDEX order_items_product_id_idx ON shop.order_items (product_id);
CREATE INDEX payments_order_id_idx ON shop.payments (order_id);
CREATE INDEX reviews_customer_id_idx ON shop.reviews (customer_id);

ANALYZE shop.categories, shop.customers, shop.products, shop.payments, shop.reviews, internal.salaries;
