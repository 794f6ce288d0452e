import { compileMapping } from "@crossfoot/connector-sdk";
import type { NativeField } from "@crossfoot/connector-sdk";
import { connectionId } from "@crossfoot/kernel";
import type { Json } from "@crossfoot/kernel";
import { entities, entityNames } from "@crossfoot/model";
import { describe, expect, it } from "vitest";
import { createMemoryStore } from "../store/memory/memory-store.ts";
import { checkFields } from "./check-fields.ts";
import { miniWorld } from "./testing/world.ts";
import type { MiniWorld } from "./testing/world.ts";

const plain = (root: string, type: string, more: Partial<NativeField> = {}): NativeField => ({
  ...{ root, type, isRequired: false, isReadOnly: false, lengthMax: null, label: root, isOwn: true },
  ...more,
});
const grades = [
  { code: "gold", label: "Gold" },
  { code: "silver", label: "Silver" },
];
const fields: readonly NativeField[] = [
  plain("x_note", "char"),
  plain("x_grade", "selection", { options: grades }),
  plain("x_vip", "boolean"),
  plain("x_region", "many2one", { refersTo: "res.region" }),
  plain("x_region:name", "char", { refersTo: "res.region" }),
  plain("x_limit", "float"),
  plain("x_cur", "char"),
  plain("x_double", "float", { isReadOnly: true }),
];

const open = async (): Promise<MiniWorld> => miniWorld({ database: (deps) => createMemoryStore(deps) });

/** What a mapping of accounts to these fields is told. */
async function told(mapping: Json): Promise<readonly string[]> {
  const mini = await open();
  const kinds = Object.fromEntries(entityNames.map((name) => [name, entities[name].fields]));
  const compiled = compileMapping({ entities: { accounts: { fields: mapping } } }, kinds);
  if (compiled.mapping === undefined) throw new Error(JSON.stringify(compiled.problems));
  const side = mini.world.sides.find(({ id }) => id === "erp");
  if (side === undefined) throw new Error("no side");
  const description = { tenant: "t", title: "t", version: null, fields: { accounts: fields } };
  const found = checkFields(mini.world, { ...side, mapping: compiled.mapping }, description);
  return found.map(({ severity, about, message }) => `${severity} ${about}: ${message}`);
}

describe("a mapping held against the fields of a system", () => {
  it("is in order where each field is there and alike", async () => {
    const money = { amount: "x_limit", currency: "x_cur" };
    const values = { manufacturing: "gold", retail: "silver" };
    const industry = { path: "x_grade", values };
    expect(await told({ name: "x_note", industry, creditLimit: money, website: "x_region:name" })).toEqual(
      [],
    );
  });

  it("names a field that was removed or renamed there, with the nearest that is", async () => {
    expect(await told({ name: "x_notes" })).toEqual([
      "error erp accounts.name: is mapped to `x_notes`, which erp does not have (did you mean `x_note`?)",
    ]);
    expect(await told({ name: "gone" })).toEqual([
      "error erp accounts.name: is mapped to `gone`, which erp does not have",
    ]);
  });

  it("names a field that became another type", async () => {
    expect(await told({ name: "x_vip", creditLimit: { amount: "x_region", currency: "x_cur" } })).toEqual([
      "error erp accounts.name: is a text, and `x_vip` is a boolean in erp now",
      "error erp accounts.creditLimit: is a decimal, and `x_region` is a many2one in erp now",
    ]);
  });

  it("names options that only one of both knows, unless all others are let through", async () => {
    const industry = (values: Json): Json => ({ industry: { path: "x_grade", values } });
    expect(await told(industry({ manufacturing: "gold", retail: "bronze" }))).toEqual([
      "error erp accounts.industry: names bronze; `x_grade` of erp takes gold, silver only",
      "warning erp accounts.industry: has no code for silver of `x_grade` in erp: such records are set aside",
    ]);
    expect(await told(industry({ manufacturing: "gold", "*": "*" }))).toEqual([]);
  });

  it("names a field that is written and that the system only shows", async () => {
    const money = { amount: "x_double", currency: "x_cur" };
    const written = await told({
      email: "x_note",
      phone: { path: "x_note", write: false },
      creditLimit: money,
    });
    // By the default contract the ERP decides about limits: nothing is written there.
    expect(written).toEqual([]);
    const mini = await open();
    expect(
      mini.world.policies.find(({ entity }) => entity === "accounts")?.fields["name"]?.targets,
    ).toContain("erp");
    const readOnly = fields.map((field) => ({ ...field, isReadOnly: true }));
    const side = mini.world.sides.find(({ id }) => id === "erp");
    const compiled = compileMapping(
      { entities: { accounts: { fields: { name: "x_note" } } } },
      { accounts: entities.accounts.fields },
    );
    if (side === undefined || compiled.mapping === undefined) throw new Error("no side");
    const description = { tenant: "t", title: "t", version: null, fields: { accounts: readOnly } };
    expect(checkFields(mini.world, { ...side, mapping: compiled.mapping }, description)).toMatchObject([
      { severity: "error", message: "is written to `x_note`, which erp only shows; say `write: false`" },
    ]);
  });

  it("is shown beside the fields, by what each is mapped to", async () => {
    const mini = await miniWorld({
      database: (deps) => createMemoryStore(deps),
      wrapConnection: (id, connection) =>
        id === "crm"
          ? connection
          : {
              ...connection,
              describe: () =>
                Promise.resolve({
                  ...{ tenant: "erp", title: "erp", version: null },
                  fields: {
                    accounts: [plain("email", "char"), plain("x_grade", "selection", { options: grades })],
                  },
                }),
            },
    });
    expect(await mini.engine.fields(connectionId("erp"))).toMatchObject([
      {
        entity: "accounts",
        fields: [
          { root: "email", mappedTo: ["email"] },
          { root: "x_grade", mappedTo: [], options: grades },
        ],
      },
    ]);
    expect(await mini.engine.fields(connectionId("elsewhere"))).toBe(undefined);
  });
});
