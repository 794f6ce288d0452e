/** A CRM twin and a real Tryton, with customers and products that are each odd, and quotes about them. */
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { randomStream } from "@crossfoot/twin";
import type { JsonMap, Random, TwinRecord } from "@crossfoot/twin";
import { dec } from "crossfoot/testing";
import type { Admin } from "crossfoot/testing";
import { companyName } from "../live/scenarios/company.ts";
import { openLiveStage } from "../live/scenarios/live-stage.ts";
import type { LiveStage } from "../live/scenarios/live-stage.ts";
import { openPair } from "../live/scenarios/pair.ts";
import type { Pair } from "../live/scenarios/pair.ts";
import { liveTryton, openTryton } from "../live/tryton/live-erp.ts";
import { cancelArrivals, lookAtTryton } from "./preflight-tryton-look.ts";
import { makeTrytonOdd, oddCustomer, oddProduct, SALES_ONLY } from "./preflight-tryton-odd.ts";
import type { DrawnQuote, QuoteGround } from "./preflight-trial.ts";

/** What the pair is filled with beside Tryton's own seed: prospects are made as they are needed. */
const size = { seed: 1, accounts: 3, contactEvery: 100, products: 4 };
const warehouse = "WH";
const settings = "guard: { create: { countFree: 1000000 }, update: { countFree: 1000000 } }\n";

interface Ground {
  readonly stage: LiveStage;
  readonly pair: Pair;
  readonly admin: Admin;
  readonly random: Random;
}

