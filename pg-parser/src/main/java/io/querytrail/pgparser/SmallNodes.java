package io.querytrail.pgparser;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;

/** Objects of a parse tree: half of them have one field, and few have more than three. */
final class SmallNodes extends JsonNodeFactory {
  private static final long serialVersionUID = 1L;
  private static final int CAPACITY = 4;

  @Override
  public ObjectNode objectNode() {
    return new ObjectNode(this, new LinkedHashMap<>(CAPACITY));
  }
}
