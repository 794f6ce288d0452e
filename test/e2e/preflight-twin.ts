/** Both twins, with customers and products that are each odd in a way of their own, and quotes about them. */
import { createCrm, createErp, randomStream, seedDemo } from "@crossfoot/twin";
import type { Crm, DemoContents, Erp, JsonMap, Random, TwinRecord } from "@crossfoot/twin";
import {
  connectors,
  createMemoryStore,
  loadProject,
  openEngine,
  openEphemeral,
  systemClock,
  systemEntropy,
  tempFolder,
} from "crossfoot/testing";
import type { Engine } from "crossfoot/testing";
import type { LineThen, Then } from "./preflight-facts.ts";
import type { DrawnQuote, QuoteGround } from "./preflight-trial.ts";
import { writeTwinProject } from "./twin-project.ts";

const warehouse = "MAIN";
const settings = "guard: { create: { countFree: 1000000 }, update: { countFree: 1000000 } }\n";
const textOf = (record: JsonMap | undefined, field: string): string | null => {
  const value = record?.[field];
  return typeof value === "string" ? value : null;
};
const numberOf = (record: JsonMap | undefined, field: string): number => Number(record?.[field]);
const rowsOf = (record: JsonMap | undefined, field: string): readonly JsonMap[] =>
  (record?.[field] ?? []) as readonly JsonMap[];

interface Ground {
  readonly crm: Crm;
  readonly erp: Erp;
  readonly demo: DemoContents;
  readonly engine: Engine;
  readonly random: Random;
}

/** Opens it; the same seed draws the same quotes. */
export async function openTwinGround(seed: number): Promise<QuoteGround> {
  const clock = (): number => Date.now();
  const [crm, erp] = [createCrm({ clock, seed }), createErp({ clock, seed })];
  const demo = seedDemo({ crm, erp, seed, accounts: 40, products: 24, quotes: 0, history: 0 });
  const [crmUp, erpUp] = [await crm.listen(), await erp.listen()];
  const folder = tempFolder("memory");
  const own = ["limits: { daily: 10000000, zone: Europe/Berlin }"];
  writeTwinProject(folder.path, { crm: crmUp.url, erp: erpUp.url, settings: own, more: settings });
  const { project, problems } = loadProject(folder.path, { environment: {}, connectors });
  if (project === undefined) throw new Error(JSON.stringify(problems));
  const store = createMemoryStore({ entropy: systemEntropy, clock: systemClock });
  const database = await openEphemeral();
  const engine = await openEngine(project, { database, wrap: { store: () => store } });
  const close = async (): Promise<void> => {
    await engine.close();
    await database.close();
    await crmUp.close();
    await erpUp.close();
    folder.remove();
  };
  const ground = { crm, erp, demo, engine, random: randomStream(seed, "preflight") };
  makeOdd(ground);
  for (let runs = 0; runs < 3; runs += 1) await engine.run();
  let before = { quotes: 0, orders: 0 };
  return {
    engine,
    draw: async (nth) => {
      const drawn = await drawQuote(ground, nth);
      before = { quotes: countOf(erp, "sales_quotes"), orders: countOf(erp, "sales_orders") };
      return drawn;
    },
    look: async (_drawn, code) => look(ground, { ...before, code }),
    close,
  };
}

const countOf = (erp: Erp, object: string): number => Object.keys(erp.state.records[object] ?? {}).length;
const newest = (erp: Erp, object: string): TwinRecord | undefined =>
  Object.values(erp.state.records[object] ?? {}).reduce<TwinRecord | undefined>(
    (last, one) => (last === undefined || Number(one.id) > Number(last.id) ? one : last),
    undefined,
  );

/** Customers and products by what is odd about them. Places among those that the twins share. */
const blockedCustomer = 1;
const inactiveCustomer = 2;
const inactiveProduct = 1;

