import type { Json, JsonMap } from "@crossfoot/kernel";
import type { EntityName } from "@crossfoot/model";
import type { Actor } from "./commit.ts";
import { negated, partOf, summed, totalsOf } from "./amounts.ts";
import { isMap } from "./dialect.ts";
import type { ModelSystem, Row } from "./model-system.ts";
import { standing } from "./model-system.ts";

/** What the people of the ERP do with documents beyond editing them: data. */
export type DeskDeed =
  /** A quote that was accepted becomes an order. */
  | { readonly kind: "convert"; readonly order: string }
  /** A part of an order is delivered. */
  | { readonly kind: "ship"; readonly shipment: string; readonly nth: number; readonly of: number }
  /** An order is invoiced. */
  | { readonly kind: "bill"; readonly invoice: string; readonly isDraft: boolean }
  /** An invoice is paid, in part or what is left of it. */
  | { readonly kind: "pay"; readonly isWhole: boolean }
  /** An invoice is taken back by another with the amounts turned. */
  | { readonly kind: "credit"; readonly invoice: string };

interface Desk {
  readonly system: ModelSystem;
  readonly row: Row;
  readonly actor: Actor;
  /** The document as it stands, in plain form. */
  readonly plain: JsonMap;
}

/** Carries a deed out on a document. Answers false when its state does not allow it. */
export function atDesk(
  system: ModelSystem,
  row: Row,
  at: { readonly deed: DeskDeed; readonly actor: Actor },
): boolean {
  if (standing(row).life !== "live") return false;
  const desk: Desk = { system, row, actor: at.actor, plain: system.decode(row.entity, standing(row).native) };
  switch (at.deed.kind) {
    case "convert":
      return convert(desk, at.deed.order);
    case "ship":
      return ship(desk, at.deed);
    case "bill":
      return bill(desk, at.deed);
    case "pay":
      return pay(desk, at.deed.isWhole);
    case "credit":
      return credit(desk, at.deed.invoice);
  }
}

function convert(desk: Desk, order: string): boolean {
  const { plain } = desk;
  if (plain["status"] !== "accepted") return false;
  const lines = linesOf(plain).map(({ id: _id, ...line }) => line);
  const amounts = amountsOf(desk, { ...plain, lines });
  const isMade = make(desk, "orders", {
    tag: order,
    fields: {
      customerOrderNumber: order,
      account: plain["account"] ?? null,
      quote: desk.row.tag,
      date: "2026-01-05",
      status: "open",
      currency: plain["currency"] ?? null,
      lines,
      ...amounts,
    },
  });
  if (isMade) write(desk, { status: "converted" });
  return isMade;
}

function ship(desk: Desk, part: DeskDeed & { readonly kind: "ship" }): boolean {
  const { plain } = desk;
  if (plain["status"] !== "open" && plain["status"] !== "part_delivered") return false;
  const lines = linesOf(plain).map(({ product = null, quantity }) => {
    const { value = "0", unit = null } = isMap(quantity) ? quantity : {};
    return { product, quantity: { value: partOf(typeof value === "string" ? value : "0", part), unit } };
  });
  const isMade = make(desk, "shipments", {
    tag: part.shipment,
    fields: {
      trackingNumber: part.shipment,
      order: desk.row.tag,
      expectedShipDate: "2026-02-28",
      carrier: "Post",
      status: "shipped",
      lines,
    },
  });
  if (isMade) write(desk, { status: part.nth === part.of ? "delivered" : "part_delivered" });
  return isMade;
}

function bill(desk: Desk, { invoice, isDraft }: DeskDeed & { readonly kind: "bill" }): boolean {
  const { plain } = desk;
  const isReady = ["open", "part_delivered", "delivered"].includes(wordOf(plain["status"]));
  if (!isReady) return false;
  const lines = linesOf(plain).map(({ id: _id, ...line }) => line);
  const amounts = amountsOf(desk, { ...plain, lines });
  const isMade = make(desk, "invoices", {
    tag: invoice,
    fields: {
      owner: invoice,
      account: plain["account"] ?? null,
      order: desk.row.tag,
      date: "2026-01-31",
      dueDate: "2026-02-28",
      status: isDraft ? "draft" : "open",
      currency: plain["currency"] ?? null,
      lines,
      payments: [],
      ...amounts,
      openBalance: amounts.gross,
    },
  });
  if (isMade && plain["status"] === "delivered") write(desk, { status: "invoiced" });
  return isMade;
}

function pay(desk: Desk, isWhole: boolean): boolean {
  const { plain } = desk;
  const { currency = null } = plain;
  const open = amountIn(plain["openBalance"]);
  if (plain["status"] !== "open" && plain["status"] !== "part_paid") return false;
  const amount = isWhole ? open : partOf(open, { nth: 1, of: 2 });
  const left = summed([open, negated(amount)], currency);
  const payment = {
    date: "2026-02-01",
    amount: { amount: summed([amount], currency), currency },
    method: "bank",
  };
  const payments = [...listOf(plain["payments"]), payment];
  const status = /^-?0*(\.0*)?$/.test(left) ? "paid" : "part_paid";
  write(desk, { payments, openBalance: { amount: left, currency }, status });
  return true;
}

function credit(desk: Desk, invoice: string): boolean {
  const { plain } = desk;
  if (!["open", "part_paid", "paid"].includes(wordOf(plain["status"]))) return false;
  const lines = linesOf(plain).map(({ id: _id, ...line }) => {
    const { quantity } = line;
    if (!isMap(quantity) || typeof quantity["value"] !== "string") return line;
    return { ...line, quantity: { ...quantity, value: negated(quantity["value"]) } };
  });
  const turned = (field: string): Json => {
    const value = plain[field];
    if (!isMap(value) || typeof value["amount"] !== "string") return value ?? null;
    return { ...value, amount: negated(value["amount"]) };
  };
  return make(desk, "invoices", {
    tag: invoice,
    fields: {
      owner: invoice,
      account: plain["account"] ?? null,
      order: plain["order"] ?? null,
      date: "2026-02-28",
      dueDate: "2026-02-28",
      status: "open",
      currency: plain["currency"] ?? null,
      lines,
      payments: [],
      net: turned("net"),
      tax: turned("tax"),
      gross: turned("gross"),
      openBalance: turned("gross"),
    },
  });
}

function make(
  desk: Desk,
  entity: EntityName,
  at: { readonly tag: string; readonly fields: JsonMap },
): boolean {
  const { system, actor } = desk;
  if (system.find(entity, at.tag) !== undefined) return false;
  system.create(entity, system.encode(entity, at.fields), { actor, reference: null });
  return true;
}

function write({ system, row, actor }: Desk, fields: JsonMap): void {
  system.commit(row, { op: "write", actor, native: system.encode(row.entity, fields) });
}

function amountsOf(
  { system }: Desk,
  document: JsonMap,
): { readonly net: Json; readonly tax: Json; readonly gross: Json } {
  const { net, tax, gross } = totalsOf(document, system.profile.rounding);
  const currency = document["currency"] ?? null;
  const money = (amount: string): Json => ({ amount, currency });
  return { net: money(net), tax: money(tax), gross: money(gross) };
}

function listOf(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? (value as readonly Json[]) : [];
}
const linesOf = (document: JsonMap): readonly JsonMap[] =>
  listOf(document["lines"]).flatMap((line) => (isMap(line) ? [line] : []));
const wordOf = (value: Json | undefined): string => (typeof value === "string" ? value : "");
const amountIn = (money: Json | undefined): string => (isMap(money) ? wordOf(money["amount"]) || "0" : "0");
