import fc from "fast-check";
import { expect, it } from "vitest";
import { isReplaced } from "./conflict.ts";
import { decide } from "./decide.ts";
import type { DecideInput, Plan } from "./plan.ts";
import { verdicts } from "./plan.ts";
import type { FieldPolicy } from "./policy.ts";
import type { ConnectionId } from "./record.ts";
import { observationKinds } from "./record.ts";
import {
  abilities,
  crm,
  decideInput,
  entityPolicy,
  erp,
  fieldPolicy,
  viewOf,
  web,
} from "./testing/fixtures.ts";
import type { FieldKind, Fields, Value } from "./value.ts";
import { canonicalBytes } from "./value.ts";

const connections = [crm, erp, web];
const text = fc.constantFrom<Value>(null, "", "0", "ann", "bob");
const reference = fc.constantFrom<Value>(
  null,
  { link: "l8" },
  { link: "l9" },
  { awaits: { entity: "accounts", connection: "crm", id: "7" } },
);
const status = fc.constantFrom<Value>(null, "draft", "confirmed", "posted", "lost");
const lines = fc
  .uniqueArray(
    fc.record({
      key: fc.constantFrom("k1", "k2", "k3"),
      quantity: fc.constantFrom("1", "2"),
      product: reference,
    }),
    { selector: ({ key }) => key, maxLength: 3 },
  )
  .map((rows): Value => rows.map(({ key, quantity, product }) => ({ key, fields: { quantity, product } })));

const shapes: {
  readonly [field: string]: { readonly kind: FieldKind; readonly value: fc.Arbitrary<Value> };
} = {
  name: { kind: { kind: "text" }, value: text },
  city: { kind: { kind: "text" }, value: text },
  account: { kind: { kind: "reference", entity: "accounts" }, value: reference },
  status: { kind: { kind: "code" }, value: status },
  lines: {
    kind: {
      kind: "collection",
      parts: { quantity: { kind: "decimal" }, product: { kind: "reference", entity: "products" } },
    },
    value: lines,
  },
};
const names = Object.keys(shapes);

const policyOf = (field: string): fc.Arbitrary<FieldPolicy> =>
  fc
    .record({
      master: fc.constantFrom(...connections),
      writers: fc.subarray(connections),
      targets: fc.subarray(connections),
      policy: fc.constantFrom("master" as const, "newest" as const, "review" as const, "custom" as const),
      onFirstLink: fc.constantFrom("fill" as const, "master" as const, "review" as const),
      onForeignEdit: fc.constantFrom("restore" as const, "keep" as const),
      isMandatory: fc.boolean(),
    })
    .map((change) =>
      fieldPolicy({ field, kind: shapes[field]?.kind ?? { kind: "text" }, custom: "first", ...change }),
    );

/** Some of the fields, each with a value of its own kind. */
const someFields = <Each>(
  each: (value: fc.Arbitrary<Value>) => fc.Arbitrary<Each>,
): fc.Arbitrary<{ readonly [field: string]: Each }> => {
  const entries = names.map((name) =>
    fc.option(each(shapes[name]?.value ?? text).map((value) => [name, value] as const)),
  );
  return fc.tuple(...entries).map((all) => Object.fromEntries(all.filter((entry) => entry !== null)));
};

const memberAt = (connection: ConnectionId) =>
  fc.record({
    view: fc
      .record({
        kind: fc.oneof(
          { arbitrary: fc.constant("present" as const), weight: 20 },
          { arbitrary: fc.constantFrom(...observationKinds), weight: 1 },
        ),
        fields: someFields((value) => value),
        version: fc.constantFrom(null, "1", "2"),
        modifiedAt: fc.option(fc.integer({ min: 0, max: 9_000 })),
        problems: fc.constantFrom({}, {}, {}, { name: { code: "not_text" as const, expected: "text" } }),
      })
      .map((change) => viewOf(connection, change)),
    base: someFields((value) => fc.array(value, { minLength: 1, maxLength: 2 })),
    baseKind: fc.constantFrom(null, "present" as const, "archived" as const),
  });

