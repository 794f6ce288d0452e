import { kinds } from "@crossfoot/matching";
import type { ColumnPair } from "@crossfoot/matching";
import { readColumnMap } from "./column-map.ts";
import type { MapEntry } from "./column-map.ts";
import { badInput } from "./refusal.ts";

const keys = ["a", "b", "kind"];
const form = "{ a: <column>, b: <column>, kind: <kind> }";

/**
 * Reads a map of columns: `columns:` with a list of `{ a: <column>, b: <column>, kind: <kind> }`; `b` is left
 * out where both files use one name, `kind` where the column tells it. Rejects with a Refusal.
 */
export async function readMatchMap(file: string): Promise<readonly ColumnPair[]> {
  return (await readColumnMap(file, { keys, form })).map(pairOf);
}

function pairOf(entry: MapEntry): ColumnPair {
  const left = entry.text("a");
  if (left === undefined) throw badInput(`${entry.where}: \`a\` names the column of the first file`);
  const kind = entry.name("kind", kinds);
  return { left, right: entry.text("b") ?? left, ...(kind === undefined ? {} : { kind }) };
}
