import { createHash } from "node:crypto";
import { canonicalBytes, isMap } from "@crossfoot/kernel";
import type { Json } from "@crossfoot/kernel";
import { defaultContract, entityNames, readContract } from "@crossfoot/model";
import type { Contract, EntityName } from "@crossfoot/model";
import { contractSchema } from "./contract-schema.ts";
import { checkSchema } from "./json-schema.ts";
import { problemOf } from "./problem.ts";
import type { ConfigProblem } from "./problem.ts";
import type { YamlFile } from "./yaml-file.ts";

/** The contract of a project. `version` is what its file says, as text. */
export interface LoadedContract {
  readonly contract: Contract;
  readonly version: string | null;
  readonly problems: readonly ConfigProblem[];
}

/** Reads contract.yaml over the default contract; without a file the default stands. Never throws. */
export function loadContract(file: YamlFile | null): LoadedContract {
  if (file === null) return { contract: defaultContract, version: null, problems: [] };
  if (file.problems.length > 0) return { contract: defaultContract, version: null, problems: file.problems };
  const place = (path: readonly string[]): { readonly file: string; readonly line: number } => ({
    file: file.name,
    line: file.lineOf(path),
  });
  const json = withoutEmptyMaps(file.json);
  const { contract, problems } = readContract(json);
  const told = new Set(problems.map(({ path }) => file.lineOf(path)));
  // The model reads meaning; the schema holds the shapes that it takes for granted. One place is told once.
  const shapes = json === null ? [] : checkSchema(contractSchema, json);
  const all = [
    ...problems.map(({ path, problem }) => problemOf(place(path), problem)),
    ...shapes
      .filter(({ path }) => !told.has(file.lineOf(path)))
      .map(({ path, problem }) => problemOf(place(path), problem)),
  ];
  const version = isMap(json) ? json["version"] : undefined;
  const isNamed = typeof version === "string" || typeof version === "number";
  return { contract, version: isNamed ? String(version) : null, problems: all };
}

/** `accounts:` with nothing but comments after it says nothing; it does not say null. */
function withoutEmptyMaps(json: Json): Json {
  if (!isMap(json)) return json;
  const kept = Object.entries(json).flatMap(([key, value]): [string, Json][] =>
    value === null ? [] : [[key, withoutEmptyMaps(value)]],
  );
  return Object.fromEntries(kept);
}

/**
 * SHA-256 of a JSON value in canonical form, in hex: equal content gives an equal hash, whatever its
 * layout.
 */
export function hashOf(value: unknown): string {
  return createHash("sha256").update(canonicalBytes(value), "utf8").digest("hex");
}

/** An entity flows when both the contract and the switch say so. */
export function switched(contract: Contract, isOn: (name: EntityName) => boolean): Contract {
  const entities = entityNames.map((name) => {
    const terms = contract.entities[name];
    return [name, { ...terms, enabled: terms.enabled && isOn(name) }] as const;
  });
  return { ...contract, entities: Object.fromEntries(entities) as Contract["entities"] };
}
