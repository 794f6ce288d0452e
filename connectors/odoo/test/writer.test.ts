import type { NativeRecord, NativeWrite, WriteOutcome } from "@crossfoot/connector-sdk";
import { ConnectorError } from "@crossfoot/connector-sdk";
import { describe, expect, it } from "vitest";
import { openOdoo } from "../src/index.ts";
import type { Asked, FakeOdoo, Reply } from "./fake-odoo.ts";
import { fakeOdoo } from "./fake-odoo.ts";

type JsonMap = NativeRecord["native"];

const known: { readonly [model: string]: { readonly [field: string]: object } } = {
  "res.partner": { x_crossfoot_reference: { type: "char" } },
  "sale.order": { x_crossfoot_reference: { type: "char" } },
  "sale.order.line": {
    tax_ids: { type: "many2many" },
    product_uom_id: { type: "many2one" },
    product_uom_qty: { type: "float", digits: [16, 2] },
    price_unit: { type: "float", digits: [16, 2] },
    discount: { type: "float", digits: [16, 2] },
  },
};
const rows: { readonly [model: string]: readonly object[] } = {
  "res.company": [{ id: 1, name: "Us", currency_id: [126, "EUR"] }],
  "res.currency": [{ id: 126, name: "EUR", decimal_places: 2, rate: 1 }],
  "product.product": [
    {
      ...{ id: 2, display_name: "[P] Bolt", description_sale: "Steel", uom_id: [1, "Units"] },
      ...{ active: true, sale_ok: true, company_id: false },
    },
  ],
  "product.pricelist": [{ id: 1, currency_id: [126, "EUR"], active: true }],
};

/** A server of which only the calls under test are said; the rest is what every write asks first. */
function server(reply: (asked: Asked) => Reply | undefined, fields = known): FakeOdoo {
  return fakeOdoo((asked) => {
    const own = reply(asked);
    if (own !== undefined) return own;
    if (asked.model === "res.users" && asked.method !== "search_read") return undefined;
    if (asked.method === "fields_get") return { value: fields[asked.model] ?? {} };
    if (asked.method === "read" && asked.model === "res.partner")
      return {
        value: [{ id: 8, name: "C", active: true, property_product_pricelist: [1, "L"], child_ids: [] }],
      };
    return { value: rows[asked.model] ?? [] };
  });
}

let count = 0;
function write(more: Partial<NativeWrite> & Pick<NativeWrite, "entity" | "kind">): NativeWrite {
  count += 1;
  const none = { id: null, precondition: null, patch: {}, current: {}, transition: null };
  return { key: `k${count}`, reference: `ref-${count}`, ...none, ...more };
}

const codeOf = (outcome: WriteOutcome | undefined): string =>
  outcome?.kind === "failed"
    ? `${outcome.failure.failure}/${outcome.failure.code}`
    : (outcome?.kind ?? "none");

async function codes(session: FakeOdoo, ...writes: readonly NativeWrite[]): Promise<readonly string[]> {
  return (await openOdoo(session).write(writes)).map(codeOf);
}

const calls = (session: FakeOdoo, method: string): readonly Asked[] =>
  session.asked.filter((asked) => asked.method === method && asked.isWrite);

const named = (name: string): NativeWrite => write({ entity: "accounts", kind: "create", patch: { name } });
const valuesOf = ({ args }: Asked): readonly JsonMap[] => args["vals_list"] as readonly JsonMap[];

