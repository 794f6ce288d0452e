import type { Connection, HttpRequest, Operations, PriceRequest } from "@crossfoot/connector-sdk";
import { checkOperations, watch } from "@crossfoot/connector-sdk/testing";
import type { OperationCases } from "@crossfoot/connector-sdk/testing";
import { describe, expect, it } from "vitest";
import { httpConnector } from "../src/index.ts";
import { cedar, dogwood } from "./operation-systems.ts";
import { bodyOf, id, openWith, queryOf, sessionOf, yamlAt } from "./session.ts";
import type { Answering } from "./session.ts";

const cedarFile = yamlAt("descriptions/cedar.yaml");
const dogwoodFile = yamlAt("descriptions/dogwood.yaml");

async function operationsOf(answering: Answering): Promise<{
  readonly ask: Required<Operations>;
  readonly requests: HttpRequest[];
  readonly connection: Connection;
}> {
  const { connection, requests } = await openWith(answering === cedar ? cedarFile : dogwoodFile, answering);
  return { ask: connection.operations as Required<Operations>, requests, connection };
}

const line = (product: string, quantity: string, unit: string) => ({ product: id(product), quantity, unit });
const about = (customer: string): Omit<PriceRequest, "lines"> => {
  return { customer: id(customer), pricebook: null, currency: null, date: null };
};
const wanted = (product: string, quantity: string, unit: string) => {
  return { product: id(product), wanted: { quantity, unit } };
};

const cases: readonly (readonly [string, Answering, OperationCases])[] = [
  [
    "cedar",
    cedar,
    {
      unknown: id("zz"),
      price: [
        { ...about("c1"), lines: [line("a1", "3", "pc"), line("a2", "7", "pc"), line("work", "1", "h")] },
      ],
      availability: [
        { rows: [wanted("a1", "20", "pc"), wanted("work", "1", "h")], warehouses: ["Z"], date: "2026-03-12" },
        { rows: [{ product: id("a1"), wanted: null }], warehouses: null, date: null },
      ],
      credit: [
        { customer: id("c1"), order: { amount: "400", currency: "CHF" } },
        { customer: id("c2"), order: null },
      ],
      orderStatus: [{ orders: [id("d2"), id("d1")] }],
      quoteToOrder: [{ quote: id("d1") }, { quote: id("d2") }, { quote: id("d3") }],
    },
  ],
  [
    "dogwood",
    dogwood,
    {
      unknown: id("99"),
      price: [
        { ...about("1"), lines: [line("S1", "3", "ea"), line("S2", "20", "ea"), line("S1", "10", "ea")] },
      ],
      availability: [
        { rows: [wanted("S1", "6", "ea"), wanted("S2", "1", "ea")], warehouses: null, date: null },
      ],
      credit: [{ customer: id("1"), order: { amount: "10", currency: "GBP" } }],
      orderStatus: [{ orders: [id("20"), id("30")] }],
      quoteToOrder: [{ quote: id("1") }, { quote: id("2") }, { quote: id("5") }],
    },
  ],
];

describe.each(cases)("%s", (name, answering, asked) => {
  it("keeps every rule of operations", async () => {
    const { session } = sessionOf({ description: yamlAt(`descriptions/${name}.yaml`) }, answering);
    const watching = watch(session.http, ({ method, path }) => method === "GET" || path === "/pricing");
    const connection = await httpConnector.open({ ...session, http: watching.http });
    const report = await checkOperations(connection, { watch: watching, cases: asked });
    expect(report.findings).toEqual([]);
    expect(report.answers).toBeGreaterThan(6);
  });
});

it("a manifest claims of operations what the description says", async () => {
  expect((await operationsOf(cedar)).connection.manifest.operations).toEqual({
    price: { linesMax: 12, isDated: false, namesRule: false },
    availability: { rowsMax: 12 },
    credit: { refuses: "never", measuredBy: "net" },
    orderStatus: { rowsMax: 5, tracks: true },
    quoteToOrder: { keepsId: true },
  });
  expect((await operationsOf(dogwood)).connection.manifest.operations).toEqual({
    price: { linesMax: 8, isDated: true, namesRule: true },
    availability: { rowsMax: 8 },
    credit: { refuses: "confirm", measuredBy: "gross" },
    orderStatus: { rowsMax: 8, tracks: false },
    quoteToOrder: { keepsId: false },
  });
  const { connection } = await openWith(yamlAt("descriptions/birch.yaml"), dogwood);
  expect("operations" in connection).toBe(false);
});

