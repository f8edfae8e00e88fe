package io.querytrail.safety;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ApprovedTextTest {
  private final Verdicts verdicts = Verdicts.overCorpus();

  @Test
  void qualifiesEveryRelationAndCapsTheRows() {
    // When
    var approved =
        verdicts.approved(
            "SELECT o.id FROM orders o JOIN \"Insert Queue\" q USING (id) WHERE EXISTS"
                + " (SELECT FROM customers WHERE id = o.customer_id)");

    // Then
    assertThat(approved.sql())
        .isEqualTo(
            """
            SELECT * FROM (
            SELECT o.id FROM shop.orders o JOIN ops."Insert Queue" q USING (id) WHERE EXISTS\
             (SELECT FROM shop.customers WHERE id = o.customer_id)
            ) AS q LIMIT 1000\
            """);
    assertThat(approved.rowCap()).isEqualTo(1_000);
    assertThat(approved.relations())
        .containsExactly("ops.Insert Queue", "shop.customers", "shop.orders");
    assertThat(approved.columns())
        .containsExactly(
            "ops.Insert Queue.id",
            "shop.customers.id",
            "shop.orders.customer_id",
            "shop.orders.id");
  }

  @Test
  void keepsAStatementThatCapsItself() {
    assertThat(verdicts.approved("SELECT id FROM shop.orders LIMIT 10; -- done").sql())
        .isEqualTo("SELECT id FROM shop.orders LIMIT 10");
    assertThat(verdicts.approved("SELECT id FROM shop.orders FETCH FIRST 3 ROWS ONLY").sql())
        .isEqualTo("SELECT id FROM shop.orders FETCH FIRST 3 ROWS ONLY");
  }

  @Test
  void capsWhatOnlyLooksCapped() {
    assertThat(verdicts.approved("SELECT id FROM orders LIMIT ALL").sql()).endsWith("LIMIT 1000");
    assertThat(verdicts.approved("SELECT id FROM orders -- LIMIT 10").sql()).endsWith("LIMIT 1000");
    assertThat(
            verdicts
                .approved("SELECT id FROM orders ORDER BY id FETCH FIRST 3 ROWS WITH TIES")
                .sql())
        .endsWith("LIMIT 1000");
    assertThat(verdicts.approved("SELECT id FROM (SELECT id FROM orders LIMIT 5) x").sql())
        .endsWith("LIMIT 1000");
    assertThat(verdicts.approved("SELECT id FROM orders OFFSET 10").sql()).endsWith("LIMIT 1000");
  }

  @Test
  void leavesCommonTablesAndQualifiedNamesAlone() {
    assertThat(
            verdicts
                .approved("WITH orders AS (SELECT * FROM orders) SELECT orders.id FROM orders")
                .sql())
        .contains("WITH orders AS (SELECT * FROM shop.orders) SELECT orders.id FROM orders");
    assertThat(verdicts.approved("SELECT shop.orders.id FROM orders LIMIT 1").sql())
        .isEqualTo("SELECT shop.orders.id FROM shop.orders LIMIT 1");
  }

  @Test
  void qualifiesTypesOfColumns() {
    assertThat(
            verdicts
                .approved(
                    "SELECT id FROM orders WHERE status = 'paid'::order_status OR status ="
                        + " order_status 'new' LIMIT 1")
                .sql())
        .contains("'paid'::shop.order_status", "shop.order_status 'new'");
  }

  @Test
  void writesSpacesAndQuotesWhereTheTextHasNone() {
    assertThat(verdicts.approved("SELECT id FROM\"orders\"LIMIT 1").sql())
        .isEqualTo("SELECT id FROM shop.\"orders\"LIMIT 1");
    assertThat(verdicts.approved("SELECT 'é€😀', id FROM orders LIMIT 1").sql())
        .isEqualTo("SELECT 'é€😀', id FROM shop.orders LIMIT 1");
  }

  @Test
  void qualifiesExtraFunctions() {
    // Given
    var policy = verdicts.policy().withExtraFunctions(java.util.Set.of("shop.net_price"));

    // When
    var approved = verdicts.with(policy).approved("SELECT net_price(price) FROM products LIMIT 1");

    // Then
    assertThat(approved.sql()).isEqualTo("SELECT shop.net_price(price) FROM shop.products LIMIT 1");
  }
}
