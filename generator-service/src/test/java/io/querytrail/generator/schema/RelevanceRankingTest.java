package io.querytrail.generator.schema;

import static io.querytrail.generator.testkit.SampleSchemas.column;
import static io.querytrail.generator.testkit.SampleSchemas.key;
import static io.querytrail.generator.testkit.SampleSchemas.table;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RelevanceRankingTest {
  @Test
  void putsRelationsNamedInTheQuestionFirst() {
    assertThat(
            best(
                "How many orders were placed last week?",
                table("audit", null, column("id", "bigint")),
                table("orders", null, column("id", "bigint"))))
        .isEqualTo("orders");
  }

  @Test
  void takesSingularAndPluralForTheSameWord() {
    assertThat(best("list every category", table("a", null), table("categories", null)))
        .isEqualTo("categories");
    assertThat(best("show the addresses", table("a", null), table("address", null)))
        .isEqualTo("address");
  }

  @Test
  void matchesWholeWordsOnly() {
    assertThat(best("what is in the cat table", table("application", null), table("cat", null)))
        .isEqualTo("cat");
    assertThat(
            RelevanceRankingTest.ranked("red things", table("a", null), table("redirects", null)))
        .containsExactly("a", "redirects");
  }

  @Test
  void partsNamesAtUnderscoresAndHumps() {
    assertThat(best("which invoice is open", table("a", null), table("customer_invoice", null)))
        .isEqualTo("customer_invoice");
    assertThat(best("which invoice is open", table("a", null), table("CustomerInvoice", null)))
        .isEqualTo("CustomerInvoice");
  }

  @Test
  void findsWordsInColumnsAndComments() {
    assertThat(best("sum of revenue", table("a", null), table("t1", "revenue by day")))
        .isEqualTo("t1");
    assertThat(
            best("sum of revenue", table("a", null), table("t1", null, column("revenue", "int"))))
        .isEqualTo("t1");
  }

  @Test
  void keepsWhatAMatchingRelationPointsAt() {
    assertThat(
            ranked(
                "total of orders",
                table("apples", null),
                table("customers", null),
                table("orders", null, List.of(key("customer_id", "customers")))))
        .containsExactly("orders", "customers", "apples");
  }

  @Test
  void followsBusinessTermsToTheirDefinitions() {
    List<Relation> relations = List.of(table("apples", null), table("subscriptions", null));

    assertThat(
            new RelevanceRanking(relations)
                .rank("churn by month", Map.of("churn", "cancelled subscriptions"))
                .getFirst()
                .relation()
                .name()
                .name())
        .isEqualTo("subscriptions");
  }

  @Test
  void countsAWordForMoreWhereFewRelationsHaveIt() {
    assertThat(
            ranked(
                "which customer got a refund",
                table("customer_log", null),
                table("customer_mail", null),
                table("customer_note", null),
                table("refund_log", null)))
        .startsWith("refund_log");
  }

  @Test
  void prefersTheRelationWhoseNameSaysNothingElse() {
    assertThat(best("how many orders", table("archived_orders", null), table("orders", null)))
        .isEqualTo("orders");
  }

  @Test
  void aWordInManyColumnsDoesNotOutweighTheName() {
    assertThat(
            best(
                "how many orders",
                table(
                    "audit",
                    null,
                    column("order_id", "int"),
                    column("order_day", "date"),
                    column("order_total", "int"),
                    column("order_note", "text")),
                table("open_orders", null)))
        .isEqualTo("open_orders");
  }

  @Test
  void findsWhatJoinsTwoRelationsThatMatch() {
    assertThat(
            ranked(
                    "customers by product",
                    table("customers", null),
                    table("products", null),
                    table("visits", null, List.of(key("who", "customers"))),
                    table(
                        "zz",
                        null,
                        List.of(key("customer", "customers"), key("product", "products"))))
                .subList(0, 3))
        .containsExactly("customers", "products", "zz");
  }

  @Test
  void readsChecksAndValues() {
    Relation plain = table("b", null);
    Relation checked =
        new Relation(
            new RelationName("shop", "t"),
            Relation.Kind.TABLE,
            null,
            List.of(new Column("c", "text", false, null, null, List.of(), List.of("wholesale"))),
            List.of(),
            List.of(),
            List.of(),
            List.of("state = 'cancelled'"),
            List.of(),
            null);
    assertThat(best("what was cancelled", plain, checked)).isEqualTo("t");
    assertThat(best("revenue of wholesale", plain, checked)).isEqualTo("t");
  }

  private static String best(String question, Relation... relations) {
    return ranked(question, relations).getFirst();
  }

  private static List<String> ranked(String question, Relation... relations) {
    return new RelevanceRanking(List.of(relations))
        .rank(question, Map.of()).stream().map(ranked -> ranked.relation().name().name()).toList();
  }
}
