import { canonicalBytes, isMap } from "@crossfoot/kernel";
import type { Json, JsonMap } from "@crossfoot/kernel";
import { defaultContract } from "./contract.ts";
import type { Contract } from "./contract.ts";
import { redlineOf } from "./contract-redline.ts";
import type { RedlineChange } from "./contract-redline.ts";
import { entityNames } from "./entity.ts";
import { pairedEntries } from "./entry-pairs.ts";

/** A term that is another one; `was` is null where there was none, `is` where there is none. */
export interface TermChange {
  /** Where it stands, such as `accounts.fields.phone.onForeignEdit`; of a list with its number, `#2`. */
  readonly path: string;
  readonly was: Json;
  readonly is: Json;
}

/** A change of a term, with the terms as they would be without this one change. */
interface Change {
  readonly path: readonly string[];
  readonly was: Json;
  readonly is: Json;
  readonly undone: Json | undefined;
}

/**
 * A contract from JSON, such as the store kept it. What a later Crossfoot asks for and it does not say is
 * empty; an entity that it does not know is switched off. Never throws.
 */
export function contractOfTerms(terms: Json): Contract {
  const kept = isMap(terms) ? (terms as unknown as Partial<Contract>) : {};
  const entities = entityNames.map((name) => {
    const own = kept.entities?.[name];
    const usual = { ...defaultContract.entities[name], edgeCases: [], fields: {} };
    return [name, own === undefined ? { ...usual, enabled: false } : { ...usual, ...own }] as const;
  });
  return { signers: [], ...kept, entities: Object.fromEntries(entities) as Contract["entities"] };
}

/**
 * Terms that are others although no sentence of the contract tells it: to put each back as it was changes no
 * sentence that the redline has. Together with `redlineOf` every difference between two contracts is told:
 * under two hashes one of both says something. Both are contracts as JSON. Never throws.
 */
export function silentTerms(before: Json, after: Json): readonly TermChange[] {
  const now = contractOfTerms(after);
  const told = new Set(redlineOf(contractOfTerms(before), now).map((change) => markOf(change)));
  return changesOf(before, after, [])
    .filter(({ path, undone }) => {
      const shows = redlineOf(partOf(contractOfTerms(undone ?? {}), path), partOf(now, path));
      return !shows.some((change) => told.has(markOf(change)));
    })
    .map(({ path, was, is }) => ({ path: pathOf(path), was, is }));
}

/** The part of a contract in whose sentences a term can show: the rest is switched off. */
function partOf(contract: Contract, [place, entity]: readonly string[]): Contract {
  if (place !== "entities") return contract;
  const entities = entityNames.map((name) => {
    const own = contract.entities[name];
    return [name, name === entity ? own : { ...own, enabled: false }] as const;
  });
  return { ...contract, entities: Object.fromEntries(entities) as Contract["entities"] };
}

/** What a change says, whichever sentence it was compared with. */
const markOf = ({ list, place, was, is }: RedlineChange): string =>
  [list ?? place, is === null ? "gone" : "there", is ?? was].join("\n");

const pathOf = (path: readonly string[]): string =>
  path.slice(path[0] === "entities" ? 1 : 0).reduce((all, part) => {
    if (all === "") return part;
    return part.startsWith("#") ? `${all} ${part}` : `${all}.${part}`;
  }, "");

function changesOf(was: Json | undefined, is: Json | undefined, path: readonly string[]): readonly Change[] {
  if (Array.isArray(was) && Array.isArray(is)) return changesInList(was, is, path);
  const [a, b] = [mapOf(was), mapOf(is)];
  const isLeaf = a === null || b === null || (isWhole(path) && !hasSameKeys(a, b));
  if (isLeaf || [a, b].every((map) => Object.keys(map).length === 0)) {
    const isSame = was === is || (was !== undefined && is !== undefined && textOf(was) === textOf(is));
    return isSame ? [] : [{ path, was: was ?? null, is: is ?? null, undone: was }];
  }
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].toSorted().flatMap((key) =>
    changesOf(a[key], b[key], [...path, key]).map((change) => {
      const { [key]: _own, ...others } = b;
      const { undone } = change;
      return { ...change, undone: undone === undefined ? others : { ...others, [key]: undone } };
    }),
  );
}

/** A map of terms; an empty one where there is nothing, null for anything else. */
function mapOf(terms: Json | undefined): JsonMap | null {
  if (terms === undefined) return {};
  return isMap(terms) ? terms : null;
}

/** Terms that say something only together: a closed period, when something is created, an entry of a list. */
const isWhole = (path: readonly string[]): boolean =>
  path[0] === "periods" || path[2] === "create" || path.at(-1)?.startsWith("#") === true;

const hasSameKeys = (a: JsonMap, b: JsonMap): boolean =>
  textOf(Object.keys(a).toSorted()) === textOf(Object.keys(b).toSorted());

const textOf = (terms: Json): string => canonicalBytes(terms);

/** Names by which an entry of a list is known although it changed. */
const keysOfEntries = ["department", "at", "on", "writer"];

function changesInList(
  was: readonly Json[],
  is: readonly Json[],
  path: readonly string[],
): readonly Change[] {
  const [before, after] = [was, is].map((list) =>
    list.map((entry) => {
      const known = isMap(entry) ? keysOfEntries.map((key) => entry[key] ?? null) : null;
      const content = textOf(entry);
      return { content, list: "", key: known === null ? null : textOf(known), words: content };
    }),
  );
  return pairedEntries(before ?? [], after ?? []).flatMap((pair): readonly Change[] => {
    const old = pair.was === null ? undefined : was[pair.was];
    const own = pair.is === null ? undefined : is[pair.is];
    const at = [...path, `#${(pair.is ?? pair.was ?? 0) + 1}`];
    if (own === undefined) {
      const place = Math.min(pair.was ?? 0, is.length);
      return [{ path: at, was: old ?? null, is: null, undone: is.toSpliced(place, 0, old ?? null) }];
    }
    const place = pair.is ?? 0;
    if (old === undefined) return [{ path: at, was: null, is: own, undone: is.toSpliced(place, 1) }];
    return changesOf(old, own, at).map((change) => {
      return { ...change, undone: is.with(place, change.undone ?? null) };
    });
  });
}
