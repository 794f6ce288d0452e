import type { Json, JsonMap } from "@crossfoot/kernel";
import type { Checker, Sight, StoreFacts, Violation } from "../checker.ts";
import type { Entry } from "../history.ts";
import { restoredBy } from "../auditor/restores.ts";
import { place, replay } from "../auditor/replay.ts";
import { textOf, wordOf } from "../auditor/text.ts";
import { rowsOf } from "../auditor/told.ts";
import { startInstant } from "../virtual-time.ts";

/** Links whose members moved: their bases moved with them, in one entry that names no images. */
const moving: ReadonlySet<string> = new Set(["links_joined", "links_merged", "links_unmerged"]);

/**
 * I20: every remote write has its entry before it is sent, the chain verifies, every row read has one
 * outcome, and the journal played again gives the bases, intents and tombstones of the tables.
 */
export function journalComplete(sight: Sight): Checker {
  let looked = 0;
  const held = writesWhileTorn();
  return {
    invariant: "I20",
    looked: () => looked,
    see: held,
    atEnd: (facts: StoreFacts) => {
      const violation = (message: string, about: Json): Violation => ({
        invariant: "I20",
        message,
        at: facts.at,
        about,
      });
      looked += facts.journal.entries;
      const broken = facts.journal.broken.map((at) => violation(`the chain is broken at ${at}`, { at }));
      return [...broken, ...sentWithout(sight, facts), ...replayed(facts), ...undecided(facts)].map((found) =>
        "invariant" in found ? found : violation(found.message, found.about),
      );
    },
  };
}

/**
 * A program that starts on a journal that was changed behind its back writes nothing before a person has
 * confirmed that the store is to be gone on with (fault T5). A backup of before that is whole.
 */
function writesWhileTorn(): (entry: Entry) => readonly Violation[] {
  let torn: string | null = null;
  let tornAt = -Infinity;
  let started = new Set<string>();
  return (entry) => {
    if (entry.kind === "torn") {
      torn = entry.place;
      tornAt = entry.at;
      started = new Set();
    }
    if ((restoredBy(entry)?.asOf ?? Infinity) < tornAt) torn = null;
    if (torn === null) return [];
    if (entry.kind === "worker" && entry.event === "start") started.add(entry.worker);
    if (entry.kind === "store" && entry.method === "confirmEpoch" && entry.step === "done") torn = null;
    if (entry.kind !== "call" || entry.call !== "write" || !started.has(entry.worker)) return [];
    const message = `${entry.worker} writes to ${entry.system} although the journal is torn at ${torn ?? ""}`;
    return [{ invariant: "I20", message, at: entry.at, about: { call: entry.id } }];
  };
}

interface Found {
  readonly message: string;
  readonly about: JsonMap;
}

/** Writes on the wire that the journal did not name before they were sent. */
function sentWithout({ history }: Sight, facts: StoreFacts): readonly Found[] {
  const named = new Map<string, number[]>();
  for (const row of [...facts.forgotten, ...rowsOf(facts, "journal")]) {
    if (row["kind"] !== "intent_sending") continue;
    const key = wordOf((row["body"] as JsonMap)["key"]);
    named.set(key, [...(named.get(key) ?? []), Date.parse(String(row["at"])) - startInstant]);
  }
  const sent = new Map<string, number>();
  return history.entries.flatMap((entry): readonly Found[] => {
    if (entry.kind !== "call" || entry.call !== "write") return [];
    return entry.writes.flatMap(({ key, kind, entity }): readonly Found[] => {
      const count = (sent.get(key) ?? 0) + 1;
      sent.set(key, count);
      const before = (named.get(key) ?? []).filter((at) => at <= entry.at).length;
      if (before >= count) return [];
      const message = `call ${entry.id} sent ${kind} ${entity} ${count} times, the journal names ${before}`;
      return [{ message, about: { key, call: entry.id } }];
    });
  });
}

/** Where the tables say something else than the journal. */
function replayed(facts: StoreFacts): readonly Found[] {
  const { bases, intents, tombstones } = replay(facts);
  const journal = rowsOf(facts, "journal");
  const moved = new Set(
    journal.flatMap((row) =>
      moving.has(String(row["kind"]))
        ? [row["link_id"], (row["body"] as JsonMap)["from"] ?? null].map(String)
        : [],
    ),
  );
  const ofBases = rowsOf(facts, "base").flatMap((row): readonly Found[] => {
    const [link, connection] = [String(row["link_id"]), String(row["connection"])];
    if (moved.has(link)) return [];
    return Object.entries(row["images"] as JsonMap).flatMap(([field, image]): readonly Found[] => {
      const told = bases.get(place(link, connection, field));
      if (told !== undefined && textOf(told) === textOf(image)) return [];
      const message = `base ${connection} ${field} is ${textOf(image)}, told ${textOf(told ?? null)}`;
      return [{ message, about: { link, connection, field } }];
    });
  });
  const ofIntents = rowsOf(facts, "intent").flatMap((row): readonly Found[] => {
    const [key, state] = [String(row["key"]), String(row["state"])];
    const told = intents.get(key) ?? "nothing";
    if (told === state) return [];
    return [{ message: `intent ${key} is ${state}, by the journal ${told}`, about: { key } }];
  });
  const ofTombstones = rowsOf(facts, "tombstone").flatMap((row): readonly Found[] => {
    const link = String(row["link_id"]);
    const isTold = tombstones.has(place(link, row["connection"], row["external_id"]));
    if (isTold || moved.has(link) || row["reason"] !== "deleted") return [];
    return [{ message: `a tombstone of ${String(row["external_id"])} has no entry`, about: { link } }];
  });
  return [...ofBases, ...ofIntents, ...ofTombstones];
}

/** Links that were read and on which nothing was decided, nor taken back before it could be. */
function undecided(facts: StoreFacts): readonly Found[] {
  const back = new Set(
    [...rowsOf(facts, "journal"), ...facts.torn].flatMap((row) =>
      row["kind"] === "candidate_reopened" ? [row["link_id"]] : [],
    ),
  );
  return rowsOf(facts, "link").flatMap((row): readonly Found[] => {
    if (row["verdict"] !== null || row["state"] === "merged") return [];
    if (row["state"] === "ended" && back.has(row["id"])) return [];
    return [{ message: `link ${String(row["id"])} has no outcome`, about: { link: String(row["id"]) } }];
  });
}
