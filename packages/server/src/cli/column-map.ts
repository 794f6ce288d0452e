import { readFile } from "node:fs/promises";
import { isMap } from "@crossfoot/kernel";
import type { Json, JsonMap } from "@crossfoot/kernel";
import { nearestName } from "@crossfoot/model";
import { describeProblem } from "../config/problem.ts";
import { readYaml } from "../config/yaml-file.ts";
import { badInput } from "./refusal.ts";

/** One entry of a map of columns. */
export class MapEntry {
  /** Where it stands, for people. */
  readonly where: string;
  readonly #told: JsonMap;

  constructor(where: string, told: JsonMap) {
    this.where = where;
    this.#told = told;
  }

  /** The text of a key; undefined where it is left out. Throws a Refusal where it is no text. */
  text(key: string): string | undefined {
    const value = this.#told[key];
    if (value === undefined || typeof value === "string") return value;
    throw badInput(`${this.where}: \`${key}\` is no text; put it in quotes`);
  }

  /** The same of a key that has one of these names. Throws a Refusal that tells the nearest, or all. */
  name<Name extends string>(key: string, known: readonly Name[]): Name | undefined {
    const text = this.text(key);
    const found = known.find((name) => name === text);
    if (text === undefined || found !== undefined) return found;
    const names = known.filter((name) => name !== "");
    const near = nearestName(text, names);
    const hint = near === undefined ? `there are: ${names.join(", ")}` : `did you mean \`${near}\`?`;
    throw badInput(`${this.where}: no ${key} \`${text}\`; ${hint}`);
  }
}

/**
 * Reads a map of columns: YAML with `columns:` and a list of entries, each with some of the keys. `form` is
 * how an entry is written, for people. Rejects with a Refusal that names what is wrong and where.
 */
export async function readColumnMap(
  file: string,
  { keys, form }: { readonly keys: readonly string[]; readonly form: string },
): Promise<readonly MapEntry[]> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch {
    throw badInput(`\`${file}\` cannot be read`);
  }
  const read = readYaml({ name: file, text });
  const [problem] = read.problems;
  if (problem !== undefined) throw badInput(describeProblem(problem));
  const list = isMap(read.json) ? read.json["columns"] : undefined;
  if (!Array.isArray(list) || list.length === 0) throw badInput(`${file}: \`columns\` is a list of ${form}`);
  return list.map((entry: Json, at) => {
    const where = `${file}, columns ${at + 1}`;
    if (!isMap(entry)) throw badInput(`${where}: not ${form}`);
    const strange = Object.keys(entry).find((key) => !keys.includes(key));
    if (strange !== undefined)
      throw badInput(`${where}: no key \`${strange}\`; there are: ${keys.join(", ")}`);
    return new MapEntry(where, entry);
  });
}
