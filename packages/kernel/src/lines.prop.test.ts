import fc from "fast-check";
import { expect, it } from "vitest";
import type { FieldPolicy } from "./policy.ts";
import { crm, erp, fieldPolicy, web } from "./testing/fixtures.ts";
import { isIdle, World } from "./testing/world.ts";
import type { Keeping } from "./testing/station.ts";
import type { FieldKind, Line, Value } from "./value.ts";

/**
 * Histories of documents with lines: persons edit, remove, add and reorder them in every system, at any
 * moment.
 */
const kind: FieldKind = {
  kind: "collection",
  parts: { quantity: { kind: "decimal" }, price: { kind: "decimal" } },
};
type Name = "crm" | "erp" | "web";

type Edit =
  | {
      readonly do: "set";
      readonly at: Name;
      readonly key: string;
      readonly part: string;
      readonly value: string | null;
    }
  | { readonly do: "remove" | "add"; readonly at: Name; readonly key: string; readonly value: string }
  | { readonly do: "turn"; readonly at: Name };
type Deed =
  | Edit
  | { readonly do: "observe"; readonly at: Name }
  | { readonly do: "sync"; readonly during: Edit | null };

const keys = ["k1", "k2", "k3", "freight"];
const value = fc.constantFrom("1.005", "2", "3.25", "0");

function deedOf(names: readonly Name[]): fc.Arbitrary<Deed> {
  const at = fc.constantFrom(...names);
  const key = fc.constantFrom(...keys);
  const edit: fc.Arbitrary<Edit> = fc.oneof(
    fc.record({
      do: fc.constant("set" as const),
      at,
      key,
      part: fc.constantFrom("quantity", "price"),
      value: fc.option(value),
    }),
    fc.record({ do: fc.constantFrom("remove" as const, "add" as const), at, key, value }),
    fc.record({ do: fc.constant("turn" as const), at }),
  );
  const observe: fc.Arbitrary<Deed> = fc.record({ do: fc.constant("observe" as const), at });
  const during: fc.Arbitrary<Edit | null> = fc.option(edit);
  const sync: fc.Arbitrary<Deed> = fc.record({ do: fc.constant("sync" as const), during });
  return fc.oneof(
    { arbitrary: edit, weight: 3 },
    { arbitrary: observe, weight: 2 },
    { arbitrary: sync, weight: 2 },
  );
}

function edited(lines: readonly Line[], deed: Edit): readonly Line[] {
  switch (deed.do) {
    case "turn":
      return lines.toReversed();
    case "remove":
      return lines.filter((line) => line.key !== deed.key);
    case "add":
      return lines.some((line) => line.key === deed.key)
        ? lines
        : [...lines, { key: deed.key, fields: { quantity: deed.value, price: "1" } }];
    case "set":
      return lines.map((line) =>
        line.key === deed.key ? { ...line, fields: { ...line.fields, [deed.part]: deed.value } } : line,
      );
  }
}

function perform(world: World, deed: Deed): void {
  if (deed.do === "sync") {
    const plan = world.plan();
    if (deed.during !== null) perform(world, deed.during);
    if (!isIdle(plan)) world.apply(plan);
  } else if (deed.do === "observe") world.observe(deed.at);
  else world.edit(deed.at, edited(world.station(deed.at).truth as readonly Line[], deed));
}

/** Prices are cut after two decimals: what a line shows is not what it was given. */
const rounding: Keeping = (given) =>
  (given as readonly Line[]).map((line) => {
    const price = line.fields["price"];
    return {
      ...line,
      fields: { ...line.fields, price: typeof price === "string" ? price.slice(0, 4) : (price ?? null) },
    };
  });
const exact: Keeping = (given) => given;

function worldOf(policy: FieldPolicy, names: readonly Name[], isLossy: boolean): World {
  const line = (key: string): Line => ({ key, fields: { quantity: "1", price: "1.005" } });
  return new World(
    { policy, newestToleranceMs: 0 },
    names.map((name) => {
      const keep = isLossy && name === "erp" ? rounding : exact;
      // The ERP added a line by itself when it took the document.
      const lines = keep(
        name === "erp" ? [line("k1"), line("k2"), line("freight")] : [line("k1"), line("k2")],
      );
      return { connection: { crm, erp, web }[name], base: lines, truth: lines, stamp: 0, keep };
    }),
  );
}

const linesPolicy = (change: Partial<FieldPolicy>) =>
  fieldPolicy({ field: "lines", kind, targets: [crm, erp, web], ...change });
const policies: readonly FieldPolicy[] = [
  linesPolicy({ writers: [crm, erp, web] }),
  linesPolicy({ writers: [crm, erp, web], master: erp }),
  linesPolicy({ writers: [crm, erp, web], policy: "newest" }),
  linesPolicy({ writers: [crm, erp, web], policy: "review" }),
  linesPolicy({ writers: [crm], onForeignEdit: "restore" }),
  linesPolicy({ writers: [crm], onForeignEdit: "keep" }),
  linesPolicy({ writers: [crm], onForeignEdit: "restore", targets: [erp, web] }),
];

/** Lives a history to its end; true when it ended in a conflict, which a person then decided. */
function live(world: World, deeds: readonly Deed[]): boolean {
  for (const deed of deeds) perform(world, deed);
  world.observeAll();
  if (world.settle().conflicts.length === 0) return false;
  world.resolve(world.station("crm").truth as Value);
  expect(world.settle().conflicts).toEqual([]);
  return true;
}

it.each([
  ["two systems", ["crm", "erp"] as const, false],
  ["two systems, one of which rounds", ["crm", "erp"] as const, true],
  ["three systems", ["crm", "erp", "web"] as const, false],
])(
  "lines in %s: any history of edits ends in agreement or an open conflict, and loses nothing silently",
  (_title, names, isLossy) => {
    let conflicts = 0;
    let writes = 0;
    fc.assert(
      fc.property(
        fc.constantFrom(...policies),
        fc.array(deedOf(names), { minLength: 1, maxLength: 10 }),
        (policy, deeds) => {
          const world = worldOf(policy, names, isLossy);
          if (live(world, deeds)) conflicts += 1;
          writes += world.judge.landed;
          expect(world.judge.violations).toEqual([]);
        },
      ),
      { numRuns: 3_000 },
    );
    expect(writes).toBeGreaterThan(1_000);
    expect(conflicts).toBeGreaterThan(20);
  },
);