const sideAt = fc
  .record({
    reads: fc.constantFrom(names, names, names.slice(1)),
    change: fc.record({
      canCreate: fc.boolean(),
      canUpdate: fc.constantFrom(true, true, false),
      canArchive: fc.boolean(),
      transitions: fc.constantFrom(
        [],
        [
          { from: "draft", to: "confirmed", via: "c" },
          { from: "confirmed", to: "posted", via: "p" },
        ],
      ),
      initialStatus: fc.constantFrom(null, "draft"),
    }),
  })
  .map(({ reads, change }) => abilities(names, { ...change, reads: new Set(reads) }));

const createRule = fc.record({
  when: fc.constantFrom("always" as const, "never" as const, "status" as const),
  statuses: fc.constant(["confirmed"]),
  onDemand: fc.boolean(),
});
const byConnection = <Each>(
  each: (connection: ConnectionId) => fc.Arbitrary<Each>,
  requiredKeys: ("crm" | "erp" | "web")[] = [],
) => fc.record({ crm: each(crm), erp: each(erp), web: each(web) }, { requiredKeys });

const given: fc.Arbitrary<DecideInput> = fc
  .record({
    fields: fc.tuple(...names.map(policyOf)),
    policy: fc.record({
      isProjection: fc.constantFrom(false, false, true),
      statusField: fc.constantFrom(null, "status"),
      ownership: fc.array(
        fc.record({
          at: fc.constantFrom(...connections),
          statuses: fc.subarray(["draft", "posted"]),
          fields: fc.constantFrom("*" as const, ["name"], ["lines", "city"]),
          writer: fc.constantFrom(null, ...connections),
        }),
        { maxLength: 2 },
      ),
      create: byConnection(() => createRule),
      onDelete: fc.constantFrom("archive" as const, "ask" as const, "ignore" as const),
    }),
    change: fc.record({
      sides: byConnection(() => sideAt, ["crm", "erp"]),
      members: byConnection(memberAt, ["crm"]),
      readyTargets: fc.subarray(connections),
      demandedOn: fc.subarray(connections),
      hasTombstone: fc.constantFrom(false, false, true),
      reach: fc.constantFrom({}, { l8: connections, l9: [crm] }),
      resolutions: fc.constantFrom<Fields>({}, {}, { name: "carl" }, { city: null }),
    }),
  })
  .map(({ fields, policy, change }) =>
    decideInput(entityPolicy(fields, policy), {
      ...change,
      customRules: { first: ([side]) => side?.connection ?? null },
    }),
  );

const prove = (check: (input: DecideInput) => void, numRuns = 4_000): void => {
  fc.assert(fc.property(given, check), { numRuns });
};

/** The same facts with the keys of every map in another order. */
function turned<Each>(value: Each): Each {
  if (typeof value !== "object" || value === null || value instanceof Set) return value;
  if (Array.isArray(value)) return value.map((inner: unknown) => turned(inner)) as Each;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([key, inner]) => [key, turned(inner as unknown)]),
  ) as Each;
}

it("decide never throws, answers the same bytes for the same input, and one of the verdicts", () => {
  const seen = new Set<string>();
  prove((input) => {
    const plan = decide(input);
    expect(JSON.stringify(decide({ ...input }))).toBe(JSON.stringify(plan));
    expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
    expect(verdicts).toContain(plan.verdict);
    seen.add(plan.verdict);
  });
  expect([...seen].toSorted()).toEqual(verdicts.filter((verdict) => verdict !== "in_flight").toSorted());
});

it("decide does not see in which order the keys of its input were set", () => {
  prove((input) => {
    expect(canonicalBytes(decide(turned(input)))).toBe(canonicalBytes(decide(input)));
  });
});

it("decide leaves its input as it was", () => {
  prove((input) => {
    const before = canonicalBytes(input);
    decide(input);
    expect(canonicalBytes(input)).toBe(before);
  }, 1_000);
});

