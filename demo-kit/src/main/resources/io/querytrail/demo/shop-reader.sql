DO $$
BEGIN
  CREATE ROLE shop_reader LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOINHERIT NOREPLICATION NOBYPASSRLS;
EXCEPTION
  -- Roles belong to the server: another database's shop may have made it, even just now.
  WHEN duplicate_object OR unique_violation THEN NULL;
END
$$;

GRANT USAGE ON SCHEMA shop TO shop_reader;
GRANT SELECT ON ALL TABLES IN SCHEMA shop TO shop_reader;

DO $$
BEGIN
  EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database());
  EXECUTE format('ALTER ROLE shop_reader IN DATABASE %I SET search_path = shop', current_database());
  EXECUTE format('ALTER ROLE shop_reader IN DATABASE %I SET default_transaction_read_only = on', current_database());
  EXECUTE format('ALTER ROLE shop_reader IN DATABASE %I SET statement_timeout = %L', current_database(), '30s');
  -- Only a superuser may limit temporary files.
  IF (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
    EXECUTE format('ALTER ROLE shop_reader IN DATABASE %I SET temp_file_limit = %L', current_database(), '64MB');
  END IF;
END
$$;
