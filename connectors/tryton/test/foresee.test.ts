import type { NativeWrite } from "@crossfoot/connector-sdk";
import { openTryton } from "@crossfoot/connector-tryton";
import { describe, expect, it } from "vitest";
import { fakeTryton } from "./fake-tryton.ts";
import type { Asked, Reply } from "./fake-tryton.ts";

interface Place {
  /** Fields of the party, and of the product, that are not as usual. */
  readonly party?: object;
  readonly product?: object;
  /** What Tryton fills into a sale of this customer. */
  readonly filled?: object;
}

const rowsBy = ({ party = {}, product = {}, filled }: Place): { readonly [method: string]: unknown } => ({
  "model.party.party.search_read": [{ id: 5, active: true, ...party }],
  "model.product.product.search_read": [
    {
      ...{ id: 7, code: "P7", active: true, salable: true, sale_uom: 1 },
      ...{ default_uom: 1, "default_uom.": { id: 1, category: 1 } },
      ...{ template: 9, "template.": { id: 9, account_category: 4 }, ...product },
    },
  ],
  "model.product.uom.search_read": [{ id: 1, symbol: "u" }],
  "model.stock.location.search_read": [{ id: 3, code: "WH" }],
  "model.currency.currency.search_read": [{ id: 1, code: "EUR" }],
  "model.account.invoice.payment_term.search_read": [{ id: 2, name: "30 days net" }],
  "model.sale.sale.on_change": [filled ?? { invoice_address: 11, shipment_address: 12 }],
});

const line = { product: "7", quantity: "4", unit: "u", unit_price: "3.5" };
const usual = { party: "5", currency: "EUR", warehouse: "WH", payment_term: "30 days net", lines: [line] };

const write = (more: object): NativeWrite => ({
  ...{ key: "k", entity: "quotes", kind: "create", reference: "ref" },
  ...{ id: null, precondition: null, current: {}, transition: null },
  patch: { ...usual, ...more },
});

/** What a place says to a quote, and every request that it heard. */
async function foreseen(
  more: object,
  place: Place = {},
): Promise<{ readonly code: string | null; readonly asked: readonly Asked[] }> {
  const rows = rowsBy(place);
  const session = fakeTryton(({ method }): Reply | undefined =>
    rows[method] === undefined ? undefined : { result: rows[method] },
  );
  const failure = await openTryton(session).foreseeRefusal?.(write(more));
  return { code: failure === undefined ? "not told" : (failure?.code ?? null), asked: session.asked };
}

describe("a quote that is to become an order", () => {
  it("meets no refusal when everything that it names is there, and nothing is written", async () => {
    const { code, asked } = await foreseen({});
    expect(code).toBe(null);
    expect(asked.length).toBeGreaterThan(4);
    expect(asked.filter(({ isWrite }) => isWrite)).toEqual([]);
  });

  it("is refused for what Tryton does not have, in the words of its write", async () => {
    const codes: (string | null)[] = [];
    for (const more of [
      { warehouse: "NOWHERE" },
      { payment_term: "net14" },
      { currency: "GBP" },
      { lines: [{ ...line, unit: "box" }] },
      { lines: [{ ...line, unit_price: null }] },
      { lines: [] },
      { freight: { amount: "12", currency: "EUR" } },
      { sale_date: "2026-01-20", shipping_date: "2026-01-19" },
    ])
      codes.push((await foreseen(more)).code);
    expect(codes).toEqual([
      ...["warehouse_unknown", "payment_term_unknown", "currency_unknown", "unit_unknown", "price_missing"],
      ...["lines_missing", "freight_unsupported", "date_too_early"],
    ]);
    expect((await foreseen({ sale_date: "2026-01-20", shipping_date: "2026-01-20" })).code).toBe(null);
    expect((await foreseen({ shipping_date: "1969-12-31" })).code).toBe("date_too_early");
  });

  it("is refused for a customer or a product that is put away, which Tryton's server takes", async () => {
    expect((await foreseen({}, { party: { active: false } })).code).toBe("customer_inactive");
    expect((await foreseen({}, { product: { active: false } })).code).toBe("not_salable");
    expect((await foreseen({}, { product: { salable: false } })).code).toBe("not_salable");
    const unbooked = { "template.": { id: 9, account_category: null } };
    expect((await foreseen({}, { product: unbooked })).code).toBe("setup_incomplete");
  });

  it("is refused by its write too, before anything is sent: no sale is left behind", async () => {
    const codes: string[] = [];
    const unbooked = { "template.": { id: 9, account_category: null } };
    for (const [more, place] of [
      [{}, { party: { active: false } }],
      [{}, { product: { active: false } }],
      [{}, { product: unbooked }],
      [{}, { filled: { invoice_address: 11 } }],
      [{ shipping_date: "1969-12-31" }, {}],
    ] as const) {
      const rows = rowsBy(place);
      const session = fakeTryton(({ method }) =>
        rows[method] === undefined ? undefined : { result: rows[method] },
      );
      const [outcome] = await openTryton(session).write([write(more)]);
      codes.push(outcome?.kind === "failed" ? outcome.failure.code : "done");
      expect(session.asked.filter(({ isWrite }) => isWrite)).toEqual([]);
    }
    expect(codes).toEqual([
      ...["customer_inactive", "not_salable", "setup_incomplete", "quote_incomplete", "date_too_early"],
    ]);
  });

  it("is refused for want of an address to bill or to ship to", async () => {
    const nowhere = { filled: {} };
    expect((await foreseen({}, nowhere)).code).toBe("quote_incomplete");
    const shipment_address = { street: "1 Quai", city: "Brest", postal_code: "29200", country: "FR" };
    expect((await foreseen({ shipment_address }, nowhere)).code).toBe("quote_incomplete");
    const billed = { filled: { invoice_address: 11 } };
    expect((await foreseen({}, billed)).code).toBe("quote_incomplete");
    expect((await foreseen({ shipment_address }, billed)).code).toBe(null);
  });

  it("of a customer who is not there yet is looked through for the rest", async () => {
    expect((await foreseen({ party: null }, { filled: {} })).code).toBe(null);
    expect((await foreseen({ party: null, warehouse: "NOWHERE" })).code).toBe("warehouse_unknown");
  });

  it("does not look fine when Tryton did not answer", async () => {
    const session = fakeTryton(() => ({ status: 503, body: "" }));
    await expect(openTryton(session).foreseeRefusal?.(write({}))).rejects.toMatchObject({
      name: "ConnectorError",
    });
  });
});
