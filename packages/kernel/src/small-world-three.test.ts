import { expect, it } from "vitest";
import type { FieldPolicy } from "./policy.ts";
import { crm, erp, fieldPolicy, web } from "./testing/fixtures.ts";
import { exact, upper } from "./testing/scenes.ts";
import { World } from "./testing/world.ts";
import type { Keeping } from "./testing/station.ts";
import type { Value } from "./value.ts";

/**
 * Three systems hold one field: several may agree while another does not, and a plan may reach one and miss
 * another.
 */
const all = [crm, erp, web];
const policies: readonly FieldPolicy[] = [
  ...(["master", "newest", "review", "custom"] as const).flatMap((policy) => [
    fieldPolicy({ field: "f", policy, custom: "first", writers: all, targets: all }),
    fieldPolicy({ field: "f", policy, custom: "first", writers: [crm, erp], targets: all, master: erp }),
  ]),
  fieldPolicy({ field: "f", onFirstLink: "master", writers: all, targets: all }),
  fieldPolicy({ field: "f", onFirstLink: "review", writers: all, targets: all }),
  ...(["restore", "keep"] as const).map((onForeignEdit) => {
    return fieldPolicy({ field: "f", onForeignEdit, writers: [crm], targets: all });
  }),
];

type Triple<Each> = readonly [Each, Each, Each];
const triplesOf = <Each>(values: readonly Each[]): readonly Triple<Each>[] =>
  values.flatMap((a) => values.flatMap((b) => values.map((c) => [a, b, c] as const)));

interface Course {
  readonly policy: FieldPolicy;
  readonly bases: Triple<Value | undefined>;
  readonly truths: Triple<Value | undefined>;
  readonly keep: Keeping;
  readonly order: readonly (readonly string[])[];
  /** Somebody edits the last system while the first plan is on its way. */
  readonly isDisturbed: boolean;
}

const orders = [[["crm", "erp", "web"]], [["web"], ["erp"], ["crm"]], [["crm"], ["erp", "web"]]];

function* courses(): Generator<Course> {
  for (const policy of policies) {
    for (const bases of triplesOf<Value | undefined>([undefined, "ann"])) {
      for (const truths of triplesOf<Value | undefined>([undefined, "", "ann", "bob"])) {
        for (const keep of [exact, upper]) {
          for (const order of orders)
            for (const isDisturbed of [false, true])
              yield { policy, bases, truths, keep, order, isDisturbed };
        }
      }
    }
  }
}

function play({ policy, bases, truths, keep, order, isDisturbed }: Course): World {
  const kept = (value: Value | undefined) => (value === undefined ? undefined : keep(value));
  const world = new World(
    { policy, customRules: { first: ([side]) => side?.connection ?? null } },
    all.map((connection, at) => {
      const isLossy = connection === web;
      return {
        connection,
        base: isLossy ? kept(bases[at]) : bases[at],
        truth: isLossy ? kept(truths[at]) : truths[at],
        stamp: 10_000 * (at + 1),
        keep: isLossy ? keep : exact,
      };
    }),
  );
  for (const [round, arrived] of order.entries()) {
    for (const connection of arrived) world.observe(connection);
    const plan = world.plan();
    if (isDisturbed && round === order.length - 1) world.edit(web, "carl");
    world.apply(plan);
  }
  world.observeAll();
  world.settle();
  return world;
}

it(
  "one field in three systems converges, loses nothing silently, writes what is needed and rests",
  { timeout: 180_000 },
  () => {
    const broken: Record<string, string> = {};
    let combinations = 0;
    let conflicts = 0;
    for (const course of courses()) {
      combinations += 1;
      const world = play(course);
      if (world.plan().conflicts.length > 0) conflicts += 1;
      for (const rule of world.judge.violations) {
        broken[rule] ??= JSON.stringify(course, (_key, value: unknown) =>
          typeof value === "function" ? value.name : (value ?? "-"),
        );
      }
    }
    console.log(`three systems: ${combinations} combinations, ${conflicts} ended in a conflict`);
    expect(broken).toEqual({});
    expect(combinations).toBeGreaterThan(30_000);
    expect(conflicts).toBeGreaterThan(1_000);
  },
);
