package io.querytrail.generator.schema;

import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All that is known of the schemas of a target database, in an order that does not depend on how it
 * was read. Two instances are never equal: what was derived from one is kept by its identity.
 */
public final class DatabaseSchema {
  private final List<Relation> relations;
  private final String fingerprint;
  private volatile @Nullable RelevanceRanking ranking;

  public DatabaseSchema(List<Relation> relations) {
    this.relations = relations.stream().sorted(Comparator.comparing(Relation::name)).toList();
    this.fingerprint = Fingerprint.of(this.relations);
  }

  /** Sorted by name. */
  public List<Relation> relations() {
    return relations;
  }

  /** SHA-256 in hexadecimal digits; row estimates and values do not change it. */
  public String fingerprint() {
    return fingerprint;
  }

  /** By what its relations are found; made when it is first needed, and kept. */
  public RelevanceRanking ranking() {
    RelevanceRanking made = ranking;
    if (made == null) {
      synchronized (this) {
        made = ranking;
        if (made == null) {
          made = new RelevanceRanking(relations);
          ranking = made;
        }
      }
    }
    return made;
  }
}
