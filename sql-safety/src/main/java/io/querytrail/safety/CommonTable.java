package io.querytrail.safety;

import java.util.List;

/**
 * A query of a WITH clause, by name.
 *
 * @param columns names of its columns
 * @param known false while the query itself is still being looked at and its columns are not known
 */
record CommonTable(String name, List<String> columns, boolean manyRows, boolean known) {
  CommonTable {
    columns = List.copyOf(columns);
  }
}
