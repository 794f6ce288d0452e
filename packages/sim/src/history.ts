import { createHash } from "node:crypto";
import type { Hash } from "node:crypto";
import type { NativeWrite, WriteOutcome } from "@crossfoot/connector-sdk";
import type { Json } from "@crossfoot/kernel";
import type { Engine } from "crossfoot/testing";
import type { Action } from "./action.ts";
import type { Said } from "./decider.ts";
import type { Fault } from "./faults.ts";
import type { Commit } from "./system/commit.ts";

type Plan = Awaited<ReturnType<Engine["plan"]>>;
type Statement = Awaited<ReturnType<Engine["statement"]>>;
type Applied = Awaited<ReturnType<Engine["apply"]>>;

/** Kinds of a call to a system. */
export type CallKind = "describe" | "read" | "readByIds" | "readIds" | "probe" | "write" | "receive";

/** Something that happened, with true time in ms since the start. */
export type Entry = { readonly at: number } & (
  | { readonly kind: "phase"; readonly phase: "workload" | "heal" | "quiet" | "idle" | "end" }
  | { readonly kind: "action"; readonly action: Action; readonly outcome: "done" | "skipped" }
  | { readonly kind: "commit"; readonly commit: Commit }
  | { readonly kind: "fault"; readonly fault: Fault }
  | {
      readonly kind: "planned";
      readonly name: string;
      readonly plan: Plan;
      /** Set on the plan of an undo: what it takes back. */
      readonly undoes?: { readonly what: "run" | "plan"; readonly id: string };
    }
  /** An entry of the journal was changed or lost behind our back. */
  | { readonly kind: "torn"; readonly place: string; readonly what: string }
  /** The store is as it was at an instant from now on (fault T4). */
  | { readonly kind: "restored"; readonly asOf: number }
  /** A person has answered so many open questions. */
  | { readonly kind: "answers"; readonly count: number }
  /** A person's word about a record, said at `since`, was heard; programs that died told nobody. */
  | ({ readonly kind: "said"; readonly since: number } & Said)
  /** So many clusters were said to be apart, or are asked about again. */
  | { readonly kind: "clusters"; readonly word: "apart" | "reopen"; readonly count: number }
  | { readonly kind: "stated"; readonly statement: Statement }
  | {
      readonly kind: "applying";
      readonly name: string;
      readonly plan: string;
      /** A person has approved what the plan does beyond the guard. */
      readonly isApproved: boolean;
    }
  | { readonly kind: "applied"; readonly name: string; readonly summary: Applied }
  | {
      readonly kind: "call";
      readonly id: number;
      readonly worker: string;
      readonly system: string;
      readonly call: CallKind;
      readonly entity: string;
      readonly writes: readonly NativeWrite[];
      /** Records that are asked for by id; null for a call that asks for whatever there is. */
      readonly ids: readonly string[] | null;
      /** Only records with this stamp or a later one are asked for, ms since 1970 by the system's clock. */
      readonly since: number | null;
    }
  /** The system has carried a call out, whether or not anybody hears of it. */
  | { readonly kind: "reached"; readonly id: number; readonly outcomes: readonly WriteOutcome[] }
  | {
      readonly kind: "answered";
      readonly id: number;
      readonly outcome: "ok" | "failed" | "timeout";
      readonly code: string | null;
    }
  /** A webhook delivery was tried; null when nobody answered. A forged one is none of the system's. */
  | {
      readonly kind: "delivery";
      readonly system: string;
      readonly delivery: string;
      readonly isForged: boolean;
      readonly status: number | null;
    }
  | {
      readonly kind: "store";
      readonly worker: string;
      readonly method: string;
      readonly step: "done" | "failed";
      readonly facts: Json;
    }
  | {
      readonly kind: "worker";
      readonly worker: string;
      readonly event: "start" | "killed" | "paused" | "woken" | "stopped" | "run" | "trouble" | "defect";
      readonly facts: Json;
    }
);

/** Characters that are hashed at once. */
const hashEvery = 65_536;

/** An entry as it is hashed; steps of the store that tell nothing are most of them, and short. */
function textOf(entry: Entry): string {
  if (entry.kind !== "store" || entry.facts !== null) return JSON.stringify(entry);
  return `${entry.at} ${entry.worker} ${entry.method} ${entry.step}\n`;
}

/** Everything that happened in a run, in order, with a digest of all of it. */
export class History {
  readonly entries: Entry[] = [];
  readonly #hash: Hash = createHash("sha256");
  #unhashed = "";
  readonly #now: () => number;
  readonly #listeners: ((entry: Entry) => void)[] = [];

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Notes what happens now. */
  note(what: EntryBody): void {
    const entry = { at: this.#now(), ...what } as Entry;
    this.entries.push(entry);
    this.#unhashed += textOf(entry);
    if (this.#unhashed.length > hashEvery) this.#flush();
    for (const listen of this.#listeners) listen(entry);
  }

  /** Calls `listen` with each entry as it happens. */
  follow(listen: (entry: Entry) => void): void {
    this.#listeners.push(listen);
  }

  #flush(): void {
    this.#hash.update(this.#unhashed);
    this.#unhashed = "";
  }

  /** SHA-256 of everything noted so far. */
  digest(): string {
    this.#flush();
    return this.#hash.copy().digest("hex");
  }
}

type WithoutAt<T> = T extends unknown ? Omit<T, "at"> : never;
/** An entry without its time. */
export type EntryBody = WithoutAt<Entry>;