describe("one request for each row", () => {
  it("asks with JSON numbers and what was told before, and adds up the header", async () => {
    const { ask, requests } = await operationsOf(cedar);
    const told = await ask.price({ ...about("c1"), lines: [line("a1", "3.0", "pc"), line("a2", "7", "pc")] });
    expect(told).toEqual({
      currency: "CHF",
      pricebook: "t1",
      rows: [
        {
          ok: true,
          product: "a1",
          quantity: "3",
          unit: "pc",
          unitPrice: "12.5",
          discountPercent: "0",
          net: "37.5",
          taxes: [{ name: "MWST", percent: "8.1" }],
          rule: { kind: "unknown", id: null, minQuantity: null },
        },
        expect.objectContaining({ net: "0.7" }),
      ],
      totals: { net: "38.2", tax: "3.06", gross: "41.26" },
    });
    expect(requests.map(({ path }) => path)).toEqual([
      "/v1/clients/c1",
      "/v1/tariffs/t1",
      "/v1/articles/a1/price",
      "/v1/articles/a2/price",
    ]);
    expect(queryOf(requests[2])).toEqual({ client: "c1", tariff: "t1", qty: "3", unit: "pc" });
    expect(requests.every(({ isWrite }) => !isWrite)).toBe(true);
  });

  it("refuses a row alone that the system refuses, or that cannot be asked for", async () => {
    const { ask } = await operationsOf(cedar);
    const lines = [line("zz", "1", "pc"), line("a1", "x", "pc"), line("a1", "0.12345678901234567", "pc")];
    const told = await ask.price({
      ...about("c1"),
      lines: [...lines, line("a1", "1", "kg"), line("a1", "1", "pc")],
    });
    expect(told.rows.map((row) => (row.ok ? "ok" : row.failure.code))).toEqual([
      "not_there",
      "decimal_unreadable",
      "too_precise",
      "no_unit",
      "ok",
    ]);
    expect(told.totals).toBe(null);
    await expect(ask.price({ ...about("c9"), lines })).rejects.toMatchObject({ failure: "invalid" });
    await expect(
      ask.price({ ...about("c1"), currency: "EUR", lines: [line("a1", "1", "pc")] }),
    ).rejects.toMatchObject({
      code: "currency_differs",
    });
  });

  it("promises by the days that the system lists, never more than on a later one", async () => {
    const { ask } = await operationsOf(cedar);
    const promised = async (quantity: string, date: string | null): Promise<unknown> => {
      const asked = { rows: [wanted("a1", quantity, "pc")], warehouses: ["Z"], date };
      const [row] = (await ask.availability(asked)).rows;
      const [place] = row?.ok === true ? row.places : [];
      return [place?.availableAt, place?.promisedFrom];
    };
    expect(await promised("5", null)).toEqual(["5", "2026-03-02"]);
    // 45 on the 10th, and 30 again from the 21st in Berlin: no more than 30 can be promised before.
    expect(await promised("30", "2026-03-10")).toEqual(["30", "2026-03-10"]);
    expect(await promised("31", "2026-03-21")).toEqual(["30", null]);
    expect(await promised("1", "2020-01-01")).toEqual(["5", "2026-03-02"]);
    const mixed = [wanted("a1", "1", "dz"), wanted("work", "3", "h"), wanted("zz", "1", "pc")];
    const { rows } = await ask.availability({ rows: mixed, warehouses: null, date: null });
    expect(rows).toMatchObject([
      { ok: false, failure: { code: "unit_differs" } },
      { ok: true, isStocked: false, places: [], wanted: "3" },
      { ok: false, failure: { code: "not_there" } },
    ]);
  });

  it("measures credit by what is told, and what is not told follows", async () => {
    const { ask } = await operationsOf(cedar);
    const order = { amount: "380.26", currency: "CHF" };
    expect(await ask.credit({ customer: id("c1"), order })).toEqual({
      currency: "CHF",
      limit: "500.5",
      openOrders: "20.25",
      notHeld: "0",
      openInvoices: "100",
      overdue: "20.05",
      exposure: "120.25",
      free: "380.25",
      verdict: "over",
      isRefused: false,
      isHeld: false,
    });
    expect(await ask.credit({ customer: id("c2"), order })).toMatchObject({
      limit: null,
      verdict: "no_limit",
    });
    const euros = { customer: id("c1"), order: { amount: "1", currency: "EUR" } };
    await expect(ask.credit(euros)).rejects.toMatchObject({ failure: "invalid", code: "currency_differs" });
  });

  it("reads days in the zone told, and leaves out what is not delivered at all", async () => {
    const { ask } = await operationsOf(cedar);
    const [told, broken, gone] = await ask.orderStatus({ orders: [id("d2"), id("d4"), id("zz")] });
    expect(told).toMatchObject({
      number: "OR-2",
      state: "order",
      delivered: "part",
      invoiced: "part",
      promisedDate: "2026-03-11",
      lines: [
        { id: "1", product: "a1", ordered: "4", delivered: "1.5", promisedDate: "2026-03-11" },
        { id: "2", delivered: null, invoiced: "2", promisedDate: null },
      ],
      shipments: [{ id: "p1", state: "sent", plannedDate: "2026-03-04", tracking: "T-1", doneDate: null }],
    });
    expect(broken).toMatchObject({ ok: false, failure: { failure: "invalid", code: "row_unreadable" } });
    expect(gone).toMatchObject({ ok: false, failure: { code: "order_unknown" } });
  });

  it("tells the write that leads on, under the version it rests on", async () => {
    const { ask } = await operationsOf(cedar);
    const way = async (quote: string) => ask.quoteToOrder({ quote: id(quote) });
    expect(await way("d1")).toEqual({
      kind: "write",
      write: {
        entity: "quotes",
        kind: "transition",
        id: "d1",
        precondition: "7",
        transition: { from: "sent", to: "accepted", via: "accept" },
      },
      concerns: ["the client is slow"],
    });
    expect(await way("d2")).toEqual({ kind: "ordered", order: "d2", number: "OR-2" });
    expect(await way("d3")).toMatchObject({ kind: "closed", failure: { code: "wrong_state" } });
    expect(await way("zz")).toMatchObject({ kind: "closed", failure: { code: "quote_unknown" } });
  });
});