function makeOdd({ crm, erp, demo }: Ground): void {
  erp.people.blockCustomer(demo.shared[blockedCustomer]?.customerId ?? 0, true);
  erp.people.editCustomer(demo.shared[inactiveCustomer]?.customerId ?? 0, { active: false });
  const ref = { object: "items", id: demo.sharedProducts[inactiveProduct]?.itemId ?? 0 };
  erp.people.edit(ref, { active: false });
  crm.people.create("products", { sku: "SALES-ONLY", name: "Known to sales only", unit: "pcs" });
}

const marks = [
  ...["nothing", "nothing", "nothing", "nothing", "nothing"],
  ...["customer blocked", "customer inactive", "prospect", "customer just made", "customer without limit"],
  ...["credit passed", "credit just enough", "other currency", "rare currency"],
  ...["no warehouse", "unknown warehouse", "other warehouse"],
  ...["product inactive", "product unknown", "product without price"],
  ...["price zero", "price missing", "price off", "price with fractions", "discount", "header discount"],
  ...["tiny quantity", "huge quantity", "broken quantity", "wrong unit", "other unit", "product twice"],
  ...["wanted in the past", "wanted in a year", "valid until yesterday", "freight", "no lines"],
] as const;
type Mark = (typeof marks)[number];

interface Wanted {
  readonly marks: ReadonlySet<Mark>;
  readonly account: string;
  readonly customer: number | null;
  readonly currency: string;
}

interface DraftLine {
  readonly product: string;
  readonly quantity: string;
  readonly unit: string;
}

/** Day so many days from now. */
const dayFrom = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

async function drawQuote(ground: Ground, nth: number): Promise<DrawnQuote> {
  const { crm, random } = ground;
  const drawn = new Set<Mark>([random.pick(marks), ...(random.chance(0.3) ? [random.pick(marks)] : [])]);
  const wanted = customerOf(ground, drawn, nth);
  const lines = linesOf(ground, drawn);
  const has = (mark: Mark): boolean => drawn.has(mark);
  const priced = await pricedLines(ground, wanted, lines);
  const quote = crm.people.createQuote({
    ...{ accountId: wanted.account, currency: wanted.currency, customerOrderNumber: `PO-${nth}` },
    ...{ paymentTerms: "net30", lines: has("no lines") ? [] : priced },
    ...(has("no warehouse") ? {} : { warehouse: placeOf(has) }),
    ...(has("wanted in the past") ? { requestedDate: dayFrom(-20) } : {}),
    ...(has("wanted in a year") ? { requestedDate: dayFrom(365) } : {}),
    ...(has("header discount") ? { headerDiscountPercent: "3" } : {}),
    ...(has("freight") ? { freight: { amount: "12.00", currency: wanted.currency } } : {}),
    validUntil: has("valid until yesterday") ? dayFrom(-1) : "2099-12-31",
  });
  const id = String(quote.id);
  setLimit(ground, wanted, quote);
  crm.people.sendQuote(id);
  crm.people.acceptQuote(id);
  return { id, marks: [...drawn] };
}

function placeOf(has: (mark: Mark) => boolean): string {
  if (has("unknown warehouse")) return "NOWHERE";
  return has("other warehouse") ? "NORTH" : warehouse;
}

function customerOf({ crm, erp, demo, random }: Ground, drawn: ReadonlySet<Mark>, nth: number): Wanted {
  const has = (mark: Mark): boolean => drawn.has(mark);
  const made = has("customer just made")
    ? crm.people.createAccount({ name: `Fable ${nth} Ltd`, status: "customer", currency: "EUR" })
    : null;
  const place = has("customer blocked")
    ? blockedCustomer
    : has("customer inactive")
      ? inactiveCustomer
      : random.between(3, demo.shared.length - 1);
  const pair = demo.shared[place];
  const apart =
    made === null ? (has("prospect") ? demo.prospects[nth % demo.prospects.length] : null) : made.id;
  const customer = apart === null || apart === undefined ? (pair?.customerId ?? null) : null;
  const usual =
    customer === null ? "EUR" : textOf(erp.state.records["customers"]?.[String(customer)], "currency");
  const currency = has("rare currency") ? "JPY" : has("other currency") ? "GBP" : (usual ?? "EUR");
  return { marks: drawn, account: String(apart ?? pair?.accountId), customer, currency };
}

