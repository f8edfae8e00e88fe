package io.querytrail.pgparser.split;

/** Where a branch goes: a block (compared by identity) or the end of the function. */
sealed interface Label permits Block, Label.FunctionEnd {
  enum FunctionEnd implements Label {
    RETURN
  }
}
