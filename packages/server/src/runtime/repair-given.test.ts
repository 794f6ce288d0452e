import { expect, test } from "vitest";
import { connectionId, externalId } from "@crossfoot/kernel";
import { createMemoryStore } from "../store/memory/memory-store.ts";
import type { PlanDocument, RepairAsked } from "./engine.ts";
import { givenRule } from "./repair-report.ts";
import { customer, miniWorld } from "./testing/world.ts";
import type { MiniWorld } from "./testing/world.ts";

interface Scene extends MiniWorld {
  readonly give: (entity: "accounts" | "contacts", path: string, more: Given) => RepairAsked;
  readonly plan: (...asked: readonly RepairAsked[]) => Promise<PlanDocument>;
  readonly ids: { readonly [name: string]: string };
}
interface Given {
  readonly to: string;
  readonly was?: string;
  readonly on?: "crm" | "erp";
}

/** A company and a person of it in both systems, which agree. */
async function agreed(): Promise<Scene> {
  const mini = await miniWorld({ database: (deps) => createMemoryStore(deps) });
  const account = mini.crm.add("accounts", customer);
  mini.crm.add("contacts", { given: "Ada", family: "Byron", email: "ada@acme.example", account });
  await mini.engine.run();
  const limit = mini.erp.rows("accounts")[0]?.id ?? "";
  mini.erp.edit("accounts", limit, { limit: "500" });
  mini.pass(10);
  await mini.engine.run();
  mini.pass(10);
  const ids = Object.fromEntries(
    (["crm", "erp"] as const).flatMap((side) =>
      (["accounts", "contacts"] as const).map((entity) => [
        `${side} ${entity}`,
        mini[side].rows(entity)[0]?.id ?? "",
      ]),
    ),
  );
  return {
    ...mini,
    ids,
    give: (entity, path, { to, was, on = "crm" }) => ({
      ...{ rule: givenRule, entity, path, to, was: was ?? null, connection: connectionId(on) },
      id: externalId(ids[`${on} ${entity}`] ?? ""),
    }),
    plan: (...asked) => mini.engine.repair({ of: "a file", by: "ada", asked }),
  };
}

const left = ({ repair }: PlanDocument): readonly string[] =>
  (repair?.left ?? []).map(({ field, why, reason }) => `${field}: ${why}, ${reason}`);

test("values of several kinds are one write a record, travel on, and can be taken back", async () => {
  const mini = await agreed();
  const { give, ids } = mini;
  const plan = await mini.plan(
    ...[give("accounts", "name", { to: "Acme Works" }), give("accounts", "taxId", { to: "" })],
    give("accounts", "creditLimit", { to: "1250.5", on: "erp" }),
    give("contacts", "name.family", { to: "Lovelace", was: "Byron" }),
  );
  expect(left(plan)).toEqual([]);
  expect(plan.writes.map(({ target, entity, fields }) => [target, entity, fields])).toEqual([
    ["crm", "accounts", { name: "Acme Works", taxId: null }],
    ["erp", "accounts", { creditLimit: { amount: "1250.5", currency: "EUR" } }],
    ["crm", "contacts", { name: { given: "Ada", family: "Lovelace" } }],
  ]);
  expect((await mini.engine.apply(plan)).unmade).toEqual([]);
  await mini.engine.run();
  const shown = (side: "crm" | "erp"): unknown => [
    mini[side].get("accounts", ids[`${side} accounts`] ?? "").fields,
    mini[side].get("contacts", ids[`${side} contacts`] ?? "").fields,
  ];
  for (const side of ["crm", "erp"] as const)
    expect(shown(side)).toEqual([
      expect.objectContaining({ name: "Acme Works", taxId: null, limit: "1250.5" }),
      expect.objectContaining({ given: "Ada", family: "Lovelace" }),
    ]);
  mini.pass(10);
  const back = await mini.engine.undo({ what: "plan", id: plan.id, by: "ada" });
  expect((await mini.engine.apply(back)).unmade).toEqual([]);
  await mini.engine.run();
  expect(shown("erp")).toEqual([
    expect.objectContaining({ name: "Acme", taxId: "FR1", limit: "500" }),
    expect.objectContaining({ given: "Ada", family: "Byron" }),
  ]);
});

test.each([
  ["an amount with a comma", "creditLimit", { to: "12,5 EUR", on: "erp" }, "creditLimit: refused, "],
  ["an amount of words", "creditLimit", { to: "ten EUR now", on: "erp" }, "creditLimit: refused, "],
  ["a currency that is none", "creditLimit", { to: "12 XXQ", on: "erp" }, "creditLimit: refused, "],
  ["what the other leads", "creditLimit", { to: "12 EUR" }, "creditLimit: refused, erp leads it"],
  ["a blank name", "name", { to: "" }, "name: refused, no record can be without it"],
  ["a reference", "parent", { to: "7" }, "parent: refused, it is no plain value"],
  ["a part that is none", "name.given", { to: "A" }, "name.given: refused, the field has no such part"],
  ["what is right already", "name", { to: "Acme" }, "name: done, it is right already"],
  ["what changed since", "name", { to: "B", was: "Acme Ltd" }, "name: changed, it shows something else"],
  ["an amount that changed", "creditLimit", { to: "9", was: "501", on: "erp" }, "creditLimit: changed, "],
  ["a control sign", "name", { to: "A\u0000B" }, "name: refused, "],
] as const)("%s is left as it is, and named", async (_what, path, given, says) => {
  const mini = await agreed();
  const plan = await mini.plan(mini.give("accounts", path, given));
  expect([plan.writes, left(plan)]).toEqual([[], [expect.stringContaining(says)]]);
});

test("what must stand there is compared by value", async () => {
  const mini = await agreed();
  const same = { to: "600", was: "500.00 EUR", on: "erp" } as const;
  const plan = await mini.plan(mini.give("accounts", "creditLimit", same));
  expect([plan.writes.length, left(plan)]).toEqual([1, []]);
});
