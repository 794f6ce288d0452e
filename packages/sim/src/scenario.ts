import type { GuardLimits, Json } from "@crossfoot/kernel";
import type { EntityName } from "@crossfoot/model";
import type { Action } from "./action.ts";
import { drawAnswers, drawCommands, drawHurried } from "./command.ts";
import { drawContract, drawDeletes, drawDuels } from "./duel.ts";
import type { Command } from "./command.ts";
import { drawContacts } from "./deeds/contacts.ts";
import { drawDocuments } from "./deeds/documents.ts";
import type { Drawing } from "./deeds/drawn.ts";
import { drawHabits } from "./deeds/habits.ts";
import { drawProducts } from "./deeds/products.ts";
import type { Fault } from "./faults.ts";
import { drawGuard } from "./draw-guard.ts";
import { drawJoinedEntities, drawJoins, joiningProfile } from "./draw-joins.ts";
import { drawMinds } from "./draw-minds.ts";
import { drawRepairs } from "./draw-repairs.ts";
import { drawUndos } from "./draw-undos.ts";
import { drawFaults } from "./draw-faults.ts";
import { drawMask } from "./mask.ts";
import type { Random } from "./random.ts";
import { prng } from "./random.ts";
import type { Scene } from "./scene.ts";
import type { Profile } from "./system/profile.ts";
import { calmProfile, drawProfile } from "./system/profile.ts";
import { drawWorkload } from "./workload.ts";

/** A whole run as data: it can be saved, replayed and made shorter. */
export interface Scenario {
  /** Seed of what is drawn during the run: latencies, lags, restart times. */
  readonly seed: number;
  /** Faults that exist in this run at all. */
  readonly mask: readonly string[];
  readonly store: "memory" | "pglite";
  readonly profiles: { readonly crm: Profile; readonly erp: Profile };
  /** The contract file of the user, over the default contract. */
  readonly contract: Json;
  readonly entities: readonly EntityName[];
  readonly workers: readonly WorkerPlace[];
  readonly cadenceMs: number;
  readonly sweepEveryMs: number;
  /** When the workload and the faults end, ms since the start. */
  readonly endsAt: number;
  readonly actions: readonly Action[];
  readonly faults: readonly Fault[];
  readonly commands: readonly Command[];
  /** The system of which only accounts within a filter are mapped (fault P10); missing where none is. */
  readonly filtered?: "crm" | "erp";
  /** A guard tighter than the one that ships; null leaves that one. */
  readonly guard: GuardLimits | null;
}

/** A worker of a scenario. */
interface WorkerPlace {
  readonly name: string;
  readonly startAt: number;
  readonly clockOffsetMs: number;
}

/** What the caller may fix beforehand. */
export interface ScenarioOptions {
  /** Only these faults; `[]` is a calm run. */
  readonly faults?: readonly string[];
  readonly store?: Scenario["store"];
  /** A run in which an operator consolidates records, and takes that back. */
  readonly consolidates?: boolean;
  /** A run in which an operator puts values right, as an audit asks for, and takes that back. */
  readonly repairs?: boolean;
  /** A run in which a person decides who is who, and takes that back. */
  readonly recants?: boolean;
}

/** One seed in so many runs on PGlite, so that the store in memory is no truth of its own. */
const pgliteEvery = 50;

/** What is connected in a run: few entities in most, so that a seed stays cheap. */
const entitySets: readonly (readonly EntityName[])[] = [
  ["accounts"],
  ["accounts"],
  ["accounts", "contacts"],
  ["accounts", "products"],
  ["accounts", "contacts", "products"],
  ["accounts", "products", "quotes", "orders"],
  ["accounts", "products", "quotes", "orders", "invoices", "shipments"],
];

/** What people do with everything but accounts, each entity from a stream of its own. */
function drawMore(seed: number, scene: Scene, accounts: readonly Action[]): readonly Action[] {
  const has = (entity: EntityName): boolean => scene.entities.includes(entity);
  const of = (name: string, before: readonly Action[]): Drawing => ({
    random: prng(seed, name),
    scene,
    before,
  });
  const contacts = has("contacts") ? drawContacts(of("contacts", accounts)) : [];
  const products = has("products") ? drawProducts(of("products", accounts)) : [];
  const before = [...accounts, ...products];
  const documents = has("quotes") ? drawDocuments(of("documents", before)) : [];
  return [...contacts, ...products, ...documents];
}

