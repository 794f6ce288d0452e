import type { EntityName } from "@crossfoot/model";
import type { Random } from "../random.ts";
import type { Role } from "./dialect.ts";

/** What a system makes of a text before it stores it (fault R9). */
export type Loss =
  | { readonly kind: "cut"; readonly length: number }
  | { readonly kind: "upper" | "trim" | "collapse" | "accents" };

/** How a system rounds the totals of its documents (fault D3). */
export interface Rounding {
  readonly scope: "line" | "document";
  readonly mode: "half_up" | "half_even" | "down";
}

/** How a system numbers its documents (fault R15). */
type Numbering =
  /** One after the other. */
  | "plain"
  /** Numbers are left out, and one that was taken back is given to another document. */
  | "gaps"
  /** A draft has a number for the time being only. */
  | "late";

/** How one model system behaves, drawn per seed. What it declares in its manifest is true. */
export interface Profile {
  readonly role: Role;
  readonly tenant: string;
  readonly stampGranularityMs: number;
  /** Longest time between a record's stamp and its commit, as declared; fault R5 keeps to it or not. */
  readonly commitLagMs: number;
  /** Longest time until a commit shows in lists and searches (fault R1). */
  readonly searchLagMs: number;
  /** Whether reading by id lags as lists do. */
  readonly lagsById: boolean;
  readonly versions: "counter" | "none";
  readonly precondition: "conditional" | "compare" | "none";
  readonly createProof: "unique_key" | "reference" | "fingerprint";
  readonly answersRecord: boolean;
  readonly writeBatchMax: number;
  readonly readBatchMax: number;
  readonly pageMax: number;
  readonly paging: "offset" | "keyset";
  readonly incremental: "since" | "all";
  /** What reading a deleted record by its id shows. */
  readonly gone: "left_out" | "deleted";
  readonly canArchive: boolean;
  /** How two records are joined through the API, and two again; missing where nobody does that in a run. */
  readonly joins?: "merge" | "archive";
  readonly reusesIds: boolean;
  /** Whether records carry the stamp of their creation, which tells two lives of an id apart. */
  readonly createdStamps?: boolean;
  readonly lossy: { readonly [entity in EntityName]?: { readonly [field: string]: Loss } };
  readonly latencyMsMax: number;
  readonly timeoutMs: number;
  /** Longest life of a request on the network or in the system's queue, beyond our time-out (fault N4). */
  readonly holdMsMax: number;
  readonly concurrency: number;
  readonly clockOffsetMs: number;
  readonly clockRate: number;
  readonly rounding: Rounding;
  readonly numbering: Numbering;
  /** Whether each commit is told by a webhook. */
  readonly hooks: boolean;
  /**
   * How long the system remembers the keys of creates, ms, longer than any request lives; null for ever
   * (fault R2).
   */
  readonly keyMemoryMs: number | null;
  /** What the system's own rule makes of a telephone number after each save (fault R8). */
  readonly automation: {
    readonly form: "stripped" | "dotted" | "marked" | "bare";
    readonly isUnmarked: boolean;
  } | null;
  /** Share of commits that are shown as somebody else's (fault R10). */
  readonly wrongActors: number;
  /** Readings since an instant go back to the start of its day (fault C3). */
  readonly filtersByDay: boolean;
  /** Calls in a minute that the system allows and declares; null for as many as there are. */
  readonly callsAMinute: number | null;
}

/** Faults that only systems with webhooks can have. */
const hookFaults = ["W1", "W2", "W3", "W4", "W5", "W6"];

/** A system without surprises: exact, immediate, ordered. */
export function calmProfile(role: Role): Profile {
  return {
    role,
    tenant: `tenant of ${role}`,
    stampGranularityMs: 1,
    commitLagMs: 0,
    searchLagMs: 0,
    lagsById: false,
    versions: "counter",
    precondition: "conditional",
    createProof: "reference",
    answersRecord: true,
    writeBatchMax: 10,
    readBatchMax: 50,
    pageMax: 50,
    paging: "keyset",
    incremental: "since",
    gone: "left_out",
    canArchive: true,
    reusesIds: false,
    lossy: {},
    latencyMsMax: 40,
    timeoutMs: 2_000,
    holdMsMax: 0,
    concurrency: 2,
    clockOffsetMs: 0,
    clockRate: 1,
    rounding: { scope: "document", mode: "half_up" },
    numbering: "plain",
    hooks: false,
    keyMemoryMs: null,
    automation: null,
    wrongActors: 0,
    filtersByDay: false,
    callsAMinute: null,
  };
}

