import { fromCompact, toCompact } from "../calendar.ts";
import { HOME_CURRENCY, inHome } from "../exchange.ts";
import { TwinError } from "../failure.ts";
import { isMap, numberIn, textIn, withoutNulls } from "../json.ts";
import type { Json, JsonMap, RecordRef, TwinRecord } from "../json.ts";
import type { RecordHooks, WriteOptions } from "../records.ts";
import { actingAs, amountText, type Books } from "./books.ts";
import { creditExposure } from "./credit.ts";
import { changeOrder } from "./order-change.ts";
import { checkQuoteBody } from "./quote.ts";
import { erpRefusal } from "./wire.ts";

/** Objects that callers may write. */
export const WRITABLE: readonly string[] = ["customers", "contacts", "items", "price_lists", "sales_quotes"];
/** Objects that callers may change and not make. */
export const CHANGEABLE: readonly string[] = ["sales_orders"];
/** Objects that callers may delete while nothing uses them. */
export const DELETABLE: readonly string[] = ["customers", "contacts", "items", "price_lists"];
/** Objects with a bulk call. */
export const BULK: readonly string[] = ["customers", "contacts", "items"];

/** What callers and people can do to ERP records; both go through here. */
export interface ErpDesk {
  readonly books: Books;
  /** The record as a reader sees it. Throws 404. */
  read(object: string, id: number): TwinRecord;
  /** The record in the form of answers: computed fields added, fields without value left out. */
  show(object: string, record: TwinRecord): JsonMap;
  create(object: string, body: JsonMap, actor: string): TwinRecord;
  update(ref: RecordRef, body: JsonMap, options: WriteOptions): TwinRecord;
  remove(object: string, id: number, actor: string): void;
  /** Joins two customers: what refers to the loser refers to the winner; the loser leaves no trace. */
  mergeCustomers(winnerId: number, loserId: number, actor: string): TwinRecord;
}

/** Objects whose totals are shown in the currency of the company too, and the day by whose rate. */
const datedBy: { readonly [object: string]: string } = { sales_orders: "date", invoices: "invoice_date" };

function companyTotals(record: TwinRecord, compact: string | null): JsonMap {
  const home = inHome({
    net: textIn(record, "net"),
    tax: textIn(record, "tax"),
    gross: textIn(record, "gross"),
    currency: textIn(record, "currency"),
    day: compact === null ? null : fromCompact(compact),
  });
  if (home === null) return {};
  return {
    company_currency: HOME_CURRENCY,
    company_net: home.net,
    company_tax: home.tax,
    company_gross: home.gross,
    exchange_rate: home.rate,
    rate_date: toCompact(home.rateDay),
  };
}

/** The rules of customers: own numbers, no circle of parents. */
export function customerHooks(books: () => Books): RecordHooks {
  return {
    prepare: (customer, before) => {
      const { ledger } = books();
      const seen = new Set<number>([Number(customer.id)]);
      let parent = numberIn(customer, "parent_id");
      while (parent !== null) {
        if (seen.has(parent)) throw erpRefusal("bad-value", "parent_id", "the parents form a circle");
        seen.add(parent);
        parent = numberIn(ledger.get("customers", parent), "parent_id");
      }
      return before === null
        ? { ...customer, number: `C${ledger.nextNumber("customerNumber", 10_001)}` }
        : customer;
    },
  };
}

/** The rule of items: a list price has a currency. */
export const CATALOGUE_HOOKS: RecordHooks = {
  prepare: (stocked) => {
    if (textIn(stocked, "list_price") !== null && textIn(stocked, "currency") === null) {
      throw erpRefusal("required", "currency", "a list price needs a currency");
    }
    return stocked;
  },
};

/** Makes the desk of an ERP. */
export function createErpDesk(books: Books, reuseIds: boolean): ErpDesk {
  const { records, ledger } = books;
  return {
    books,
    read: (object, id) => {
      const record = ledger.seen(object, id);
      if (!record) throw erpRefusal("not-found", "", `no ${object} ${id}`);
      return record;
    },
    show: (object, record) => {
      const shown = withoutNulls(record) as JsonMap;
      const dated = datedBy[object];
      if (dated !== undefined) return { ...shown, ...companyTotals(record, textIn(record, dated)) };
      if (object !== "customers") return shown;
      const exposure = amountText(creditExposure(books, record), textIn(record, "currency") ?? "");
      return { ...shown, credit_exposure: exposure };
    },
    create: (object, body, actor) => records.create(object, body, { actor }),
    update: (ref, body, options) => {
      const before = records.need(ref.object, ref.id);
      records.checkVersion(before, options.expected ?? null);
      records.checkLock(ref.object, ref.id);
      if (ref.object === "sales_orders") return changeOrder(actingAs(books, options.actor), before, body);
      if (ref.object === "sales_quotes") checkQuoteBody(before, body);
      return records.update(ref, body, options);
    },
    remove: (object, id, actor) => {
      records.remove(object, id, { actor });
      if (reuseIds) (ledger.state.freeIds[object] ??= []).push(id);
    },
    mergeCustomers: (winnerId, loserId, actor) =>
      ledger.transaction(() => {
        const winner = records.need("customers", winnerId);
        records.need("customers", loserId);
        if (winnerId === loserId)
          throw erpRefusal("bad-value", "loser_id", "a customer cannot be merged into itself");
        const loser = { object: "customers", id: loserId };
        records.repoint(loser, winnerId, actor);
        records.removeMerged(loser, winnerId, actor);
        return ledger.get("customers", winnerId) ?? winner;
      }),
  };
}

/** What a bulk call goes to, who made it, and which rows a fault lets fail. */
interface Bulk {
  readonly desk: ErpDesk;
  readonly object: string;
  readonly actor: string;
  readonly failing: readonly number[];
  readonly code: string;
}

function runRow(bulk: Bulk, row: Json): Json {
  const { desk, object, actor } = bulk;
  if (!isMap(row)) throw erpRefusal("bad-value", "", "expected a row");
  const { id = null, expected_row_version: expected = null, ...body } = row;
  const options = { actor, expected: typeof expected === "string" ? expected : null };
  const record =
    id === null ? desk.create(object, body, actor) : desk.update({ object, id: Number(id) }, body, options);
  const row_version = record["row_version"] ?? null;
  return { ok: true, id: record.id, row_version, row: desk.show(object, record) };
}

/** Answers `POST /{object}/bulk`: each row by itself, results in order. */
export function runBulk(bulk: Bulk, given: readonly Json[]): Json[] {
  return given.map((row, index): Json => {
    try {
      if (bulk.failing.includes(index)) throw new TwinError(500, bulk.code, "something went wrong");
      return runRow(bulk, row);
    } catch (failure) {
      if (!(failure instanceof TwinError)) throw failure;
      const field = failure.field === null ? {} : { field: failure.field };
      return { ok: false, code: failure.code, text: failure.message, ...field };
    }
  });
}