/** Draws a scenario from its seed: the same seed gives the same scenario, byte for byte. */
export function drawScenario(seed: number, options: ScenarioOptions = {}): Scenario {
  const random = prng(seed, "scenario");
  const mask = drawMask((label) => prng(seed, label), options.faults);
  const isCalm = mask.size === 0;
  const isJoined = options.consolidates === true;
  const entities = isJoined
    ? drawJoinedEntities(prng(seed, "joins/entities"))
    : prng(seed, "entities").pick(entitySets);
  const drawn = (role: "crm" | "erp"): Profile =>
    isCalm ? calmProfile(role) : drawProfile(prng(seed, `${role}/profile`), role, mask);
  const profile = (role: "crm" | "erp"): Profile =>
    isJoined ? joiningProfile(prng(seed, `${role}/joins`), drawn(role)) : drawn(role);
  const profiles = { crm: profile("crm"), erp: profile("erp") };
  const store = options.store ?? (seed % pgliteEvery === 0 ? "pglite" : "memory");
  // A run on PGlite takes forty times as long as one in memory.
  const endsAt = random.between(3, seed % pgliteEvery === 0 ? 4 : 8) * 60_000;
  const count = random.pick([1, 1, 2, 3]);
  const workers = Array.from({ length: count }, (_, at): WorkerPlace => {
    const clockOffsetMs = mask.has("C1") ? random.between(-900_000, 900_000) : 0;
    return { name: `w${at + 1}`, startAt: random.between(0, 20_000), clockOffsetMs };
  });
  const scene: Scene = { mask, entities, workers: workers.map(({ name }) => name), endsAt, profiles };
  const workload = drawWorkload(prng(seed, "workload"), scene);
  const duels = drawDuels(prng(seed, "duels"), { scene, workload });
  const deletes = drawDeletes(prng(seed, "deletes"), { scene, workload });
  const undoing = drawUndos(prng(seed, "undos"), { scene, workload });
  const joining = isJoined
    ? drawJoins(prng(seed, "joins"), { scene, workload })
    : { commands: [], actions: [] };
  const repairing =
    options.repairs === true
      ? drawRepairs(prng(seed, "repairs"), { scene, workload })
      : { commands: [], actions: [] };
  const minds =
    options.recants === true
      ? drawMinds(prng(seed, "minds"), { scene, workload })
      : { commands: [], actions: [] };
  const more = drawMore(seed, scene, workload);
  const stream = (label: string): Random => prng(seed, label);
  const filtered = mask.has("P10") ? prng(seed, "filter").pick(["crm", "erp"] as const) : undefined;
  const habits = drawHabits({ scene, filtered, before: [...workload, ...more], stream });
  return {
    seed,
    mask: [...mask].toSorted(),
    store,
    profiles,
    contract: drawContract(prng(seed, "contract")),
    entities,
    workers,
    cadenceMs: random.pick([15_000, 30_000, 60_000]),
    sweepEveryMs: random.pick([60_000, 180_000]),
    endsAt,
    actions: [
      ...workload,
      ...duels,
      ...deletes,
      ...undoing.actions,
      ...joining.actions,
      ...repairing.actions,
      ...minds.actions,
      ...more,
      ...habits,
    ].toSorted((a, b) => a.at - b.at),
    faults: drawFaults(prng(seed, "faults"), scene),
    commands: [
      ...drawCommands(prng(seed, "commands"), scene),
      ...drawAnswers(prng(seed, "answers"), scene),
      ...undoing.commands,
      ...joining.commands,
      ...repairing.commands,
      ...minds.commands,
      ...drawHurried(prng(seed, "hurried"), { scene, actions: [...workload, ...more] }),
    ],
    ...(filtered === undefined ? {} : { filtered }),
    guard: drawGuard(prng(seed, "guard"), mask),
  };
}
