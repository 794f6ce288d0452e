import { isLines, isMap } from "@crossfoot/kernel";
import type { ConnectionId, Fields, Json, Value } from "@crossfoot/kernel";
import { sumOf } from "@crossfoot/model";
import type { EntityName } from "@crossfoot/model";
import type { StoredRecord } from "../runtime/engine.ts";

/** What can be exported. */
export const exportNames = ["order-history", "demand", "pipeline"] as const;
/** `order-history`: the lines of orders; `demand`: products by month; `pipeline`: lines of open quotes. */
export type ExportName = (typeof exportNames)[number];

/** Entities that exports are made of. */
export const exportedEntities = ["accounts", "products", "quotes", "orders"] as const;

/** Where the records of an export come from. */
export interface ExportSource {
  readonly records: (entity: EntityName, connection: ConnectionId) => AsyncIterable<StoredRecord>;
  readonly crm: ConnectionId;
  readonly erp: ConnectionId;
  /** Entities that a connection is read for. */
  readonly has: (entity: EntityName, connection: ConnectionId) => boolean;
}

/** A row: texts by column, null for what nobody says. Amounts and quantities are decimal texts. */
export type ExportRow = { readonly [column: string]: string | null };

const head = ["date", "status", "account_id", "account_number", "account", "currency", "owner"] as const;
const line = ["line", "sku", "product", "quantity", "unit", "unit_price", "discount_percent"] as const;

/** The columns of an export, in order. */
export const exportColumns: { readonly [name in ExportName]: readonly string[] } = {
  "order-history": [
    ...["order_id", "number", ...head, "customer_order_number", "requested_date", "warehouse", "company"],
    ...[...line, "net", "tax"],
  ],
  demand: ["month", "sku", "product", "unit", "warehouse", "company", "orders", "quantity"],
  pipeline: ["quote_id", "number", ...head, "valid_until", "requested_date", "warehouse", "company", ...line],
};

/** States in which a quote may still become an order; in which an order is none (yet, or any more). */
const openQuotes: readonly (string | null)[] = ["draft", "sent", "accepted"];
const noOrders: readonly (string | null)[] = ["draft", "cancelled"];

const textIn = (value: Value | undefined, ...path: readonly string[]): string | null => {
  let at: unknown = value;
  for (const part of path)
    at = isMap(at as Json) ? (at as { readonly [part: string]: unknown })[part] : undefined;
  return typeof at === "string" ? at : null;
};

/** The id that a reference of a line or of a record names. */
const named = (value: Value | undefined): string | null =>
  typeof value === "string" ? value : textIn(value, "awaits", "id");

interface Names {
  readonly accounts: ReadonlyMap<string, Fields>;
  readonly products: ReadonlyMap<string, Fields>;
}

/** What records are called, by their id: memory holds their names and numbers, nothing more of them. */
async function namesIn(source: ExportSource, connection: ConnectionId): Promise<Names> {
  const read = async (
    entity: "accounts" | "products",
    keys: readonly string[],
  ): Promise<Names["accounts"]> => {
    const found = new Map<string, Fields>();
    if (!source.has(entity, connection)) return found;
    for await (const { id, fields } of source.records(entity, connection))
      found.set(id, Object.fromEntries(keys.map((key) => [key, fields[key] ?? null])));
    return found;
  };
  return {
    accounts: await read("accounts", ["number", "name"]),
    products: await read("products", ["sku", "name"]),
  };
}

/**
 * The rows of an export, from the store alone, as the ERP (orders) or the CRM (quotes) was last read; where
 * that one has none of them, the other. `since` leaves out what is dated before it. Records that are gone
 * are left out.
 */
