import { addDays, dayOf, toCompact } from "../calendar.ts";
import { big, fixed } from "../decimal.ts";
import type { Erp } from "../erp/erp.ts";
import { ERP_INDUSTRIES, ERP_TERMS } from "../erp/reference.ts";
import type { Json, JsonMap } from "../json.ts";
import type { Random } from "../random.ts";
import { CRM_INDUSTRIES, CRM_TERMS } from "../crm/schema.ts";
import type { Company } from "./company.ts";
import { textOf } from "./look.ts";

const GOODS = [
  "Hex bolt",
  "Ball bearing",
  "Gear wheel",
  "Drive belt",
  "Pressure valve",
  "Copper pipe",
  "Steel plate",
  "Cable reel",
  "Hinge set",
  "Work lamp",
  "Rubber seal",
  "Spring pack",
  "Toolbox",
  "Paint, grey",
  "Wood glue",
];
const CATEGORIES = ["Fasteners", "Drives", "Fittings", "Tools", "Supplies"];

/** A company as the CRM stores it. */
export function accountFields(company: Company, status: string): JsonMap {
  const address = {
    street: company.street,
    city: company.city,
    postalCode: company.postalCode,
    country: company.country[0],
  };
  return {
    name: `${company.name} ${company.form}`,
    status,
    billingAddress: address,
    shippingAddress: { ...address, street2: "Gate 2" },
    phone: company.phone,
    email: `office@${company.domain}`,
    website: `https://${company.domain}`,
    industry: CRM_INDUSTRIES[company.industry] ?? "other",
    taxId: company.taxId,
    currency: company.currency,
    paymentTerms: CRM_TERMS[company.terms] ?? "net30",
  };
}

/** A company as the ERP stores it. */
export function customerFields(company: Company, random: Random): JsonMap {
  const address = {
    line1: company.street,
    city: company.city,
    zip: company.postalCode,
    country: company.country[1],
  };
  return {
    name: `${company.name} ${company.form}`,
    currency: company.currency,
    addresses: [
      { kind: "invoice", ...address },
      { kind: "delivery", ...address, line2: "Gate 2" },
    ],
    phone: company.phone,
    email: `office@${company.domain}`,
    url: `https://${company.domain}`,
    industry: ERP_INDUSTRIES[company.industry] ?? "OTHR",
    vat_number: company.taxId,
    terms: ERP_TERMS[company.terms] ?? "N30",
    credit_limit: `${random.between(20, 80) * 1000}.00`,
    salesperson: random.pick(["ada", "bruno"]),
    ...(random.chance(0.3) ? { customer_group: "A" } : {}),
  };
}

/** The price of an article by its cents, and what it costs: six tenths of that. */
function pricesOf(cents: number): JsonMap {
  const price = big(cents).div(100);
  return { list_price: fixed(price, 4), standard_cost: fixed(price.times("0.6"), 4) };
}

/** The EAN of an article, with its check digit (GS1 General Specifications, 7.9). */
function eanOf(n: number): string {
  const body = `400${String(100_000_000 + n * 37)}`;
  const sum = Array.from(body, Number).reduce(
    (total, digit, at) => total + digit * (at % 2 === 0 ? 1 : 3),
    0,
  );
  return `${body}${(10 - (sum % 10)) % 10}`;
}

function articleFields(random: Random, n: number): JsonMap {
  const isWork = n % 13 === 12;
  const byWeight = !isWork && n % 7 === 5;
  const model = `${String.fromCharCode(65 + (n % 26))}${10 + Math.floor(n / GOODS.length)}`;
  const name = `${GOODS[n % GOODS.length]} ${model}`;
  return {
    sku: `NG-${String(1000 + n)}`,
    name: isWork ? `Installation service ${n}` : name,
    description: isWork ? "Work by the hour, on site." : `${name}, from the fictional Northgate catalogue.`,
    uom: isWork ? "HUR" : byWeight ? "KG" : "EA",
    kind: isWork ? "service" : "stock",
    category: random.pick(CATEGORIES),
    tax_code: n % 9 === 8 ? "R07" : "S19",
    ...pricesOf(random.between(150, 25_000)),
    currency: "EUR",
    ...(isWork ? {} : { ean: eanOf(n) }),
    ...(isWork ? {} : { weight: fixed(big(random.between(50, 9000)).div(1000), 3) }),
  };
}

