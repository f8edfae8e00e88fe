package io.querytrail.safety;

import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.LongConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What in a statement's analysed tree is not on the guard's lists. */
final class TreeObjections {
  private static final Pattern CALL =
      Pattern.compile(
          ":funcid (\\d+) :funcresulttype \\d+ :funcretset \\w+ :funcvariadic \\w+ :funcformat (\\d)");
  private static final Pattern AGGREGATE = Pattern.compile(":(?:aggfnoid|winfnoid) (\\d+)");
  private static final Pattern OPERATION = Pattern.compile(":opno (\\d+) :opfuncid (\\d+)");
  private static final Pattern OTHER_FUNCTION =
      Pattern.compile(
          ":(?:hashfuncid|negfuncid|startInRangeFunc|endInRangeFunc|tsmhandler) (\\d+)");
  private static final Pattern OTHER_OPERATOR =
      Pattern.compile(":(?:eqop|sortop|cycle_mark_neop|paramOperator) (\\d+)");
  private static final Pattern ROW_OPERATORS = Pattern.compile(":opnos \\(o ([\\d ]+)\\)");
  private static final Pattern RELATION = Pattern.compile(":relid (\\d+)");
  private static final Pattern TYPE =
      Pattern.compile(":(?:consttype|resulttype|funcresulttype|opresulttype) (\\d+)");
  private static final Pattern FUNCTIONS_SEEN = Pattern.compile(":funcid (\\d+)");

  /** COERCE_EXPLICIT_CALL, COERCE_EXPLICIT_CAST, COERCE_IMPLICIT_CAST, COERCE_SQL_SYNTAX. */
  private static final String EXPLICIT_CAST = "1";

  private static final String IMPLICIT_CAST = "2";

  /** What SQL/JSON and casts stand for; no statement can write these names as calls. */
  private static final Set<String> OF_SYNTAX =
      Set.of(
          "json_agg_strict",
          "json_object_agg_strict",
          "json_object_agg_unique",
          "json_object_agg_unique_strict",
          "jsonb_agg_strict",
          "jsonb_object_agg_strict",
          "jsonb_object_agg_unique",
          "jsonb_object_agg_unique_strict");

  /**
   * Types that values have on the way, which a statement cannot cast to; regconfig is the first
   * argument of the text search functions.
   */
  private static final Set<String> ON_THE_WAY =
      Set.of(
          "pg_catalog.record",
          "pg_catalog._record",
          "pg_catalog.oid",
          "pg_catalog.unknown",
          "pg_catalog.xml",
          "pg_catalog.name",
          "pg_catalog.regconfig",
          "pg_catalog.void",
          "pg_catalog.char");

  private final CatalogNames catalog;
  private final Set<String> visible;
  private final Set<String> reported;
  private final SortedSet<String> objections = new TreeSet<>();

  /**
   * @param visible the relations of the policy
   * @param reported the relations that the verdict says are read
   */
  TreeObjections(CatalogNames catalog, Set<String> visible, Set<String> reported) {
    this.catalog = catalog;
    this.visible = visible;
    this.reported = reported;
  }

  List<String> to(String tree) {
    int calls = 0;
    for (Matcher call = CALL.matcher(tree); call.find(); calls++) {
      checkCall(Long.parseLong(call.group(1)), call.group(2));
    }
    if (FUNCTIONS_SEEN.matcher(tree).results().count() != calls) {
      objections.add("the tree has calls that this test cannot read");
    }
    each(AGGREGATE, tree, oid -> checkListed(catalog.function(oid)));
    for (Matcher operation = OPERATION.matcher(tree); operation.find(); ) {
      checkOperator(Long.parseLong(operation.group(1)));
      checkOwn("calls ", catalog.function(Long.parseLong(operation.group(2))));
    }
    each(OTHER_FUNCTION, tree, oid -> checkOwn("calls ", catalog.function(oid)));
    each(OTHER_OPERATOR, tree, this::checkOperator);
    ROW_OPERATORS
        .matcher(tree)
        .results()
        .flatMap(match -> List.of(match.group(1).trim().split(" ")).stream())
        .forEach(oid -> checkOperator(Long.parseLong(oid)));
    each(RELATION, tree, this::checkRelation);
    each(TYPE, tree, this::checkType);
    return List.copyOf(objections);
  }

  private static void each(Pattern pattern, String tree, LongConsumer check) {
    for (Matcher matcher = pattern.matcher(tree); matcher.find(); ) {
      long oid = Long.parseLong(matcher.group(1));
      if (oid != 0) {
        check.accept(oid);
      }
    }
  }

  private void checkCall(long oid, String format) {
    boolean cast = format.equals(EXPLICIT_CAST) || format.equals(IMPLICIT_CAST);
    if (cast && catalog.castFunctions().contains(oid)) {
      checkOwn("casts by ", catalog.function(oid));
    } else {
      checkListed(catalog.function(oid));
    }
  }

  private void checkListed(String function) {
    String name = function.substring(function.indexOf('.') + 1);
    boolean listed = AllowedFunctions.contains(name) || OF_SYNTAX.contains(name);
    if (!function.startsWith("pg_catalog.") || !listed) {
      objections.add("calls " + function);
    }
  }

  private void checkOperator(long oid) {
    String operator = catalog.operator(oid);
    if (!operator.startsWith("pg_catalog.")
        || !AllowedOperators.contains(operator.substring("pg_catalog.".length()))) {
      objections.add("uses operator " + operator);
    }
  }

  private void checkOwn(String how, String function) {
    if (!function.startsWith("pg_catalog.")) {
      objections.add(how + function);
    }
  }

  private void checkRelation(long oid) {
    String relation = catalog.relation(oid);
    if (!visible.contains(relation) || !reported.contains(relation)) {
      objections.add("reads " + relation);
    }
  }

  private void checkType(long oid) {
    CatalogNames.Type type = catalog.elementType(oid);
    String name = type.name();
    boolean builtIn =
        name.startsWith("pg_catalog.")
            && AllowedTypes.isBuiltIn(name.substring("pg_catalog.".length()));
    boolean ofUsers = !name.startsWith("pg_") && !name.startsWith("information_schema.");
    if (!builtIn && !ofUsers && !ON_THE_WAY.contains(name)) {
      objections.add("makes a value of type " + name);
    }
  }
}
