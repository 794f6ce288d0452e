import type { JsonMap } from "@crossfoot/kernel";
import type { EntityName } from "@crossfoot/model";
import type { Sight } from "../checker.ts";
import type { Entry } from "../history.ts";
import type { StoredRow } from "../store-facts.ts";
import type { Standing } from "../system/commit.ts";
import type { Row } from "../system/model-system.ts";
import { shownAt } from "../system/model-system.ts";
import { isOutside } from "../system/scope.ts";
import { wordOf } from "./text.ts";
import type { Role } from "./things.ts";
import { roles } from "./things.ts";

/** A reading of one entity of one system that came to its end, as the auditor knows it. */
export interface EndedReading {
  readonly role: Role;
  readonly entity: EntityName;
  readonly at: number;
  readonly watermark: number | null;
  /** Until where this reading had to go back: what was newest when the one before it ended, less the lag. */
  readonly overlapFrom: number;
  /** The watermark that stood before it. */
  readonly watermarkBefore: number;
  /** The newest stamp that the system had given out by now. */
  readonly newest: number;
  readonly lagMs: number;
  /** Rows that were shown in one and the same version from before it began until now. */
  readonly steady: readonly { readonly row: Row; readonly state: Standing }[];
  /** Whether the store has that row in this version or a later one. */
  readonly isStored: (row: Row, state: Standing) => boolean;
}

interface Known {
  version: number;
  stamp: number;
}

/** Follows which rows the store has and when readings end, from the steps of the store alone. */
export class Readings {
  readonly #sight: Sight;
  readonly #stored = new Map<string, Known>();
  readonly #ends = new Map<
    string,
    { readonly at: number; readonly overlapFrom: number; readonly watermark: number; readonly readAt: string }
  >();
  /** Per worker and place, when the reading before ended as its own began. */
  readonly #begun = new Map<string, number>();

  constructor(sight: Sight) {
    this.#sight = sight;
  }

  /** Takes an entry of the history; answers the reading that ended with it, or null. */
  see(entry: Entry): EndedReading | null {
    if (entry.kind === "call" && entry.call === "read") {
      const place = `${entry.system}/${entry.entity}`;
      const name = `${entry.worker}\n${place}`;
      if (!this.#begun.has(name)) this.#begun.set(name, this.#ends.get(place)?.at ?? -1);
    }
    if (entry.kind !== "store" || entry.step !== "done" || entry.facts === null) return null;
    const facts = entry.facts as JsonMap;
    for (const row of (facts["rows"] ?? []) as unknown as readonly StoredRow[]) this.#store(row);
    for (const [connection, entity, id] of (facts["unreadable"] ?? []) as unknown as readonly string[][])
      this.#stored.set(`${connection}/${entity}/${id}`, { version: Infinity, stamp: Infinity });
    const cursor = (facts["cursor"] ?? null) as JsonMap | null;
    return cursor === null ? null : this.#ended(entry, cursor);
  }

  #store([connection, entity, id, version, stamp]: StoredRow): void {
    const name = `${connection}/${entity}/${id}`;
    const known = this.#stored.get(name) ?? { version: -Infinity, stamp: -Infinity };
    known.version = Math.max(known.version, version ?? -Infinity);
    known.stamp = Math.max(known.stamp, stamp ?? -Infinity);
    this.#stored.set(name, known);
  }

  readonly #isStored = (row: Row, state: Standing, role: Role): boolean => {
    const known = this.#stored.get(`${role}/${row.entity}/${row.id}`);
    if (known === undefined) return false;
    const isCounted = this.#sight.systems[role].profile.versions === "counter";
    return isCounted ? known.version >= state.version : known.stamp >= state.stamp;
  };

  #ended(entry: Entry & { readonly kind: "store" }, cursor: JsonMap): EndedReading | null {
    const { connection, entity, reading, watermark, readAt } = cursor;
    const role = roles.find((each) => each === connection);
    if (role === undefined || reading !== null || typeof readAt !== "string") return null;
    const place = `${role}/${wordOf(entity)}`;
    const before = this.#ends.get(place);
    if (before?.readAt === readAt) return null;
    const name = `${entry.worker}\n${place}`;
    const began = this.#begun.get(name) ?? -1;
    this.#begun.delete(name);
    const system = this.#sight.systems[role];
    const { commitLagMs, searchLagMs, stampGranularityMs } = system.profile;
    const lagMs = commitLagMs + searchLagMs;
    const rows = system.rows(entity as EntityName);
    // Records whose id was given to another one gave out stamps too.
    const stamps = system.everyRow(entity as EntityName).flatMap(({ commits }) => commits);
    const newest = Math.max(...stamps.map(({ after }) => after.stamp), -Infinity);
    const mark = typeof watermark === "number" ? watermark : -Infinity;
    this.#ends.set(place, {
      at: entry.at,
      overlapFrom: newest - lagMs - stampGranularityMs,
      watermark: mark,
      readAt,
    });
    const steady = rows.flatMap((row) => {
      const state = began < 0 || system.wasHiddenSince(began) ? null : shownAt(row, began);
      // What lies outside the filter and was never inside is none of ours.
      const isWanted = state !== null && state.life !== "deleted" && !isOutside(state);
      const isSteady = isWanted && shownAt(row, entry.at) === state;
      return isSteady ? [{ row, state }] : [];
    });
    return {
      role,
      entity: entity as EntityName,
      at: entry.at,
      watermark: typeof watermark === "number" ? watermark : null,
      overlapFrom: before?.overlapFrom ?? -Infinity,
      watermarkBefore: before?.watermark ?? -Infinity,
      newest,
      lagMs,
      steady,
      isStored: (row, state) => this.#isStored(row, state, role),
    };
  }
}