export async function* exportRows(
  source: ExportSource,
  name: ExportName,
  since: string | null,
): AsyncGenerator<ExportRow> {
  const entity = name === "pipeline" ? "quotes" : "orders";
  const sides = name === "pipeline" ? [source.crm, source.erp] : [source.erp, source.crm];
  const connection = sides.find((side) => source.has(entity, side));
  if (connection === undefined) return;
  const names = await namesIn(source, connection);
  const wanted = documentsOf(source.records(entity, connection), { entity, since });
  if (name === "demand") yield* demandOf(wanted, names);
  else for await (const record of wanted) yield* linesOf(record, name, names);
}

async function* documentsOf(
  records: AsyncIterable<StoredRecord>,
  { entity, since }: { readonly entity: "quotes" | "orders"; readonly since: string | null },
): AsyncGenerator<StoredRecord> {
  for await (const record of records) {
    const [date, status] = [textIn(record.fields["date"]), textIn(record.fields["status"])];
    if (since !== null && date !== null && date < since) continue;
    if (entity === "quotes" && !openQuotes.includes(status)) continue;
    yield record;
  }
}

function* linesOf({ id, fields }: StoredRecord, name: ExportName, names: Names): Generator<ExportRow> {
  const lines = fields["lines"];
  const account = named(fields["account"]);
  const known = account === null ? undefined : names.accounts.get(account);
  const whole: ExportRow = {
    [name === "pipeline" ? "quote_id" : "order_id"]: id,
    ...Object.fromEntries(
      ["number", "date", "status", "currency", "owner", "warehouse", "company"].map((each) => [
        each,
        textIn(fields[each]),
      ]),
    ),
    account_id: account,
    account_number: textIn(known?.["number"]),
    account: textIn(known?.["name"]),
    customer_order_number: textIn(fields["customerOrderNumber"]),
    requested_date: textIn(fields["requestedDate"]),
    valid_until: textIn(fields["validUntil"]),
  };
  for (const [at, each] of (isLines(lines) ? lines : []).entries())
    yield { ...whole, line: String(at + 1), ...lineOf(each.fields, names, whole) };
}

function lineOf(fields: Fields, { products }: Names, whole: ExportRow): ExportRow {
  const product = named(fields["product"]);
  const known = product === null ? undefined : products.get(product);
  return {
    sku: textIn(known?.["sku"]),
    product: textIn(known?.["name"]),
    quantity: textIn(fields["quantity"], "value"),
    unit: textIn(fields["quantity"], "unit"),
    unit_price: textIn(fields["unitPrice"], "amount"),
    discount_percent: textIn(fields["discountPercent"]),
    net: textIn(fields["net"], "amount"),
    tax: textIn(fields["tax"], "amount"),
    requested_date: textIn(fields["requestedDate"]) ?? whole["requested_date"] ?? null,
  };
}

/** Products by month of the order: quantities of one unit are added up exactly, and of another apart. */
async function* demandOf(orders: AsyncIterable<StoredRecord>, names: Names): AsyncGenerator<ExportRow> {
  const sums = new Map<string, { readonly row: ExportRow; orders: number; quantity: string; last: string }>();
  for await (const order of orders) {
    if (noOrders.includes(textIn(order.fields["status"]))) continue;
    for (const each of linesOf(order, "demand", names)) {
      const { sku = null, product = null, unit = null, warehouse = null, company = null, quantity } = each;
      const month = each["date"]?.slice(0, 7) ?? null;
      if (quantity === undefined || quantity === null) continue;
      const row = { month, sku, product, unit, warehouse, company };
      const key = JSON.stringify(Object.values(row));
      const sum = sums.get(key) ?? { row, orders: 0, quantity: "0", last: "" };
      sum.quantity = sumOf([sum.quantity, quantity]);
      if (sum.last !== order.id) sum.orders += 1;
      sum.last = order.id;
      sums.set(key, sum);
    }
  }
  for (const key of [...sums.keys()].toSorted()) {
    const sum = sums.get(key);
    if (sum !== undefined) yield { ...sum.row, orders: String(sum.orders), quantity: sum.quantity };
  }
}