describe("creates", () => {
  it("go together; when Odoo refuses, halves find the bad one, and every other is made once", async () => {
    let next = 10;
    const session = server((asked) => {
      if (asked.method !== "create") return undefined;
      const names = valuesOf(asked).map((values) => values["name"]);
      if (names.includes("bad")) return { exception: "odoo.exceptions.ValidationError", message: "no" };
      return { value: names.map(() => (next += 1)) };
    });
    const writes = ["a", "b", "bad", "c"].map(named);
    expect(await codes(session, ...writes)).toEqual(["done", "done", "invalid/refused", "done"]);
    const made = calls(session, "create")
      .flatMap(valuesOf)
      .map((values) => values["name"]);
    expect(made).toEqual(["a", "b", "bad", "c", "a", "b", "bad", "c", "bad", "c"]);
  });

  it("carry our reference, and are refused before anything is sent where no field holds it", async () => {
    const session = server(({ method }) => (method === "create" ? { value: [11] } : undefined));
    const one = named("a");
    expect(await codes(session, one)).toEqual(["done"]);
    expect(calls(session, "create").flatMap(valuesOf)[0]).toMatchObject({
      x_crossfoot_reference: one.reference,
      is_company: true,
    });
    const bare = server(() => undefined, {});
    expect(await codes(bare, named("a"))).toEqual(["unsupported/reference_field_missing"]);
    expect(bare.requests.filter(({ isWrite }) => isWrite)).toEqual([]);
  });

  it("whose answer is lost are in doubt, all of them, and are not sent again", async () => {
    const lost = new ConnectorError({ failure: "in_doubt", code: "answer_lost", message: "lost" });
    const session = server(({ method }) => (method === "create" ? { thrown: lost } : undefined));
    expect(await codes(session, named("a"), named("b"))).toEqual([
      "in_doubt/answer_lost",
      "in_doubt/answer_lost",
    ]);
    expect(calls(session, "create").length).toBe(1);
  });

  it("put the billing address on the partner itself, and every other below it", async () => {
    const session = server(({ method }) => (method === "create" ? { value: [11] } : undefined));
    const address = { street: "1 Main", city: "Here", country: null };
    const patch = { name: "a", invoice_address: address, delivery_address: { ...address, city: "There" } };
    await codes(session, write({ entity: "accounts", kind: "create", patch }));
    const [values] = calls(session, "create").flatMap(valuesOf);
    expect(values).toMatchObject({
      city: "Here",
      child_ids: [[0, 0, { type: "delivery", city: "There" }]],
    });
  });
});

const line = {
  product: "2",
  quantity: "3",
  unit: "Units",
  unit_price: "1.5",
  discount_percent: null,
  note: null,
};
const quote = (patch: JsonMap): NativeWrite =>
  write({
    entity: "quotes",
    kind: "create",
    patch: { partner: "8", currency: "EUR", lines: [line], ...patch },
  });
const current = {
  lines: [
    { id: "21", ...line },
    { id: "22", ...line },
  ],
};
const change = (patch: JsonMap): NativeWrite =>
  write({ entity: "quotes", kind: "update", id: "5" as never, patch, current });

function order(state: string, reply: (asked: Asked) => Reply | undefined = () => undefined): FakeOdoo {
  return server((asked) => {
    const own = reply(asked);
    if (own !== undefined) return own;
    if (asked.model !== "sale.order") return undefined;
    if (asked.method === "create") return { value: [5] };
    if (asked.method === "write") return { value: true };
    const row = { id: 5, state, partner_id: [8, "C"], pricelist_id: [1, "L"] };
    return asked.method === "read" ? { value: [row] } : undefined;
  });
}

describe("lines of a quote", () => {
  it("are sent with price, quantity and discount together, also when only one of them changes", async () => {
    const session = order("draft");
    const lines = [
      { id: "21", ...line, quantity: "7" },
      { id: "22", ...line },
    ];
    expect(await codes(session, change({ lines }))).toEqual(["done"]);
    const [sent] = calls(session, "write");
    expect(sent?.args["vals"]).toEqual({
      order_line: [[1, 21, { product_uom_qty: 7, price_unit: 1.5, discount: 0 }]],
    });
  });

  it("are addressed by their ids: one that is gone is removed, one without an id is made", async () => {
    const session = order("draft");
    await codes(
      session,
      change({
        lines: [
          { id: "22", ...line },
          { ...line, note: "blue" },
        ],
      }),
    );
    expect(calls(session, "write")[0]?.args["vals"]).toMatchObject({
      order_line: [
        [2, 21, 0],
        [0, 0, { product_id: 2, product_uom_id: 1, name: "[P] Bolt\nSteel\nblue" }],
      ],
    });
  });

  it("are refused where Odoo would round or fill in, never changed in silence", async () => {
    const bad: readonly (readonly [JsonMap, string])[] = [
      [{ ...line, quantity: "0.333" }, "too_precise"],
      [{ ...line, unit_price: "0.125" }, "too_precise"],
      [{ ...line, unit_price: null }, "price_missing"],
      [{ ...line, quantity: null }, "quantity_missing"],
      [{ ...line, unit: null }, "unit_missing"],
      [{ ...line, unit: "Dozens" }, "unit_unknown"],
    ];
    for (const [row, code] of bad)
      expect([code, await codes(order("draft"), quote({ lines: [row] }))]).toEqual([
        code,
        [`invalid/${code}`],
      ]);
    expect(await codes(order("draft"), quote({ lines: [] }))).toEqual(["invalid/lines_missing"]);
  });

  it("take a discount of the whole quote into their own, where Odoo can keep it", async () => {
    const session = order("draft");
    const lines = [{ ...line, discount_percent: "10" }];
    expect(await codes(session, quote({ lines, discount_percent: "5" }))).toEqual(["done"]);
    const [values] = calls(session, "create").flatMap(valuesOf);
    expect(values?.["order_line"]).toMatchObject([[0, 0, { discount: 14.5 }]]);
    const odd = quote({ lines: [{ ...line, discount_percent: "2.5" }], discount_percent: "2.5" });
    expect(await codes(order("draft"), odd)).toEqual(["invalid/too_precise"]);
  });
});

