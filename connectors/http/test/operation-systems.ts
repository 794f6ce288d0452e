import type { HttpAnswer, HttpRequest } from "@crossfoot/connector-sdk";
import { textOf } from "../src/wire.ts";
import type { Json, JsonMap } from "../src/wire.ts";
import { reply } from "./session.ts";
import type { Answering } from "./session.ts";

/** Two made-up systems that answer in the moment: one row by a GET, and all rows by one request. */

const nothing = reply(404, { error: "NOT_THERE" });

const clients: { readonly [id: string]: JsonMap } = {
  c1: { id: "c1", tariff: "t1", currency: "CHF", limit: 500.5 },
  c2: { id: "c2", tariff: "t1", currency: "CHF", limit: 0 },
};
const articles: { readonly [id: string]: { readonly base: number; readonly vat: number } } = {
  a1: { base: 12.5, vat: 8.1 },
  a2: { base: 0.1, vat: 2.6 },
  work: { base: 90, vat: 8.1 },
};
const places: { readonly [id: string]: readonly JsonMap[] } = {
  a1: [
    {
      ...{ site: "Z", unit: "pc", kind: "goods", there: 8, held: 3, ordered: 40, free: 5 },
      outlook: [
        { on: "2026-03-20T23:30:00Z", free: 30 },
        { on: "2026-03-10", free: 45 },
        { on: "2026-02-01", free: 5 },
      ],
    },
    { site: "B", unit: "pc", kind: "goods", there: 1e-1, held: 0, ordered: 0, free: 0.1, outlook: [] },
  ],
  a2: [{ site: "Z", unit: "pc", kind: "goods", there: 0, held: 0, ordered: 0, free: 0, outlook: [] }],
  work: [{ unit: "h", kind: "labour" }],
};
const positions = [
  {
    pos: 1,
    article: "a1",
    unit: "pc",
    kind: "goods",
    qty: 4,
    out: 1.5,
    billed: 0,
    due: "2026-03-10T23:00:00Z",
  },
  { pos: 2, article: "work", unit: "h", kind: "labour", qty: 2, out: 0, billed: 2 },
];
const deals: { readonly [id: string]: JsonMap } = {
  d1: {
    id: "d1",
    rev: "7",
    stage: "offer",
    ref: "OF-1",
    warning: "the client is slow",
    positions,
    parcels: [],
  },
  d2: {
    ...{ id: "d2", rev: "9", stage: "order", ref: "OR-2", positions },
    parcels: [{ no: "p1", stage: "sent", due: "2026-03-04", trace: "T-1" }],
  },
  d3: { id: "d3", rev: "1", stage: "lost", ref: "OF-3", positions: [], parcels: [] },
  d4: { id: "d4", rev: "1", stage: "order", ref: "OR-4", positions: [{ pos: 1, qty: "many" }], parcels: [] },
};

/** Cedar: one GET for each row. Amounts are JSON numbers. */
export const cedar: Answering = ({ path, query = {} }: HttpRequest): HttpAnswer => {
  const [, , object = "", id = "", what] = path.split("/");
  if (object === "tariffs") return reply(200, { currency: "CHF" });
  if (object === "deals") return deals[id] === undefined ? nothing : reply(200, deals[id]);
  if (object === "clients") {
    const client = clients[id];
    if (client === undefined) return nothing;
    return reply(200, what === undefined ? client : { used: 120.25, unpaid: 100, late: 20.05 });
  }
  if (what === "stock") return places[id] === undefined ? nothing : reply(200, places[id]);
  const article = articles[id];
  if (article === undefined) return nothing;
  if (query["unit"] === "kg") return reply(422, { error: "NO_UNIT", about: "unit" });
  const net = Math.round(Number(query["qty"]) * article.base * 100) / 100;
  const vat = { name: "MWST", rate: article.vat, amount: Math.round(net * article.vat) / 100 };
  return reply(200, { price: { per: query["unit"] ?? "", base: article.base, rebate: null, net, vat } });
};

interface Position extends JsonMap {
  readonly n: number;
  readonly sku: string;
  readonly amount: string;
}

const prices: { readonly [sku: string]: number } = { S1: 1000, S2: 333 };

