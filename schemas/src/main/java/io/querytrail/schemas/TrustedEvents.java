package io.querytrail.schemas;

import org.apache.avro.specific.SpecificData;
import org.apache.avro.util.ClassSecurityValidator;

/**
 * Tells Avro that it may build our events. Avro builds no class that it was not told of, not even
 * for the default of a field, so the build puts a call to here into every generated record: an
 * application can then use an event's builder before anything else.
 */
public final class TrustedEvents {
  private static final String PACKAGE = "io.querytrail.events";

  static {
    // The list is Avro's own and one for the whole JVM: what the application allowed stays allowed.
    synchronized (ClassSecurityValidator.class) {
      ClassSecurityValidator.setGlobal(
          ClassSecurityValidator.composite(
              ClassSecurityValidator.getGlobal(), type -> type.getPackageName().equals(PACKAGE)));
    }
  }

  private TrustedEvents() {}

  /** The model of a generated record; called by generated code. */
  public static SpecificData model() {
    return new SpecificData();
  }
}