function linesOf({ crm, erp, demo, random }: Ground, drawn: ReadonlySet<Mark>): readonly DraftLine[] {
  const has = (mark: Mark): boolean => drawn.has(mark);
  const shown = Object.values(crm.state.records["products"] ?? {});
  const articleOf = (product: TwinRecord): TwinRecord | undefined =>
    Object.values(erp.state.records["items"] ?? {}).find((article) => article["sku"] === product["sku"]);
  const isUsual = (product: TwinRecord): boolean => {
    const article = articleOf(product);
    return article?.["active"] === true && textOf(article, "list_price") !== null;
  };
  const usual = shown.filter(isUsual);
  const unpriced = shown.find(
    (product) => Number(articleOf(product)?.id) === demo.troubles.unpricedItemIds[0],
  );
  const odd = has("product inactive")
    ? shown.find((product) => product.id === demo.sharedProducts[inactiveProduct]?.productId)
    : has("product unknown")
      ? shown.find(({ sku }) => sku === "SALES-ONLY")
      : has("product without price")
        ? unpriced
        : undefined;
  const chosen = [
    odd ?? random.pick(usual),
    ...Array.from({ length: random.between(0, 3) }, () => random.pick(usual)),
  ];
  const all = has("product twice") ? [...chosen, ...chosen.slice(0, 1)] : chosen;
  return all.map((product, at) => ({
    product: String(product.id),
    quantity: at === 0 ? quantityOf(has, random) : String(random.between(1, 60)),
    unit: at === 0 ? unitOf(has, textOf(product, "unit") ?? "pcs") : (textOf(product, "unit") ?? "pcs"),
  }));
}

function quantityOf(has: (mark: Mark) => boolean, random: Random): string {
  if (has("tiny quantity")) return random.pick(["0.000001", "0.0004", "0.001"]);
  if (has("huge quantity")) return random.pick(["1000000", "99999", "250000"]);
  return has("broken quantity") ? random.pick(["2.5", "0.125", "10.0001"]) : String(random.between(1, 120));
}

function unitOf(has: (mark: Mark) => boolean, unit: string): string {
  if (has("wrong unit")) return unit === "h" ? "kg" : "h";
  if (!has("other unit")) return unit;
  return { pcs: "dz", kg: "g" }[unit] ?? unit;
}

/** Lines at the price that somebody who asks the ERP is told, but for the first where that is odd. */
async function pricedLines(
  { engine, demo }: Ground,
  { marks: drawn, account, customer, currency }: Wanted,
  lines: readonly DraftLine[],
): Promise<JsonMap[]> {
  const has = (mark: Mark): boolean => drawn.has(mark);
  const someone = customer === null ? (demo.shared[3]?.accountId ?? "") : account;
  const told = await engine.moment.price({
    ...{ account: `crm:${someone}`, pricebook: null, currency, date: null, budgetMs: 10_000 },
    lines: lines.map(({ product, quantity, unit }) => ({ product: `crm:${product}`, quantity, unit })),
  });
  const rows = told.kind === "now" ? told.answer.rows : [];
  return lines.map(({ product, quantity, unit }, at) => {
    const row = rows[at];
    const own = row?.ok === true ? row.unitPrice : "9.99";
    const first = at === 0;
    const amount =
      first && has("price zero")
        ? "0"
        : first && has("price off")
          ? (Number(own) * 1.01 + 0.01).toFixed(2)
          : first && has("price with fractions")
            ? (Number(own) / 3 + 0.001).toFixed(4)
            : own;
    return {
      ...{ productId: product, quantity, unit },
      ...(first && has("price missing") ? {} : { unitPrice: { amount, currency } }),
      ...(first && has("discount") ? { discountPercent: "2.5" } : {}),
    };
  });
}

