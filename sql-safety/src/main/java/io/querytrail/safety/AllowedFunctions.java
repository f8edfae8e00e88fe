package io.querytrail.safety;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The functions of pg_catalog that a statement may call, chosen by hand. PostgreSQL's volatility
 * says nothing about safety ({@code table_to_xml}, {@code current_setting} and {@code ts_stat} are
 * "stable"), so whatever is not named here is not called. Left out on purpose although some are
 * harmless: whatever reads files, catalogs, settings or statistics, runs SQL text, sleeps, locks,
 * signals, changes sequences or sessions, answers differently each time, or fills memory by design.
 */
final class AllowedFunctions {
  /** Over the rows of a statement: nothing but the rows goes in. */
  private static final String AGGREGATES =
      """
      any_value array_agg avg bit_and bit_or bit_xor bool_and bool_or corr count covar_pop
      covar_samp every json_agg json_object_agg jsonb_agg jsonb_object_agg max min mode
      percentile_cont percentile_disc range_agg range_intersect_agg regr_avgx regr_avgy regr_count
      regr_intercept regr_r2 regr_slope regr_sxx regr_sxy regr_syy stddev stddev_pop stddev_samp
      string_agg sum var_pop var_samp variance xmlagg
      """;

  /** Over a window of rows, and their hypothetical forms. */
  private static final String WINDOW =
      """
      cume_dist dense_rank first_value lag last_value lead nth_value ntile percent_rank rank
      row_number
      """;

  /** Arithmetic: values in, value out. {@code random} is not: a verdict must be repeatable. */
  private static final String MATH =
      """
      abs acos acosd acosh asin asind asinh atan atan2 atan2d atand atanh cbrt ceil ceiling cos cosd
      cosh cot cotd degrees div erf erfc exp factorial floor gamma gcd lcm lgamma ln log log10
      min_scale mod pi pow power radians round scale sign sin sind sinh sqrt tan tand tanh trim_scale trunc
      width_bucket
      """;

  /** Text in, text or number out. {@code repeat} and the pads are bounded by LARGE_VALUE. */
  private static final String STRINGS =
      """
      ascii bit_length btrim casefold char_length character_length chr concat concat_ws convert
      convert_from convert_to crc32 crc32c decode encode format initcap is_normalized left length like like_escape lower lpad ltrim md5 normalize notlike
      octet_length overlay parse_ident position quote_ident quote_literal quote_nullable repeat
      replace reverse right rpad rtrim sha224 sha256 sha384 sha512 similar_escape similar_to_escape
      split_part starts_with string_to_array string_to_table strpos substr substring to_ascii to_bin
      to_hex to_oct translate unicode_assigned unistr upper
      """;

  /** PostgreSQL's regular expressions. */
  private static final String REGULAR_EXPRESSIONS =
      """
      regexp_count regexp_instr regexp_like regexp_match regexp_matches regexp_replace
      regexp_split_to_array regexp_split_to_table regexp_substr
      """;

  /** Calendar arithmetic; of the clock only the start of the transaction. */
  private static final String DATES =
      """
      age date_add date_bin date_part date_subtract date_trunc extract isfinite justify_days
      justify_hours justify_interval make_date make_interval make_time make_timestamp
      make_timestamptz now overlaps timezone to_date to_timestamp transaction_timestamp
      """;

  /** Numbers and dates to text and back. */
  private static final String FORMATTING = "to_char to_number cash_words";

  /** Conversions that are spelt like functions, {@code date(created_at)}: the types of the list. */
  private static final String CONVERSIONS =
      """
      bit bool box bpchar bytea char cidr circle date float4 float8 int2 int4 int8 interval line lseg macaddr
      macaddr8 money numeric path point polygon text time timestamp timestamptz timetz varbit
      varchar
      """;

