import type { Contract } from "./contract.ts";
import { contractWords, signerWords } from "./contract-words.ts";
import type { ContractWords, EntityWords, FieldWords } from "./contract-words.ts";
import type { EntityName } from "./entity.ts";

/** A sentence of a contract with its place in it. */
export interface PlacedClause {
  /** Place of the sentence, the same in every contract, such as `accounts/creditLimit/who decides`. */
  readonly place: string;
  readonly entity: EntityName | null;
  readonly field: string | null;
  /** What it is about, such as `who decides`. */
  readonly topic: string;
  readonly words: string;
}

/** One change between two contracts, in words. `was` is null where nothing stood, `is` where nothing does. */
export interface RedlineChange extends Omit<PlacedClause, "words"> {
  readonly was: string | null;
  readonly is: string | null;
  /** Of a sentence that was added: the place it stands behind; null at the very beginning. */
  readonly behind: string | null;
}

/** Every sentence of a contract, in its order. Each place is there at most once. Never throws. */
export function contractClauses(contract: Contract): readonly PlacedClause[] {
  return clausesOf(contractWords(contract));
}

function clausesOf(words: ContractWords): readonly PlacedClause[] {
  const signers = words.signers.map((signer, index): PlacedClause => {
    const topic = `signer ${index + 1}`;
    return { place: topic, entity: null, field: null, topic, words: `${signerWords(signer)} signs.` };
  });
  return [...signers, ...words.entities.flatMap((each) => entityClauses(each))];
}

function entityClauses(words: EntityWords): readonly PlacedClause[] {
  const { entity, title, means, rules, edgeCases, fields } = words;
  const own = [
    { topic: "is part of the contract", words: `${title} flow between both systems.` },
    { topic: "definition", words: means },
    ...rules,
    ...edgeCases.map((sentence, index) => ({ topic: `edge case ${index + 1}`, words: sentence })),
  ].map((clause): PlacedClause => {
    return { place: `${entity}//${clause.topic}`, entity, field: null, ...clause };
  });
  return [...own, ...fields.flatMap((field) => fieldClauses(entity, field))];
}

function fieldClauses(entity: EntityName, words: FieldWords): readonly PlacedClause[] {
  const { field, definition, means, master, firstLink } = words;
  const parts = [
    { topic: "definition", words: definition },
    { topic: "master", words: `Master of record: the ${master.toUpperCase()}.` },
    { topic: "who decides", words: means },
    { topic: "first time", words: firstLink },
  ];
  return parts.map(({ topic, words: sentence }) => {
    return { place: `${entity}/${field}/${topic}`, entity, field, topic, words: sentence };
  });
}

/** What changes from one contract to another, sentence by sentence, in the order in which one reads it. */
export function redlineOf(before: Contract, after: Contract): readonly RedlineChange[] {
  return redlineOfClauses(contractClauses(before), contractClauses(after));
}

function redlineOfClauses(
  before: readonly PlacedClause[],
  after: readonly PlacedClause[],
): readonly RedlineChange[] {
  const was = new Map(before.map((clause) => [clause.place, clause]));
  const is = new Set(after.map(({ place }) => place));
  const removed = before
    .filter(({ place }) => !is.has(place))
    .map(({ words, ...rest }): RedlineChange => ({ ...rest, was: words, is: null, behind: null }));
  const present = after.flatMap(({ words, ...rest }, index): readonly RedlineChange[] => {
    const old = was.get(rest.place);
    if (old?.words === words) return [];
    const behind = old === undefined ? (after[index - 1]?.place ?? null) : null;
    return [{ ...rest, was: old?.words ?? null, is: words, behind }];
  });
  return inReadingOrder([...removed, ...present], { before, after });
}

/** Removed sentences stand where they stood: before the first one behind them that is still there. */
function inReadingOrder(
  changes: readonly RedlineChange[],
  { before, after }: { readonly before: readonly PlacedClause[]; readonly after: readonly PlacedClause[] },
): readonly RedlineChange[] {
  const rank = new Map(after.map(({ place }, index) => [place, index * 2 + 1]));
  let next = after.length * 2;
  for (const { place } of before.toReversed()) {
    const own = rank.get(place);
    if (own === undefined) rank.set(place, next - 1);
    else next = own;
  }
  return changes.toSorted((a, b) => (rank.get(a.place) ?? 0) - (rank.get(b.place) ?? 0));
}

/** The sentences that a redline makes of those that it was made from. The inverse of {@link redlineOf}. */
export function applyRedline(
  before: readonly PlacedClause[],
  changes: readonly RedlineChange[],
): readonly PlacedClause[] {
  const changed = new Map(changes.map((change) => [change.place, change]));
  const clauseOf = ({ place, entity, field, topic, is }: RedlineChange): PlacedClause => {
    return { place, entity, field, topic, words: is ?? "" };
  };
  const added = Map.groupBy(
    changes.filter(({ was }) => was === null),
    ({ behind }) => behind,
  );
  const following = (place: string | null): readonly PlacedClause[] =>
    (added.get(place) ?? []).flatMap((change) => [clauseOf(change), ...following(change.place)]);
  return [
    ...following(null),
    ...before.flatMap((clause) => {
      const change = changed.get(clause.place);
      const own = change === undefined ? [clause] : change.is === null ? [] : [clauseOf(change)];
      return [...own, ...following(clause.place)];
    }),
  ];
}

/** A word-by-word comparison: what both begin with, what each has of its own, what both end with. */
export interface WordDiff {
  readonly start: string;
  readonly was: string;
  readonly is: string;
  readonly end: string;
}

/** Compares two sentences by words; joined again, `start + was + end` is the first, with `is` the second. */
export function wordDiff(was: string, is: string): WordDiff {
  const [a, b] = [was.split(/(?<= )/), is.split(/(?<= )/)];
  const most = Math.min(a.length, b.length);
  let head = 0;
  while (head < most && a[head] === b[head]) head += 1;
  let tail = 0;
  while (tail < most - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail += 1;
  return {
    start: a.slice(0, head).join(""),
    was: a.slice(head, a.length - tail).join(""),
    is: b.slice(head, b.length - tail).join(""),
    end: tail === 0 ? "" : a.slice(-tail).join(""),
  };
}
