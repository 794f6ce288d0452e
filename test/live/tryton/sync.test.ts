import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CRM_TOKEN, createCrm } from "@crossfoot/twin";
import type { Crm, TwinRecord } from "@crossfoot/twin";
import { connectors, loadProject, loginAs, openEngine } from "crossfoot/testing";
import { startTryton, trytonPlace, whyNot } from "crossfoot/testing";
import type { Admin, Engine, RunningTryton, RunSummary } from "crossfoot/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { seedCrm, seedProducts } from "./company.ts";

const accounts = 300;
const products = 200;
const descriptions = new URL("../../../connectors/http/descriptions/", import.meta.url);

let erp: RunningTryton;
let admin: Admin;
let crm: Crm;
let engine: Engine;
let folder: string;
let closeCrm: () => Promise<void>;

function writeProject(address: string): void {
  for (const name of ["descriptions", "secrets"]) mkdirSync(join(folder, name));
  writeFileSync(join(folder, "descriptions/crm.yaml"), readFileSync(new URL("twin-crm.yaml", descriptions)));
  const secrets = { token: CRM_TOKEN, webhook: "live-webhook", password: erp.password };
  for (const [name, value] of Object.entries(secrets))
    writeFileSync(join(folder, "secrets", name), value, { mode: 0o600 });
  writeFileSync(
    join(folder, "crossfoot.yaml"),
    `store: { embedded: ./store }
connections:
  crm:
    connector: http
    role: crm
    address: ${address}
    options: { description: descriptions/crm.yaml }
    secrets: { token: "file:secrets/token", webhook: "file:secrets/webhook" }
  erp:
    connector: tryton
    role: erp
    address: ${erp.url}
    timeoutSeconds: 120
    options: { database: ${erp.database}, user: ${erp.user}, password: password, warehouse: WH }
    secrets: { password: "file:secrets/password" }
`,
  );
}

const textOf = (value: unknown): string => (typeof value === "string" ? value : "");

const named = (object: string, field: string, value: unknown): TwinRecord | undefined =>
  Object.values(crm.state.records[object] ?? {}).find((record) => record[field] === value);

const writes = (run: RunSummary): number =>
  run.entities
    .flatMap(({ settled }) => Object.values(settled).flatMap((kinds) => Object.values(kinds)))
    .reduce((sum, one) => sum + one, 0);

/** Runs until a run writes nothing; answers how many runs wrote. */
async function settleAll(): Promise<number> {
  for (let runs = 0; runs < 8; runs += 1) {
    const run = await engine.run();
    expect(run.troubles).toEqual([]);
    if (writes(run) === 0) return runs;
  }
  throw new Error("eight runs, and each of them wrote something");
}

const place = trytonPlace(process.env);
const reason = whyNot(place);

