import type { Contract, Direction, Signer } from "./contract.ts";
import { contractWords, signerWords } from "./contract-words.ts";
import type { ContractWords, EntityWords, FieldWords } from "./contract-words.ts";
import type { EntityName } from "./entity.ts";
import { pairedEntries } from "./entry-pairs.ts";
import type { ComparedEntry } from "./entry-pairs.ts";

/** A sentence of a contract with its place in it. */
export interface PlacedClause {
  /** Place of the sentence, such as `accounts/creditLimit/who decides`; of a list with its number. */
  readonly place: string;
  readonly entity: EntityName | null;
  readonly field: string | null;
  /** What it is about, such as `who decides`. */
  readonly topic: string;
  readonly words: string;
  /** Place of the list that it is an entry of, such as `accounts//edge case`; null for any other sentence. */
  readonly list: string | null;
}

/** One change between two contracts, in words. `was` is null where nothing stood, `is` where nothing does. */
export interface RedlineChange extends Omit<PlacedClause, "words"> {
  readonly was: string | null;
  readonly is: string | null;
  /** Its place in the contract of before; null for a sentence that was added. */
  readonly wasPlace: string | null;
  /** Of a sentence that was added: the one of before that it stands behind; null at the very beginning. */
  readonly behind: string | null;
}

/** A clause with what it is known by in its list. */
interface KeyedClause extends PlacedClause {
  readonly key: string | null;
}

/** Every sentence of a contract, in its order. Each place is there at most once. Never throws. */
export function contractClauses(contract: Contract): readonly PlacedClause[] {
  return keyedClauses(contract).map(({ key: _key, ...clause }) => clause);
}

const keyedClauses = (contract: Contract): readonly KeyedClause[] => clausesOf(contractWords(contract));

function clausesOf(words: ContractWords): readonly KeyedClause[] {
  const signers = words.signers.map((signer, index) => signerClause(signer, index + 1));
  return [...signers, ...words.entities.flatMap((each) => entityClauses(each))];
}

function signerClause(signer: Signer, number: number): KeyedClause {
  const topic = `signer ${number}`;
  const place = { place: topic, entity: null, field: null, topic, list: "signer" };
  return { ...place, words: `${signerWords(signer)} signs.`, key: signer.department };
}

function entityClauses(words: EntityWords): readonly KeyedClause[] {
  const { entity, title, means, rules, edgeCases, fields } = words;
  const own = [
    { topic: "is part of the contract", words: `${title} flow between both systems.` },
    { topic: "definition", words: means },
    ...rules,
    ...edgeCases.map((sentence, index) => {
      return { topic: `edge case ${index + 1}`, words: sentence, list: "edge case" };
    }),
  ].map(({ topic, words: sentence, ...rest }: EntityWords["rules"][number]): KeyedClause => {
    const { list, key = null } = rest;
    const place = { place: `${entity}//${topic}`, entity, field: null, topic };
    return { ...place, words: sentence, list: list === undefined ? null : `${entity}//${list}`, key };
  });
  return [...own, ...fields.flatMap((field) => fieldClauses(entity, field))];
}

const wayWords: { readonly [direction in Direction]: string } = {
  both: "It travels both ways.",
  "crm-to-erp": "It travels from the CRM to the ERP.",
  "erp-to-crm": "It travels from the ERP to the CRM.",
  compare: "It travels nowhere: both are compared.",
};

function fieldClauses(entity: EntityName, words: FieldWords): readonly KeyedClause[] {
  const { field, definition, means, master, direction, firstLink } = words;
  const parts = [
    { topic: "definition", words: definition },
    { topic: "master", words: `Master of record: the ${master.toUpperCase()}.` },
    { topic: "which way it travels", words: wayWords[direction] },
    { topic: "who decides", words: means },
    { topic: "first time", words: firstLink },
  ];
  return parts.map(({ topic, words: sentence }) => {
    const place = { place: `${entity}/${field}/${topic}`, entity, field, topic };
    return { ...place, words: sentence, list: null, key: null };
  });
}

const entryOf = ({ place, list, words, key }: KeyedClause): ComparedEntry => {
  return { content: list === null ? place : `${list}\n${words}`, list: list ?? place, key, words };
};

/**
 * What changes from one contract to another, sentence by sentence, in the order in which one reads it.
 * Entries of a list are compared by what they say and not by their number. What shows in no sentence is told
 * by `silentTerms`. Never throws.
 */
export function redlineOf(before: Contract, after: Contract): readonly RedlineChange[] {
  const [was, is] = [keyedClauses(before), keyedClauses(after)];
  let behind: string | null = null;
  return pairedEntries(
    was.map((clause) => entryOf(clause)),
    is.map((clause) => entryOf(clause)),
  ).flatMap((pair): readonly RedlineChange[] => {
    const old = pair.was === null ? undefined : was[pair.was];
    const clause = pair.is === null ? old : is[pair.is];
    if (old !== undefined && pair.is !== null) behind = old.place;
    if (clause === undefined || (pair.is !== null && old?.words === clause.words)) return [];
    const { words, key: _key, ...place } = clause;
    const said = { was: old?.words ?? null, is: pair.is === null ? null : words };
    return [{ ...place, ...said, wasPlace: old?.place ?? null, behind: old === undefined ? behind : null }];
  });
}

/** The sentences that a redline makes of those that it was made from. The inverse of {@link redlineOf}. */
export function applyRedline(
  before: readonly PlacedClause[],
  changes: readonly RedlineChange[],
): readonly PlacedClause[] {
  const changed = new Map(changes.map((change) => [change.wasPlace, change]));
  const clauseOf = ({ place, entity, field, topic, list, is }: RedlineChange): PlacedClause => {
    return { place, entity, field, topic, list, words: is ?? "" };
  };
  const following = (place: string | null): readonly PlacedClause[] =>
    changes.filter(({ was, behind }) => was === null && behind === place).map((one) => clauseOf(one));
  return numberedLists([
    ...following(null),
    ...before.flatMap((clause) => {
      const change = changed.get(clause.place);
      const own = change === undefined ? [clause] : change.is === null ? [] : [clauseOf(change)];
      return [...own, ...following(clause.place)];
    }),
  ]);
}

/** Entries of lists with the numbers that they have now. */
function numberedLists(clauses: readonly PlacedClause[]): readonly PlacedClause[] {
  const counts = new Map<string, number>();
  return clauses.map((clause) => {
    const { list } = clause;
    if (list === null) return clause;
    const number = (counts.get(list) ?? 0) + 1;
    counts.set(list, number);
    return { ...clause, place: `${list} ${number}`, topic: `${list.split("//").at(-1)} ${number}` };
  });
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
