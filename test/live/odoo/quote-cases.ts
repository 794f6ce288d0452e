import type { NativeRecord, NativeWrite } from "@crossfoot/connector-sdk";
import { expect, it } from "vitest";
import type { Ground } from "./ground.ts";

type JsonMap = NativeRecord["native"];

let count = 0;

/** One write in native form, under the version that a record was read with. */
function write(more: Partial<NativeWrite> & Pick<NativeWrite, "entity" | "kind">): NativeWrite {
  count += 1;
  const reference = `q-${Date.now().toString(36)}-${count}`;
  const none = { id: null, precondition: null, patch: {}, current: {}, transition: null };
  return { key: reference, reference, ...none, ...more };
}

/** A value of a row as text; rows of Odoo and roots of records hold scalars there. */
const textOf = (row: JsonMap | undefined, field: string): string => {
  const value = row?.[field];
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
};

const rows = (record: NativeRecord, root: string): readonly JsonMap[] =>
  record.native[root] as readonly JsonMap[];

/** What a test does with quotes of one customer. */
class Quotes {
  readonly #ground: Ground;
  readonly #partner: string;
  readonly #products: { readonly [code: string]: string };

  private constructor(ground: Ground, partner: string, products: { readonly [code: string]: string }) {
    this.#ground = ground;
    this.#partner = partner;
    this.#products = products;
  }

  static async of(ground: Ground, customer: string): Promise<Quotes> {
    const [partner] = await ground.desk.find("res.partner", [["ref", "=", customer]], ["name"]);
    const found = await ground.desk.find(
      "product.product",
      [["default_code", "=like", "P0%"]],
      ["default_code"],
    );
    const products = found.map((row): [string, string] => [textOf(row, "default_code"), textOf(row, "id")]);
    return new Quotes(ground, textOf(partner, "id"), Object.fromEntries(products));
  }

  line(code: string, more: JsonMap = {}): JsonMap {
    const product = this.#products[code] ?? "";
    return {
      product,
      quantity: "4",
      unit: "Units",
      unit_price: "3.5",
      discount_percent: null,
      note: null,
      ...more,
    };
  }

  async send(one: NativeWrite): Promise<string> {
    const [outcome] = await this.#ground.live.connection.write([one]);
    return outcome?.kind === "failed" ? `${outcome.failure.failure}/${outcome.failure.code}` : "done";
  }

  async make(patch: JsonMap): Promise<NativeRecord> {
    const [outcome] = await this.#ground.live.connection.write([this.creates(patch)]);
    if (outcome?.kind !== "done") throw new Error(JSON.stringify(outcome));
    return this.#ground.live.one("quotes", outcome.id);
  }