describe("a quote", () => {
  it("of another currency than its price list's is refused: Odoo would take the list's", async () => {
    expect(await codes(order("draft"), quote({ currency: "USD" }))).toEqual(["invalid/currency_mismatch"]);
    expect(await codes(order("draft"), quote({ currency: null }))).toEqual(["invalid/currency_missing"]);
  });

  it("that was confirmed takes no lines or prices any more, but the customer's number", async () => {
    const session = order("sale");
    const lines = [{ id: "21", ...line, quantity: "7" }];
    expect(await codes(session, change({ lines }))).toEqual(["invalid/wrong_state"]);
    expect(await codes(session, change({ client_order_ref: "PO 7" }))).toEqual(["done"]);
    expect(calls(session, "write").map(({ args }) => args["vals"])).toEqual([{ client_order_ref: "PO 7" }]);
  });

  it("of a posted invoice, a product or a list is nothing that is written", async () => {
    const session = server(() => undefined);
    for (const entity of ["invoices", "products", "pricebooks"]) {
      const one = write({ entity, kind: "update", id: "3" as never, patch: { lines: [] } });
      expect(await codes(session, one)).toEqual(["unsupported/write_unsupported"]);
    }
    expect(session.requests.filter(({ isWrite }) => isWrite)).toEqual([]);
  });
});

const press = (via: string): NativeWrite =>
  write({ entity: "quotes", kind: "transition", id: "5" as never, transition: { from: "x", to: "y", via } });

/** An order whose state is `states[n]` at the n-th look, and what pressing a button answers. */
function pressed(states: readonly string[], answer: Reply): FakeOdoo {
  let looks = 0;
  return server((asked) => {
    if (asked.model !== "sale.order" || asked.method === "fields_get") return undefined;
    if (asked.method !== "read") return answer;
    const state = states[Math.min(looks, states.length - 1)] ?? "";
    looks += 1;
    return { value: [{ id: 5, state }] };
  });
}

describe("a button", () => {
  it("that answers with a question to a person has done nothing, whatever its status", async () => {
    const wizard = { value: { type: "ir.actions.act_window", res_model: "sale.order.cancel" } };
    const session = pressed(["sent", "sent"], wizard);
    expect(await codes(session, press("action_cancel"))).toEqual(["invalid/no_effect"]);
    expect(session.asked.find(({ method }) => method === "action_cancel")?.context).toMatchObject({
      disable_cancel_warning: true,
    });
  });

  it("is not pressed where it has led already, and done when another was faster", async () => {
    const there = pressed(["sale"], { value: true });
    expect(await codes(there, press("action_confirm"))).toEqual(["done"]);
    expect(calls(there, "action_confirm")).toEqual([]);
    const message = "Some orders are not in a state requiring confirmation.";
    const raced = pressed(["sent", "sale"], { exception: "odoo.exceptions.UserError", message });
    expect(await codes(raced, press("action_confirm"))).toEqual(["done"]);
    const cancelled = pressed(["sent", "cancel"], { exception: "odoo.exceptions.UserError", message });
    expect(await codes(cancelled, press("action_confirm"))).toEqual(["stale/wrong_state"]);
    const words = "Only draft orders can be marked as sent directly.";
    const refused = { exception: "odoo.exceptions.UserError", message: words };
    const alike = pressed(["draft", "sent"], refused);
    expect(await codes(alike, press("action_quotation_sent"))).toEqual(["done"]);
    const further = pressed(["draft", "sale"], refused);
    expect(await codes(further, press("action_quotation_sent"))).toEqual(["stale/wrong_state"]);
    const still = pressed(["draft", "draft"], refused);
    expect(await codes(still, press("action_quotation_sent"))).toEqual(["invalid/refused"]);
  });

  it("counts by the state read back: null, false and true are all answers of one that worked", async () => {
    for (const value of [null, false, true])
      expect(await codes(pressed(["draft", "sent"], { value }), press("action_quotation_sent"))).toEqual([
        "done",
      ]);
    expect(await codes(pressed(["cancel"], { value: true }), press("action_confirm"))).toEqual([
      "stale/wrong_state",
    ]);
    expect(await codes(pressed(["draft"], { value: true }), press("unlink"))).toEqual([
      "unsupported/transition_unknown",
    ]);
  });

  it("whose answer is lost is in doubt", async () => {
    const lost = new ConnectorError({ failure: "in_doubt", code: "answer_lost", message: "lost" });
    expect(await codes(pressed(["sent"], { thrown: lost }), press("action_confirm"))).toEqual([
      "in_doubt/answer_lost",
    ]);
  });
});

