/**
 * Losers are told on the twin: two people edit one field, and whose value gave way finds a note on his
 * record, once, which names the command that brings it back; and a run can be undone.
 */
import type { ChildProcess } from "node:child_process";
import { CRM_TOKEN, createCrm, createErp } from "@crossfoot/twin";
import type { Crm, Erp, JsonMap } from "@crossfoot/twin";
import { connectors, loadProject, openEngine, tempFolder } from "crossfoot/testing";
import type { Engine, TempFolder } from "crossfoot/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runProgram } from "./kill-child.ts";
import { writeTwinProject } from "./twin-project.ts";

let folder: TempFolder;
let crm: Crm;
let erp: Erp;
let ups: readonly { readonly url: string; close(): Promise<void> }[];
const first = { account: "" };

/** The ERP's word stands for phone numbers, so that a value of the CRM gives way. */
const contract = "entities: { accounts: { notes: [crm], fields: { phone: { master: erp } } } }\n";

/** Runs Crossfoot as a person does. Answers its code and all that it said. */
async function crossfoot(
  ...argv: readonly string[]
): Promise<{ readonly code: number; readonly out: string }> {
  const { code, stdout, stderr } = await runProgram(folder.path, argv);
  return { code: code ?? -1, out: code === 0 ? stdout : `${stdout}${stderr}` };
}

const phones = (): readonly unknown[] => [
  crm.state.records["accounts"]?.[first.account]?.["phone"],
  Object.values(erp.state.records["customers"] ?? {})[0]?.["phone"],
];

async function notes(
  object = "accounts",
  id = first.account,
): Promise<readonly { readonly key: string; readonly text: string }[]> {
  const base = ups[0]?.url ?? "";
  const answer = await fetch(`${base}/api/v2/${object}/${id}/notes`, {
    headers: { authorization: `Bearer ${CRM_TOKEN}` },
  });
  expect(answer.status).toBe(200);
  return ((await answer.json()) as { results: { key: string; text: string }[] }).results;
}

beforeAll(async () => {
  folder = tempFolder();
  crm = createCrm({ clock: Date.now, seed: 5 });
  erp = createErp({ clock: Date.now, seed: 5 });
  const account = crm.people.createAccount({
    ...{
      name: "Alpha",
      taxId: "DE10001",
      email: "office@alpha.example",
      status: "customer",
      currency: "EUR",
    },
    phone: "+49 1",
  });
  first.account = String(account.id);
  ups = [await crm.listen(), await erp.listen()];
  writeTwinProject(folder.path, { crm: ups[0]?.url ?? "", erp: ups[1]?.url ?? "", contract });
});
afterAll(async () => {
  for (const up of ups) await up.close();
  folder.remove();
});

/** Records of an object by the values of fields. */
const all = (twin: Crm | Erp, object: string, is: JsonMap): readonly JsonMap[] =>
  Object.values(twin.state.records[object] ?? {}).filter((one: JsonMap) =>
    Object.entries(is).every(([field, value]) => one[field] === value),
  );
const find = (twin: Crm | Erp, object: string, is: JsonMap): JsonMap => all(twin, object, is)[0] ?? {};
const idOf = ({ id }: JsonMap): string => (typeof id === "string" ? id : "");
const rowsIn = (record: JsonMap): readonly JsonMap[] =>
  Array.isArray(record["lines"]) ? (record["lines"] as readonly JsonMap[]) : [];