/** Draws how a system behaves; `mask` names the faults that exist in this seed at all. */
export function drawProfile(random: Random, role: Role, mask: ReadonlySet<string>): Profile {
  const calm = calmProfile(role);
  const lags = mask.has("R1");
  return {
    ...calm,
    stampGranularityMs: random.pick([1, 1, 1_000, mask.has("R11") ? 60_000 : 1_000]),
    commitLagMs: mask.has("R5") ? random.pick([1_000, 5_000]) : random.pick([0, 2_000]),
    searchLagMs: lags ? random.pick([500, 3_000, 8_000]) : 0,
    lagsById: lags && random.chance(0.3),
    versions: random.chance(0.85) ? "counter" : "none",
    precondition: random.pick(["conditional", "conditional", "compare", "none"]),
    createProof: drawProof(random, mask),
    answersRecord: random.chance(0.7),
    writeBatchMax: random.pick([1, 1, 3, 20]),
    readBatchMax: random.pick([1, 5, 50]),
    pageMax: random.pick([2, 5, 50]),
    paging: random.pick(["offset", "keyset"]),
    incremental: random.chance(0.9) ? "since" : "all",
    gone: random.pick(["left_out", "deleted"]),
    reusesIds: mask.has("R14"),
    createdStamps: mask.has("R14"),
    lossy: mask.has("R9") ? drawLosses(random) : {},
    latencyMsMax: random.pick([10, 100, 600]),
    timeoutMs: random.pick([1_000, 2_000, 5_000]),
    holdMsMax: mask.has("N4") ? random.pick([4_000, 10_000]) : 0,
    concurrency: random.pick([1, 2, 4]),
    clockOffsetMs: mask.has("C1") ? random.between(-900_000, 900_000) : 0,
    clockRate: mask.has("C5") ? random.pick([0.9999, 1.0001]) : 1,
    rounding: mask.has("D3") ? drawRounding(random) : calm.rounding,
    numbering: mask.has("R15") ? random.pick(["gaps", "late"]) : calm.numbering,
    hooks: random.chance(hookFaults.some((name) => mask.has(name)) ? 0.8 : 0.2),
    keyMemoryMs: mask.has("R2") ? 30_000 : null,
    automation: mask.has("R8") ? drawAutomation(random) : null,
    wrongActors: mask.has("R10") ? 0.2 : 0,
    filtersByDay: mask.has("C3"),
    callsAMinute: mask.has("Q2") || mask.has("Q3") ? random.pick([60, 120]) : null,
  };
}

/** Only keys that a system keeps can be forgotten (R2). */
function drawProof(random: Random, mask: ReadonlySet<string>): Profile["createProof"] {
  const drawn = random.pick(["reference", "reference", "unique_key"] as const);
  return mask.has("R2") ? "unique_key" : drawn;
}

function drawAutomation(random: Random): Profile["automation"] {
  return { form: random.pick(["stripped", "dotted"]), isUnmarked: random.chance(0.3) };
}

function drawRounding(random: Random): Rounding {
  return {
    scope: random.pick(["line", "document"]),
    mode: random.pick(["half_up", "half_even", "down"]),
  };
}

function drawLosses(random: Random): Profile["lossy"] {
  const loss = (): Loss =>
    random.pick<Loss>([
      { kind: "cut", length: random.between(6, 12) },
      { kind: "upper" },
      { kind: "trim" },
      { kind: "collapse" },
      { kind: "accents" },
    ]);
  const fields = (names: readonly string[]): { readonly [field: string]: Loss } =>
    Object.fromEntries(random.some(names, 2).map((name) => [name, loss()]));
  return {
    accounts: fields(["name", "phone"]),
    contacts: fields(["title", "phone"]),
    products: fields(["name", "description"]),
  };
}