describe("a change", () => {
  const partner = (name: string): FakeOdoo =>
    server((asked) => {
      if (asked.model !== "res.partner" || asked.method === "fields_get") return undefined;
      if (asked.method === "write") return { value: true };
      return { value: [{ id: 8, name, active: true, type: "contact", is_company: true, parent_id: false }] };
    });
  const update = (precondition: string | null): NativeWrite =>
    write({
      ...{ entity: "accounts", kind: "update", id: "8" as never, precondition },
      ...{ patch: { name: "Ours" }, current: { name: "Before" } },
    });

  it("of a record that somebody changed since it was read is stale, and is not sent", async () => {
    const seen = await openOdoo(partner("Before")).readByIds({
      ...{ entity: "accounts", roots: ["name"], ids: ["8" as never] },
    });
    const version = seen[0]?.version ?? null;
    const same = partner("Before");
    expect(await codes(same, update(version))).toEqual(["done"]);
    expect(calls(same, "write").map(({ args }) => args["vals"])).toEqual([{ name: "Ours" }]);
    const moved = partner("Theirs");
    expect(await codes(moved, update(version))).toEqual(["stale/stale_record"]);
    expect(calls(moved, "write")).toEqual([]);
  });

  it("of nothing is done without a call, and one of a field that Odoo computes is refused", async () => {
    const session = partner("Before");
    const none = write({ entity: "accounts", kind: "update", id: "8" as never, patch: {} });
    expect(await codes(session, none)).toEqual(["done"]);
    const shown = write({ entity: "accounts", kind: "update", id: "8" as never, patch: { industry: "x" } });
    expect(await codes(session, shown)).toEqual(["invalid/read_only"]);
    expect(calls(session, "write")).toEqual([]);
  });
});

describe("a company below another", () => {
  const address = { street: "2 Sister", street2: null, zip: null, city: "Kiel", state: null, country: null };
  const shared = (row: object): FakeOdoo =>
    server((asked) => {
      if (asked.model !== "res.partner" || asked.method === "fields_get") return undefined;
      if (asked.method === "create") return { value: [11] };
      if (asked.method === "write") return { value: true };
      return { value: [{ id: 8, name: "B", active: true, is_company: true, child_ids: [], ...row }] };
    });
  const update = (patch: JsonMap, now: JsonMap = {}): NativeWrite =>
    write({ entity: "accounts", kind: "update", id: "8" as never, patch, current: now });
  const sent = (session: FakeOdoo): unknown => calls(session, "write")[0]?.args["vals"];

  it("is made as one that keeps its own address: of type contact it would change its parent's", async () => {
    const session = shared({});
    const patch = { name: "B", parent: "7", invoice_address: address };
    await codes(session, write({ entity: "accounts", kind: "create", patch }));
    expect(valuesOf(calls(session, "create")[0] as Asked)).toMatchObject([
      { type: "other", street: "2 Sister" },
    ]);
  });

  it("that shares an address gets one beside it, and never changes or clears the shared one", async () => {
    const below = { parent_id: [7, "A"], type: "contact" };
    const now = { invoice_address: { id: "8", ...address, street: "1 Head" }, addresses: [] };
    const session = shared(below);
    expect(await codes(session, update({ invoice_address: address }, now))).toEqual(["done"]);
    expect(sent(session)).toMatchObject({ child_ids: [[0, 0, { type: "invoice", street: "2 Sister" }]] });
    expect(await codes(shared(below), update({ invoice_address: null }, now))).toEqual([
      "invalid/address_shared",
    ]);
    const own = shared({ parent_id: false, type: "contact" });
    await codes(own, update({ invoice_address: address }, now));
    expect(sent(own)).toEqual({ street: "2 Sister" });
  });
});