describe("two people edit one field", () => {
  test("and the one whose value gave way finds one note on his record, however often is run", async () => {
    await crossfoot("run", "--only", "accounts");
    expect(phones()).toEqual(["+49 1", "+49 1"]);
    const [customer] = Object.values(erp.state.records["customers"] ?? {});
    crm.people.edit({ object: "accounts", id: first.account }, { phone: "+49 222" });
    erp.people.edit({ object: "customers", id: Number(customer?.id) }, { phone: "+49 333" });
    await crossfoot("run", "--only", "accounts");
    expect(phones()).toEqual(["+49 333", "+49 333"]);
    const commits = [crm.commits.length, erp.commits.length];
    for (const more of [[], ["--sweep"]]) await crossfoot("run", "--only", "accounts", ...more);
    const left = await notes();
    expect(left).toHaveLength(1);
    expect(left[0]?.text).toContain("the value “+49 222”");
    expect(left[0]?.text).toContain("erp is the master of the field");
    expect([crm.commits.length, erp.commits.length]).toEqual(commits);
    expect((await crossfoot("conflicts", "--lost")).out).toContain("told by a note in crm at");
  });

  test("and the command that the note names brings the value back on both sides", async () => {
    const [note] = await notes();
    const [, record = "", field = "", entry = ""] =
      /restore (\S+) (\S+) --entry (\S+)/.exec(note?.text ?? "") ?? [];
    expect((await crossfoot("restore", record, field, "--entry", entry)).code).toBe(0);
    expect(phones()).toEqual(["+49 222", "+49 222"]);
  });
});

describe("a run that is undone", () => {
  test("leaves both systems as they were before it, and can be undone in turn", async () => {
    crm.people.edit({ object: "accounts", id: first.account }, { email: "two@alpha.example" });
    const mail = (): unknown => Object.values(erp.state.records["customers"] ?? {})[0]?.["email"];
    const was = mail();
    const { out } = await crossfoot("run", "--only", "accounts", "--json");
    const { runId } = JSON.parse(out) as { readonly runId: string };
    expect(mail()).toBe("two@alpha.example");
    const shown = await crossfoot("undo", "--run", runId.slice(0, 8));
    expect([shown.code, mail()]).toEqual([0, "two@alpha.example"]);
    const undone = JSON.parse((await crossfoot("undo", "--run", runId, "--yes", "--json")).out) as {
      readonly apply: { readonly applied: number; readonly runId: string };
    };
    expect([undone.apply.applied, mail()]).toEqual([1, was]);
    await crossfoot("run", "--only", "accounts", "--sweep");
    expect(mail()).toBe(was);
    expect((await crossfoot("undo", "--run", undone.apply.runId, "--yes")).code).toBe(0);
    expect(mail()).toBe("two@alpha.example");
  });
});

const head = { currency: "EUR", validUntil: "2099-12-31", paymentTerms: "net30", company: "NG01" };