describe("one request for all rows", () => {
  it("sends each row as the description says, and matches what comes in any order", async () => {
    const { ask, requests } = await operationsOf(dogwood);
    const lines = [line("S1", "3", "ea"), line("S2", "20", "ea"), line("S1", "1", "ea")];
    const told = await ask.price({ ...about("1"), date: "2026-03-05", lines });
    expect(bodyOf(requests[0])).toEqual({
      client: 1,
      day: "2026-03-05",
      items: [
        { n: 0, sku: "S1", amount: "3", per: "ea" },
        { n: 1, sku: "S2", amount: "20", per: "ea" },
        { n: 2, sku: "S1", amount: "1", per: "ea" },
      ],
    });
    const taxes = [
      { name: "VAT", percent: "20" },
      { name: "Eco", percent: null },
    ];
    expect(told).toMatchObject({
      currency: "GBP",
      pricebook: null,
      rows: [
        { product: "S1", unitPrice: "10", net: "30", taxes, rule: { kind: "pricebook", id: null } },
        {
          product: "S2",
          discountPercent: "5",
          net: "63.27",
          rule: { kind: "rule", id: "44", minQuantity: "10" },
        },
        { product: "S1", net: "10" },
      ],
      totals: { net: "103.27", tax: "21.65", gross: "124.92" },
    });
  });

  it("finds the rows that a list was refused for, and answers the others", async () => {
    const { ask, requests } = await operationsOf(dogwood);
    const lines = [
      line("S1", "1", "ea"),
      line("S1", "2", "ea"),
      line("??", "1", "ea"),
      line("S2", "1", "ea"),
    ];
    const told = await ask.price({ ...about("1"), lines });
    expect(told.rows).toMatchObject([
      { ok: true, net: "10" },
      { ok: true, net: "20" },
      { ok: false, failure: { failure: "invalid", code: "bad_item" } },
      { ok: true, net: "3.33" },
    ]);
    expect(told.totals).toBe(null);
    expect(requests.length).toBe(5);
  });

  it("gathers the warehouses of a product from a flat list", async () => {
    const { ask, requests } = await operationsOf(dogwood);
    const rows = [wanted("S1", "1", "ea"), wanted("S2", "1", "ea"), wanted("S9", "1", "ea")];
    const told = await ask.availability({ rows, warehouses: null, date: null });
    expect(queryOf(requests[0])).toEqual({ sku: "S1,S2,S9", limit: "20" });
    const rest = { reserved: "0", incoming: "0" };
    expect(told.rows).toMatchObject([
      {
        unit: "ea",
        places: [
          {
            warehouse: "N",
            onHand: "7",
            available: "5.5",
            availableAt: "5.5",
            promisedFrom: "2026-03-02",
            ...rest,
          },
          { warehouse: "S", promisedFrom: "2026-03-02" },
        ],
      },
      { places: [{ warehouse: "N", available: "-2", promisedFrom: null }] },
      { ok: false, failure: { code: "row_missing" } },
    ]);
    const one = await ask.availability({ rows: [wanted("S1", "1", "ea")], warehouses: ["S"], date: null });
    expect(one.rows).toMatchObject([{ places: [{ warehouse: "S" }] }]);
    expect(queryOf(requests[1])["site"]).toBe("S");
  });

  it("says whether the system itself would refuse, and no for a customer that it does not find", async () => {
    const { ask } = await operationsOf(dogwood);
    const asked = async (amount: string) =>
      ask.credit({ customer: id("1"), order: { amount, currency: "GBP" } });
    expect(await asked("9.5")).toMatchObject({ exposure: "90.5", verdict: "within", isRefused: false });
    expect(await asked("9.51")).toMatchObject({ verdict: "over", isRefused: false });
    expect(await asked("51")).toMatchObject({ verdict: "over", isRefused: true });
    expect(await ask.credit({ customer: id("1"), order: null })).toMatchObject({ isRefused: false });
    const stranger = ask.credit({ customer: id("9"), order: null });
    await expect(stranger).rejects.toMatchObject({ failure: "invalid", code: "row_refused" });
  });

  it("promises the day of a parcel to its lines; too many parcels refuse that order alone", async () => {
    const { ask } = await operationsOf(dogwood);
    const [told, cut] = await ask.orderStatus({ orders: [id("20"), id("31")] });
    expect(told).toMatchObject({
      delivered: "part",
      promisedDate: "2026-03-09",
      lines: [{ promisedDate: "2026-03-09" }, { delivered: "1", promisedDate: null }],
      shipments: [{ id: "900" }, { id: "901" }],
    });
    expect(cut).toMatchObject({ ok: false, failure: { code: "children_too_many" } });
  });

  it("finds the order that names its quote; two of them are for a person", async () => {
    const { ask } = await operationsOf(dogwood);
    const way = async (quote: string) => ask.quoteToOrder({ quote: id(quote) });
    expect(await way("1")).toMatchObject({ kind: "write", concerns: ["no discount beyond 5 %"] });
    expect(await way("2")).toEqual({ kind: "ordered", order: "20", number: "O-20" });
    expect(await way("3")).toMatchObject({ kind: "closed", failure: { code: "orders_several" } });
    expect(await way("5")).toMatchObject({ kind: "closed", failure: { code: "in_review" } });
    // Won, and its order is not in the list yet: that is no reason to make another one.
    await expect(way("4")).rejects.toMatchObject({ failure: "transient", code: "order_not_shown" });
  });
});

it("more rows than the manifest says are refused before anything is asked", async () => {
  const { ask, requests } = await operationsOf(dogwood);
  const nine = Array.from({ length: 9 }, () => line("S1", "1", "ea"));
  const rows = nine.map(({ product }) => ({ product, wanted: null }));
  const orders = rows.map(({ product }) => product);
  for (const call of [
    ask.price({ ...about("1"), lines: nine }),
    ask.availability({ rows, warehouses: null, date: null }),
    ask.orderStatus({ orders }),
  ])
    await expect(call).rejects.toMatchObject({ failure: "invalid", code: "too_many_rows" });
  expect(requests).toEqual([]);
  const none = await ask.price({ ...about("1"), lines: [] });
  expect(none).toMatchObject({ rows: [], totals: { net: "0", tax: "0", gross: "0" } });
});
