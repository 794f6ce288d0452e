import { addDays, dayOf, toCompact } from "../calendar.ts";
import { big, fixed } from "../decimal.ts";
import type { Erp } from "../erp/erp.ts";
import { ERP_INDUSTRIES, ERP_TERMS } from "../erp/reference.ts";
import type { Json, JsonMap } from "../json.ts";
import type { Random } from "../random.ts";
import { CRM_INDUSTRIES, CRM_TERMS } from "../crm/schema.ts";
import type { Company } from "./company.ts";

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

function itemFields(random: Random, n: number): JsonMap {
  const service = n % 13 === 12;
  const byWeight = !service && n % 7 === 5;
  const name = `${GOODS[n % GOODS.length]} ${String.fromCharCode(65 + (n % 26))}${10 + Math.floor(n / GOODS.length)}`;
  return {
    sku: `NG-${String(1000 + n)}`,
    name: service ? `Installation service ${n}` : name,
    description: service ? "Work by the hour, on site." : `${name}, from the fictional Northgate catalogue.`,
    uom: service ? "HUR" : byWeight ? "KG" : "EA",
    kind: service ? "service" : "stock",
    category: random.pick(CATEGORIES),
    tax_code: n % 9 === 8 ? "R07" : "S19",
    list_price: fixed(big(random.between(150, 25_000)).div(100), 4),
    currency: "EUR",
    ...(service ? {} : { weight: fixed(big(random.between(50, 9000)).div(1000), 3) }),
  };
}

/** Items of the ERP; the ids are given back in order. */
export function seedItems(erp: Erp, random: Random, count: number): number[] {
  return Array.from({ length: count }, (_, n) =>
    Number(erp.people.create("items", itemFields(random, n)).id),
  );
}

function priceOf(erp: Erp, itemId: number): string {
  return String(erp.state.records["items"]?.[String(itemId)]?.["list_price"]);
}

function entriesFor(erp: Erp, itemIds: readonly number[], factor: string, breaks: readonly string[]): Json[] {
  return itemIds.flatMap((itemId) => {
    const uom = String(erp.state.records["items"]?.[String(itemId)]?.["uom"]);
    return breaks.map((minimum, index): Json => {
      const price = big(priceOf(erp, itemId))
        .times(factor)
        .times(100 - 5 * index)
        .div(100);
      return { item_id: itemId, uom, min_qty: minimum, price: fixed(price.round(4), 4) };
    });
  });
}

/** Price lists: one for all in EUR with breaks, one per further currency, one for group A, one for a customer. */
export function seedPriceLists(
  erp: Erp,
  itemIds: readonly number[],
  special: { customerId: number; currency: string } | null,
): void {
  const today = dayOf(erp.clock());
  const valid_from = toCompact(addDays(today, -180));
  const priced = itemIds.slice(0, -1);
  const list = (code: string, name: string, currency: string, more: JsonMap): void => {
    erp.people.create("price_lists", { code, name, currency, valid_from, ...more });
  };
  list("STD-EUR", "Standard EUR", "EUR", { entries: entriesFor(erp, priced, "1", ["1", "10", "100"]) });
  list("STD-USD", "Standard USD", "USD", { entries: entriesFor(erp, priced, "1.1", ["1"]) });
  list("STD-GBP", "Standard GBP", "GBP", { entries: entriesFor(erp, priced, "0.9", ["1"]) });
  list("STD-CHF", "Standard CHF", "CHF", { entries: entriesFor(erp, priced, "1.05", ["1"]) });
  list("GRP-A", "Group A", "EUR", {
    customer_group: "A",
    entries: entriesFor(erp, priced.slice(0, 10), "0.92", ["1"]),
  });
  if (special === null) return;
  list("CUST-1", "Agreed prices", special.currency, {
    customer_id: special.customerId,
    valid_to: toCompact(addDays(today, 180)),
    entries: entriesFor(erp, priced.slice(0, 3), "0.88", ["5"]),
  });
}

/** Stock in both warehouses, and some goods on their way. */
export function seedStock(erp: Erp, random: Random, itemIds: readonly number[]): void {
  const today = dayOf(erp.clock());
  for (const itemId of itemIds) {
    if (erp.state.records["items"]?.[String(itemId)]?.["kind"] !== "stock") continue;
    for (const warehouse of ["MAIN", "NORTH"]) {
      erp.people.receiveStock({ itemId, warehouse, qty: String(random.between(200, 900)) });
    }
    if (!random.chance(0.3)) continue;
    const dueDate = toCompact(addDays(today, random.between(3, 20)));
    erp.people.orderStock({ itemId, warehouse: "MAIN", qty: String(random.between(20, 200)), dueDate });
  }
}
