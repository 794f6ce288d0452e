import { hookFaults } from "./catalogue-hooks.ts";
import { laterFaults } from "./catalogue-later.ts";
import { peopleFaults } from "./catalogue-people.ts";
import { systemFaults } from "./catalogue-systems.ts";
import type { FaultKind } from "./fault-kind.ts";
import type { Labels, Trigger } from "./faults.ts";
import type { Random } from "./random.ts";
import type { Scene } from "./scene.ts";

const systems = ["crm", "erp"] as const;
/** Calls and steps of one kind within a run that a drawn trigger may wait for. */
const callsMax = 12;
const stepsMax = 400;

const onCall = (random: Random, where: Labels, nthMax: number = callsMax): Trigger => ({
  on: "call",
  where: { system: random.pick(systems), ...where },
  nth: random.between(1, nthMax),
});
const onWrite = (random: Random, where: Labels = {}): Trigger => onCall(random, { call: "write", ...where });
const onAny = (random: Random): Trigger => (random.chance(0.6) ? onWrite(random) : onCall(random, {}, 40));
const onTime = (random: Random, scene: Scene): Trigger => ({
  on: "time",
  at: random.between(1_000, scene.endsAt),
});

/** Steps of the store that the crash matrix (INVARIANTS.md 5) names, which are rare among all steps. */
const criticalSteps = [
  "checkpoint",
  "commitResolutions",
  "commitDecisions",
  "claimIntents",
  "commitOutcomes",
  "abandonSending",
  "withdrawStored",
  "beat",
  "takeShards",
  "giveShards",
  "acquireLease",
  "releaseLease",
] as const;

function onStep(random: Random, on: "store" | "stored"): Trigger {
  if (random.chance(0.3)) return { on, where: {}, nth: random.between(1, stepsMax) };
  return { on, where: { method: random.pick(criticalSteps) }, nth: random.between(1, 8) };
}

const never = {} as const;
const plain =
  (trigger: (random: Random, scene: Scene) => Trigger): FaultKind["draw"] =>
  (random, scene) => ({ trigger: trigger(random, scene), params: never });
const lasting =
  (trigger: (random: Random, scene: Scene) => Trigger, ms: readonly number[]): FaultKind["draw"] =>
  (random, scene) => ({ trigger: trigger(random, scene), params: { ms: random.pick(ms) } });

/** Pauses: shorter and longer than a lease, and longer than every horizon. */
const pausesMs = [2_000, 10_000, 15_000, 40_000, 120_000];

