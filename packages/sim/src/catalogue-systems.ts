import type { FaultKind } from "./fault-kind.ts";
import type { Labels, Trigger } from "./faults.ts";
import type { Random } from "./random.ts";
import type { Scene } from "./scene.ts";

const systems = ["crm", "erp"] as const;
/** Writes within a run that a drawn trigger may wait for. */
const writesMax = 10;

const onWrite = (random: Random, where: Labels = {}): Trigger => ({
  on: "call",
  where: { system: random.pick(systems), call: "write", ...where },
  nth: random.between(1, writesMax),
});
const onTime = (random: Random, scene: Scene): Trigger => ({
  on: "time",
  at: random.between(1_000, scene.endsAt),
});

/** Faults of the systems themselves beyond those of single calls: groups R, C, D and Q. */
export const systemFaults: readonly FaultKind[] = [
  { name: "R2", title: "keys of creates are forgotten", draw: null },
  {
    name: "R3",
    title: "some rows of a batch are refused",
    draw: (random) => ({
      trigger: { ...onWrite(random, { rows: "many" }), nth: random.between(1, 3) },
      params: { every: random.pick([1, 2, 3]) },
    }),
  },
  {
    name: "R7",
    title: "a record is said to have moved although it did not",
    draw: (random) => ({ trigger: onWrite(random, { kind: "update" }), params: {} }),
  },
  { name: "R8", title: "the system's own rule rewrites what is saved", draw: null },
  { name: "R10", title: "our writes are shown as a person's, or a person's as ours", draw: null },
  {
    name: "R12",
    title: "rights are taken away: lists are empty, or nothing is found",
    draw: (random, scene) => ({
      trigger: onTime(random, scene),
      params: {
        system: random.pick(systems),
        what: random.pick(["lists", "everything"]),
        ms: random.pick([5_000, 60_000]),
      },
    }),
  },
  {
    name: "R13",
    title: "a refusal repeats the request with its headers",
    draw: (random) => ({ trigger: onWrite(random), params: {} }),
  },
  {
    name: "R14",
    title: "ids of deleted records are given again",
    draw: null,
  },
  { name: "C3", title: "filters by day", draw: null },
  {
    name: "D9",
    title: "a row that cannot be read or written",
    draw: (random, scene) => ({ trigger: onTime(random, scene), params: { system: random.pick(systems) } }),
  },
  {
    name: "Q2",
    title: "calls are used up by another program",
    draw: (random, scene) => ({
      trigger: onTime(random, scene),
      params: { system: random.pick(systems), calls: random.pick([30, 60, 120]) },
    }),
  },
  {
    name: "Q3",
    title: "the limit of calls is lowered",
    draw: (random, scene) => ({
      trigger: onTime(random, scene),
      params: { system: random.pick(systems), share: random.pick([0.5, 0.25]) },
    }),
  },
];
