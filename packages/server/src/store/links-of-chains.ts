import { chainedBytes } from "./chain.ts";
import { leftDigest } from "./erasing.ts";
import { breakName } from "./port.ts";
import type { JournalBreak, JournalEntry, JournalHead, JournalProof } from "./port.ts";

/** A place that a person accepted; the number may be a text, as a database answers it. */
export interface AcceptedBreak {
  readonly shard: number;
  readonly seq: string | number;
  readonly mark: string;
}

/** What an entry was stored with. */
interface Sealed {
  readonly before_hash: string;
  readonly hash: string;
}

/** One chain, entry by entry in the order of their numbers. */
interface Chain {
  /** Number of the last entry that was looked at. */
  seq(): number;
  follow(entry: JournalEntry, sealed: Sealed): void;
  /** Compares what stands last with what the head says. */
  end(head: Pick<JournalHead, "seq" | "hash">): void;
}

/** What is found as one chain after the other is followed. */
interface ProofOfChains {
  /**
   * A chain from its first entry on, or its `newest` ones only, of those up to number `end`: the entry before
   * them is believed.
   */
  readonly chain: (shard: number, end: number, newest: number | undefined) => Chain;
  /** A chain that has entries behind its head. */
  readonly beyond: (shard: number) => void;
  readonly proof: () => JournalProof;
}

/** How entries are read that are not as they were chained. */
interface ReadAs {
  /** What erasures left of entries, by `shard/seq`. */
  readonly left?: ReadonlyMap<string, string>;
  /** An entry with what is sealed in it opened. */
  readonly opened?: (entry: JournalEntry) => JournalEntry;
}

/**
 * Verifies chains of the journal. What a person has accepted counts as such as long as it is what was
 * accepted: the same entry behind the same one. An entry that an erasure emptied is verified by what the
 * erasure left of it (`left`, by `shard/seq`), which stands in the chain itself. An entry from before the
 * store's values were sealed is verified by what it opens to.
 */
export function linksOfChains(
  digest: (text: string) => string,
  known: readonly AcceptedBreak[],
  { left = new Map(), opened = (entry) => entry }: ReadAs = {},
): ProofOfChains {
  const marks = new Map(known.map(({ shard, seq, mark }) => [`${shard}/${seq}`, mark]));
  const broken: JournalBreak[] = [];
  const accepted: JournalBreak[] = [];
  let entries = 0;
  const isAccepted = (found: JournalBreak): boolean => marks.get(breakName(found)) === found.mark;
  const note = (found: JournalBreak): void => {
    (isAccepted(found) ? accepted : broken).push(found);
  };
  const chain: ProofOfChains["chain"] = (shard, end, newest) => {
    const from = newest === undefined ? 0 : Math.max(0, end - newest - 1);
    let last: { readonly seq: number; readonly hash: string } | null =
      from === 0 ? { seq: 0, hash: "" } : null;
    return {
      seq: () => last?.seq ?? from,
      follow(entry, { before_hash, hash }) {
        entries += 1;
        if (last !== null) {
          const { seq: lastSeq, hash: lastHash } = last;
          const isNext = entry.seq === lastSeq + 1 && before_hash === lastHash;
          const isLeft = (one: JournalEntry): boolean =>
            left.get(`${shard}/${entry.seq}`) === leftDigest(one, { before: before_hash, hash }, digest);
          const isGood = (one: JournalEntry): boolean =>
            digest(chainedBytes(lastHash, one)) === hash || isLeft(one);
          const markOf = (one: JournalEntry): string =>
            digest(`${lastSeq} ${before_hash} ${hash} ${chainedBytes(lastHash, one)}`);
          if (!isNext || !(isGood(entry) || isGood(opened(entry)))) {
            const marks = [entry, opened(entry)].map(markOf);
            const mark = marks.find((each) => isAccepted({ shard, seq: entry.seq, mark: each }));
            note({ shard, seq: entry.seq, mark: mark ?? marks[0] ?? "" });
          }
        }
        last = { seq: entry.seq, hash };
      },
      end(head) {
        const { seq, hash } = last ?? { seq: from, hash: "" };
        if (head.seq !== seq || head.hash !== hash) note({ shard, seq: null, mark: "" });
      },
    };
  };
  const beyond = (shard: number): void => {
    if (!broken.some((each) => each.shard === shard && each.seq === null))
      note({ shard, seq: null, mark: "" });
  };
  return { chain, beyond, proof: () => ({ entries, broken, accepted }) };
}