/** The faults that the simulation can bring on. */
export const catalogue: readonly FaultKind[] = [
  {
    name: "N0",
    title: "a step of a document answers well and did nothing",
    draw: plain((random) => onWrite(random, { kind: "transition" })),
  },
  { name: "N1", title: "connection refused for a while", draw: lasting(onAny, [1, 3_000, 30_000]) },
  { name: "N2", title: "lost before the remote saw it", draw: plain(onAny) },
  { name: "N3", title: "committed, answer lost", draw: plain(onAny) },
  {
    name: "N4",
    title: "slow request delivered after our time-out",
    draw: (random, scene) => {
      const system = random.pick(systems);
      const { holdMsMax } = scene.profiles[system];
      return { trigger: onWrite(random, { system }), params: { ms: random.between(1, holdMsMax) } };
    },
  },
  { name: "N5", title: "half-open line, trickled answer", draw: lasting(onAny, [900, 6_000, 60_000]) },
  {
    name: "N6",
    title: "page fetch cut in mid-listing, or a page given out again",
    draw: (random) => ({
      trigger: onCall(random, { call: "read", page: "later" }),
      params: { kind: random.pick(["failed", "repeated"]) },
    }),
  },
  {
    name: "N7",
    title: "the page of a proxy instead of an answer",
    draw: (random) => ({ trigger: onAny(random), params: { after: random.chance(0.5) } }),
  },
  {
    name: "Q1",
    title: "too many calls, with and without a hint when to come again",
    draw: (random) => ({
      trigger: onAny(random),
      params: { retryAfterMs: random.pick([null, 500, 8_000, -60_000]) },
    }),
  },
  { name: "Q4", title: "lock wait, record busy", draw: plain((random) => onWrite(random)) },
  {
    name: "X1",
    title: "kill before a step",
    draw: plain((random) => (random.chance(0.7) ? onStep(random, "store") : onAny(random))),
  },
  {
    name: "X2",
    title: "kill after a step, before its acknowledgement",
    draw: plain((random) => {
      if (random.chance(0.7)) return onStep(random, "stored");
      return { on: "answer", where: { call: "write" }, nth: random.between(1, callsMax) };
    }),
  },
  {
    name: "X3",
    title: "kill between two rows of a batch",
    draw: (random) => ({
      trigger: onWrite(random, { rows: "many" }),
      params: { rows: random.between(0, 2) },
    }),
  },
  { name: "X4", title: "kill with a call in flight", draw: plain(onAny) },
  {
    name: "X5",
    title: "pause beyond the lease, then wake",
    draw: (random) => ({
      trigger: random.chance(0.6) ? onStep(random, "stored") : onWrite(random),
      params: { ms: random.pick(pausesMs) },
    }),
  },
  {
    name: "X6",
    title: "kill during a command: plan, apply, sweep",
    draw: (random) => ({
      trigger: { on: random.pick(["store", "stored"]), where: { worker: "op" }, nth: random.between(1, 80) },
      params: never,
    }),
  },
  {
    name: "X7",
    title: "crash loop, each life dies at a later step",
    draw: (random, scene) => {
      const first = random.between(1, 60);
      const lives = Array.from(
        { length: random.between(2, 5) },
        (_, at) => first + at * random.between(1, 40),
      );
      return { trigger: onTime(random, scene), params: { worker: random.pick(scene.workers), lives } };
    },
  },
  { name: "C1", title: "fixed skew of systems and workers", draw: null },
  {
    name: "C2",
    title: "a wall clock jumps",
    draw: (random, scene) => ({
      trigger: onTime(random, scene),
      params: {
        party: random.pick([...systems, ...scene.workers]),
        ms: random.pick([-3_600_000, -60_000, -2_000, 2_000, 60_000, 3_600_000]),
      },
    }),
  },
  {
    name: "C4",
    title: "a worker's machine stands still",
    draw: (random, scene) => ({
      trigger: onTime(random, scene),
      params: { worker: random.pick(scene.workers), ms: random.pick(pausesMs) },
    }),
  },
  { name: "C5", title: "clocks that drift", draw: null },
  ...hookFaults,
  ...peopleFaults,
  ...systemFaults,
  ...laterFaults,
  { name: "R1", title: "reads lag behind own writes", draw: null },
  { name: "R9", title: "lossy fields", draw: null },
  { name: "R11", title: "equal and rounded stamps", draw: null },
  { name: "R15", title: "numbers with gaps, given again, or only for the time being", draw: null },
  { name: "D3", title: "totals a minor unit apart by rounding rule", draw: null },
  { name: "T1", title: "disk full, read or write error", draw: plain((random) => onStep(random, "store")) },
  {
    name: "T2",
    title: "serialisation failure, connection lost at commit",
    draw: (random) => ({
      trigger: onStep(random, "store"),
      params: { kind: random.pick(["serialise", "stored", "not_stored"]) },
    }),
  },
  {
    name: "T3",
    title: "slow store",
    draw: (random) => ({
      trigger: onStep(random, "store"),
      params: { ms: random.pick([500, 5_000, 20_000]) },
    }),
  },
  {
    name: "T4",
    title: "an older backup of the store is restored",
    draw: (random, scene) => ({
      trigger: onTime(random, scene),
      params: { backMs: random.pick([6_000, 30_000, 120_000]) },
    }),
  },
  {
    name: "P1",
    title: "a person edits between our read and our write",
    draw: (random) => ({
      trigger: {
        on: random.pick(["answer", "call"]),
        where: { system: random.pick(systems), call: random.pick(["write", "read", "readByIds"]) },
        nth: random.between(1, callsMax),
      },
      params: {},
    }),
  },
  {
    name: "T5",
    title: "a row of the journal is changed or lost while nothing of ours runs",
    draw: (random, scene) => ({
      trigger: onTime(random, scene),
      params: { what: random.pick(["lost", "body", "hash"]), share: random.between(0, 99) / 100 },
    }),
  },
];
