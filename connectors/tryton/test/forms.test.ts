import { compileMapping } from "@crossfoot/connector-sdk";
import { deliveryOf } from "@crossfoot/connector-sdk/testing";
import { openTryton, tryton } from "@crossfoot/connector-tryton";
import { entities, entityNames } from "@crossfoot/model";
import { describe, expect, it } from "vitest";
import { companyRoots } from "../src/company-totals.ts";
import { invoiceState } from "../src/invoice.ts";
import { addressesByUse, personOf, taxIdentifier } from "../src/party.ts";
import { orderState } from "../src/sale.ts";
import { composeVersion, isSameStamps, modifiedAt, stampsOf } from "../src/version.ts";
import { date, datetime, decode, encodeAs, instantOf, timestampOf } from "../src/wire.ts";
import { fakeTryton } from "./fake-tryton.ts";

const given = { database: "d", user: "u", password: "p" };

describe("values on the wire", () => {
  it("are plain JSON after reading", () => {
    const raw = {
      price: { __class__: "Decimal", decimal: "9.99000000000000" },
      day: { __class__: "date", year: 2024, month: 2, day: 29 },
      at: {
        __class__: "datetime",
        year: 2026,
        month: 1,
        day: 2,
        hour: 3,
        minute: 4,
        second: 5,
        microsecond: 60,
      },
      lead: { __class__: "timedelta", seconds: 86400 },
      lines: [{ amount: { __class__: "Decimal", decimal: "1E+2" } }],
      none: null,
    };
    expect(decode(raw)).toEqual({
      price: "9.99",
      day: "2024-02-29",
      at: "2026-01-02T03:04:05.000060Z",
      lead: 86400,
      lines: [{ amount: "100" }],
      none: null,
    });
  });

  it("go out in the form that Tryton checks", () => {
    expect(encodeAs("numeric", "12.5")).toEqual({ __class__: "Decimal", decimal: "12.5" });
    expect(encodeAs("many2one", "44")).toBe(44);
    expect(encodeAs("date", "2026-01-31")).toEqual(date("2026-01-31"));
    expect(encodeAs("char", "x")).toBe("x");
    expect(encodeAs("numeric", null)).toBe(null);
    expect(datetime("2026-01-02T03:04:05.000060Z")).toMatchObject({ second: 5, microsecond: 60 });
    expect(() => datetime("2026-01-02")).toThrow("an ISO instant in UTC");
  });

  it("keep microseconds between a stamp and its instant", () => {
    expect(instantOf("1795618297.012113")).toBe("2026-11-25T14:51:37.012113Z");
    expect(timestampOf("2026-11-25T14:51:37.012113Z")).toBe("1795618297.012113");
    expect(instantOf("1795618297")).toBe("2026-11-25T14:51:37.000000Z");
    expect(instantOf("never")).toBe(null);
  });
});

describe("the version of an aggregate", () => {
  const parts = [
    { model: "party.party", id: 4, stamp: "2.000000", user: 1 },
    { model: "party.address", id: 10, stamp: "3.000000", user: 2 },
    { model: "party.address", id: 9, stamp: "1.000000", user: 1 },
  ];
  const version = "party.address,9=1.000000;party.address,10=3.000000;party.party,4=2.000000";

  it("is the same whatever the order in which its parts were read", () => {
    expect(composeVersion(parts)).toBe(version);
    expect(composeVersion(parts.toReversed())).toBe(version);
    expect(modifiedAt(parts)).toBe("1970-01-01T00:00:03.000000Z");
  });

  it("gives back the stamps to lock by, without the marks of computed values", () => {
    const marked = composeVersion(parts, ["approval=pending, 12.5=EUR"]);
    expect([...stampsOf(marked).keys()]).toEqual(["party.address,9", "party.address,10", "party.party,4"]);
    expect(isSameStamps(version, marked)).toBe(true);
    expect(isSameStamps(version, composeVersion(parts.slice(1)))).toBe(false);
  });
});