describe("what the back office decides", () => {
  let engine: Engine;

  const quoteIn = (twin: Crm | Erp, id: string): JsonMap =>
    find(twin, twin === crm ? "quotes" : "sales_quotes", twin === crm ? { id } : { customer_reference: id });

  /** A quote that the customer has accepted, for more than the customer's limit. */
  async function accepted(customerOrderNumber: string): Promise<string> {
    const unitPrice = { amount: "60.00", currency: "EUR" };
    const lines = [
      { productId: idOf(find(crm, "products", { sku: "LAB" })), quantity: "1", unit: "h", unitPrice },
    ];
    const { id } = crm.people.createQuote({ ...head, accountId: first.account, customerOrderNumber, lines });
    crm.people.sendQuote(String(id));
    crm.people.acceptQuote(String(id));
    const told = await engine.moment.quoteToOrder({ quote: `crm:${id}`, by: "ada", budgetMs: 60_000 });
    expect(told).toMatchObject({ kind: "refused", refusal: { failure: { code: "approval_pending" } } });
    return String(id);
  }

  beforeAll(async () => {
    const { project, problems } = loadProject(folder.path, { environment: {}, connectors });
    if (project === undefined) throw new Error(JSON.stringify(problems));
    engine = await openEngine(project);
    await engine.run();
    const { id } = find(erp, "customers", { name: "Alpha" });
    erp.people.editCustomer(Number(id), { credit_limit: "10.00" });
    const fields = { sku: "LAB", name: "Labour", uom: "HUR", kind: "service", tax_code: "S19" };
    erp.people.create("items", { ...fields, list_price: "60.00", currency: "EUR" });
    await engine.run();
  });
  afterAll(async () => engine.close());

  test("is shown on the quote: waiting, approved, by whom and when; then it is ordered", async () => {
    const quote = await accepted("PO-1");
    await engine.run();
    expect(quoteIn(crm, quote)).toMatchObject({
      ...{ approvalState: "pending", approvalBy: null, approvalAt: null },
      approvalReason: "credit limit exceeded by 61.40 EUR",
    });
    erp.people.approveQuote(Number(quoteIn(erp, "PO-1")["id"]), "dora");
    await engine.run();
    expect(quoteIn(crm, quote)).toMatchObject({
      ...{ approvalState: "approved", approvalBy: "dora" },
      approvalAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT/) as string,
    });
    const told = await engine.moment.quoteToOrder({ quote: `crm:${quote}`, by: "ada", budgetMs: 60_000 });
    expect(told).toMatchObject({
      kind: "ordered",
      order: { names: ["erp:1", expect.any(String) as string] },
    });
    expect(quoteIn(crm, quote)).toMatchObject({ status: "converted", approvalBy: "dora" });
  });

  test("against a quote is shown with its reason, and no order comes of it", async () => {
    const quote = await accepted("PO-2");
    erp.people.rejectQuote(Number(quoteIn(erp, "PO-2")["id"]), "the margin is too thin", "dora");
    await engine.run();
    expect(quoteIn(crm, quote)).toMatchObject({
      ...{ status: "rejected", approvalState: "rejected", approvalBy: "dora" },
      approvalReason: "the margin is too thin",
    });
    const told = await engine.moment.quoteToOrder({ quote: `crm:${quote}`, by: "ada", budgetMs: 60_000 });
    expect(told).toMatchObject({ kind: "refused", refusal: { code: "not_accepted" } });
    expect(find(erp, "sales_orders", { customer_reference: "PO-2" })).toEqual({});
  });

  test("is asked to change an order: it does so once, its answer lost, and the CRM shows it", async () => {
    const id = idOf(find(crm, "orders", { customerOrderNumber: "PO-1" }));
    const { moment } = engine;
    const standing = await moment.changeOf({ order: `crm:${id}`, budgetMs: 60_000 });
    if (standing.kind !== "standing") throw new Error(JSON.stringify(standing));
    const [first] = standing.lines;
    const wish = {
      lines: [{ line: first?.line ?? "", quantity: "0.5" }],
      add: [{ name: "spare", product: first?.product ?? "", quantity: "0.25", unit: null }],
      requestedDate: "2026-04-01",
    };
    const more = { version: standing.version, by: "ada", reason: "less of it", budgetMs: 60_000 };
    erp.faults.add({ effect: { kind: "lose" }, method: "PUT", path: "/sales_orders/*" });
    const asked = { order: `crm:${id}`, wish, ...more };
    let last = await moment.changeOrder(asked);
    for (let tries = 0; tries < 20 && last.kind === "pending"; tries += 1)
      last = await moment.changeOrder(asked);
    expect(last).toMatchObject({ kind: "changed", isDoneNow: true });
    const order = find(erp, "sales_orders", { customer_reference: "PO-1" });
    const quantities = rowsIn(order).map(({ qty, price }) => [qty, typeof price]);
    expect([order["requested_date"], quantities]).toEqual([
      "20260401",
      [
        ["0.500", "string"],
        ["0.250", "string"],
      ],
    ]);
    const mirrored = find(crm, "orders", { customerOrderNumber: "PO-1" });
    expect(rowsIn(mirrored).map(({ quantity }) => quantity)).toEqual(["0.5", "0.25"]);
    expect(mirrored["requestedDate"]).toBe("2026-04-01");
    const changed = erp.commits.filter(({ object }) => object === "sales_orders").length;
    expect(await moment.changeOrder(asked)).toMatchObject({ kind: "changed", isDoneNow: false });
    expect(erp.commits.filter(({ object }) => object === "sales_orders").length).toBe(changed);
  });

  test("is asked to have an order as its quote says: the lines are those of the quote again", async () => {
    const id = idOf(find(crm, "orders", { customerOrderNumber: "PO-1" }));
    const quote = `crm:${idOf(find(crm, "quotes", { customerOrderNumber: "PO-1" }))}`;
    const { id: customer } = find(erp, "customers", { name: "Alpha" });
    const asked = { order: `crm:${id}`, wish: { quote }, version: null, by: "ada", budgetMs: 60_000 };
    const beyond = await engine.moment.changeOrder({ ...asked, reason: "all of it" });
    expect(beyond).toMatchObject({ kind: "refused", refusal: { failure: { code: "credit_limit" } } });
    erp.people.editCustomer(Number(customer), { credit_limit: "1000.00" });
    expect(await engine.moment.changeOrder({ ...asked, reason: "all of it" })).toMatchObject({
      kind: "changed",
      isDoneNow: true,
    });
    const order = find(erp, "sales_orders", { customer_reference: "PO-1" });
    expect(rowsIn(order).map(({ qty }) => qty)).toEqual(["1.000"]);
    expect(rowsIn(find(crm, "orders", { customerOrderNumber: "PO-1" })).length).toBe(1);
  });

  test("is asked to cancel: it does so once, its answer lost, and the reason stands there", async () => {
    const order = find(crm, "orders", { customerOrderNumber: "PO-1" });
    erp.faults.add({ effect: { kind: "lose" }, path: "/sales_orders/*/actions/cancel" });
    const id = idOf(order);
    const asked = { order: `crm:${id}`, by: "ada", reason: "ordered twice", budgetMs: 60_000 };
    let last = await engine.moment.cancelOrder(asked);
    for (let tries = 0; tries < 20 && last.kind === "pending"; tries += 1)
      last = await engine.moment.cancelOrder(asked);
    expect(last).toMatchObject({ kind: "cancelled", isDoneNow: true });
    expect(find(erp, "sales_orders", { customer_reference: "PO-1" })["state"]).toBe("cancelled");
    expect(find(crm, "orders", { customerOrderNumber: "PO-1" })["status"]).toBe("cancelled");
    expect((await notes("orders", id)).map(({ text }) => text)).toEqual([
      "Crossfoot: changed in erp at the word of ada: less of it",
      "Crossfoot: changed in erp at the word of ada: all of it",
      "Crossfoot: cancelled in erp at the word of ada: ordered twice",
    ]);
    const pressed = erp.commits.filter(({ object }) => object === "sales_orders").length;
    expect(await engine.moment.cancelOrder(asked)).toMatchObject({ kind: "cancelled", isDoneNow: false });
    expect(erp.commits.filter(({ object }) => object === "sales_orders").length).toBe(pressed);
  });
});