/** Opens it; the same seed draws the same quotes. */
export async function openTrytonGround(seed: number): Promise<QuoteGround> {
  if (liveTryton.reason !== null) throw new Error(liveTryton.reason);
  const { live, admin } = await openTryton();
  const stage = await openLiveStage({ ...liveTryton, open: async () => live }, size);
  appendFileSync(join(stage.folder, "crossfoot.yaml"), settings);
  const pair = await openPair(stage);
  const close = async (): Promise<void> => {
    await pair.engine.close();
    await stage.close();
  };
  try {
    await pair.settleAll();
    await makeTrytonOdd(admin);
    stage.crm.people.create("products", { sku: SALES_ONLY, name: "Known to sales only", unit: "pcs" });
    await pair.settleAll();
    const ground = { stage, pair, admin, random: randomStream(seed, "preflight") };
    let drawn: Drawn | null = null;
    return {
      engine: pair.engine,
      // On a busy machine an order may take longer than it is worth waiting for one that will not be.
      ...{ orderMs: 10_000, patienceMs: 180_000 },
      draw: async (nth) => {
        drawn = await drawQuote(ground, nth);
        return drawn.quote;
      },
      look: async (_quote, code) => {
        if (drawn === null) throw new Error("nothing was drawn");
        const then = await lookAtTryton(admin, { ...drawn, code });
        await cancelArrivals(admin, drawn.arrivals);
        await putBack(ground, drawn);
        return then;
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** A quote, and what is needed to find what became of it. */
interface Drawn {
  readonly quote: DrawnQuote;
  /** The customer's own number, by which the sale is found. */
  readonly orderNumber: string;
  /** Lines of the quote; a line of freight comes after them. */
  readonly lines: number;
  /** Moves by which goods were to come, for this quote only. */
  readonly arrivals: readonly number[];
  /** A list price that was changed after the quote was priced. */
  readonly repriced: { readonly template: number; readonly from: string } | null;
}

const marks = [
  ...["nothing", "nothing", "nothing", "nothing", "nothing", "nothing"],
  ...["customer inactive", "customer without address", "prospect", "prospect without address"],
  ...["customer without limit", "credit passed", "credit a cent short", "credit just enough"],
  ...["bill to another", "bill to one without credit"],
  ...["dollars", "yen", "yen on little credit", "unknown currency", "unknown terms", "other price list"],
  ...["no warehouse", "unknown warehouse", "other warehouse"],
  ...["product inactive", "product not sold", "product unknown", "product without tax", "product at a duty"],
  ...["product for nothing", "service"],
  ...["price zero", "price missing", "price off", "price after discount", "price with fractions"],
  ...["price changed since", "other discount", "header discount", "freight"],
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
  const { random, stage } = ground;
  const drawn = new Set<Mark>([random.pick(marks), ...(random.chance(0.25) ? [random.pick(marks)] : [])]);
  const has: Has = (mark) => drawn.has(mark);
  const who = await customerOf(ground, has, nth);
  const lines = await linesOf(ground, has);
  const currency = currencyOf(has);
  const arrivals = await arrivalsFor(ground, has, lines);
  const pricebook = has("other price list")
    ? random.pick(Object.values(stage.crm.state.records["pricebooks"] ?? {}))
    : null;
  const asked = {
    account: who.priced,
    currency,
    pricebook: pricebook === null ? null : String(pricebook.id),
  };
  const priced = await pricedLines(ground, { ...asked, has }, lines);
  const orderNumber = `PO-${nth}`;
  const quote = stage.crm.people.createQuote({
    ...{ accountId: who.account, currency, customerOrderNumber: orderNumber },
    ...(pricebook === null ? {} : { pricebookId: String(pricebook.id) }),
    ...{ paymentTerms: has("unknown terms") ? "net14" : "net30" },
    ...{ lines: has("no lines") ? [] : priced },
    ...(who.billTo === null ? {} : { billToId: who.billTo }),
    ...(has("no warehouse") ? {} : { warehouse: placeOf(has) }),
    ...requested(has),
    ...(has("header discount") ? { headerDiscountPercent: "3" } : {}),
    ...(has("freight") ? { freight: { amount: "12.00", currency } } : {}),
    validUntil: has("valid until yesterday") ? dayFrom(-1) : "2099-12-31",
  });
  const id = String(quote.id);
  await setLimit(ground, { has, who, quote });
  stage.crm.people.sendQuote(id);
  stage.crm.people.acceptQuote(id);
  return {
    quote: { id, marks: [...drawn] },
    ...{ orderNumber, lines: has("no lines") ? 0 : lines.length, arrivals },
    repriced: has("price changed since") ? await reprice(ground, lines) : null,
  };
}

function currencyOf(has: Has): string {
  if (has("dollars")) return "USD";
  if (has("yen") || has("yen on little credit")) return "JPY";
  return has("unknown currency") ? "GBP" : "EUR";
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

interface Who {
  /** Id in the CRM. */
  readonly account: string;
  /** Whom prices are asked for while it is drawn. */
  readonly priced: string;
  /** Its party in Tryton; null when that has none yet. */
  readonly party: number | null;
  readonly billTo: string | null;
  readonly billParty: number | null;
}

async function customerOf(ground: Ground, has: Has, nth: number): Promise<Who> {
  const { random } = ground;
  const usual = `C${String(random.between(1, oddCustomer.first - 1)).padStart(5, "0")}`;
  const code = has("customer inactive")
    ? oddCustomer.inactive
    : has("customer without address")
      ? oddCustomer.homeless
      : usual;
  const isBilled = has("bill to another") || has("bill to one without credit");
  const billCode = isBilled ? (code === "C00001" ? "C00002" : "C00001") : null;
  const bill = {
    billTo: billCode === null ? null : accountOf(ground, billCode),
    billParty: billCode === null ? null : await partyOf(ground, billCode),
  };
  if (has("prospect") || has("prospect without address")) {
    const made = prospect(ground, { nth, hasAddress: !has("prospect without address") });
    return { account: made, priced: accountOf(ground, usual), party: null, ...bill };
  }
  const account = accountOf(ground, code);
  const priced = code === oddCustomer.inactive ? accountOf(ground, usual) : account;
  return { account, priced, party: await partyOf(ground, code), ...bill };
}

const accountOf = ({ pair }: Ground, code: string): string => {
  const found = pair.named("accounts", "customerNumber", code);
  if (found === undefined) throw new Error(`the CRM has no customer ${code}`);
  return String(found.id);
};

async function partyOf({ admin }: Ground, code: string): Promise<number> {
  const [row] = await admin.find(
    "party.party",
    [
      ["code", "=", code],
      ["active", "in", [true, false]],
    ],
    ["id"],
  );
  return Number(row?.["id"]);
}

function prospect(
  { stage, pair }: Ground,
  { nth, hasAddress }: { readonly nth: number; readonly hasAddress: boolean },
): string {
  const model = pair.named("accounts", "name", companyName(0));
  const made = stage.crm.people.createAccount({
    ...{ name: `Fable Yard ${nth}`, status: "prospect", currency: "EUR" },
    ...(hasAddress ? { billingAddress: model?.["billingAddress"] ?? null } : {}),
  });
  return String(made.id);
}

async function linesOf(ground: Ground, has: Has): Promise<readonly Line[]> {
  const { random } = ground;
  const usual = (): TwinRecord => productOf(ground, random.pick(oddProduct.usual));
  const first = firstOf(has);
  const chosen = [
    first === null ? usual() : productOf(ground, first),
    ...Array.from({ length: random.between(0, 2) }, usual),
  ];
  const all = has("product twice") ? [...chosen, ...chosen.slice(0, 1)] : chosen;
  const lines: Line[] = [];
  for (const [at, product] of all.entries()) {
    const unit = text(product["unit"]);
    lines.push({
      product,
      quantity: at === 0 ? await quantityOf(ground, has, product) : String(random.between(1, 40)),
      unit: at === 0 ? unitOf(has, unit) : unit,
    });
  }
  return lines;
}

function firstOf(has: Has): string | null {
  if (has("product inactive")) return oddProduct.inactive;
  if (has("product not sold")) return oddProduct.notSold;
  if (has("product unknown")) return SALES_ONLY;
  if (has("product without tax")) return oddProduct.noTax;
  if (has("product at a duty")) return oddProduct.duty;
  if (has("product for nothing")) return oddProduct.free;
  return has("service") ? oddProduct.service : null;
}

function productOf({ pair }: Ground, code: string): TwinRecord {
  const found = pair.named("products", "sku", code);
  if (found === undefined) throw new Error(`the CRM has no product ${code}`);
  return found;
}

async function quantityOf(ground: Ground, has: Has, product: TwinRecord): Promise<string> {
  const { random } = ground;
  if (has("tiny quantity")) return random.pick(["0.000001", "0.0004", "0.01"]);
  if (has("huge quantity")) return random.pick(["1000000", "99999", "250000"]);
  if (has("broken quantity")) return random.pick(["2.5", "0.125", "10.0001"]);
  const [all, more] = [has("all on hand"), has("one more than on hand") || isToCome(has)];
  if (!all && !more) return String(random.between(1, 120));
  const told = await ground.pair.engine.moment.availability({
    rows: [{ product: `crm:${product.id}`, quantity: null, unit: null }],
    ...{ warehouses: [placeOf(has) === "EAST" ? "EAST" : warehouse], date: null, budgetMs: 20_000 },
  });
  const row = told.kind === "now" ? told.answer.rows[0] : undefined;
  const left = row?.ok === true ? Math.floor(Number(row.places[0]?.available ?? "0")) : 0;
  return String(Math.max(1, more ? left + 1 : left));
}

const isToCome = (has: Has): boolean => has("goods to come") || has("goods to come too late");

function unitOf(has: Has, unit: string): string {
  if (has("wrong unit")) return unit === "h" ? "kg" : "h";
  if (!has("other unit")) return unit;
  return { pcs: "dz", kg: "g" }[unit] ?? unit;
}

/** Goods that a supplier is to bring in ten days, for the first line. */
async function arrivalsFor({ admin }: Ground, has: Has, lines: readonly Line[]): Promise<readonly number[]> {
  const code = text(lines[0]?.product["sku"]);
  if (!isToCome(has) || code === SALES_ONLY) return [];
  const [product] = await admin.find("product.product", [["code", "=", code]], ["default_uom"]);
  const [supplier] = await admin.find("stock.location", [["type", "=", "supplier"]], ["id"]);
  const [place] = await admin.find("stock.location", [["code", "=", placeOf(has)]], ["storage_location"]);
  const [company] = await admin.find("company.company", [], ["currency"]);
  if (product === undefined || place === undefined) return [];
  const [year = 0, month = 0, day = 0] = dayFrom(10).split("-").map(Number);
  const made = await admin.call("stock.move.create", [
    {
      ...{ product: product["id"] ?? null, quantity: 500, uom: product["default_uom"] ?? null },
      from_location: supplier?.["id"] ?? null,
      to_location: place["storage_location"] ?? null,
      planned_date: { __class__: "date", year, month, day },
      ...{ unit_price: dec("1.00"), currency: company?.["currency"] ?? null },
      company: company?.["id"] ?? null,
    },
  ]);
  return made as readonly number[];
}

/** Lines at the price that somebody who asks Tryton is told, but for the first where that is odd. */
async function pricedLines(
  { pair }: Ground,
  at: {
    readonly account: string;
    readonly currency: string;
    readonly pricebook: string | null;
    readonly has: Has;
  },
  lines: readonly Line[],
): Promise<JsonMap[]> {
  const { account, currency, pricebook, has } = at;
  const told = await pair.engine.moment.price({
    account: `crm:${account}`,
    ...{ currency, date: null, budgetMs: 20_000 },
    pricebook: pricebook === null ? null : `crm:${pricebook}`,
    lines: lines.map(({ product, quantity, unit }) => ({ product: `crm:${product.id}`, quantity, unit })),
  });
  const rows = told.kind === "now" ? told.answer.rows : [];
  return lines.map(({ product, quantity, unit }, nth): JsonMap => {
    const row = rows[nth];
    const own =
      row?.ok === true ? row : { unitPrice: "9.99", discountPercent: "0", net: "9.99", quantity: "1" };
    const odd = nth === 0 ? oddPrice(own, has) : {};
    const { amount = own.unitPrice, percent = own.discountPercent } = odd;
    return {
      ...{ productId: String(product.id), quantity, unit },
      ...(odd.isMissing === true ? {} : { unitPrice: { amount, currency } }),
      ...(Number(percent) === 0 ? {} : { discountPercent: percent }),
    };
  });
}

interface OddPrice {
  readonly amount?: string;
  readonly percent?: string;
  readonly isMissing?: boolean;
}

function oddPrice(own: { readonly unitPrice: string; readonly discountPercent: string }, has: Has): OddPrice {
  const price = Number(own.unitPrice);
  if (has("price zero")) return { amount: "0" };
  if (has("price missing")) return { isMissing: true };
  if (has("price off")) return { amount: (price * 1.01 + 0.01).toFixed(2) };
  if (has("price with fractions")) return { amount: (price / 3 + 0.001).toFixed(4) };
  if (has("other discount")) return { percent: "2.5" };
  if (!has("price after discount")) return {};
  return { amount: (price * (1 - Number(own.discountPercent) / 100)).toFixed(4), percent: "0" };
}

/** The list price of the first line's product rises after the quote was priced. */
async function reprice({ admin }: Ground, lines: readonly Line[]): Promise<Drawn["repriced"]> {
  const code = text(lines[0]?.product["sku"]);
  const found = await admin.find(
    "product.product",
    [["code", "=", code]],
    ["template", "template.list_price"],
  );
  const template = found[0]?.["template."] as
    | { readonly list_price?: { readonly decimal?: string } }
    | undefined;
  const from = template?.list_price?.decimal;
  if (found[0] === undefined || from === undefined) return null;
  const id = Number(found[0]["template"]);
  await admin.call("product.template.write", [id], { list_price: dec((Number(from) + 1).toFixed(2)) });
  return { template: id, from };
}

async function putBack({ admin }: Ground, { repriced }: Drawn): Promise<void> {
  if (repriced === null) return;
  await admin.call("product.template.write", [repriced.template], { list_price: dec(repriced.from) });
}

/** Room for the quote in a party's limit, none, or exactly so much, by what Tryton says is used. */
async function setLimit(
  ground: Ground,
  { has, who, quote }: { readonly has: Has; readonly who: Who; readonly quote: TwinRecord },
): Promise<void> {
  const totals = quote["totals"] as { readonly net?: { readonly amount?: string } } | null;
  const net = Number(totals?.net?.amount ?? "0");
  const room = has("credit passed")
    ? net / 2
    : has("credit a cent short")
      ? net - 0.01
      : has("credit just enough")
        ? net
        : has("yen on little credit")
          ? net / 10
          : 900_000_000;
  if (who.party !== null)
    await limit(ground, who.party, has("customer without limit") ? null : Math.max(0, room));
  if (who.billParty !== null)
    await limit(ground, who.billParty, has("bill to one without credit") ? 0 : 900_000_000);
}

async function limit({ admin }: Ground, party: number, room: number | null): Promise<void> {
  const both = ["id", "=", party] as const;
  const domain = [both, ["active", "in", [true, false]]];
  const [row] = await admin.find("party.party", domain, ["credit_amount"]);
  const used = Number((row?.["credit_amount"] as { readonly decimal?: string } | null)?.decimal ?? "0");
  const amount = room === null ? null : dec((used + room).toFixed(2));
  await admin.call("party.party.write", [party], { credit_limit_amount: amount });
}
