package io.querytrail.pgparser.split;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Numbers for where control goes next: an arm of the nest (group and index in the group) or a label
 * outside it (from 0, which is the normal end of the nest).
 */
final class ExitCodes {
  static final int GROUP_SHIFT = 16;
  static final int INDEX_MASK = 0xffff;

  private final Map<Label, Integer> arms = new HashMap<>();
  private final List<Label> outer = new ArrayList<>();

  ExitCodes(List<List<ArmGroup.Arm>> groups, Block normalExit) {
    outer.add(normalExit);
    for (int group = 0; group < groups.size(); group++) {
      for (int index = 0; index < groups.get(group).size(); index++) {
        arms.put(groups.get(group).get(index).label(), (group + 1) << GROUP_SHIFT | index);
      }
    }
  }

  boolean isArm(Label label) {
    return arms.containsKey(label);
  }

  int of(Label label) {
    @Nullable Integer arm = arms.get(label);
    if (arm != null) {
      return arm;
    }
    int known = outer.indexOf(label);
    if (known >= 0) {
      return known;
    }
    outer.add(label);
    return outer.size() - 1;
  }

  List<Label> outer() {
    return List.copyOf(outer);
  }
}
