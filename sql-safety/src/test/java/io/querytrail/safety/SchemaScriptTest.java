package io.querytrail.safety;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.querytrail.safety.RelationSchema.Column;
import java.util.List;
import org.junit.jupiter.api.Test;

class SchemaScriptTest {
  @Test
  void readsWhatTheStatementsLeaveInTheEnd() {
    // When
    DatabaseSchema schema =
        SchemaScript.read(
            """
            \\restrict abc
            CREATE TABLE public.base (id bigint NOT NULL, note text);
            CREATE TABLE child (extra int) INHERITS (base);
            CREATE TABLE copied (LIKE base INCLUDING ALL, more int[]);
            CREATE TABLE part PARTITION OF base FOR VALUES IN (1);
            ALTER TABLE ONLY public.base ADD COLUMN secret text, DROP COLUMN note,
              ADD CONSTRAINT base_pkey PRIMARY KEY (id);
            ALTER TABLE child RENAME COLUMN extra TO added;
            ALTER TABLE copied RENAME TO renamed;
            CREATE FOREIGN TABLE far (a int) SERVER elsewhere;
            CREATE VIEW gone AS SELECT 1 AS one;
            DROP VIEW IF EXISTS gone;
            DROP FUNCTION base(int);
            COPY public.base (id) FROM stdin;
            1;2
            \\.
            CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; END;
            CREATE MATERIALIZED VIEW last AS SELECT id, secret AS s FROM base;
            """);

    // Then
    assertThat(schema.relations())
        .extracting(relation -> relation.name() + names(relation))
        .containsExactly(
            "base[id, secret]",
            "child[id, note, added]",
            "renamed[id, note, more]",
            "part[id, note]",
            "far[a]",
            "last[id, s]");
  }

  private static List<String> names(RelationSchema relation) {
    return relation.columns().stream().map(Column::name).toList();
  }

  @Test
  void seesTheTypeBelowADomain() {
    // When
    DatabaseSchema schema =
        SchemaScript.read(
            """
            CREATE DOMAIN shop.email AS text CHECK (shop.is_email(VALUE));
            CREATE DOMAIN short AS shop.email;
            CREATE TABLE shop.people (mail shop.email, others shop.email[], s public.short, n int);
            """);

    // Then
    assertThat(schema.relations().getFirst().columns())
        .extracting(Column::type)
        .containsExactly("text", "text[]", "text", "int4");
    assertThat(
            new Verdicts(SafetyPolicy.defaults(List.of("shop")), schema)
                .rules("SELECT 'x'::shop.email"))
        .containsExactly("CAST_NOT_ALLOWED");
  }

  @Test
  void readsScriptsThatAreLongerThanTheParserTakesAtOnce() {
    // Given
    var script = new StringBuilder();
    for (int i = 0; i < 2_000; i++) {
      script
          .append("CREATE TABLE t")
          .append(i)
          .append(" (id bigint, name text, at timestamptz);\n");
    }

    // Then
    assertThat(SchemaScript.read(script.toString()).relations()).hasSize(2_000);
  }

  @Test
  void saysWhereAScriptIsWrong() {
    assertThatThrownBy(
            () -> SchemaScript.read("CREATE TABLE a (id int);\n\nCREATE TABEL b (id int);"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("syntax error at or near \"TABEL\" at character 34");
  }
}
