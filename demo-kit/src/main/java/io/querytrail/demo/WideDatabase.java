package io.querytrail.demo;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * A database of many tables without rows, like that of a company that grew: schema {@code erp} with
 * tables such as {@code payroll_contract}, each a module and a thing, with comments, keys, checks,
 * enums and indexes. The same every time.
 *
 * @param tables their names, without the schema; table {@code i} refers to the head of its module,
 *     and to table {@code i - 1} where that is of its module
 */
public record WideDatabase(
    String jdbcUrl, String reader, String readerPassword, List<String> tables) {
  /** The schema that holds them all. */
  public static final String SCHEMA = "erp";

  private static final String READER = "wide_reader";

  /** Tables made in one transaction, so that the server's table of locks holds them. */
  private static final int BATCH = 50;

  private static final List<String> MODULES =
      List.of(
          "payroll",
          "billing",
          "shipping",
          "recruiting",
          "marketing",
          "treasury",
          "logistics",
          "procurement",
          "compliance",
          "maintenance",
          "insurance",
          "catering",
          "fleet",
          "leasing",
          "research",
          "laboratory",
          "training",
          "support",
          "licensing",
          "franchise",
          "pension",
          "customs",
          "tax",
          "energy",
          "security",
          "travel",
          "facility",
          "telephony",
          "retail",
          "wholesale",
          "subscription",
          "loyalty",
          "warehouse",
          "manufacturing",
          "planning",
          "forecasting",
          "auditing",
          "controlling",
          "reporting",
          "archive");

  private static final List<String> THINGS =
      List.of(
          "head",
          "contract",
          "invoice",
          "ticket",
          "vendor",
          "shipment",
          "employee",
          "vehicle",
          "budget",
          "campaign",
          "certificate",
          "claim",
          "course",
          "delivery",
          "device",
          "document",
          "event",
          "expense",
          "forecast",
          "incident",
          "inspection",
          "item",
          "journal",
          "lead",
          "location",
          "machine",
          "meeting",
          "member",
          "message",
          "milestone",
          "offer",
          "package",
          "partner",
          "payment",
          "permit",
          "plan",
          "position",
          "project",
          "quote",
          "rating",
          "receipt",
          "refund",
          "region",
          "reservation",
          "route",
          "sample",
          "schedule",
          "sensor",
          "tariff",
          "voucher");

  /** As many tables as there can be. */
  public static final int MOST_TABLES = MODULES.size() * THINGS.size();

  public WideDatabase {
    tables = List.copyOf(tables);
  }

  /**
   * Makes the tables and their reader in an empty database.
   *
   * @param count 1 to {@link #MOST_TABLES}
   * @throws SQLException if the database refuses
   */
  public static WideDatabase create(String jdbcUrl, String user, String password, int count)
      throws SQLException {
    if (count < 1 || count > MOST_TABLES) {
      throw new IllegalArgumentException(
          "a wide database has 1 to " + MOST_TABLES + " tables, not " + count);
    }
    try (Connection owner = DriverManager.getConnection(jdbcUrl, user, password);
        Statement statement = owner.createStatement()) {
      statement.execute(
          """
          CREATE SCHEMA erp;
          CREATE TYPE erp.progress AS ENUM ('draft', 'submitted', 'approved', 'closed');
          CREATE DOMAIN erp.amount AS numeric(14, 2);
          CREATE ROLE wide_reader LOGIN PASSWORD 'wide';
          GRANT USAGE ON SCHEMA erp TO wide_reader;
          ALTER DEFAULT PRIVILEGES IN SCHEMA erp GRANT SELECT ON TABLES TO wide_reader;
          """);
      StringBuilder script = new StringBuilder();
      for (int i = 0; i < count; i++) {
        script.append(table(i));
        if ((i + 1) % BATCH == 0 || i + 1 == count) {
          statement.execute(script.toString());
          script.setLength(0);
        }
      }
    }
    List<String> names = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      names.add(name(i));
    }
    return new WideDatabase(jdbcUrl, READER, "wide", names);
  }

  private static String name(int number) {
    return module(number) + "_" + thing(number);
  }

  private static String module(int number) {
    return MODULES.get(number / THINGS.size());
  }

  private static String thing(int number) {
    return THINGS.get(number % THINGS.size());
  }

  private static String table(int number) {
    boolean isHead = number % THINGS.size() == 0;
    String references =
        isHead
            ? ""
            : """
              ,
              head_id bigint NOT NULL REFERENCES erp.%s_head (id),
              previous_id bigint REFERENCES erp.%s (id)
            """
                .formatted(module(number), name(number - 1));
    return """
    CREATE TABLE erp.%1$s (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      code varchar(20) NOT NULL UNIQUE,
      title text NOT NULL,
      note text,
      progress erp.progress NOT NULL DEFAULT 'draft',
      amount erp.amount CHECK (amount >= 0),
      currency char(3) NOT NULL DEFAULT 'EUR',
      valid_from date,
      valid_until date,
      created_at timestamp with time zone NOT NULL DEFAULT now(),
      changed_at timestamp with time zone,
      changed_by text,
      CHECK (valid_from <= valid_until)%2$s
    );
    CREATE INDEX ON erp.%1$s (created_at);
    COMMENT ON TABLE erp.%1$s IS 'Every %3$s that the %4$s department keeps';
    COMMENT ON COLUMN erp.%1$s.amount IS 'Without tax';
    """
        .formatted(name(number), references, thing(number), module(number));
  }
}
