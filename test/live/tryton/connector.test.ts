import { compileMapping, readFields } from "@crossfoot/connector-sdk";
import type { NativeRecord, NativeWrite, WriteOutcome } from "@crossfoot/connector-sdk";
import { openTryton, tryton } from "@crossfoot/connector-tryton";
import type { TrytonConnection } from "@crossfoot/connector-tryton";
import { entities, entityNames } from "@crossfoot/model";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dec, loginAs } from "./admin.ts";
import type { Admin } from "./admin.ts";
import { startTryton, whyNot } from "./erp.ts";
import type { RunningTryton } from "./erp.ts";
import { liveSession } from "./session.ts";
import type { LiveSession } from "./session.ts";

const reason = whyNot();
if (reason !== null) console.log(`skipped: Tryton live tests, ${reason}`);

type Id = NativeRecord["id"];
type JsonMap = NativeRecord["native"];
const asId = (text: string): Id => text as Id;

let erp: RunningTryton;
let admin: Admin;
let session: LiveSession;
let connection: TrytonConnection;
let count = 0;

const optionsOf = (erp: RunningTryton): JsonMap => ({
  database: erp.database,
  user: erp.user,
  password: "erp-password",
  freightProduct: "FREIGHT",
});

const kinds = Object.fromEntries(entityNames.map((name) => [name, entities[name].fields]));
const mapping = compileMapping(tryton.defaultMapping({ database: "d", user: "u", password: "p" }), kinds).mapping;
const rootsOf = (entity: string): readonly string[] => mapping?.entities[entity]?.roots ?? [];

function write(more: Partial<NativeWrite> & Pick<NativeWrite, "entity" | "kind">): NativeWrite {
  count += 1;
  const none = { id: null, precondition: null, patch: {}, current: {}, transition: null };
  return { key: `k${count}`, reference: `ref-${Date.now().toString(36)}-${count}`, ...none, ...more };
}

async function send(...writes: readonly NativeWrite[]): Promise<readonly WriteOutcome[]> {
  return connection.write(writes);
}

function idOf(outcome: WriteOutcome | undefined): Id {
  if (outcome?.kind !== "done") throw new Error(`not done: ${JSON.stringify(outcome)}`);
  return outcome.id;
}

const codeOf = (outcome: WriteOutcome | undefined): string =>
  outcome?.kind === "failed" ? `${outcome.failure.failure}/${outcome.failure.code}` : (outcome?.kind ?? "none");

async function one(entity: string, id: Id): Promise<NativeRecord> {
  const [record] = await connection.readByIds({ entity, roots: rootsOf(entity), ids: [id] });
  if (record === undefined) throw new Error("no record");
  return record;
}

async function changedSince(entity: string, since: string): Promise<ReadonlyMap<string, NativeRecord>> {
  const found = new Map<string, NativeRecord>();
  let cursor: string | null = null;
  do {
    const page = await connection.read({ entity, roots: rootsOf(entity), since, cursor, pageSize: 20 });
    for (const record of page.records) found.set(String(record.id), record);
    cursor = page.next;
  } while (cursor !== null);
  return found;
}

/** An instant of the database's clock just before now, which is this machine's. */
const moment = (): string => new Date(Date.now() - 5).toISOString();

async function partyByCode(code: string): Promise<number> {
  const [row] = await admin.find("party.party", [["code", "=", code]], ["id"]);
  return row?.["id"] as number;
}

async function productByCode(code: string): Promise<number> {
  const [row] = await admin.find("product.product", [["code", "=", code]], ["id"]);
  return row?.["id"] as number;
}

const press = (id: Id, from: string, to: string, via: string): NativeWrite =>
  write({ entity: "quotes", kind: "transition", id, transition: { from, to, via } });

async function quoteFor(code: string, more: JsonMap = {}): Promise<NativeWrite> {
  const lines = [
    { product: String(await productByCode("P002")), quantity: "4", unit: "u", unit_price: "3.5", note: "blue" },
  ];
  const patch = { party: String(await partyByCode(code)), currency: "EUR", warehouse: "WH", lines, ...more };
  return write({ entity: "quotes", kind: "create", patch });
}