/** Items of the ERP; the ids are given back in order. */
export function seedArticles(erp: Erp, random: Random, count: number): number[] {
  return Array.from({ length: count }, (_, n) =>
    Number(erp.people.create("items", articleFields(random, n)).id),
  );
}

function priceOf(erp: Erp, articleId: number): string {
  return textOf(erp, { object: "items", id: articleId }, "list_price");
}

/** A price list to make: the catalogue price times a factor, 5 % less with each quantity break. */
interface ListPlan {
  readonly code: string;
  readonly name: string;
  readonly currency: string;
  readonly factor: string;
  readonly breaks: readonly string[];
  readonly articleIds: readonly number[];
  /** For whom and until when. */
  readonly more?: JsonMap;
}

function entriesOf(erp: Erp, plan: ListPlan): Json[] {
  return plan.articleIds.flatMap((articleId) => {
    const uom = textOf(erp, { object: "items", id: articleId }, "uom");
    return plan.breaks.map((minimum, index): Json => {
      const whole = big(priceOf(erp, articleId)).times(plan.factor);
      const price = whole.times(100 - 5 * index).div(100);
      return { item_id: articleId, uom, min_qty: minimum, price: fixed(price.round(4), 4) };
    });
  });
}

/** Price lists: one for all in EUR with breaks, one per further currency, for group A, and for a customer. */
export function seedPriceLists(
  erp: Erp,
  articleIds: readonly number[],
  special: { readonly customerId: number; readonly currency: string } | null,
): void {
  const today = dayOf(erp.clock());
  const general = { breaks: ["1"], articleIds: articleIds.slice(0, -1) };
  const { breaks } = general;
  const plans: ListPlan[] = [
    {
      ...general,
      code: "STD-EUR",
      name: "Standard EUR",
      currency: "EUR",
      factor: "1",
      breaks: ["1", "10", "100"],
    },
    { ...general, code: "STD-USD", name: "Standard USD", currency: "USD", factor: "1.1" },
    { ...general, code: "STD-GBP", name: "Standard GBP", currency: "GBP", factor: "0.9" },
    { ...general, code: "STD-CHF", name: "Standard CHF", currency: "CHF", factor: "1.05" },
  ];
  const forGroup = { more: { customer_group: "A" }, articleIds: general.articleIds.slice(0, 10), breaks };
  plans.push({ ...forGroup, code: "GRP-A", name: "Group A", currency: "EUR", factor: "0.92" });
  if (special !== null) {
    const more = { customer_id: special.customerId, valid_to: toCompact(addDays(today, 180)) };
    const agreed = { more, articleIds: general.articleIds.slice(0, 3), breaks: ["5"] };
    plans.push({
      ...agreed,
      code: "CUST-1",
      name: "Agreed prices",
      currency: special.currency,
      factor: "0.88",
    });
  }
  for (const plan of plans) {
    const { code, name, currency, more = {} } = plan;
    const valid_from = toCompact(addDays(today, -180));
    erp.people.create("price_lists", {
      code,
      name,
      currency,
      valid_from,
      ...more,
      entries: entriesOf(erp, plan),
    });
  }
}

/** Stock in both warehouses, and some goods on their way. */
export function seedStock(erp: Erp, random: Random, articleIds: readonly number[]): void {
  const today = dayOf(erp.clock());
  for (const articleId of articleIds) {
    if (textOf(erp, { object: "items", id: articleId }, "kind") !== "stock") continue;
    for (const warehouse of ["MAIN", "NORTH"]) {
      erp.people.receiveStock({ itemId: articleId, warehouse, qty: String(random.between(200, 900)) });
    }
    if (!random.chance(0.3)) continue;
    const dueDate = toCompact(addDays(today, random.between(3, 20)));
    const qty = String(random.between(20, 200));
    erp.people.orderStock({ itemId: articleId, warehouse: "MAIN", qty, dueDate });
  }
}