  creates(patch: JsonMap): NativeWrite {
    const given = { partner: this.#partner, currency: "EUR", warehouse: "WH", lines: [this.line("P002")] };
    return write({ entity: "quotes", kind: "create", patch: { ...given, ...patch } });
  }

  async change(record: NativeRecord, patch: JsonMap): Promise<NativeRecord> {
    const { id, version: precondition, native: current } = record;
    const sent = await this.send(
      write({ entity: "quotes", kind: "update", id, precondition, current, patch }),
    );
    expect(sent).toBe("done");
    return this.#ground.live.one("quotes", id);
  }

  async move(record: NativeRecord, from: string, to: string): Promise<string> {
    return this.send(this.#ground.live.move("quotes", record.id, { from, to }));
  }
}

/** Rules of quotes on a real Odoo: what it would change in silence, it is not let change. */
export function quoteCases(ground: () => Ground): void {
  it("a line keeps its price and discount when only its quantity changes, list or no list", async () => {
    // Wholesale: 20 % off from 100 pieces on, which a person's quantity would bring.
    const quotes = await Quotes.of(ground(), "C00002");
    const before = await quotes.make({ lines: [quotes.line("P002", { unit_price: "300.25" })] });
    expect(rows(before, "lines")).toMatchObject([
      { unit_price: "300.25", discount_percent: null, quantity: "4" },
    ]);
    const [line] = rows(before, "lines");
    const after = await quotes.change(before, { lines: [{ ...line, quantity: "150" }] });
    expect(rows(after, "lines")).toMatchObject([
      { id: line?.["id"], unit_price: "300.25", discount_percent: null, quantity: "150" },
    ]);
    expect(after.native["amount_untaxed"]).toBe("45037.5");
  });

  it("a change that is sent twice adds no line, and one that is taken out is gone", async () => {
    const quotes = await Quotes.of(ground(), "C00009");
    const first = await quotes.make({ lines: [quotes.line("P002", { note: "blue" }), quotes.line("P003")] });
    const [blue, other] = rows(first, "lines");
    expect([blue?.["note"], other?.["note"]]).toEqual(["blue", null]);
    const wanted = [{ ...blue, note: "green", discount_percent: "12.5" }];
    const second = await quotes.change(first, { lines: wanted });
    const third = await quotes.change(second, { lines: wanted });
    expect(rows(third, "lines")).toEqual([{ ...blue, note: "green", discount_percent: "12.5" }]);
    expect(third.native["amount_untaxed"]).toBe("12.25");
    const none = await quotes.change(third, { lines: [{ ...rows(third, "lines")[0], note: null }] });
    expect(rows(none, "lines")[0]?.["note"]).toBe(null);
  });

  it("what is agreed beside the lines comes back as it was said: days, numbers, ship-to", async () => {
    const { desk } = ground();
    const quotes = await Quotes.of(ground(), "C00009");
    const shipTo = {
      street: "9 Site",
      street2: null,
      city: "Bonn",
      zip: "53111",
      state: null,
      country: "DE",
    };
    const said = {
      ...{ client_order_ref: "PO 77", date: "2027-02-28", validity_date: "2027-03-31" },
      ...{ commitment_date: "2027-03-15", payment_term: "45 Days" },
    };
    const made = await quotes.make({ ...said, shipping_address: shipTo });
    expect(made.native).toMatchObject({
      ...said,
      warehouse: "WH",
      currency: "EUR",
      shipping_address: shipTo,
    });
    const again = await quotes.make({ ...said, shipping_address: shipTo });
    const idOf = ({ native }: NativeRecord): unknown => (native["shipping_address"] as JsonMap)["id"];
    // The address is found again by what it says; a second order adds no second one.
    expect(idOf(again)).toBe(idOf(made));
    const sites = await desk.find("res.partner", [["street", "=", "9 Site"]], ["type"]);
    expect(sites.map((row) => row["type"])).toEqual(["other"]);
  });

  it("goes to an order and not back: each button counts by the state, pressed twice or by two", async () => {
    const { desk, live } = ground();
    const quotes = await Quotes.of(ground(), "C00009");
    const quote = await quotes.make({});
    expect(await quotes.move(quote, "draft", "sent")).toBe("done");
    expect(await quotes.move(quote, "draft", "sent")).toBe("done");
    const both = await Promise.all([
      quotes.move(quote, "sent", "accepted"),
      quotes.move(quote, "sent", "accepted"),
    ]);
    expect(both).toEqual(["done", "done"]);
    const pickings = await desk.find("stock.picking", [["sale_id", "=", Number(quote.id)]], ["state"]);
    expect(pickings.length).toBe(1);
    const order = await live.one("quotes", quote.id);
    expect([order.native["quote_state"], (await live.one("orders", quote.id)).kind]).toEqual([
      "ordered",
      "present",
    ]);
    const lines = [{ ...rows(order, "lines")[0], quantity: "9" }];
    const late = write({
      entity: "quotes",
      kind: "update",
      id: quote.id,
      current: order.native,
      patch: { lines },
    });
    expect(await quotes.send(late)).toBe("invalid/wrong_state");
    expect(await quotes.move(quote, "sent", "cancelled")).toBe("stale/wrong_state");
  });

  it("refuses what Odoo would round, convert or fill in, each with its reason", async () => {
    const { desk } = ground();
    const quotes = await Quotes.of(ground(), "C00009");
    const cases: readonly (readonly [JsonMap, string])[] = [
      [{ lines: [quotes.line("P002", { quantity: "0.333" })] }, "invalid/too_precise"],
      [{ lines: [quotes.line("P002", { unit: "Furlongs" })] }, "invalid/unit_unknown"],
      [{ lines: [quotes.line("P002", { unit_price: null })] }, "invalid/price_missing"],
      [{ lines: [{ ...quotes.line("P002"), product: "999999" }] }, "invalid/product_unknown"],
      [{ currency: "USD" }, "invalid/currency_mismatch"],
      [{ warehouse: "MOON" }, "invalid/warehouse_unknown"],
      [{ payment_term: "never" }, "invalid/payment_term_unknown"],
      [{ company: "Another company" }, "invalid/company_mismatch"],
      [{ partner: "999999" }, "invalid/customer_unknown"],
    ];
    const before = await desk.find("sale.order", [], ["name"]);
    for (const [patch, code] of cases) {
      const sent = await quotes.send(quotes.creates({ shipping_address: { street: "Nowhere 1" }, ...patch }));
      expect([patch, sent]).toEqual([patch, code]);
    }
    expect((await desk.find("sale.order", [], ["name"])).length).toBe(before.length);
    expect(await desk.find("res.partner", [["street", "=", "Nowhere 1"]], ["name"])).toEqual([]);
  });
}
