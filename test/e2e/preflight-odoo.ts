/** A CRM twin and a real Odoo, with customers and products that are each odd, and quotes about them. */
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { randomStream } from "@crossfoot/twin";
import type { JsonMap, Random, TwinRecord } from "@crossfoot/twin";
import type { Desk } from "crossfoot/testing";
import { liveOdoo, openLiveOdoo } from "../live/odoo/live-erp.ts";
import { companyName } from "../live/scenarios/company.ts";
import { openLiveStage } from "../live/scenarios/live-stage.ts";
import type { LiveStage } from "../live/scenarios/live-stage.ts";
import { openPair } from "../live/scenarios/pair.ts";
import type { Pair } from "../live/scenarios/pair.ts";
import { lookAtOdoo } from "./preflight-odoo-look.ts";
import type { DrawnQuote, QuoteGround } from "./preflight-trial.ts";

/** What the pair is filled with beside Odoo's own seed: prospects are made as they are needed. */
const size = { seed: 1, accounts: 3, contactEvery: 100, products: 4 };
const warehouse = "WH";
const settings = "guard: { create: { countFree: 1000000 }, update: { countFree: 1000000 } }\n";

/** Numbers of customers that are odd; those before the first of them are usual. */
const oddCustomer = { first: 17, archived: "C00020" } as const;
const codes = (from: number, to: number): readonly string[] =>
  Array.from({ length: to - from + 1 }, (_, at) => `P${String(from + at).padStart(3, "0")}`);
/** Codes of products by what is odd about them. */
const oddProduct = {
  usual: codes(1, 24),
  ...{ archived: "P030", notSold: "P031", noTax: "P032", slow: "P033", free: "P034", service: "P049" },
  salesOnly: "SALES-ONLY",
} as const;

interface Ground {
  readonly stage: LiveStage;
  readonly pair: Pair;
  readonly desk: Desk;
  readonly random: Random;
}