describe.skipIf(reason !== null)("Tryton, the connector alone", () => {
  beforeAll(async () => {
    erp = await startTryton();
    console.log(`Tryton answers after ${erp.startedInMs} ms at ${erp.url}/${erp.database}/`);
    session = liveSession({ url: erp.url, password: erp.password, options: optionsOf(erp) });
    connection = openTryton(session);
    admin = await loginAs({ ...erp, user: erp.adminUser, password: erp.adminPassword });
  });
  afterAll(async () => {
    await erp?.stop();
  });

  it("names its tenant and the rights it has", async () => {
    const description = await connection.describe();
    expect(description.tenant).toBe(`${erp.database}/1/1`);
    expect(description.version).toMatch(/^6\.0\./);
    expect(description.missingRights).toEqual([]);
    expect(description.fields["accounts"]?.find(({ root }) => root === "name")?.isRequired).toBe(true);
  });

  it("reads all nine entities, and the default mapping makes canonical records of every one", async () => {
    const counts: Record<string, number> = {};
    for (const entity of entityNames) {
      const begun = performance.now();
      const page = await connection.read({ entity, roots: rootsOf(entity), since: null, cursor: null, pageSize: 500 });
      const compiled = mapping?.entities[entity];
      if (compiled === undefined) throw new Error(`no mapping of ${entity}`);
      const context = { linkOf: () => undefined, lineKeyOf: () => undefined, connection: "erp" };
      const problems = page.records.map((record) => readFields(compiled, record.native, context).problems);
      expect(page.unreadable).toEqual([]);
      expect(problems.filter((each) => Object.keys(each).length > 0)).toEqual([]);
      counts[entity] = page.records.length;
      console.log(`${entity}: ${page.records.length} records in ${Math.round(performance.now() - begun)} ms`);
    }
    expect(counts).toEqual({
      accounts: 20,
      contacts: 20,
      products: 54,
      pricebooks: 2,
      quotes: 4,
      orders: 2,
      invoices: 1,
      inventory: 102,
      shipments: 2,
    });
  });

  it("lists the ids of every record, page by page the same as at once", async () => {
    for (const entity of entityNames) {
      const ids = await connection.readIds({ entity, cursor: null });
      const paged: string[] = [];
      let cursor: string | null = null;
      do {
        const page = await connection.read({ entity, roots: [], since: null, cursor, pageSize: 7 });
        paged.push(...page.records.map(({ id }) => String(id)));
        cursor = page.next;
      } while (cursor !== null);
      expect(paged).toEqual(ids.ids.map(String));
      expect(new Set(paged).size).toBe(paged.length);
    }
  });

  it("reads computed prices with their quantity breaks", async () => {
    const page = await connection.read({ entity: "pricebooks", roots: ["name", "entries"], since: null, cursor: null, pageSize: 10 });
    const wholesale = page.records.find(({ native }) => native["name"] === "Wholesale");
    const entries = (wholesale?.native["entries"] ?? []) as readonly JsonMap[];
    const [first, second] = [String(await productByCode("P001")), String(await productByCode("P002"))];
    const breaks = (product: string): readonly string[] =>
      entries.filter((row) => row["product"] === product).map((row) => `${String(row["min_quantity"])}:${String(row["unit_price"])}`);
    expect(breaks(first)).toEqual(["0:9.99"]);
    expect(breaks(second)).toEqual(["0:4.161", "10:3.942", "100:3.504"]);
  });

  it("creates accounts in one call, and refuses a bad one alone", async () => {
    const address = { street: "1 rue X", street2: "Bat. B", city: "Lille", postal_code: "59000", country: "FR" };
    const good = write({
      entity: "accounts",
      kind: "create",
      patch: {
        name: "Zoë & Söhne 😀 שלום",
        status: "customer",
        invoice_address: address,
        delivery_address: { ...address, city: "Roubaix" },
        addresses: [{ name: "Dock", ...address, city: "Calais" }],
        phone: { value: "+33 3 20 00 00 00" },
        email: { value: "zoe@example.com" },
        tax_identifier: { code: "FR40303265045" },
        customer_payment_term: "30 days net",
        parent: { id: String(await partyByCode("C00001")) },
      },
    });
    const bad = write({ entity: "accounts", kind: "create", patch: { name: "Bad", tax_identifier: { code: "DE123456789" } } });
    const terms = write({ entity: "accounts", kind: "create", patch: { name: "Bad", customer_payment_term: "never" } });
    const outcomes = await send(good, bad, terms);
    expect(outcomes.map(codeOf)).toEqual(["done", "invalid/tax_id_invalid", "invalid/payment_term_unknown"]);
    const { native, actor } = await one("accounts", idOf(outcomes[0]));
    expect(actor).toBe(erp.user);
    expect(native).toMatchObject({
      name: "Zoë & Söhne 😀 שלום",
      invoice_address: { street: "1 rue X", street2: "Bat. B", city: "Lille", country: "FR" },
      delivery_address: { city: "Roubaix" },
      addresses: [{ name: "Dock", city: "Calais" }],
      email: { value: "zoe@example.com" },
      tax_identifier: { type: "eu_vat", code: "FR40303265045" },
      customer_payment_term: "30 days net",
      parent: { id: String(await partyByCode("C00001")) },
    });
  });

  it("updates an account and its parts under the stamps it was read with", async () => {
    const id = asId(String(await partyByCode("C00002")));
    const before = await one("accounts", id);
    const [addressId] = [(before.native["invoice_address"] as JsonMap)["id"]];
    const patch = {
      name: "Hooli 2 AG",
      invoice_address: { ...(before.native["invoice_address"] as JsonMap), city: "Gent" },
      email: { ...(before.native["email"] as JsonMap), value: "new@c02.example.com" },
      website: { ...(before.native["website"] as JsonMap), value: null },
    };
    const update = write({ entity: "accounts", kind: "update", id, precondition: before.version, current: before.native, patch });
    expect((await send(update)).map(codeOf)).toEqual(["done"]);
    const after = await one("accounts", id);
    expect(after.native).toMatchObject({ name: "Hooli 2 AG", website: null, email: { value: "new@c02.example.com" } });
    expect(after.native["invoice_address"]).toMatchObject({ id: addressId, city: "Gent" });
    expect(after.version).not.toBe(before.version);
    expect((await send({ ...update, key: "again" })).map(codeOf)).toEqual(["stale/stale_record"]);
  });

  it("refuses an update when only a part was changed meanwhile", async () => {
    const id = asId(String(await partyByCode("C00003")));
    const before = await one("accounts", id);
    const delivery = before.native["delivery_address"] as JsonMap;
    await admin.call("party.address.write", [Number(delivery["id"])], { city: "Elsewhere" });
    const patch = { delivery_address: { ...delivery, city: "Ours" } };
    const update = write({ entity: "accounts", kind: "update", id, precondition: before.version, current: before.native, patch });
    const other = write({ entity: "accounts", kind: "update", id, current: before.native, patch: { name: "Free" } });
    expect((await send(update)).map(codeOf)).toEqual(["stale/stale_record"]);
    expect((await send(other)).map(codeOf)).toEqual(["done"]);
    expect((await one("accounts", id)).native).toMatchObject({ name: "Free", delivery_address: { city: "Elsewhere" } });
  });

  it("gives each use its own row when one address served both", async () => {
    const address = { street: "5 Quai", city: "Brest", postal_code: "29200", country: "FR" };
    const [created] = await send(
      write({ entity: "accounts", kind: "create", patch: { name: "Shared", invoice_address: address, delivery_address: address } }),
    );
    const id = idOf(created);
    const before = await one("accounts", id);
    const shared = before.native["invoice_address"] as JsonMap;
    expect(before.native["delivery_address"]).toEqual(shared);
    const patch = { invoice_address: { ...shared, city: "Paris" } };
    await send(write({ entity: "accounts", kind: "update", id, precondition: before.version, current: before.native, patch }));
    const after = await one("accounts", id);
    expect(after.native).toMatchObject({ invoice_address: { city: "Paris" }, delivery_address: { city: "Brest" }, addresses: [] });
  });

  it("writes a hundred updates in one call, and finds the stale one among them", async () => {
    const creates = Array.from({ length: 100 }, (_, at) => write({ entity: "accounts", kind: "create", patch: { name: `Bulk ${at}` } }));
    const begun = performance.now();
    const ids = (await send(...creates)).map(idOf);
    const created = performance.now();
    const records = await connection.readByIds({ entity: "accounts", roots: rootsOf("accounts"), ids });
    const updates = records.map((record, at) =>
      write({ entity: "accounts", kind: "update", id: record.id, precondition: record.version, current: record.native, patch: { name: `Bulk ${at} b` } }),
    );
    await admin.call("party.party.write", [Number(ids[41])], { name: "Edited" });
    const calls = session.exchanges.length;
    const outcomes = await send(...updates);
    console.log(
      `100 accounts: created in ${Math.round(created - begun)} ms, updated with one stale among them by ` +
        `${session.exchanges.length - calls} calls in ${Math.round(performance.now() - created)} ms`,
    );
    expect(outcomes.map(codeOf).filter((code) => code !== "done")).toEqual(["stale/stale_record"]);
    expect(codeOf(outcomes[41])).toBe("stale/stale_record");
    expect((await one("accounts", ids[41] as Id)).native["name"]).toBe("Edited");
  });

  it("creates a contact with its relation, and moves it to another account", async () => {
    const [from, to] = [String(await partyByCode("C00004")), String(await partyByCode("C00005"))];
    const patch = { person: { given: "Ann Mary", family: "Lee" }, email: { value: "ann@example.com" }, account: { id: from } };
    const outcomes = await send(
      write({ entity: "contacts", kind: "create", patch }),
      write({ entity: "contacts", kind: "create", patch: { person: { given: "No", family: "Body" } } }),
    );
    expect(outcomes.map(codeOf)).toEqual(["done", "invalid/required"]);
    const id = idOf(outcomes[0]);
    const before = await one("contacts", id);
    expect(before.native).toMatchObject({ person: { given: "Ann Mary", family: "Lee" }, account: { id: from } });
    const moved = { account: { ...(before.native["account"] as JsonMap), id: to } };
    await send(write({ entity: "contacts", kind: "update", id, precondition: before.version, current: before.native, patch: moved }));
    expect((await one("contacts", id)).native["account"]).toMatchObject({ id: to });
    expect((await one("accounts", id)).kind).toBe("out_of_scope");
  });

  it("sees a change of an address, a mechanism, a relation and a template since an instant", async () => {
    const since = moment();
    const [c6, c7, c8] = [await partyByCode("C00006"), await partyByCode("C00007"), await partyByCode("C00008")];
    const [address] = await admin.find("party.address", [["party", "=", c6]], ["id"]);
    const [mechanism] = await admin.find("party.contact_mechanism", [["party", "=", c7]], ["id"]);
    const [type] = await admin.find("party.relation.type", [["name", "=", "is subsidiary of"]], ["id"]);
    const [template] = await admin.find("product.template", [["code", "=", "P003"]], ["id"]);
    await admin.call("party.address.write", [address?.["id"] as number], { city: "Moved" });
    await admin.call("party.contact_mechanism.write", [mechanism?.["id"] as number], { value: "other@example.com" });
    await admin.call("party.relation.all.create", [{ from_: c8, to: c6, type: type?.["id"] as number }]);
    await admin.call("product.template.write", [template?.["id"] as number], { list_price: dec("99.50") });
    const accounts = await changedSince("accounts", since);
    expect([...accounts.keys()]).toEqual(expect.arrayContaining([String(c6), String(c7), String(c8)]));
    expect(accounts.get(String(c6))?.native["invoice_address"]).toMatchObject({ city: "Moved" });
    expect(accounts.get(String(c8))?.native["parent"]).toMatchObject({ id: String(c6) });
    const products = await changedSince("products", since);
    expect([...products.values()].map(({ native }) => native["list_price"])).toEqual([{ amount: "99.5", currency: "EUR" }]);
    const books = await changedSince("pricebooks", since);
    expect(books.size).toBe(2);
  });

  it("tells archived, merged, out of scope and deleted records apart", async () => {
    const since = moment();
    const names = ["Gone", "Asleep", "Loser", "Winner", "Becomes a contact"];
    const ids = (await send(...names.map((name) => write({ entity: "accounts", kind: "create", patch: { name } })))).map(idOf);
    const [gone, asleep, loser, winner, person] = ids.map(Number) as [number, number, number, number, number];
    await admin.call("party.party.delete", [gone]);
    expect((await send(write({ entity: "accounts", kind: "archive", id: asId(String(asleep)) }))).map(codeOf)).toEqual(["done"]);
    await admin.call("party.party.write", [loser], { name: "Winner" });
    await admin.wizard("party.replace", [["replace", { source: loser, destination: winner }]], { model: "party.party", id: loser });
    const [type] = await admin.find("party.relation.type", [["name", "=", "is contact of"]], ["id"]);
    await admin.call("party.relation.all.create", [{ from_: person, to: winner, type: type?.["id"] as number }]);
    const changed = await changedSince("accounts", since);
    const kindsSeen = [asleep, loser, winner, person].map((id) => changed.get(String(id))?.kind);
    expect(kindsSeen).toEqual(["archived", "merged", "present", "out_of_scope"]);
    expect(changed.get(String(loser))?.into).toBe(String(winner));
    expect((await one("accounts", asId(String(gone)))).kind).toBe("deleted");
    const listed = (await connection.readIds({ entity: "accounts", cursor: null })).ids.map(Number);
    expect([gone, asleep, person].map((id) => listed.includes(id))).toEqual([false, true, false]);
  });

  it("finds a late commit within the overlap that its stamp would have missed", async () => {
    const rows = Array.from({ length: 120 }, (_, at) => ({ name: `Late ${at}`, addresses: [["create", [{ city: "X" }]]] }));
    const late = admin.call("party.party.create", rows as never);
    const [quick] = await send(write({ entity: "accounts", kind: "create", patch: { name: "Quick" } }));
    const seen = await one("accounts", idOf(quick));
    const lateIds = (await late) as readonly number[];
    const [first] = await connection.readByIds({ entity: "accounts", roots: ["name"], ids: [asId(String(lateIds[0]))] });
    const watermark = seen.modifiedAt ?? "";
    const isLate = (first?.modifiedAt ?? "") < watermark;
    console.log(`late commit: stamped ${first?.modifiedAt}, the quick one ${watermark}, stamped before it: ${isLate}`);
    const overlap = new Date(Date.parse(watermark) - connection.manifest.commitLagMs).toISOString();
    const again = await changedSince("accounts", overlap);
    expect(lateIds.filter((id) => !again.has(String(id)))).toEqual([]);
  });

  it("finds by our reference what a lost answer created, for each entity it writes", async () => {
    const creates = [
      write({ entity: "accounts", kind: "create", patch: { name: "Lost" } }),
      write({ entity: "contacts", kind: "create", patch: { person: { given: "L", family: "Ost" }, account: { id: String(await partyByCode("C00009")) } } }),
      await quoteFor("C00009"),
    ];
    for (const create of creates) {
      session.fate = ({ body }) => (body?.includes(".create") === true ? "lose-answer" : "pass");
      const [outcome] = await send(create);
      session.fate = null;
      expect(codeOf(outcome)).toBe("in_doubt/answer_lost");
      const found = await connection.probe({ entity: create.entity, roots: rootsOf(create.entity), reference: create.reference, write: create });
      expect(found).toMatchObject({ by: "reference", records: [{ kind: "present", actor: erp.user }] });
      const none = await connection.probe({ entity: create.entity, roots: [], reference: "never-sent", write: create });
      expect(none.records).toEqual([]);
    }
  });

  it("takes a quote to an order; a second writer ships, invoices and is paid", async () => {
    const since = moment();
    const create = await quoteFor("C00001", {
      description: "PO 4711",
      payment_term: "60 days net",
      shipment_address: { street: "9 Quai", city: "Brest", postal_code: "29200", country: "FR" },
      freight: { amount: "15.5", currency: "EUR" },
    });
    const id = idOf((await send(create))[0]);
    expect((await one("quotes", id)).native).toMatchObject({
      quote_state: "draft",
      description: "PO 4711",
      price_list: expect.any(String) as string,
      freight: { amount: "15.5" },
      untaxed_amount: "29.5",
      tax_amount: "5.9",
      shipment_address: { city: "Brest" },
    });
    expect((await send(press(id, "sent", "accepted", "confirm"))).map(codeOf)).toEqual(["stale/wrong_state"]);
    const steps = [press(id, "draft", "sent", "quote"), press(id, "sent", "accepted", "confirm")];
    expect((await send(...steps)).map(codeOf)).toEqual(["done", "done"]);
    expect((await one("quotes", id)).native).toMatchObject({ quote_state: "ordered", approval: "approved" });
    const order = await one("orders", id);
    expect(order.native).toMatchObject({ id: String(id), order_state: "open", total_amount: "35.4", lines: [{ amount: "14", tax: "2.8" }] });
    expect((await send(press(id, "sent", "cancelled", "cancel"))).map(codeOf)).toEqual(["stale/wrong_state"]);

    const [sale] = await admin.find("sale.sale", [["id", "=", Number(id)]], ["shipments", "invoices"]);
    const [shipment, invoice] = [(sale?.["shipments"] as number[])[0], (sale?.["invoices"] as number[])[0]] as [number, number];
    const planned = await stockOf("P002");
    expect(await admin.call("stock.shipment.out.assign_try", [shipment])).toBe(true);
    for (const button of ["pick", "pack", "done"]) await admin.call(`stock.shipment.out.${button}`, [shipment]);
    expect((await one("orders", id)).native["order_state"]).toBe("delivered");
    const sent = await one("shipments", asId(String(shipment)));
    expect(sent.native).toMatchObject({ shipment_state: "shipped", sale: String(id), lines: [{ quantity: "4", unit: "u" }] });
    const left = await stockOf("P002");
    expect(Number(planned["on_hand"]) - Number(left["on_hand"])).toBe(4);
    expect(Number(planned["reserved"]) - Number(left["reserved"])).toBe(4);
    expect(left["available"]).toBe(planned["available"]);

    await admin.call("account.invoice.post", [invoice]);
    expect((await one("orders", id)).native["order_state"]).toBe("invoiced");
    const posted = await one("invoices", asId(String(invoice)));
    expect(posted.native).toMatchObject({ invoice_state: "open", sale: String(id), amount_to_pay: "35.4", payments: [] });
    expect(posted.native["due_date"]).toBe(dayAfter(String(posted.native["invoice_date"]), 60));
    await pay(invoice, "10.00");
    const part = await one("invoices", asId(String(invoice)));
    expect(part.native).toMatchObject({ invoice_state: "part_paid", amount_to_pay: "25.4", payments: [{ amount: "10" }] });
    await pay(invoice, "25.40");
    const paid = await one("invoices", asId(String(invoice)));
    expect(paid.native).toMatchObject({ invoice_state: "paid", amount_to_pay: "0", payments: [{ amount: "10" }, { amount: "25.4" }] });
    expect((await one("orders", id)).native["order_state"]).toBe("closed");
    for (const [entity, key] of [["orders", String(id)], ["invoices", String(invoice)], ["shipments", String(shipment)]] as const) {
      expect((await changedSince(entity, since)).has(key)).toBe(true);
    }
  });

  it("keeps a line's discount apart from its price, also when one of them changes later", async () => {
    const product = String(await productByCode("P002"));
    const line = { product, quantity: "2", unit: "u", unit_price: "100", discount_percent: "12.5" };
    const id = idOf((await send(await quoteFor("C00001", { lines: [line] })))[0]);
    const before = await one("quotes", id);
    expect(before.native).toMatchObject({ lines: [{ unit_price: "100", discount_percent: "12.5" }], untaxed_amount: "175" });
    const [row] = before.native["lines"] as readonly JsonMap[];
    const lines = [{ ...row, discount_percent: "10" }, { product, quantity: "1", unit: "u", unit_price: "7" }];
    await send(write({ entity: "quotes", kind: "update", id, precondition: before.version, current: before.native, patch: { lines } }));
    const after = await one("quotes", id);
    expect(after.native).toMatchObject({ lines: [{ id: row?.["id"], discount_percent: "10" }, { unit_price: "7" }], untaxed_amount: "187" });
  });

  it("takes a discount of the whole quote into the prices once, and never on top of itself", async () => {
    const id = idOf((await send(await quoteFor("C00001", { discount_percent: "10" })))[0]);
    const before = await one("quotes", id);
    expect(before.native).toMatchObject({ lines: [{ unit_price: "3.15" }], untaxed_amount: "12.6" });
    const [row] = before.native["lines"] as readonly JsonMap[];
    const patch = { lines: [{ ...row, unit_price: "4" }] };
    const outcomes = await send(write({ entity: "quotes", kind: "update", id, current: before.native, patch }));
    expect(outcomes.map(codeOf)).toEqual(["invalid/prices_folded"]);
  });

  it("refuses what would become a wrong document, each with its reason", async () => {
    const product = String(await productByCode("P002"));
    const line = { product, quantity: "4", unit: "u", unit_price: "3.5" };
    const lines = (more: JsonMap): JsonMap => ({ lines: [{ ...line, ...more }] });
    const writes = await Promise.all(
      [
        lines({ unit_price: null }),
        lines({ quantity: "1.5" }),
        lines({ unit: "kg" }),
        lines({ unit: null }),
        { currency: null },
        { currency: "XXX" },
        { company: "Another company" },
        { warehouse: "NOWHERE" },
        { lines: [] },
      ].map(async (more) => quoteFor("C00001", more)),
    );
    expect((await send(...writes)).map(codeOf)).toEqual([
      "invalid/price_missing",
      "invalid/too_precise",
      "invalid/unit_unknown",
      "invalid/unit_missing",
      "invalid/currency_missing",
      "invalid/currency_unknown",
      "invalid/company_mismatch",
      "invalid/warehouse_unknown",
      "invalid/lines_missing",
    ]);
  });

  it("does not let a quote that was given out be rewritten", async () => {
    const id = idOf((await send(await quoteFor("C00001")))[0]);
    await send(press(id, "draft", "sent", "quote"));
    const now = await one("quotes", id);
    const [row] = now.native["lines"] as readonly JsonMap[];
    const change = (patch: JsonMap): NativeWrite =>
      write({ entity: "quotes", kind: "update", id, precondition: now.version, current: now.native, patch });
    expect((await send(change({ lines: [{ ...row, quantity: "5" }] }))).map(codeOf)).toEqual(["invalid/wrong_state"]);
    expect((await send(change({ description: "PO 4712" }))).map(codeOf)).toEqual(["done"]);
  });

  it("reports the credit limit with a plain reason, before and after the attempt", async () => {
    const id = idOf((await send(await quoteFor("C00005", { lines: [{ product: String(await productByCode("P002")), quantity: "500", unit: "u", unit_price: "10" }] })))[0]);
    await send(press(id, "draft", "sent", "quote"));
    const quote = await one("quotes", id);
    expect(quote.native).toMatchObject({ approval: "pending", approval_reason: "credit limit exceeded by 4000 EUR" });
    const [outcome] = await send(press(id, "sent", "accepted", "confirm"));
    expect(codeOf(outcome)).toBe("invalid/credit_limit");
    expect((await one("quotes", id)).native["quote_state"]).toBe("quotation");
  });

  it("logs in again after its session has ended, and never loops on a wrong password", async () => {
    session.token.store("session", "Session bm9ib2R5OjE6eA==");
    const asked = { entity: "products", roots: ["code"], since: null, cursor: null, pageSize: 1 };
    await expect(connection.read(asked)).rejects.toMatchObject({ failure: "unauthorised", code: "session_expired" });
    await expect(connection.read(asked)).resolves.toMatchObject({ records: [{ native: { code: "P001" } }] });
    const wrong = liveSession({ url: erp.url, password: "wrong", options: optionsOf(erp) });
    await expect(openTryton(wrong).read(asked)).rejects.toMatchObject({ failure: "unauthorised", code: "wrong_credentials" });
    expect(wrong.exchanges.length).toBe(1);
    const nowhere = liveSession({ url: erp.url, password: erp.password, options: { ...optionsOf(erp), database: "nowhere" } });
    await expect(openTryton(nowhere).read(asked)).rejects.toMatchObject({ failure: "unauthorised", code: "database_unknown" });
  });

  it("a second reading of everything shows the same versions and values", async () => {
    for (const entity of entityNames) {
      const read = async (): Promise<string> => {
        const page = await connection.read({ entity, roots: rootsOf(entity), since: null, cursor: null, pageSize: 500 });
        return JSON.stringify(page.records.map(({ id, version, native }) => [id, version, native]));
      };
      expect(await read()).toBe(await read());
    }
  });
});

async function stockOf(code: string): Promise<JsonMap> {
  const [warehouse] = await admin.find("stock.location", [["code", "=", "WH"]], ["id"]);
  const record = await one("inventory", asId(`${await productByCode(code)}:${String(warehouse?.["id"])}`));
  return record.native;
}

async function pay(invoice: number, amount: string): Promise<void> {
  const [method] = await admin.find("account.invoice.payment.method", [], ["id"]);
  const choice = { payment_method: method?.["id"] as number, amount: dec(amount) };
  const [due] = await admin.find("account.invoice", [["id", "=", invoice]], ["amount_to_pay"]);
  const isPart = (due?.["amount_to_pay"] as { decimal: string }).decimal !== amount;
  const steps = isPart ? [["choice", choice], ["pay", { type: "partial" }]] : [["choice", choice]];
  await admin.wizard("account.invoice.pay", steps as never, { model: "account.invoice", id: invoice });
}

const dayAfter = (date: string, days: number): string =>
  new Date(Date.parse(`${date}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