describe("parties", () => {
  const row = (id: number, more: object): object => ({
    id,
    active: true,
    street: "s",
    invoice: false,
    delivery: false,
    ...more,
  });
  const used = (...rows: readonly object[]): readonly (string | null)[] => {
    const { invoice, delivery, others } = addressesByUse({ "addresses.": rows as never });
    return [invoice, delivery, ...others].map((address) =>
      address === null ? null : (address["id"] as string),
    );
  };

  it("have their addresses by use: marked ones first, and unmarked ones where none is marked", () => {
    expect(used(row(1, { delivery: true }), row(2, { invoice: true }), row(3, {}))).toEqual(["2", "1", "3"]);
    expect(used(row(1, {}), row(2, {}))).toEqual(["1", "1", "2"]);
    expect(used(row(1, { invoice: true }), row(2, {}))).toEqual(["1", null, "2"]);
    expect(used(row(1, { active: false, invoice: true }), row(2, { street: null, name: "Dock" }))).toEqual([
      null,
      null,
    ]);
  });

  it("show a tax identifier before an untyped one, and never our reference", () => {
    const identifiers = (...rows: readonly object[]) =>
      taxIdentifier({ "identifiers.": rows as never })?.["code"] ?? null;
    const ours = { id: 1, type: null, code: "crossfoot:x" };
    expect(identifiers(ours)).toBe(null);
    expect(identifiers(ours, { id: 2, type: null, code: "A" })).toBe("A");
    expect(identifiers(ours, { id: 2, type: null, code: "A" }, { id: 3, type: "eu_vat", code: "B" })).toBe(
      "B",
    );
  });

  it("that are persons have the last word of their name as family name", () => {
    expect(["Ann Mary Lee", "Cher", " ", null].map(personOf)).toEqual([
      { given: "Ann Mary", family: "Lee" },
      { given: null, family: "Cher" },
      { given: null, family: null },
      { given: null, family: null },
    ]);
  });
});

describe("states", () => {
  it("of an order follow from its own, its shipments' and its invoices'", () => {
    const order = (more: object): string =>
      orderState({ state: "processing", shipment_state: "waiting", ...more });
    const shipments = (...states: readonly string[]) => ({
      "shipments.": states.map((state) => ({ state })),
    });
    const invoices = (...states: readonly string[]) => ({ "invoices.": states.map((state) => ({ state })) });
    expect(order({ state: "quotation" })).toBe("draft");
    expect(order({ state: "confirmed" })).toBe("open");
    expect(order({ ...shipments("waiting"), ...invoices("draft") })).toBe("open");
    expect(order({ ...shipments("done", "waiting"), ...invoices("posted") })).toBe("part_delivered");
    expect(order({ shipment_state: "sent", ...shipments("done"), ...invoices("draft") })).toBe("delivered");
    expect(order({ shipment_state: "sent", ...shipments("done"), ...invoices("posted", "cancelled") })).toBe(
      "invoiced",
    );
    expect(order({ shipment_state: "none", ...invoices("posted") })).toBe("invoiced");
    expect(order({ shipment_state: "none", ...invoices("draft") })).toBe("open");
    expect(order({ state: "done" })).toBe("closed");
    expect(order({ state: "cancelled" })).toBe("cancelled");
  });

  it("of an invoice tell a part payment, also on a credit note", () => {
    const invoice = (state: string, left: string, sum: string): string =>
      invoiceState({ state, amount_to_pay: left, total_amount: sum });
    expect([invoice("draft", "0", "5"), invoice("posted", "5", "5"), invoice("posted", "2", "5")]).toEqual([
      "draft",
      "open",
      "part_paid",
    ]);
    expect([
      invoice("posted", "-2", "-5"),
      invoice("paid", "0", "5"),
      invoice("cancelled", "0", "5"),
    ]).toEqual(["part_paid", "paid", "cancelled"]);
  });
});

