import { isMap } from "@crossfoot/kernel";
import type { Json, JsonMap } from "@crossfoot/kernel";
import { own } from "./mapping-json.ts";
import { nearestName } from "@crossfoot/model";
import type { Expression, Path, ValueForm } from "./mapping-types.ts";

/**
 * A fault of a mapping file. `path` leads to the key in the file; `nearest` is the known key that was most
 * likely meant.
 */
export interface MappingProblem {
  readonly path: readonly string[];
  readonly problem: string;
  readonly nearest?: string;
}

/** A compiled value map. */
export type CodeMap = NonNullable<ValueForm["values"]>;

/** What one compilation knows and gathers. */
export interface Compilation {
  readonly problems: MappingProblem[];
  readonly entities: readonly string[];
  readonly valueMaps: ReadonlyMap<string, CodeMap>;
}

/** Where a field is being compiled. */
export interface Spot {
  readonly compilation: Compilation;
  /** Path of the key in the file. */
  readonly keys: readonly string[];
  /** Name of the field inside of its record or row, with points before parts. */
  readonly name: string;
  /** The list whose rows hold the field; null in the record itself. */
  readonly list: Path | null;
  readonly expressions: Expression[];
  /** True for amounts, currencies, quantities and units, which take no `default`. */
  readonly isMeasure: boolean;
}

/** A spot further down the file. */
export function below(spot: Spot, ...keys: readonly string[]): Spot {
  return { ...spot, keys: [...spot.keys, ...keys] };
}

/** Notes a fault at the spot. */
export function report(spot: Pick<Spot, "compilation" | "keys">, problem: string, nearest?: string): void {
  const { compilation, keys } = spot;
  compilation.problems.push({ path: keys, problem, ...(nearest === undefined ? {} : { nearest }) });
}

/**
 * Notes each key of the map that is not among the known ones, with the nearest of them. True when there are
 * none.
 */
export function checkKeys(spot: Spot, map: JsonMap, known: readonly string[]): boolean {
  const unknown = Object.keys(map).filter((key) => !known.includes(key));
  for (const key of unknown) report(below(spot, key), `unknown key \`${key}\``, nearestName(key, known));
  return unknown.length === 0;
}

/** The map at the spot, or undefined with a note when it is none. */
export function mapAt(spot: Spot, json: Json | undefined, meaning: string): JsonMap | undefined {
  if (isMap(json)) return json;
  report(spot, meaning);
  return undefined;
}

/** A key that is one of a few words; null when it is not said, or with a note when it is something else. */
export function wordAt<Word extends string>(spot: Spot, map: JsonMap, choice: Choice<Word>): Word | null {
  const given = own(map, choice.key);
  if (given === undefined) return null;
  const found = choice.words.find((word) => word === given);
  if (found !== undefined) return found;
  const nearest = typeof given === "string" ? nearestName(given, choice.words) : undefined;
  report(below(spot, choice.key), `unknown ${choice.key}; it is one of ${quoted(choice.words)}`, nearest);
  return null;
}

/** A key and the words it may be. */
export interface Choice<Word extends string> {
  readonly key: string;
  readonly words: readonly Word[];
}

/** A key that is a truth value; `fallback` when it is not said. */
export function flagAt(
  spot: Spot,
  map: JsonMap,
  flag: { readonly key: string; readonly fallback: boolean },
): boolean {
  const given = own(map, flag.key);
  if (given === undefined) return flag.fallback;
  if (typeof given === "boolean") return given;
  report(below(spot, flag.key), `\`${flag.key}\` is true or false`);
  return flag.fallback;
}

/** A key that is a whole number in a range; null when it is not said. */
export function numberAt(spot: Spot, map: JsonMap, range: Range): number | null {
  const given = own(map, range.key);
  if (given === undefined) return null;
  if (typeof given === "number" && Number.isInteger(given) && given >= range.min && given <= range.max)
    return given;
  report(below(spot, range.key), `\`${range.key}\` is a whole number from ${range.min} to ${range.max}`);
  return null;
}

/** A key and the whole numbers it may be. */
export interface Range {
  readonly key: string;
  readonly min: number;
  readonly max: number;
}

/** Words in back quotes, for a message. */
export function quoted(words: readonly string[]): string {
  return words.map((word) => `\`${word}\``).join(", ");
}
