import type { Json, JsonMap } from "@crossfoot/kernel";
import type { EntityName } from "@crossfoot/model";
import type { Action } from "../action.ts";
import type { Random } from "../random.ts";
import type { Drawing } from "./drawn.ts";
import { Deeds, madeOf } from "./drawn.ts";

const prices = ["12.50", "0.99", "100", "3.335", "7.005"] as const;
const counts = ["1", "3", "2.5", "12", "0.5"] as const;

/** A line of a document in plain form. */
function lineOf(random: Random, at: { readonly product: string; readonly currency: string }): JsonMap {
  const price = random.pick(prices);
  return {
    product: at.product,
    quantity: { value: random.pick(counts), unit: random.pick(["pc", "kg"]) },
    unitPrice: { amount: at.currency === "JPY" ? "120" : price, currency: at.currency },
  };
}

/** What a person may change of a document's head. */
export function documentEdit(random: Random, entity: EntityName): JsonMap {
  if (entity === "shipments") return { carrier: random.pick(["Post", "Rail", "Own van"]) };
  if (entity === "invoices") return { dueDate: random.pick(["2026-03-31", "2028-02-29", "9999-12-31"]) };
  if (entity === "orders") return { date: random.pick(["2026-01-06", "2026-01-31", "2024-02-29"]) };
  return random.pick<JsonMap>([
    { validUntil: random.pick(["2026-03-31", "2028-02-29", "9999-12-31"]) },
    { paymentTerms: random.pick(["30D", "60D", "NOW"]) },
  ]);
}

interface Ground {
  readonly random: Random;
  readonly deeds: Deeds;
  readonly entities: readonly EntityName[];
  readonly endsAt: number;
}

/** Quotes of the CRM and what becomes of them: orders, deliveries in parts, invoices, payments, credits. */
export function drawDocuments({ random, scene, before }: Drawing): readonly Action[] {
  const accounts = madeOf(before, "accounts");
  const products = madeOf(before, "products").filter(({ at }) => at < scene.endsAt / 3);
  if (accounts.length === 0 || products.length === 0) return [];
  const deeds = new Deeds("q", random);
  const ground: Ground = { random, deeds, entities: scene.entities, endsAt: scene.endsAt };
  for (let nr = random.between(1, 2); nr > 0; nr -= 1) {
    const account = random.pick(accounts);
    const start = Math.max(account.at, ...products.map(({ at }) => at)) + random.between(40_000, 90_000);
    drawQuote(ground, {
      tag: `q${nr}`,
      at: start,
      account: account.tag,
      products: products.map(({ tag }) => tag),
    });
  }
  return deeds.within(scene.endsAt);
}

function drawQuote(
  ground: Ground,
  quote: {
    readonly tag: string;
    readonly at: number;
    readonly account: string;
    readonly products: readonly string[];
  },
): void {
  const { random, deeds } = ground;
  const { tag } = quote;
  const entity = "quotes";
  const currency = random.pick(["EUR", "EUR", "USD", "JPY"]);
  const line = (): JsonMap => lineOf(random, { product: random.pick(quote.products), currency });
  const lines: Json = Array.from({ length: random.between(1, 3) }, line);
  const { account } = quote;
  const fields = {
    customerOrderNumber: tag,
    account,
    validUntil: "2026-12-31",
    paymentTerms: "30D",
    currency,
    lines,
  };
  const act = (at: number, deed: Action["deed"], system: "crm" | "erp" = "crm"): void =>
    deeds.push(at, system, { entity, tag, deed });
  act(quote.at, { kind: "create", fields });
  let at = quote.at;
  const later = (): number => (at += random.pick([100, 2_000, 15_000, 30_000]));
  if (random.chance(0.4)) act(later(), { kind: "edit", fields: documentEdit(random, entity) });
  act(later(), { kind: "step", from: ["draft"], to: "sent" });
  if (random.chance(0.15))
    act(later(), { kind: "step", from: ["sent"], to: random.pick(["rejected", "expired"]) });
  act(later(), { kind: "step", from: ["sent"], to: "accepted" });
  if (random.chance(0.4)) act(later(), { kind: "line", change: { kind: "add", line: line() } });
  if (random.chance(0.3)) {
    const value = { value: random.pick(counts), unit: "pc" };
    act(later(), { kind: "line", change: { kind: "set", at: 0, field: "quantity", value } });
  }
  if (random.chance(0.2)) act(later(), { kind: "line", change: { kind: "remove", at: 1 } });
  if (random.chance(0.2)) act(later(), { kind: "edit", fields: documentEdit(random, entity) }, "erp");
  if (random.chance(0.15))
    act(later(), { kind: "step", from: ["accepted"], to: "cancelled" }, random.pick(["crm", "erp"]));
  // The ERP can only convert what has come over.
  at += random.pick([20_000, 60_000]);
  for (let tries = 3; tries > 0; tries -= 1) act(later(), { kind: "convert", order: `${tag}-o` }, "erp");
  if (random.chance(0.2))
    act(at + random.pick([0, 500]), { kind: "edit", fields: documentEdit(random, entity) });
  drawOrder(ground, { tag: `${tag}-o`, at });
}

function drawOrder(ground: Ground, order: { readonly tag: string; readonly at: number }): void {
  const { random, deeds, entities } = ground;
  const { tag } = order;
  let { at } = order;
  const later = (): number => (at += random.pick([200, 5_000, 20_000]));
  const act = (deed: Action["deed"], system: "crm" | "erp" = "erp"): void =>
    deeds.push(later(), system, { entity: "orders", tag, deed });
  if (random.chance(0.3))
    act({ kind: "edit", fields: documentEdit(random, "orders") }, random.pick(["crm", "erp"]));
  if (random.chance(0.1)) act({ kind: "step", from: ["open"], to: "cancelled" });
  if (entities.includes("shipments")) {
    const of = random.between(1, 3);
    for (let nth = 1; nth <= of; nth += 1) act({ kind: "ship", shipment: `${tag}-s${nth}`, nth, of });
    const fields = documentEdit(random, "shipments");
    if (random.chance(0.3))
      deeds.push(later(), "erp", { entity: "shipments", tag: `${tag}-s1`, deed: { kind: "edit", fields } });
  }
  if (entities.includes("invoices")) drawInvoice(ground, { order: tag, at });
}

function drawInvoice(ground: Ground, bill: { readonly order: string; readonly at: number }): void {
  const { random, deeds } = ground;
  const invoice = `${bill.order}-i`;
  const isDraft = random.chance(0.4);
  let { at } = bill;
  const later = (): number => (at += random.pick([200, 5_000, 20_000]));
  deeds.push(later(), "erp", { entity: "orders", tag: bill.order, deed: { kind: "bill", invoice, isDraft } });
  const act = (deed: Action["deed"]): void =>
    deeds.push(later(), "erp", { entity: "invoices", tag: invoice, deed });
  if (isDraft) {
    // Some drafts are thrown away, and made again.
    if (random.chance(0.3)) {
      act({ kind: "delete" });
      deeds.push(later(), "erp", {
        entity: "orders",
        tag: bill.order,
        deed: { kind: "bill", invoice, isDraft },
      });
    }
    act({ kind: "step", from: ["draft"], to: "open" });
  }
  if (random.chance(0.3)) act({ kind: "edit", fields: documentEdit(random, "invoices") });
  if (random.chance(0.6)) act({ kind: "pay", isWhole: false });
  if (random.chance(0.6)) act({ kind: "pay", isWhole: true });
  if (random.chance(0.3)) act({ kind: "credit", invoice: `${invoice}c` });
}