function pricing(body: { readonly items: readonly Position[] }): HttpAnswer {
  const wrong = body.items.findIndex(({ sku }) => prices[sku] === undefined);
  if (wrong >= 0) return reply(400, { code: "BAD_ITEM", field: `items.${wrong}.sku` });
  const told = body.items.map(({ n, sku, amount }): JsonMap => {
    const cents = Number(amount) * (prices[sku] ?? 0);
    const isMany = Number(amount) >= 10;
    const rule = isMany ? { rule: 44, from: "10.000", rebate: "5.0" } : {};
    const sum = (cents * (isMany ? 95 : 100)) / 10_000;
    const list = ((prices[sku] ?? 0) / 100).toFixed(4);
    return {
      n,
      sku,
      list,
      sum: sum.toFixed(2),
      taxes: [{ name: "VAT", percent: "20.0" }, { name: "Eco" }],
      ...rule,
    };
  });
  const net = told.reduce((all, { sum }) => all + Number(sum), 0);
  const totals = { currency: "GBP", net: net.toFixed(2), gross: (net * 1.2 + 1).toFixed(2) };
  return reply(200, { result: { items: told.toReversed(), ...totals } });
}

const stock: readonly JsonMap[] = [
  { sku: "S1", site: "N", unit: "ea", qty: "7.000", free: "+5.50" },
  { sku: "S2", site: "N", unit: "ea", qty: "0.000", free: "-2" },
  { sku: "S1", site: "S", unit: "ea", qty: "1", free: "1" },
];
const quotes: { readonly [id: string]: JsonMap } = {
  1: { id: 1, v: "1", state: "new", hints: [{ words: "no discount beyond 5 %" }, { words: null }] },
  2: { id: 2, v: "1", state: "won" },
  3: { id: 3, v: "1", state: "won" },
  4: { id: 4, v: "1", state: "won" },
  5: { id: 5, v: "1", state: "review" },
};
const orders: readonly JsonMap[] = [
  { id: 20, v: "1", no: "O-20", quote: 2, state: "running" },
  { id: 30, v: "1", no: "O-30", quote: 3, state: "running" },
  { id: 31, v: "1", no: "O-31", quote: 3, state: "running" },
];
const rows: Json = [
  { row: 1, sku: "S1", per: "ea", amount: "10", gone: "4.000", billed: "4" },
  { row: 2, sku: "S2", per: "ea", amount: "1", gone: "1", billed: "0" },
];
const parcels: readonly JsonMap[] = [
  { parcel: 900, state: "away", day: "2026-03-01", content: [{ row: 1 }, { row: 2 }] },
  { parcel: 901, state: "waiting", day: "2026-03-09", content: [{ row: 1 }] },
];

/** Dogwood: all rows in one request; a list with one bad row is refused as a whole. */
export const dogwood: Answering = ({ path, query = {}, body }: HttpRequest): HttpAnswer => {
  if (path === "/pricing")
    return pricing(JSON.parse(body ?? "{}") as { readonly items: readonly Position[] });
  if (path === "/stock") {
    const [skus, sites] = [query["sku"]?.split(",") ?? [], query["site"]?.split(",")];
    const found = stock.filter(
      ({ sku, site }) => skus.includes(textOf(sku) ?? "") && (sites?.includes(textOf(site) ?? "") ?? true),
    );
    return reply(200, { stock: found });
  }
  if (path === "/credit") {
    if (query["client"] !== "1") return reply(200, { found: false });
    const amounts = { currency: "GBP", limit: "100", orders: "60", invoices: "30.5", overdue: "0.50" };
    return reply(200, { found: true, strict: Number(query["amount"] ?? 0) > 50, ...amounts });
  }
  const [, object = "", id, what] = path.split("/");
  if (id === undefined) {
    const ids = query["ids"]?.split(",");
    const named = orders.filter(
      (order) => textOf(order["quote"]) === query["quote"] || ids?.includes(textOf(order["id"]) ?? ""),
    );
    return reply(200, { orders: named });
  }
  if (what === "rows") return reply(200, { rows });
  if (what === "parcels") return reply(200, { parcels: id === "31" ? [...parcels, ...parcels] : parcels });
  const found = object === "quotes" ? quotes[id] : orders.find((order) => textOf(order["id"]) === id);
  return found === undefined ? reply(404, { code: "GONE" }) : reply(200, found);
};
