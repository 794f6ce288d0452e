import { expect, test } from "vitest";
import { inMemory } from "../../runtime/testing/random-world.ts";
import { customer, miniWorld } from "../../runtime/testing/world.ts";
import type { MiniWorld } from "../../runtime/testing/world.ts";
import { apiWorld } from "../testing/api-world.ts";
import type { ApiWorld } from "../testing/api-world.ts";

interface Answer {
  readonly account: { readonly members: readonly { readonly fields: object }[] };
  readonly documents: readonly object[];
  readonly related: readonly {
    readonly entity: string;
    readonly count: number;
    readonly records: readonly object[];
  }[];
}

async function books(): Promise<MiniWorld> {
  const mini = await miniWorld({ database: inMemory, hasDocuments: true });
  for (const name of ["Acme", "Other"])
    mini.crm.add("accounts", { ...customer, name, taxId: `FR-${name}`, email: `${name}@acme.example` });
  const [acme, other] = mini.crm.rows("accounts").map(({ id }) => id);
  mini.crm.add("contacts", { name: "Ann", email: "ann@acme.example", account: acme ?? null });
  mini.crm.add("contacts", { name: "Bob", email: "bob@other.example", account: other ?? null });
  await mini.engine.run();
  const there = mini.erp.rows("accounts").find(({ fields }) => fields["name"] === "Acme")?.id ?? null;
  for (const gross of ["120.00", "80.00"])
    mini.erp.add("invoices", {
      ...{ number: `I-${gross}`, date: "2026-01-20", account: there, status: "open", currency: "EUR" },
      ...{ net: gross, tax: "0.00", gross, open: gross, lines: [] },
    });
  await mini.engine.run();
  return mini;
}

const ask = async (api: ApiWorld, id: string, token?: string): Promise<Answer> =>
  (await (
    await api.ask("GET", `/accounts/${id}/customer-360`, token === undefined ? {} : { token })
  ).json()) as Answer;
const counts = ({ related }: Answer) =>
  related.map(({ entity, count, records }) => [entity, count, records.length]);

test("a customer is told with what names it, by either system's name, and nobody else's", async () => {
  const mini = await books();
  const api = await apiWorld(mini.engine, {});
  const there = mini.erp.rows("accounts").find(({ fields: { name } }) => name === "Acme")?.id;
  const told = await ask(api, `crm:${mini.crm.rows("accounts")[0]?.id}`);
  expect(counts(told)).toEqual([
    ["contacts", 1, 1],
    ["invoices", 2, 2],
  ]);
  expect(told.documents).toEqual([
    {
      entity: "invoices",
      status: "open",
      currency: "EUR",
      count: 2,
      gross: "200",
      open: "200",
      overdue: null,
    },
  ]);
  expect(await ask(api, `erp:${there}`)).toEqual(told);
});

test("it follows what changes: a payment, a contact that moves, an invoice that is gone", async () => {
  const mini = await books();
  const api = await apiWorld(mini.engine, {});
  const [acme, other] = mini.crm.rows("accounts").map(({ id }) => id);
  const [contact] = mini.crm.rows("contacts");
  const [paid, gone] = mini.erp.rows("invoices");
  mini.pass(60_000);
  mini.crm.edit("contacts", contact?.id ?? "", { account: other ?? null });
  mini.erp.edit("invoices", paid?.id ?? "", { open: "0.00", status: "paid" });
  mini.erp.remove("invoices", gone?.id ?? "");
  await mini.engine.run({ sweep: true });
  const told = await ask(api, `crm:${acme}`);
  expect(told.documents).toMatchObject([{ status: "paid", count: 1, gross: "120", open: "0" }]);
  // The CRM still has the invoice that the ERP deleted: it is listed, and added up nowhere.
  expect(counts(told)).toEqual([["invoices", 2, 2]]);
  expect(counts(await ask(api, `crm:${other}`))).toEqual([["contacts", 2, 2]]);
});

test("what a role does not see is in no sum and no list; who sees no accounts gets none", async () => {
  const mini = await books();
  const visibility = {
    viewer: { invoices: ["openBalance"] },
    sales: { invoices: ["*"] },
    agent: { accounts: ["*"] },
  };
  const api = await apiWorld(mini.engine, { visibility });
  const id = `crm:${mini.crm.rows("accounts")[0]?.id}`;
  const part = await ask(api, id, api.tokens.viewer);
  expect(part.documents).toMatchObject([{ gross: "200", open: null, overdue: null }]);
  expect(JSON.stringify(part)).not.toContain("openBalance");
  const less = await ask(api, id, api.tokens.sales);
  expect([less.documents, counts(less)]).toEqual([[], [["contacts", 1, 1]]]);
  expect(await ask(api, id, api.tokens.agent)).toMatchObject({ status: 403, code: "entity_hidden" });
});

test("what is no account, or nothing, is not known; as many records are shown as are asked for", async () => {
  const mini = await books();
  const api = await apiWorld(mini.engine, {});
  for (const id of [`crm:${mini.crm.rows("contacts")[0]?.id}`, "crm:none", "l-none"])
    expect([id, await ask(api, id)]).toMatchObject([id, { status: 404, code: "record_unknown" }]);
  const account = `crm:${mini.crm.rows("accounts")[0]?.id}`;
  const few = await ask(api, account.replace(":", "%3A"));
  expect(few.related.length).toBe(2);
  const answer = await api.ask("GET", `/accounts/${account}/customer-360?newest=1`);
  expect(counts((await answer.json()) as Answer)).toEqual([
    ["contacts", 1, 1],
    ["invoices", 2, 1],
  ]);
  expect((await api.ask("GET", `/accounts/${account}/customer-360?newest=101`)).status).toBe(422);
});
