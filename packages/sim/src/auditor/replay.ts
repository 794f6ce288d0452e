import type { Json, JsonMap } from "@crossfoot/kernel";
import type { StoreFacts } from "../checker.ts";
import { rowsOf } from "./told.ts";

/** What the journal alone says that the tables must hold. */
export interface Replayed {
  /** Images by link, connection and field. */
  readonly bases: ReadonlyMap<string, Json>;
  /** States of intents by key. */
  readonly intents: ReadonlyMap<string, string>;
  readonly tombstones: ReadonlySet<string>;
  /** Attempts by intent. */
  readonly attempts: ReadonlyMap<string, number>;
}

const states: ReadonlySet<string> = new Set([
  "stored",
  "sending",
  "in_doubt",
  "settled",
  "refused",
  "parked",
  "withdrawn",
]);

/** One name for a place of the tables. */
export const place = (...parts: readonly unknown[]): string => parts.map(String).join("\n");

/** Plays the entries of the journal again, chain after chain: a link's entries are all in one. */
export function replay(facts: StoreFacts): Replayed {
  const bases = new Map<string, Json>();
  const intents = new Map<string, string>();
  const tombstones = new Set<string>();
  const attempts = new Map<string, number>();
  // A number is given again where the newest entry of a chain was lost: the instant tells the two apart.
  const placed = (row: { readonly [column: string]: unknown }): string =>
    place(row["shard"], row["seq"], row["at"]);
  const torn = new Set(facts.torn.map(placed));
  const standing = rowsOf(facts, "journal").filter((row) => !torn.has(placed(row)));
  const entries: ReturnType<typeof rowsOf> = [...facts.torn, ...standing].toSorted(
    (a, b) => Number(a["seq"]) - Number(b["seq"]),
  );
  for (const entry of entries) {
    const body = (entry["body"] ?? {}) as JsonMap;
    const kind = String(entry["kind"]);
    const link = entry["link_id"];
    if (kind === "base_moved") {
      for (const [field, image] of Object.entries((body["images"] ?? {}) as JsonMap))
        bases.set(place(link, body["connection"], field), image);
    }
    if (kind === "tombstone_made") tombstones.add(place(link, body["connection"], body["id"]));
    const state = kind.startsWith("intent_") ? kind.slice(7) : "";
    const key = body["key"];
    if (!states.has(state) || typeof key !== "string") continue;
    intents.set(key, state);
    if (state === "sending") attempts.set(key, (attempts.get(key) ?? 0) + 1);
  }
  return { bases, intents, tombstones, attempts };
}
