package io.querytrail.generator.offset;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Generators die at any moment, also between a commit and what it was for, and the next one goes on
 * from what the broker has: no admission is ever called twice, and none is lost.
 */
class CrashPropertyTest {
  private static final int RECORDS = 400;

  @ParameterizedTest
  @MethodSource("seeds")
  void callsNoAdmissionTwiceAndLosesNone(long seed) {
    new World(new Random(seed)).run("seed " + seed);
  }

  static LongStream seeds() {
    return LongStream.range(0, 300);
  }

  /** The log, the broker's memory and the model's, which survive every generator. */
  private static final class World {
    private final Random random;
    private final TreeSet<Long> log = new TreeSet<>();
    private final Set<Long> called = new HashSet<>();
    private final Set<Long> answered = new HashSet<>();
    private final Set<Long> reported = new HashSet<>();
    private long committedOffset;
    private String committedText;
    private String run = "";

    World(Random random) {
      this.random = random;
      long offset = random.nextInt(50);
      committedOffset = offset;
      for (int i = 0; i < RECORDS; i++) {
        log.add(offset);
        offset += random.nextInt(4) == 0 ? 1 + random.nextInt(5) : 1;
      }
      committedText = MarkCodec.encode(DispatchMark.allDoneBelow(committedOffset));
    }

    void run(String name) {
      run = name;
      int crashes = random.nextInt(30);
      for (int i = 0; i < crashes; i++) {
        new GeneratorLife(this).live(random.nextInt(60));
      }
      new GeneratorLife(this).liveToTheEnd();
      Set<Long> settled = new HashSet<>(answered);
      settled.addAll(reported);
      assertThat(settled).as("%s: lost", run).isEqualTo(log);
      Set<Long> unknown = new HashSet<>(called);
      unknown.removeAll(answered);
      assertThat(reported).as("%s: called without a word to the ledger", run).containsAll(unknown);
    }

    void commit(DispatchMark mark) {
      committedOffset = mark.position();
      committedText = MarkCodec.encode(mark);
    }

    void call(long offset) {
      assertThat(called.add(offset)).as("%s: %d called twice", run, offset).isTrue();
      assertThat(reported).as("%s: called after its report", run).doesNotContain(offset);
    }
  }

  /** One generator from its start to its death; what it knows dies with it. */
  private static final class GeneratorLife {
    private final World world;
    private final OffsetTracker tracker;
    private final ArrayDeque<Long> waiting = new ArrayDeque<>();
    private final ArrayDeque<Long> suspects = new ArrayDeque<>();
    private final List<Long> running = new ArrayList<>();
    private final ArrayDeque<Long> ended = new ArrayDeque<>();
    private @Nullable Long last;

    GeneratorLife(World world) {
      this.world = world;
      if (world.random.nextInt(10) == 0) {
        // As when somebody sets offsets by hand.
        world.committedText = "";
      }
      DispatchMark inherited =
          MarkCodec.decode(world.committedOffset, world.committedText)
              .orElseGet(() -> DispatchMark.unknown(world.committedOffset, world.log.last() + 1));
      tracker = new OffsetTracker(inherited);
    }

    void live(int steps) {
      for (int i = 0; i < steps; i++) {
        step();
      }
    }

    void liveToTheEnd() {
      int steps = 0;
      while (world.log.ceiling(next()) != null || tracker.unfinished() > 0) {
        step();
        assertThat(steps++).as(world.run).isLessThan(100_000);
      }
    }

    private long next() {
      return last == null ? world.committedOffset : last + 1;
    }

    private void step() {
      switch (world.random.nextInt(6)) {
        case 0 -> take();
        case 1 -> dispatch();
        case 2 -> report();
        case 3 -> finish();
        case 4 -> enter();
        default -> {
          // A commit that the broker took, or one that was lost on the way.
          if (world.random.nextBoolean()) {
            tracker
                .due()
                .ifPresent(mark -> {
                  world.commit(mark);
                  tracker.committed(mark);
                });
          }
        }
      }
    }

    private void take() {
      for (int i = world.random.nextInt(20); i > 0; i--) {
        Long offset = world.log.ceiling(next());
        if (offset == null || (last == null && offset < world.committedOffset)) {
          return;
        }
        switch (tracker.taken(offset)) {
          case NEW -> waiting.add(offset);
          case SUSPECT -> suspects.add(offset);
          case FINISHED -> {}
        }
        last = offset;
      }
    }

    private void dispatch() {
      List<Long> batch = waiting.stream().limit(1 + world.random.nextInt(8)).toList();
      if (batch.isEmpty()) {
        return;
      }
      DispatchMark mark = tracker.markThrough(batch.getLast());
      world.commit(mark);
      if (world.random.nextInt(10) == 0) {
        // The broker took it, and its answer was lost: nothing is dispatched for now.
        return;
      }
      tracker.committed(mark);
      for (long offset : batch) {
        tracker.dispatched(offset);
        waiting.remove(offset);
        running.add(offset);
        if (world.random.nextInt(5) > 0) {
          world.call(offset);
        }
      }
    }

    private void report() {
      Long offset = suspects.poll();
      if (offset != null) {
        world.reported.add(offset);
        tracker.finished(offset);
      }
    }

    private void finish() {
      if (!running.isEmpty()) {
        long offset = running.remove(world.random.nextInt(running.size()));
        if (!world.called.contains(offset)) {
          world.call(offset);
        }
        world.answered.add(offset);
        ended.add(offset);
      }
    }

    /** Later than the report itself: a crash may come in between. */
    private void enter() {
      while (!ended.isEmpty()) {
        tracker.finished(ended.remove());
      }
    }
  }
}
