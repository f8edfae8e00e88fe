package io.querytrail.safety;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Holds the list of functions against a server's catalog. */
class AllowedFunctionsIT {
  /** By name, since volatility says nothing: what reaches beyond the values it is given. */
  private static final Pattern REACHES_OUT =
      Pattern.compile(
          "^(pg_.*|lo_.*|loread|lowrite|dblink.*|.*_to_xml.*|.*_to_xmlschema.*|query_to.*|cursor_to.*"
              + "|ts_stat|ts_rewrite|ts_parse|ts_token_type|ts_debug|ts_lexize|.*advisory.*|.*sleep.*"
              + "|nextval|setval|currval|lastval|set_config|current_setting|setseed|has_.*privilege"
              + "|row_security_active|version|inet_(client|server)_.*|txid_.*|brin_.*|gin_.*|to_reg.*"
              + "|.*_(in|recv|send)|binary_upgrade.*|obj_description|col_description|current_.*"
              + "|session_user|getdatabaseencoding|format_type|.*regclass.*|amvalidate|makeaclitem"
              + "|aclexplode|acldefault|satisfies_hash_partition|suppress_.*|xpath.*|xmlvalidate.*"
              + "|random.*|gen_random_uuid|uuidv.*|clock_timestamp|statement_timestamp|timeofday"
              + "|array_fill|notify|unicode_version|icu_.*|shobj_.*|RI_.*|.*_support)$");

  @TempDir Path directory;

  @Test
  void everyListedNameIsOfTheServerAndNoneReachesBeyondItsValues() throws Exception {
    try (CorpusServer server = CorpusServer.start(directory.resolve("pg"))) {
      // When
      var functions =
          new HashSet<>(
              server.names(
                  "SELECT proname FROM pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace"));
      List<String> volatileOnes =
          server.names(
              """
              SELECT DISTINCT proname FROM pg_proc
              WHERE pronamespace = 'pg_catalog'::regnamespace AND provolatile = 'v'
              """);

      // Then
      assertThat(functions).containsAll(AllowedFunctions.all());
      assertThat(AllowedFunctions.all()).doesNotContainAnyElementsOf(volatileOnes);
      assertThat(AllowedFunctions.all()).noneMatch(name -> REACHES_OUT.matcher(name).matches());
    }
  }
}
