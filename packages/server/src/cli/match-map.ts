import { readFile } from "node:fs/promises";
import { isMap } from "@crossfoot/kernel";
import type { Json, JsonMap } from "@crossfoot/kernel";
import { kinds } from "@crossfoot/matching";
import type { ColumnPair, Kind } from "@crossfoot/matching";
import { nearestName } from "@crossfoot/model";
import { describeProblem } from "../config/problem.ts";
import { readYaml } from "../config/yaml-file.ts";
import { badInput } from "./refusal.ts";

const keys = ["a", "b", "kind"];

/**
 * Reads a map of columns: `columns:` with a list of `{ a: <column>, b: <column>, kind: <kind> }`; `b` is left
 * out where both files use one name, `kind` where the column tells it. Rejects with a Refusal.
 */
export async function readMatchMap(file: string): Promise<readonly ColumnPair[]> {
  const read = readYaml({ name: file, text: await readFile(file, "utf8") });
  const [problem] = read.problems;
  if (problem !== undefined) throw badInput(describeProblem(problem));
  const list = isMap(read.json) ? read.json["columns"] : undefined;
  if (!Array.isArray(list) || list.length === 0)
    throw badInput(`${file}: \`columns\` is a list of { a: <column>, b: <column>, kind: <kind> }`);
  return list.map((entry: Json, at) => pairOf(entry, `${file}, columns ${at + 1}`));
}

function pairOf(entry: Json, where: string): ColumnPair {
  if (!isMap(entry)) throw badInput(`${where}: not { a: <column>, b: <column>, kind: <kind> }`);
  const strange = Object.keys(entry).find((key) => !keys.includes(key));
  if (strange !== undefined) throw badInput(`${where}: no key \`${strange}\`; there are: ${keys.join(", ")}`);
  const left = textOf(entry, "a");
  if (left === undefined) throw badInput(`${where}: \`a\` names the column of the first file`);
  const kind = textOf(entry, "kind");
  if (kind !== undefined && !isKind(kind)) {
    const near = nearestName(kind, kinds);
    const hint = near === undefined ? `there are: ${kinds.join(", ")}` : `did you mean \`${near}\`?`;
    throw badInput(`${where}: no kind \`${kind}\`; ${hint}`);
  }
  return { left, right: textOf(entry, "b") ?? left, ...(kind === undefined ? {} : { kind }) };
}

const isKind = (text: string): text is Kind => kinds.some((kind) => kind === text);

function textOf(entry: JsonMap, key: string): string | undefined {
  const value = entry[key];
  return typeof value === "string" ? value : undefined;
}