describe.skipIf(reason !== null)(`CRM twin and a real Tryton (${reason ?? "live"})`, () => {
  beforeAll(async () => {
    erp = await startTryton(place);
    admin = await loginAs({
      url: erp.url,
      database: erp.database,
      user: erp.adminUser,
      password: erp.adminPassword,
    });
    crm = createCrm({ clock: () => Date.now(), seed: 5 });
    seedCrm(crm, { accounts, contactEvery: 5 });
    await seedProducts(admin, products);
    const up = await crm.listen();
    closeCrm = () => up.close();
    folder = mkdtempSync(join(tmpdir(), "crossfoot-live-"));
    writeProject(up.url);
    const loaded = loadProject(folder, { environment: {}, connectors });
    if (loaded.project === undefined) throw new Error(JSON.stringify(loaded.problems));
    engine = await openEngine(loaded.project);
  }, 1_200_000);

  afterAll(async () => {
    await engine?.close();
    await closeCrm?.();
    await erp?.stop();
    rmSync(folder, { recursive: true, force: true });
  }, 120_000);

  test("a first load does what its plan shows, and a second plan is empty", async () => {
    const plan = await engine.plan();
    const applied = await engine.apply(plan, { approve: { plan: plan.id, by: "test" } });
    expect(applied.unmade).toEqual([]);
    expect(applied.applied).toBe(applied.planned);
    expect(applied.planned).toBeGreaterThan(accounts + products);
    expect((await engine.plan()).writes).toEqual([]);
    expect(await engine.deadLetters()).toEqual([]);
    const parties = await admin.find("party.party", [["name", "like", "Fable Works %"]], ["code"]);
    expect(parties.length).toBe(accounts);
    expect(Object.keys(crm.state.records["products"] ?? {}).length).toBe(products);
    expect(named("accounts", "name", "Fable Works 7 Ltd")?.["customerNumber"]).toMatch(/^\d+$/);
  }, 600_000);

  test("a change on either side arrives on the other", async () => {
    const account = named("accounts", "name", "Fable Works 3 Ltd");
    crm.people.editAccount(String(account?.id), { name: "Fable Works Three SARL" });
    const [party] = await admin.find(
      "party.party",
      [["name", "=", "Fable Works 4 Ltd"]],
      ["contact_mechanisms"],
    );
    const [mail] = await admin.find(
      "party.contact_mechanism",
      [
        ["party", "=", party?.["id"] ?? null],
        ["type", "=", "email"],
      ],
      ["value"],
    );
    await admin.call("party.contact_mechanism.write", [Number(mail?.["id"])], {
      value: "neu@fable-4.example",
    });
    await settleAll();
    expect(
      (await admin.find("party.party", [["name", "=", "Fable Works Three SARL"]], ["code"])).length,
    ).toBe(1);
    expect(named("accounts", "name", "Fable Works 4 Ltd")?.["email"]).toBe("neu@fable-4.example");
  }, 300_000);

  test("quote to cash: one sale, delivered, invoiced, paid, and the CRM shows each step", async () => {
    const account = named("accounts", "name", "Fable Works 10 Ltd");
    const product = named("products", "sku", "P002");
    const quote = crm.people.createQuote({
      accountId: String(account?.id),
      currency: "EUR",
      warehouse: "WH",
      paymentTerms: "net30",
      customerOrderNumber: "PO-LIVE-1",
      validUntil: "2099-12-31",
      lines: [
        {
          productId: String(product?.id),
          quantity: "4",
          unit: textOf(product?.["unit"]),
          unitPrice: { amount: "12.50", currency: "EUR" },
        },
      ],
    });
    crm.people.sendQuote(String(quote.id));
    crm.people.acceptQuote(String(quote.id));
    await settleAll();
    const number = textOf(crm.state.records["quotes"]?.[String(quote.id)]?.["erpNumber"]);
    const sales = await admin.find(
      "sale.sale",
      [["number", "=", number]],
      ["state", "shipments", "invoices"],
    );
    expect(sales.map(({ state }) => state)).toEqual(["processing"]);
    const order = named("orders", "number", number);
    expect([order?.["status"], order?.["quoteId"]]).toEqual(["open", quote.id]);

    const [shipment] = (sales[0]?.["shipments"] ?? []) as readonly number[];
    await admin.call("stock.shipment.out.assign_try", [Number(shipment)]);
    for (const step of ["pick", "pack", "done"])
      await admin.call(`stock.shipment.out.${step}`, [Number(shipment)]);
    const [invoice] = (sales[0]?.["invoices"] ?? []) as readonly number[];
    await admin.call("account.invoice.post", [Number(invoice)]);
    await settleAll();
    const mirrored = Object.values(crm.state.records["invoices"] ?? {}).find(
      (one) => one["orderId"] === order?.id,
    );
    expect(mirrored?.["openBalance"]).toEqual({ amount: "60.00", currency: "EUR" });
    expect(named("shipments", "orderId", order?.id)?.["confirmedDeliveryDate"]).toMatch(/^\d{4}-\d\d-\d\d$/);

    const [method] = await admin.find("account.invoice.payment.method", [], ["name"]);
    await admin.wizard("account.invoice.pay", [["choice", { payment_method: method?.["id"] ?? null }]], {
      model: "account.invoice",
      id: Number(invoice),
    });
    await settleAll();
    const paid = crm.state.records["invoices"]?.[String(mirrored?.id)];
    expect([paid?.["status"], paid?.["openBalance"]]).toEqual(["paid", { amount: "0.00", currency: "EUR" }]);
  }, 300_000);

  test("both systems agree to the cent over all nine entities, and a last run writes nothing", async () => {
    expect(await settleAll()).toBe(0);
    const statement = await engine.statement();
    expect(statement.isExplained).toBe(true);
    const linked = Object.fromEntries(statement.entities.map(({ entity, linked: count }) => [entity, count]));
    for (const [entity, count] of Object.entries(linked)) expect([entity, count > 0]).toEqual([entity, true]);
    const booked = statement.entities.filter(({ entity }) => entity === "orders" || entity === "invoices");
    const totals = booked.flatMap(({ entity, totals: lines }) =>
      lines.map(({ field, difference }) => `${entity} ${field} ${difference}`),
    );
    expect(totals.filter((line) => !line.endsWith(" 0"))).toEqual([]);
    expect(totals.length).toBeGreaterThan(5);
    console.log(`linked: ${JSON.stringify(linked)}; Tryton up in ${erp.startedInMs} ms`);
  }, 300_000);
});