/** What a plan says of one field. */
function about(plan: Plan, field: string): unknown {
  const isOfField = (name: string) => name === field || name.startsWith(`${field}[`);
  return {
    writes: plan.writes
      .filter(({ kind }) => kind === "update")
      .flatMap(({ target, fields }) => (field in fields ? [[target, fields[field]]] : [])),
    moves: plan.baseMoves.flatMap(({ connection, fields }) => (fields.includes(field) ? [connection] : [])),
    discards: plan.discards.filter((discard) => isOfField(discard.field)),
    conflicts: plan.conflicts.filter((conflict) => conflict.field === field),
    waits: plan.waits.filter((wait) => wait.field === field),
  };
}

it("fields are independent: what becomes of one does not depend on another that stands beside it", () => {
  let compared = 0;
  fc.assert(
    fc.property(given, policyOf("extra"), text, text, (input, policy, one, other) => {
      const fields = { ...input.policy.fields, extra: { ...policy, isMandatory: false } };
      const members = Object.fromEntries(
        Object.entries(input.members).map(([connection, member]) => {
          const view = {
            ...member.view,
            fields: { ...member.view.fields, extra: connection === "crm" ? one : other },
          };
          return [connection, { ...member, view, base: { ...member.base, extra: ["ann"] } }];
        }),
      );
      const sides = Object.fromEntries(
        Object.entries(input.sides).map(([connection, side]) => {
          return [
            connection,
            { ...side, reads: new Set([...side.reads, "extra"]), writes: new Set([...side.writes, "extra"]) },
          ];
        }),
      );
      const plan = decide(input);
      // A deletion looks at the whole record: an edit beside it turns it into a question.
      if (plan.tombstone !== null || plan.verdict === "parked") return;
      const wider = decide({ ...input, policy: { ...input.policy, fields }, members, sides });
      for (const field of names)
        expect(canonicalBytes(about(wider, field))).toBe(canonicalBytes(about(plan, field)));
      compared += 1;
    }),
    { numRuns: 4_000 },
  );
  expect(compared).toBeGreaterThan(1_000);
});

it("a plan holds at most one update and one create for each target, of values that are shown", () => {
  prove((input) => {
    const { writes } = decide(input);
    for (const kind of ["update", "create", "archive"]) {
      const targets = writes.filter((write) => write.kind === kind).map(({ target }) => target);
      expect(new Set(targets).size).toBe(targets.length);
    }
    for (const { target, kind, fields, causes, precondition } of writes) {
      expect(kind === "create").toBe(kind === "create" && input.members[target] === undefined);
      expect(Object.values(fields)).not.toContain(undefined);
      expect(causes.length).toBeGreaterThan(0);
      const others = Object.values(input.members).filter(({ view }) => view.connection !== target);
      const held = [input.resolutions, ...others.map(({ view }) => view.fields)].flatMap((shown) =>
        Object.entries(shown),
      );
      for (const [field, value] of Object.entries(fields)) {
        // Null, empty and zero never turn into one another: the very value that is shown elsewhere is
        // written.
        if (field !== "lines") expect(held).toContainEqual([field, value]);
      }
      if (precondition !== null) expect(precondition).toBe(input.members[target]?.view.version);
    }
  });
});

it("a target that waits for a mandatory parent gets nothing; a field that waits is not written (I10)", () => {
  prove((input) => {
    const { waits, writes, discards, baseMoves } = decide(input);
    for (const wait of waits) {
      const there = writes.filter(({ target, kind }) => target === wait.target && kind !== "archive");
      if (wait.isBlocking) expect(there).toEqual([]);
      for (const write of there) expect(write.fields).not.toHaveProperty(wait.field);
    }
    for (const lost of discards) {
      const { connection, field } = lost;
      if (isReplaced(lost)) expect(writes.map(({ target }) => target)).toContain(connection);
      else {
        expect(baseMoves.find((move) => move.connection === connection)?.fields).toContain(field);
        for (const { fields } of writes) expect(fields).not.toHaveProperty(field);
      }
    }
  });
});