  /** JSON, also the functions that take it apart into rows. */
  private static final String JSON =
      """
      array_to_json json_array_elements json_array_elements_text json_array_length json_build_array
      json_build_object json_each json_each_text json_extract_path json_extract_path_text
      json_object json_object_keys json_populate_record json_populate_recordset json_strip_nulls
      json_to_record json_to_recordset json_typeof jsonb_array_elements jsonb_array_elements_text
      jsonb_array_length jsonb_build_array jsonb_build_object jsonb_concat jsonb_contained
      jsonb_contains jsonb_delete jsonb_delete_path jsonb_each jsonb_each_text jsonb_exists
      jsonb_exists_all jsonb_exists_any jsonb_extract_path jsonb_extract_path_text jsonb_insert
      jsonb_object jsonb_object_keys jsonb_path_exists jsonb_path_exists_tz jsonb_path_match
      jsonb_path_match_tz jsonb_path_query jsonb_path_query_array jsonb_path_query_array_tz
      jsonb_path_query_first jsonb_path_query_first_tz jsonb_path_query_tz jsonb_populate_record
      jsonb_populate_record_valid jsonb_populate_recordset jsonb_pretty jsonb_set jsonb_set_lax jsonb_strip_nulls
      jsonb_to_record jsonb_to_recordset jsonb_typeof row_to_json to_json to_jsonb
      """;

  /** Arrays. {@code array_fill} is left out: its one purpose is to make large ones. */
  private static final String ARRAYS =
      """
      array_append array_cat array_dims array_length array_lower array_ndims array_position
      array_positions array_prepend array_remove array_replace array_reverse array_sort
      array_to_string array_upper arraycontained arraycontains arrayoverlap cardinality
      generate_subscripts trim_array unnest
      """;

  /** Ranges and multiranges. */
  private static final String RANGES =
      """
      datemultirange daterange int4multirange int4range int8multirange int8range isempty lower_inc
      lower_inf multirange nummultirange numrange range_merge tsmultirange tsrange tstzmultirange
      tstzrange upper_inc upper_inf
      """;

  /** Full-text search, without the functions that run a query given as text. */
  private static final String TEXT_SEARCH =
      """
      array_to_tsvector json_to_tsvector jsonb_to_tsvector numnode phraseto_tsquery plainto_tsquery
      querytree setweight strip to_tsquery to_tsvector ts_delete ts_filter ts_headline ts_rank
      ts_rank_cd tsquery_phrase tsvector_to_array websearch_to_tsquery
      """;

  /** Enumerations, bits, network addresses and geometry: values in, values out. */
  private static final String OTHER_VALUES =
      """
      abbrev area bit_count bound_box broadcast center diagonal diameter enum_first enum_last
      enum_range family get_bit get_byte height host hostmask inet_merge inet_same_family isclosed
      ishorizontal isopen isparallel isperp isvertical macaddr8_set7bit masklen netmask network
      npoints num_nonnulls num_nulls pclose popen radius set_bit set_byte set_masklen slope
      uuid_extract_timestamp uuid_extract_version width
      """;

  /** Makes rows from nothing; LARGE_SERIES looks at how many. */
  private static final String SERIES = "generate_series";

  private static final Set<String> NAMES = new HashSet<>();

  static {
    for (String group :
        List.of(
            AGGREGATES,
            WINDOW,
            MATH,
            STRINGS,
            REGULAR_EXPRESSIONS,
            DATES,
            FORMATTING,
            CONVERSIONS,
            JSON,
            ARRAYS,
            RANGES,
            TEXT_SEARCH,
            OTHER_VALUES,
            SERIES)) {
      NAMES.addAll(List.of(group.trim().split("\\s+")));
    }
  }

  private static final Set<String> AGGREGATE_NAMES = Set.of(AGGREGATES.trim().split("\\s+"));

  /** Columns of the functions whose result names them, in FROM and in {@code (f(x)).column}. */
  private static final Map<String, List<String>> RESULT_COLUMNS =
      Map.of(
          "json_each", List.of("key", "value"),
          "json_each_text", List.of("key", "value"),
          "jsonb_each", List.of("key", "value"),
          "jsonb_each_text", List.of("key", "value"),
          "json_array_elements", List.of("value"),
          "json_array_elements_text", List.of("value"),
          "jsonb_array_elements", List.of("value"),
          "jsonb_array_elements_text", List.of("value"));

  private AllowedFunctions() {}

  static boolean contains(String name) {
    return NAMES.contains(name);
  }

  static Set<String> all() {
    return Set.copyOf(NAMES);
  }

  static boolean isAggregate(String name) {
    return AGGREGATE_NAMES.contains(name);
  }

  /** The columns that a function's result names itself; empty if it names none. */
  static List<String> resultColumns(String name) {
    return RESULT_COLUMNS.getOrDefault(name, List.of());
  }
}