test("a part that is accepted by a program that is killed between its writes is ordered once", async () => {
  const unitPrice = { amount: "60.00", currency: "EUR" };
  const productId = idOf(find(crm, "products", { sku: "LAB" }));
  const lines = [{ productId, quantity: "3", unit: "h", unitPrice }];
  const customerOrderNumber = "PO-3";
  const quote = crm.people.createQuote({ ...head, accountId: first.account, customerOrderNumber, lines });
  crm.people.sendQuote(String(quote.id));
  const before = Object.keys(crm.state.records["quotes"] ?? {}).length;
  const quotes = (): readonly JsonMap[] => Object.values(crm.state.records["quotes"] ?? {}).slice(before - 1);
  const line = idOf(rowsIn(find(crm, "quotes", { id: quote.id }))[0] ?? {});
  const argv = ["order", `crm:${quote.id}`, "--line", `${line}=1`, "--within", "60s"];
  // The quote of the rest is there, and the answer to it on its way.
  crm.faults.add({
    effect: { kind: "delay", ms: 3_000, when: "after" },
    method: "POST",
    path: "/quotes/batch",
  });
  let child: ChildProcess | null = null;
  const killed = runProgram(folder.path, argv, { onStart: (started) => void (child = started) });
  await expect.poll(() => quotes().length, { timeout: 30_000 }).toBe(2);
  (child as ChildProcess | null)?.kill("SIGKILL");
  expect((await killed).isKilled).toBe(true);
  expect(all(erp, "sales_quotes", { customer_reference: customerOrderNumber })).toEqual([]);
  const { out } = await crossfoot(...argv);
  expect(out).toMatch(/^Ordered: .* What is left is the quote crm:/);
  expect(quotes().map((one) => [one["status"], rowsIn(one).map(({ quantity }) => quantity)])).toEqual([
    ["converted", ["1"]],
    ["draft", ["2"]],
  ]);
  for (const object of ["sales_quotes", "sales_orders"])
    expect(all(erp, object, { customer_reference: customerOrderNumber })).toHaveLength(1);
});
