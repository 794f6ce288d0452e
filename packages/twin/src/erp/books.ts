import type { ArithmeticSettings } from "../arithmetic.ts";
import { dayOf, toCompact } from "../calendar.ts";
import { big, currencyDecimals, fixed, type Big } from "../decimal.ts";
import { numberIn, textIn, type JsonMap, type RecordRef, type TwinRecord } from "../json.ts";
import type { Ledger } from "../ledger.ts";
import type { Records } from "../records.ts";
import { businessRefusal } from "./wire.ts";

/** What the ERP's business rules work on. */
export interface Books {
  readonly records: Records;
  readonly ledger: Ledger;
  readonly clock: () => number;
  readonly arithmetic: ArithmeticSettings;
  /** What may be invoiced: what was delivered, or what was ordered. */
  readonly invoicePolicy: "delivered" | "ordered";
  /** Last day of the closed accounting periods, `20251231`, or null. */
  readonly closedUntil: () => string | null;
}

/** The books in the hands of a user, who makes the commits. */
export interface Acting extends Books {
  readonly actor: string;
}

/** Hands the books to a user. */
export function actingAs(books: Books, actor: string): Acting {
  return { ...books, actor };
}

/** Stores fields that the ERP computed on a record. */
export function amend(acting: Acting, ref: RecordRef, fields: JsonMap): TwinRecord {
  return acting.records.amend(ref, fields, { actor: acting.actor, kind: "write" });
}

/** Stores a record that the ERP made. */
export function add(acting: Acting, object: string, fields: JsonMap): TwinRecord {
  return acting.records.add(object, fields, acting.actor);
}

/** The number in a decimal field; absent counts as zero, so only for fields the ERP itself fills. */
export function decimalIn(map: JsonMap | null | undefined, field: string): Big {
  return big(textIn(map, field) ?? "0");
}

/** An amount in the ERP's form: at least 2 decimals. */
export function amountText(value: Big, currency: string): string {
  return fixed(value, Math.max(2, currencyDecimals(currency) ?? 2));
}

/** A quantity in the ERP's form. */
export function quantityText(value: Big): string {
  return fixed(value.round(3), 3);
}

/** Today in the ERP's form. */
export function today(books: Books): string {
  return toCompact(dayOf(books.clock()));
}

/** The reference record with that code. Throws 422 when there is none. */
export function byCode(books: Books, object: string, code: string): TwinRecord {
  const record = books.ledger.where(object, "code", [code])[0];
  if (!record) throw businessRefusal("UNKNOWN_REFERENCE", null, `no ${code} in ${object}`);
  return record;
}

/** The percent of a tax code. */
export function taxRateOf(books: Books, taxCode: string | null): string | null {
  return taxCode === null ? null : textIn(byCode(books, "tax_codes", taxCode), "rate");
}

/** The record of the item that a line names. Throws 422 when there is none. */
export function catalogued(books: Books, line: JsonMap): TwinRecord {
  const record = books.ledger.get("items", numberIn(line, "item_id") ?? -1);
  if (!record) throw businessRefusal("UNKNOWN_REFERENCE", "item_id", "no such record in items");
  return record;
}

/** A change of unit. */
export interface UnitChange {
  readonly from: string;
  readonly to: string;
}

/** Converts a quantity between units of one category. Throws 422 UOM_MISMATCH for others. */
export function convertQuantity(books: Books, quantity: Big, { from, to }: UnitChange): Big {
  if (from === to) return quantity;
  const source = byCode(books, "uoms", from);
  const target = byCode(books, "uoms", to);
  if (source["category"] !== target["category"]) {
    throw businessRefusal("UOM_MISMATCH", null, `${from} and ${to} are not of one kind`);
  }
  return quantity.times(decimalIn(source, "factor")).div(decimalIn(target, "factor"));
}