describe("an invoice in the company's currency", () => {
  const line = (origin: string | null, credit: string, debit = "0") => ({ origin, credit, debit });
  const shown = (state: string, lines: readonly object[]): readonly unknown[] =>
    ["company_net", "company_tax", "company_total", "company_rate_date"].map((root) =>
      companyRoots[root]?.form(
        { state, invoice_date: "2026-11-26", "move.": { "move.": null, "lines.": lines } } as never,
        {} as never,
      ),
    );
  const parts = [
    line("account.invoice.line,4", "50.01"),
    line("account.invoice.line,5", "0", "10"),
    line("account.invoice.tax,2", "8"),
    line(null, "0", "48.01"),
  ];

  it("is what the lines of its move come to that are its own lines and taxes", () => {
    expect(shown("posted", parts)).toEqual(["40.01", "8", "48.01", "2026-11-26"]);
    const credit = [line("account.invoice.line,7", "0", "40.01"), line(null, "40.01")];
    expect(shown("paid", credit)).toEqual(["-40.01", "0", "-40.01", "2026-11-26"]);
  });

  it("is not told before it is posted, nor where the move does not say what it came of", () => {
    expect(shown("validated", parts)).toEqual([null, null, null, null]);
    expect(shown("posted", [line(null, "0", "48.01")])).toEqual([null, null, null, "2026-11-26"]);
  });
});

describe("options and mapping", () => {
  it("are checked key by key, and the nearest choice is named", () => {
    expect(tryton.checkOptions(given)).toEqual([]);
    const paths = (options: object): readonly string[] =>
      tryton.checkOptions(options as never).map(({ path }) => path);
    expect(paths({})).toEqual(["database", "user", "password"]);
    expect(paths({ ...given, databse: "x", warehouses: [], priceBreaksMax: 0 })).toEqual([
      "databse",
      "warehouses",
      "priceBreaksMax",
    ]);
    expect(paths({ ...given, parentRelation: null, warehouses: null, webClient: null })).toEqual([]);
    expect(paths({ ...given, contactRelation: null, database: "../x", webClient: "erp" })).toEqual([
      "contactRelation",
      "database",
      "webClient",
    ]);
    const [problem] = tryton.checkOptions({ ...given, referenceField: "origin" });
    expect(problem?.problem).toBe("expected one of: reference, description");
  });

  it("give a default mapping that compiles for all nine entities", () => {
    const kinds = Object.fromEntries(entityNames.map((name) => [name, entities[name].fields]));
    const { mapping, problems } = compileMapping(tryton.defaultMapping(given), kinds);
    expect(problems).toBeUndefined();
    expect(Object.keys(mapping?.entities ?? {}).toSorted()).toEqual([...entityNames].toSorted());
  });

  it("put the customer's order number where our reference is not", () => {
    const path = (referenceField: string): unknown => {
      const json = JSON.parse(JSON.stringify(tryton.defaultMapping({ ...given, referenceField }))) as {
        readonly entities: {
          readonly quotes: { readonly fields: { readonly customerOrderNumber: unknown } };
        };
      };
      return json.entities.quotes.fields.customerOrderNumber;
    };
    expect([path("reference"), path("description")]).toEqual([
      { path: "description" },
      { path: "reference" },
    ]);
  });

  it("lead to the record's screen, when there is a web client", () => {
    const session = fakeTryton(() => undefined);
    const open = (options: object) => openTryton({ ...session, options: { ...given, ...options } });
    expect(open({}).recordUrl("quotes", "7" as never)).toBe(null);
    const web = open({ webClient: "https://erp.example.com/" });
    expect(web.recordUrl("quotes", "7" as never)).toBe("https://erp.example.com/#d/model/sale.sale/7");
    expect(web.recordUrl("inventory", "6:5" as never)).toBe(
      "https://erp.example.com/#d/model/product.product/6",
    );
    expect(web.receive(deliveryOf(""))).toEqual({
      ok: false,
      fault: "forged",
      reason: "Tryton sends no webhooks",
    });
  });
});
