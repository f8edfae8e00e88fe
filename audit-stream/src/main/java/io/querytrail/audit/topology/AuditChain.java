package io.querytrail.audit.topology;

import io.querytrail.audit.chain.ChainContent;
import io.querytrail.audit.chain.ChainKey;
import io.querytrail.events.BudgetAdjusted;
import io.querytrail.events.QueryAudited;
import io.querytrail.events.QueryCorrected;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/**
 * Follows the audit chains of all accounts through their records, in the order of the topic, and
 * tells of each account the first one whose seal does not hold. For use by one thread.
 */
public final class AuditChain {
  /** Why a record is not the next one of its chain. */
  public enum Fault {
    /** Numbers before it are missing. */
    GAP,
    /** A number that was there before. */
    REPEATED,
    /** The record, or the one before it, is not what was sealed. */
    SEAL,
    /** Sealed with a key that is not the given one. */
    KEY
  }

  /**
   * The first broken record of an account.
   *
   * @param expected number that was to come
   */
  public record Break(String account, long sequence, long expected, Fault fault) {}

  private record Head(long sequence, String hash) {}

  private record Link(
      String account, long sequence, String keyId, String hash, ChainContent content) {}

  private final ChainKey key;
  private final Map<String, Head> heads = new HashMap<>();
  private final Map<String, Break> breaks = new HashMap<>();
  private final Set<String> accounts = new HashSet<>();
  private long records;
  private long unanchored;

  /**
   * @param key that the records were sealed with
   */
  public AuditChain(ChainKey key) {
    this.key = key;
  }

  /** Takes the next record; the break, where it is the first one of its account. */
  public Optional<Break> next(SpecificRecord event) {
    Optional<Link> found = link(event);
    if (found.isEmpty() || breaks.containsKey(found.get().account())) {
      return Optional.empty();
    }
    Link link = found.get();
    records++;
    Head before = heads.get(link.account());
    Optional<Break> broken =
        fault(link, before)
            .map(fault ->
                new Break(
                    link.account(),
                    link.sequence(),
                    before == null ? 1 : before.sequence() + 1,
                    fault));
    if (broken.isPresent()) {
      breaks.put(link.account(), broken.get());
    } else {
      heads.put(link.account(), new Head(link.sequence(), link.hash()));
    }
    accounts.add(link.account());
    return broken;
  }

  /** Records that were looked at, up to the break of each account. */
  public long records() {
    return records;
  }

  public int accounts() {
    return accounts.size();
  }

  /**
   * Accounts whose first records are no longer on the topic: their first one here is taken as it
   * is, since what it was sealed together with is gone.
   */
  public long unanchored() {
    return unanchored;
  }

  private Optional<Fault> fault(Link link, @Nullable Head before) {
    if (!link.keyId().equals(key.id())) {
      return Optional.of(Fault.KEY);
    }
    if (before == null && link.sequence() > 1) {
      unanchored++;
      return Optional.empty();
    }
    long expected = before == null ? 1 : before.sequence() + 1;
    if (link.sequence() != expected) {
      return Optional.of(link.sequence() < expected ? Fault.REPEATED : Fault.GAP);
    }
    String seal = key.seal(before == null ? "" : before.hash(), link.content());
    return seal.equals(link.hash()) ? Optional.empty() : Optional.of(Fault.SEAL);
  }

  private static Optional<Link> link(SpecificRecord event) {
    return switch (event) {
      case QueryAudited record ->
          Optional.of(
              new Link(
                  record.getAccount(),
                  record.getChainSequence(),
                  record.getChainKeyId(),
                  record.getChainHash(),
                  SealedContent.of(record)));
      case QueryCorrected record ->
          Optional.of(
              new Link(
                  record.getAccount(),
                  record.getChainSequence(),
                  record.getChainKeyId(),
                  record.getChainHash(),
                  SealedContent.of(record)));
      case BudgetAdjusted record ->
          Optional.of(
              new Link(
                  record.getAccount(),
                  record.getChainSequence(),
                  record.getChainKeyId(),
                  record.getChainHash(),
                  SealedContent.of(record)));
      default -> Optional.empty();
    };
  }
}
