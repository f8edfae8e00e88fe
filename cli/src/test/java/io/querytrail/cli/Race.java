package io.querytrail.cli;

import io.querytrail.events.QueryApproved;
import io.querytrail.events.QueryRejected;
import io.querytrail.schemas.RequestProducer;
import io.querytrail.schemas.Topic;
import io.querytrail.service.KafkaConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * Many producers ask for all accounts at once, and every verdict is counted. They ask on as long as
 * answers come: while a service is dead and money lies in holds, asking on would only collect
 * refusals.
 */
final class Race implements AutoCloseable {
  /** Questions that may be asked before the first answer, and for each answer from then on. */
  private static final int AHEAD = 256;

  private static final int FOR_EACH_ANSWER = 4;

  /**
   * So few open questions hold nobody up: what is left of the budgets may be too little for any.
   */
  private static final int FEW_OPEN = 16;

  private final KafkaConfig kafka;
  private final int requests;
  private final List<String> accounts;
  private final int users;
  private final long seed;
  private final Map<String, AtomicInteger> verdicts = new ConcurrentHashMap<>();
  private final List<Thread> producers = new ArrayList<>();
  private final Thread reader;
  private int asked;
  private int decided;
  private int answered;
  private volatile boolean closed;

  private Race(KafkaConfig kafka, int requests, List<String> accounts, int users, long seed) {
    this.kafka = kafka;
    this.requests = requests;
    this.accounts = accounts;
    this.users = users;
    this.seed = seed;
    this.reader = Thread.ofPlatform().name("verdicts").daemon().unstarted(this::readVerdicts);
  }

  static Race start(
      KafkaConfig kafka, int producers, int requests, List<String> accounts, int users, long seed) {
    Race race = new Race(kafka, requests, accounts, users, seed);
    race.reader.start();
    for (int i = 0; i < producers; i++) {
      int number = i;
      race.producers.add(
          Thread.ofPlatform().name("producer-" + i).daemon().start(() -> race.ask(number)));
    }
    return race;
  }

  private void ask(int number) {
    Random random = new Random(seed + number);
    try (RequestProducer producer =
        RequestProducer.open(kafka.clientSettings(), "producer-" + number)) {
      for (int i = next(); i < requests && !closed; i = next()) {
        String account = accounts.get(random.nextInt(accounts.size()));
        producer.ask(SpendingProof.request("r-" + i, account, "user-" + random.nextInt(users)));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized int next() throws InterruptedException {
    while (asked - decided >= FEW_OPEN && asked >= AHEAD + answered * FOR_EACH_ANSWER) {
      wait();
    }
    return asked++;
  }

  private void readVerdicts() {
    try (TopicReader topics = new TopicReader(kafka)) {
      List<TopicPartition> partitions = new ArrayList<>(topics.partitions(Topic.APPROVALS));
      partitions.addAll(topics.partitions(Topic.REJECTIONS));
      topics
          .atBeginning(partitions)
          .follow(record -> topics.event(record).ifPresent(this::count), () -> !closed);
    }
  }

  private void count(SpecificRecord event) {
    switch (event) {
      case QueryApproved approved -> count(approved.getRequestId(), 1);
      case QueryRejected rejected -> count(rejected.getRequestId(), 0);
      default -> throw new AssertionError("no verdict: " + event);
    }
  }

  private synchronized void count(String id, int answers) {
    if (id.startsWith("r-")
        && verdicts.computeIfAbsent(id, ignored -> new AtomicInteger()).incrementAndGet() == 1) {
      decided++;
      answered += answers;
      notifyAll();
    }
  }

  /** Requests that have a verdict. */
  synchronized int decided() {
    return decided;
  }

  /** Requests with more than one verdict. */
  List<String> decidedTwice() {
    return verdicts.entrySet().stream()
        .filter(verdict -> verdict.getValue().get() > 1)
        .map(verdict -> verdict.getKey() + " has " + verdict.getValue() + " verdicts")
        .toList();
  }

  @Override
  public void close() throws InterruptedException {
    closed = true;
    for (Thread producer : producers) {
      producer.interrupt();
      producer.join();
    }
    reader.join();
  }
}