/** Room for the quote in the customer's limit, none, or exactly so much; counted by the ERP's own rules. */
function setLimit({ erp }: Ground, { marks: drawn, customer }: Wanted, quote: TwinRecord): void {
  if (customer === null) return;
  const net = Number(
    textOf((quote["totals"] as JsonMap | null)?.["net"] as JsonMap | undefined, "amount") ?? "0",
  );
  const limit = drawn.has("customer without limit")
    ? null
    : drawn.has("credit passed")
      ? "0.50"
      : drawn.has("credit just enough")
        ? (net * 1.19).toFixed(2)
        : "999999999.00";
  erp.people.editCustomer(customer, { credit_limit: limit });
}

async function look(
  { erp }: Ground,
  before: { readonly quotes: number; readonly orders: number; readonly code: string | null },
): Promise<Then> {
  const orders = countOf(erp, "sales_orders") - before.orders;
  const isKnown = countOf(erp, "sales_quotes") > before.quotes;
  const quote = isKnown ? newest(erp, "sales_quotes") : undefined;
  const isPending = quote?.["approval"] === "pending";
  const isCredit = isPending || before.code === "CUSTOMER_BLOCKED";
  const order = orders > 0 ? newest(erp, "sales_orders") : undefined;
  if (order === undefined || quote === undefined) {
    const refusal = before.code ?? (isPending ? "approval_pending" : null);
    return { orders, refusal, totals: null, lines: [], isCredit };
  }
  const lines = rowsOf(order, "lines").map((line, at): LineThen => ({
    isOtherPrice: warnedOf(erp, quote, at) || Number(textOf(line, "discount_pct") ?? "0") !== 0,
    isThere: isThere(erp, order, at),
  }));
  const [net, tax, gross] = ["net", "tax", "gross"].map((name) => textOf(order, name) ?? "");
  erp.people.cancelOrder(Number(order.id));
  return {
    ...{ orders, refusal: null, lines, isCredit },
    totals: { net: net ?? "", tax: tax ?? "", gross: gross ?? "" },
  };
}

/** Whether the ERP's validation said that its price list knows another price for a line. */
function warnedOf(erp: Erp, quote: TwinRecord, at: number): boolean {
  const validated = erp.commits.findLast(
    ({ object, id, after }) =>
      object === "sales_quotes" && id === quote.id && after?.["state"] === "validated",
  );
  return rowsOf(validated?.after ?? undefined, "messages").some(
    ({ code, field }) => code === "PRICE_DIFFERS" && field === `lines.${at}.price`,
  );
}

/** Pieces, grams or hours in one of each unit. */
const factors: { readonly [unit: string]: number } = { EA: 1, DZ: 12, BX12: 12, KG: 1000, G: 1, HUR: 1 };

/** Whether a line's goods were there, after those of the lines before it; null for what nobody counts. */
function isThere(erp: Erp, order: TwinRecord, at: number): boolean | null {
  const lines = rowsOf(order, "lines");
  const id = numberOf(lines[at], "item_id");
  const article = erp.state.records["items"]?.[String(id)];
  if (article?.["kind"] !== "stock") return null;
  const stock = Object.values(erp.state.records["stock"] ?? {}).find(
    (one) => one["item_id"] === id && one["warehouse"] === order["warehouse"],
  );
  const own = factors[textOf(article, "uom") ?? ""] ?? 1;
  const needs = (rows: readonly JsonMap[]): number =>
    rows
      .filter((row) => row["item_id"] === id)
      .reduce(
        (sum, row) => sum + (Number(textOf(row, "qty")) * (factors[textOf(row, "uom") ?? ""] ?? 1)) / own,
        0,
      );
  const left = Number(textOf(stock, "on_hand") ?? "0") - Number(textOf(stock, "reserved") ?? "0");
  return left + needs(lines) - needs(lines.slice(0, at + 1)) > -1e-9;
}