/** Opens it; the same seed draws the same quotes. */
export async function openOdooGround(seed: number): Promise<QuoteGround> {
  if (liveOdoo.reason !== null) throw new Error(liveOdoo.reason);
  const live = await openLiveOdoo();
  const { desk } = live;
  const stage = await openLiveStage({ ...liveOdoo, open: async () => live }, size);
  appendFileSync(join(stage.folder, "crossfoot.yaml"), settings);
  const pair = await openPair(stage);
  const close = async (): Promise<void> => {
    await pair.engine.close();
    await stage.close();
  };
  try {
    await pair.settleAll();
    await makeOdd(desk);
    stage.crm.people.create("products", {
      ...{ sku: oddProduct.salesOnly, name: "Known to sales only", unit: "pcs" },
    });
    await pair.settleAll();
    const ground = { stage, pair, desk, random: randomStream(seed, "preflight") };
    let drawn: Drawn | null = null;
    return {
      engine: pair.engine,
      ...{ orderMs: 10_000, patienceMs: 180_000, close },
      draw: async (nth) => {
        drawn = await drawQuote(ground, nth);
        return drawn.quote;
      },
      look: async (_quote, code) => {
        if (drawn === null) throw new Error("nothing was drawn");
        const then = await lookAtOdoo(desk, { ...drawn, code });
        for (const picking of drawn.arrivals)
          await desk.call("stock.picking", "action_cancel", { ids: [picking] });
        return then;
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

const anyway = { context: { active_test: false } };
async function idBy(desk: Desk, model: string, field: string, value: string): Promise<number> {
  const domain = [[field, "=", value]];
  const rows = await desk.call(model, "search_read", { domain, fields: ["id"], ...anyway });
  const [row] = rows as readonly { readonly id: number }[];
  if (row === undefined) throw new Error(`Odoo has no ${model} ${value}`);
  return row.id;
}

/** Puts customers and products away, each in a way of its own. */
async function makeOdd(desk: Desk): Promise<void> {
  const write = async (model: string, code: string, vals: Parameters<Desk["call"]>[2]): Promise<void> => {
    const field = model === "res.partner" ? "ref" : "default_code";
    await desk.call(model, "write", { ids: [await idBy(desk, model, field, code)], vals: vals ?? {} });
  };
  await write("res.partner", oddCustomer.archived, { active: false });
  await write("product.product", oddProduct.archived, { active: false });
  await write("product.product", oddProduct.notSold, { sale_ok: false });
  await write("product.product", oddProduct.noTax, { taxes_id: [[6, 0, []]] });
  await write("product.product", oddProduct.slow, { sale_delay: 6 });
  await write("product.product", oddProduct.free, { list_price: 0 });
}

/** A quote, and what is needed to find what became of it. */
interface Drawn {
  readonly quote: DrawnQuote;
  /** The customer's own number, by which the order is found. */
  readonly orderNumber: string;
  readonly lines: number;
  /** Receipts by which goods were to come, for this quote only. */
  readonly arrivals: readonly number[];
}

const marks = [
  ...["nothing", "nothing", "nothing", "nothing", "nothing", "nothing"],
  ...["customer archived", "prospect", "prospect without address", "credit passed", "bill to another"],
  ...["dollars", "unknown currency", "unknown terms", "other price list"],
  ...["no warehouse", "unknown warehouse", "other warehouse"],
  ...["product archived", "product not sold", "product unknown", "product without tax", "product slow"],
  ...["product for nothing", "service"],
  ...["price zero", "price missing", "price off", "price with fractions", "other discount"],
  ...["header discount", "freight"],
  ...["tiny quantity", "huge quantity", "broken quantity", "wrong unit", "other unit", "product twice"],
  ...["all on hand", "one more than on hand", "goods to come", "goods to come too late"],
  ...["wanted in the past", "wanted in a year", "valid until yesterday", "no lines"],
] as const;
type Mark = (typeof marks)[number];
type Has = (mark: Mark) => boolean;

interface Line {
  readonly product: TwinRecord;
  readonly quantity: string;
  readonly unit: string;
}

/** Day so many days from now. */
const dayFrom = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
const text = (value: unknown): string => (typeof value === "string" ? value : "");

async function drawQuote(ground: Ground, nth: number): Promise<Drawn> {
  const { random, stage, desk } = ground;
  const drawn = new Set<Mark>([random.pick(marks), ...(random.chance(0.25) ? [random.pick(marks)] : [])]);
  const has: Has = (mark) => drawn.has(mark);
  const code = has("customer archived")
    ? oddCustomer.archived
    : `C${String(random.between(1, oddCustomer.first - 1)).padStart(5, "0")}`;
  const usual = accountOf(ground, code === oddCustomer.archived ? "C00005" : code);
  const isProspect = has("prospect") || has("prospect without address");
  const account = isProspect ? prospect(ground, nth, has("prospect")) : accountOf(ground, code);
  const lines = await linesOf(ground, has);
  const arrivals = await arrivalsFor(ground, has, lines);
  const currency = has("dollars") ? "USD" : has("unknown currency") ? "GBP" : "EUR";
  const lists = Object.values(stage.crm.state.records["pricebooks"] ?? {});
  const pricebook = has("other price list") ? random.pick(lists) : null;
  const priced = await pricedLines(ground, { account: usual, currency, pricebook, has }, lines);
  const orderNumber = `PO-${nth}`;
  const quote = stage.crm.people.createQuote({
    ...{ accountId: account, currency, customerOrderNumber: orderNumber },
    ...(pricebook === null ? {} : { pricebookId: String(pricebook.id) }),
    ...{ paymentTerms: has("unknown terms") ? "net14" : "net30" },
    ...{ lines: has("no lines") ? [] : priced },
    ...(has("bill to another")
      ? { billToId: accountOf(ground, code === "C00006" ? "C00007" : "C00006") }
      : {}),
    ...(has("no warehouse") ? {} : { warehouse: placeOf(has) }),
    ...requested(has),
    ...(has("header discount") ? { headerDiscountPercent: "3" } : {}),
    ...(has("freight") ? { freight: { amount: "12.00", currency } } : {}),
    validUntil: has("valid until yesterday") ? dayFrom(-1) : "2099-12-31",
  });
  if (!isProspect) await setLimit(desk, code, has("credit passed"));
  const id = String(quote.id);
  stage.crm.people.sendQuote(id);
  stage.crm.people.acceptQuote(id);
  return {
    quote: { id, marks: [...drawn] },
    orderNumber,
    lines: has("no lines") ? 0 : lines.length,
    arrivals,
  };
}

/** A limit that any order passes, or none. */
async function setLimit(desk: Desk, code: string, isPassed: boolean): Promise<void> {
  const vals = { use_partner_credit_limit: isPassed, credit_limit: isPassed ? 0.01 : 0 };
  await desk.call("res.partner", "write", { ids: [await idBy(desk, "res.partner", "ref", code)], vals });
}

const requested = (has: Has): JsonMap => {
  if (has("wanted in the past")) return { requestedDate: dayFrom(-20) };
  if (has("goods to come")) return { requestedDate: dayFrom(12) };
  if (has("goods to come too late")) return { requestedDate: dayFrom(5) };
  return has("wanted in a year") ? { requestedDate: dayFrom(365) } : {};
};

function placeOf(has: Has): string {
  if (has("unknown warehouse")) return "NOWHERE";
  return has("other warehouse") ? "EAST" : warehouse;
}

function accountOf({ pair }: Ground, code: string): string {
  const found = pair.named("accounts", "customerNumber", code);
  if (found === undefined) throw new Error(`the CRM has no customer ${code}`);
  return String(found.id);
}

function prospect({ stage, pair }: Ground, nth: number, hasAddress: boolean): string {
  const model = pair.named("accounts", "name", companyName(0));
  const made = stage.crm.people.createAccount({
    ...{ name: `Fable Yard ${nth}`, status: "prospect", currency: "EUR" },
    ...(hasAddress ? { billingAddress: model?.["billingAddress"] ?? null } : {}),
  });
  return String(made.id);
}

function productOf({ pair }: Ground, code: string): TwinRecord {
  const found = pair.named("products", "sku", code);
  if (found === undefined) throw new Error(`the CRM has no product ${code}`);
  return found;
}

async function linesOf(ground: Ground, has: Has): Promise<readonly Line[]> {
  const { random } = ground;
  const usual = (): TwinRecord => productOf(ground, random.pick(oddProduct.usual));
  const odd = firstOf(has);
  const first = odd === null ? usual() : productOf(ground, odd);
  const chosen = [first, ...Array.from({ length: random.between(0, 2) }, usual)];
  const all = has("product twice") ? [...chosen, first] : chosen;
  const lines: Line[] = [];
  for (const [at, product] of all.entries()) {
    const unit = text(product["unit"]);
    const quantity = at === 0 ? await quantityOf(ground, has, product) : String(random.between(1, 20));
    lines.push({ product, quantity, unit: at === 0 ? unitOf(has, unit) : unit });
  }
  return lines;
}

function firstOf(has: Has): string | null {
  const named: readonly (readonly [Mark, string])[] = [
    ["product archived", oddProduct.archived],
    ["product not sold", oddProduct.notSold],
    ["product unknown", oddProduct.salesOnly],
    ["product without tax", oddProduct.noTax],
    ["product slow", oddProduct.slow],
    ["product for nothing", oddProduct.free],
    ["service", oddProduct.service],
  ];
  return named.find(([mark]) => has(mark))?.[1] ?? null;
}

function unitOf(has: Has, unit: string): string {
  if (has("wrong unit")) return unit === "kg" ? "pcs" : "kg";
  if (!has("other unit")) return unit;
  return { pcs: "dz", kg: "g" }[unit] ?? unit;
}

async function quantityOf(ground: Ground, has: Has, product: TwinRecord): Promise<string> {
  const { random } = ground;
  if (has("tiny quantity")) return random.pick(["0.000001", "0.0004", "0.01"]);
  if (has("huge quantity")) return random.pick(["1000000", "99999", "250000"]);
  if (has("broken quantity")) return random.pick(["2.5", "0.125", "10.0001"]);
  const [all, more] = [has("all on hand"), has("one more than on hand") || isToCome(has)];
  if (!all && !more) return String(random.between(1, 60));
  const told = await ground.pair.engine.moment.availability({
    rows: [{ product: `crm:${product.id}`, quantity: null, unit: null }],
    ...{ warehouses: [placeOf(has) === "EAST" ? "EAST" : warehouse], date: null, budgetMs: 60_000 },
  });
  const row = told.kind === "now" ? told.answer.rows[0] : undefined;
  const left = row?.ok === true ? Math.floor(Number(row.places[0]?.available ?? "0")) : 0;
  return String(Math.max(1, more ? left + 1 : left));
}

const isToCome = (has: Has): boolean => has("goods to come") || has("goods to come too late");

/** Goods that a supplier is to bring in ten days, for the first line. */
async function arrivalsFor({ desk }: Ground, has: Has, lines: readonly Line[]): Promise<readonly number[]> {
  const code = text(lines[0]?.product["sku"]);
  if (!isToCome(has) || code === oddProduct.salesOnly) return [];
  const place = placeOf(has) === "EAST" ? "EAST" : warehouse;
  const [type] = await desk.find(
    "stock.picking.type",
    [
      ["code", "=", "incoming"],
      ["warehouse_id.code", "=", place],
    ],
    ["default_location_dest_id"],
  );
  const [supplier] = await desk.find("stock.location", [["usage", "=", "supplier"]], ["id"]);
  const product = await idBy(desk, "product.product", "default_code", code);
  const between = {
    location_id: supplier?.["id"] ?? false,
    location_dest_id: type?.["default_location_dest_id"] ?? false,
  };
  const move = { product_id: product, product_uom_qty: 500, date: `${dayFrom(10)} 12:00:00`, ...between };
  const made = (await desk.call("stock.picking", "create", {
    vals_list: [
      {
        ...{ picking_type_id: type?.["id"] ?? false, scheduled_date: `${dayFrom(10)} 12:00:00` },
        ...{ ...between, move_ids: [[0, 0, move]] },
      },
    ],
  })) as readonly number[];
  await desk.call("stock.picking", "action_confirm", { ids: [...made] });
  return made;
}

interface OddPrice {
  readonly amount?: string;
  readonly percent?: string;
  readonly isMissing?: boolean;
}

/** Lines at the price that somebody who asks Odoo is told, but for the first where that is odd. */
async function pricedLines(
  { pair }: Ground,
  at: {
    readonly account: string;
    readonly currency: string;
    readonly pricebook: TwinRecord | null;
    readonly has: Has;
  },
  lines: readonly Line[],
): Promise<JsonMap[]> {
  const { account, currency, pricebook, has } = at;
  const told = await pair.engine.moment.price({
    account: `crm:${account}`,
    ...{ currency, date: null, budgetMs: 60_000 },
    pricebook: pricebook === null ? null : `crm:${pricebook.id}`,
    lines: lines.map(({ product, quantity, unit }) => ({ product: `crm:${product.id}`, quantity, unit })),
  });
  const rows = told.kind === "now" ? told.answer.rows : [];
  return lines.map(({ product, quantity, unit }, nth): JsonMap => {
    const row = rows[nth];
    const own = row?.ok === true ? row : { unitPrice: "9.99", discountPercent: "0" };
    const odd = nth === 0 ? oddPrice(Number(own.unitPrice), has) : {};
    const { amount = own.unitPrice, percent = own.discountPercent } = odd;
    return {
      ...{ productId: String(product.id), quantity, unit },
      ...(odd.isMissing === true ? {} : { unitPrice: { amount, currency } }),
      ...(Number(percent) === 0 ? {} : { discountPercent: percent }),
    };
  });
}

function oddPrice(price: number, has: Has): OddPrice {
  if (has("price zero")) return { amount: "0" };
  if (has("price missing")) return { isMissing: true };
  if (has("price off")) return { amount: (price * 1.01 + 0.01).toFixed(2) };
  if (has("price with fractions")) return { amount: (price / 3 + 0.001).toFixed(4) };
  return has("other discount") ? { percent: "2.5" } : {};
}