describe("a probe", () => {
  it("finds each record that carries our reference, and there may be two", async () => {
    const session = server((asked) => {
      if (asked.model !== "res.partner" || asked.method === "fields_get") return undefined;
      const isSought = JSON.stringify(asked.args["domain"] ?? "").includes(
        '"x_crossfoot_reference","=","ref-x"',
      );
      const found = [{ id: 8 }, { id: 9 }].map((row) => ({
        ...row,
        name: "N",
        active: true,
        is_company: true,
      }));
      return { value: asked.method === "search_read" && !isSought ? [] : found };
    });
    const one = { ...named("N"), reference: "ref-x" };
    const asked = { entity: "accounts", roots: ["name"], reference: "ref-x", write: one };
    const { records, by } = await openOdoo(session).probe(asked);
    expect([by, records.map(({ id }) => id)]).toEqual(["reference", ["8", "9"]]);
  });
});

/** A confirmed order in these states, one at each look; how it stands, and what it left. */
function ordered(
  states: readonly string[],
  order: {
    readonly delivered?: number;
    readonly picking_ids?: readonly number[];
    readonly answer?: Reply;
  } = {},
): FakeOdoo {
  const { delivered = 0, picking_ids = [7], answer = { value: true } } = order;
  let presses = 0;
  const more = { "sale.order": { ...known["sale.order"], picking_ids: {}, delivery_status: {} } };
  return server(
    (asked) => {
      if (asked.method === "action_cancel") {
        presses += 1;
        return answer;
      }
      if (asked.method === "fields_get") return undefined;
      const state = states[Math.min(presses, states.length - 1)];
      const head = { id: 5, state, partner_id: [8, "C"], company_id: [1, "Us"], currency_id: [126, "EUR"] };
      if (asked.model === "sale.order")
        return { value: [{ ...head, order_line: [6], invoice_ids: [], picking_ids }] };
      if (asked.model === "sale.order.line")
        return {
          value: [
            {
              ...{ id: 6, product_id: [2, "Bolt"], product_uom_id: [1, "Units"], display_type: false },
              ...{ order_id: [5, "S1"], product_uom_qty: 5, qty_delivered: delivered, qty_invoiced: 0 },
            },
          ],
        };
      return undefined;
    },
    { ...known, ...more },
  );
}

const cancelling = (): NativeWrite =>
  write({
    ...{ entity: "orders", kind: "transition", id: "5" as never },
    transition: { from: "open", to: "cancelled", via: "action_cancel" },
  });

describe("the cancellation of an order", () => {
  it("is one press, without the wizard; of a cancelled one none", async () => {
    const session = ordered(["sale", "cancel"]);
    expect(await codes(session, cancelling())).toEqual(["done"]);
    expect(calls(session, "action_cancel").map(({ context }) => context["disable_cancel_warning"])).toEqual([
      true,
    ]);
    const there = ordered(["cancel"]);
    expect(await codes(there, cancelling())).toEqual(["done"]);
    expect(calls(there, "action_cancel")).toEqual([]);
  });

  it("is not tried once something is delivered, although Odoo would do it", async () => {
    const session = ordered(["sale", "cancel"], { delivered: 2 });
    expect(await codes(session, cancelling())).toEqual(["stale/wrong_state"]);
    expect(calls(session, "action_cancel")).toEqual([]);
  });

  it("is refused where no reader could tell it from a quote afterwards", async () => {
    const session = ordered(["sale", "cancel"], { picking_ids: [] });
    expect(await codes(session, cancelling())).toEqual(["invalid/leaves_no_trace"]);
    expect(calls(session, "action_cancel")).toEqual([]);
  });

  it("that Odoo refuses, or does not do, says so; a lost answer is in doubt", async () => {
    const message = "You cannot cancel a locked order. Please unlock it first.";
    const locked = ordered(["sale"], { answer: { exception: "odoo.exceptions.UserError", message } });
    expect(await codes(locked, cancelling())).toEqual(["invalid/refused"]);
    const wizard = ordered(["sale"], { answer: { value: { type: "ir.actions.act_window" } } });
    expect(await codes(wizard, cancelling())).toEqual(["invalid/no_effect"]);
    const lost = new ConnectorError({ failure: "in_doubt", code: "answer_lost", message: "lost" });
    expect(await codes(ordered(["sale"], { answer: { thrown: lost } }), cancelling())).toEqual([
      "in_doubt/answer_lost",
    ]);
  });
});
