import { dayOf, plainInstant, toCompact } from "../calendar.ts";
import { big } from "../decimal.ts";
import type { TwinError } from "../failure.ts";
import { numberIn, rowsIn, textIn, type Json, type JsonMap, type TwinRecord } from "../json.ts";
import type { RecordHooks } from "../records.ts";
import { amend, amountText, byCode, catalogued, decimalIn, today, type Acting, type Books } from "./books.ts";
import { creditExcess } from "./credit.ts";
import { withAmounts } from "./document.ts";
import { createOrder } from "./order.ts";
import { findPrice } from "./pricing.ts";
import { businessRefusal, erpRefusal } from "./wire.ts";

/** Buttons of a sales quote. */
export type QuoteAction = "validate" | "confirm" | "cancel" | "approve" | "reject" | "reopen";

/**
 * States of a sales quote and the actions that leave them. An action in another state does nothing.
 *
 * draft -validate-> validated -confirm-> confirmed; validated -reopen-> draft, -reject-> rejected;
 * draft, validated -cancel-> cancelled; draft, validated -> expired (time).
 */
export const QUOTE_ACTIONS: Readonly<Record<QuoteAction, readonly string[]>> = {
  validate: ["draft"],
  confirm: ["validated"],
  approve: ["validated"],
  reject: ["validated"],
  reopen: ["validated"],
  cancel: ["draft", "validated"],
};

/** Fields that a quote lets be written in any state. */
const ALWAYS_OPEN: readonly string[] = ["external_ref", "salesperson"];

/** Refuses a body that touches fields which the quote's state has closed. */
export function checkQuoteBody(quote: TwinRecord, body: JsonMap): void {
  if (quote["state"] === "draft") return;
  const closed = Object.keys(body).find((field) => !ALWAYS_OPEN.includes(field));
  if (closed !== undefined) throw erpRefusal("state", closed, `the quote is ${textIn(quote, "state")}`);
}

/** Defaults and computed fields of sales quotes. */
export function quoteHooks(books: () => Books): RecordHooks {
  return {
    prepare: (quote, before) => {
      const customer = books().ledger.get("customers", numberIn(quote, "customer_id") ?? -1);
      const defaults =
        before !== null
          ? {}
          : {
              date: quote["date"] ?? toCompact(dayOf(books().clock())),
              terms: quote["terms"] ?? customer?.["terms"] ?? null,
            };
      return withAmounts(books(), { ...quote, ...defaults });
    },
  };
}

/** What the validation of a quote has to say. */
export type Message = {
  readonly level: "error" | "warning";
  readonly code: string;
  readonly text: string;
  readonly field?: string;
};

function error(code: string, text: string, field: string): Message {
  return { level: "error", code, text, field };
}

/** A line of a quote under validation, and its path. */
export interface CheckedLine {
  /** The quote's header, as far as a price depends on it. */
  readonly quote: JsonMap;
  readonly line: JsonMap;
  readonly at: string;
}

function checkPrice(books: Books, { quote, line, at }: CheckedLine): Message | null {
  const price = textIn(line, "price");
  if (price === null) return error("PRICE_MISSING", "the line has no price", `${at}.price`);
  if (big(price).lte(0)) return error("PRICE_ZERO", "the price is not over 0", `${at}.price`);
  const listed = findPrice(books, {
    customerId: numberIn(quote, "customer_id") ?? -1,
    itemId: numberIn(line, "item_id") ?? -1,
    quantity: decimalIn(line, "qty"),
    uom: textIn(line, "uom") ?? "",
    currency: textIn(quote, "currency") ?? "",
    date: textIn(quote, "date") ?? today(books),
    priceListId: numberIn(quote, "price_list_id"),
  });
  if (listed === null || big(listed.price).eq(price)) return null;
  const text = `the price list says ${listed.price} per ${textIn(line, "uom")}`;
  return { level: "warning", code: "PRICE_DIFFERS", text, field: `${at}.price` };
}

/** What is wrong with a line of a quote, or odd. Throws 422 for an unknown item or unit. */
export function checkLine(books: Books, checked: CheckedLine): Message[] {
  const { line, at } = checked;
  const messages: Message[] = [];
  const stocked = catalogued(books, line);
  const uom = textIn(line, "uom") ?? "";
  const quantity = decimalIn(line, "qty");
  if (stocked["active"] !== true)
    messages.push(error("ITEM_INACTIVE", "the item is not active", `${at}.item_id`));
  const unit = byCode(books, "uoms", uom);
  if (unit["category"] !== byCode(books, "uoms", textIn(stocked, "uom") ?? "")["category"]) {
    messages.push(error("UOM_MISMATCH", `${uom} does not fit the item's unit`, `${at}.uom`));
    return messages;
  }
  if (unit["whole_only"] === true && !quantity.mod(1).eq(0)) {
    messages.push(error("WHOLE_UNITS", `${uom} goes in whole numbers only`, `${at}.qty`));
  }
  const price = checkPrice(books, checked);
  if (price) messages.push(price);
  return messages;
}

function checkQuote(books: Books, quote: TwinRecord): Message[] {
  const lines = rowsIn(quote, "lines");
  const messages: Message[] = [];
  const customer = books.records.need("customers", numberIn(quote, "customer_id") ?? -1);
  if (customer["active"] !== true) {
    messages.push(error("CUSTOMER_INACTIVE", "the customer is not active", "customer_id"));
  }
  if (lines.length === 0) messages.push(error("NO_LINES", "the quote has no lines", "lines"));
  const needsStock = lines.some((line) => catalogued(books, line)["kind"] === "stock");
  if (needsStock && textIn(quote, "warehouse") === null) {
    messages.push(error("REQUIRED", "stock goods need a warehouse", "warehouse"));
  }
  lines.forEach((line, index) => messages.push(...checkLine(books, { quote, line, at: `lines.${index}` })));
  return messages;
}

/** What an action came to: the quote, and the refusal that its validation ended in. */
export interface ActionOutcome {
  readonly record: TwinRecord;
  readonly refused: TwinError | null;
}

function done(record: TwinRecord): ActionOutcome {
  return { record, refused: null };
}

function validateQuote(acting: Acting, quote: TwinRecord): ActionOutcome {
  const ref = { object: "sales_quotes", id: quote.id };
  const found = checkQuote(acting, quote);
  const messages = found.map((message): Json => ({ ...message }));
  const failed = found.find((message) => message.level === "error");
  if (failed) {
    const record = amend(acting, ref, { messages });
    return { record, refused: businessRefusal(failed.code, failed.field ?? null, failed.text) };
  }
  const number = textIn(quote, "number") ?? `QT-${acting.ledger.nextNumber("quoteNumber", 1001)}`;
  return done(amend(acting, ref, { state: "validated", number, messages }));
}

function confirmQuote(acting: Acting, quote: TwinRecord): ActionOutcome {
  const ref = { object: "sales_quotes", id: quote.id };
  const customer = acting.records.need("customers", numberIn(quote, "customer_id") ?? -1);
  if (customer["blocked"] === true) {
    throw businessRefusal("CUSTOMER_BLOCKED", "customer_id", "the customer is blocked");
  }
  const gross = decimalIn(quote, "gross");
  const excess =
    quote["approval"] === "approved" || quote["currency"] !== customer["currency"]
      ? null
      : creditExcess(acting, customer, gross);
  if (excess !== null) {
    const currency = textIn(quote, "currency") ?? "";
    const approval_reason = `credit limit exceeded by ${amountText(excess, currency)} ${currency}`;
    return done(amend(acting, ref, { approval: "pending", approval_reason }));
  }
  const order = createOrder(acting, quote);
  return done(amend(acting, ref, { state: "confirmed", order_id: order.id, messages: [] }));
}

/** A button that is pressed; the reason is kept where the action takes one. */
export interface Press {
  readonly action: QuoteAction;
  readonly reason?: string | null;
}

const undecided = { approval_reason: null, approval_by: null, approval_at: null } as const;

/** Does an action on a sales quote; in the wrong state it does nothing and gives the unchanged record. */
export function actOnQuote(acting: Acting, id: number, press: Press): ActionOutcome {
  const quote = acting.records.need("sales_quotes", id);
  const { action, reason = null } = press;
  if (!QUOTE_ACTIONS[action].includes(textIn(quote, "state") ?? "")) return done(quote);
  const store = (fields: JsonMap): ActionOutcome =>
    done(amend(acting, { object: "sales_quotes", id }, fields));
  if (action === "validate") return validateQuote(acting, quote);
  if (action === "confirm") return confirmQuote(acting, quote);
  if (action === "cancel") return store({ state: "cancelled" });
  if (action === "reopen") return store({ state: "draft", approval: "none", ...undecided });
  const decided = { approval_by: acting.actor, approval_at: plainInstant(acting.clock()) };
  if (action === "reject")
    return store({ state: "rejected", approval: "rejected", approval_reason: reason, ...decided });
  return store({ approval: "approved", ...decided });
}

/** Lets quotes whose validity has passed expire; gives them. */
export function expireQuotes(acting: Acting): TwinRecord[] {
  const now = today(acting);
  return acting.ledger
    .where("sales_quotes", "state", ["draft", "validated"])
    .filter((quote) => (textIn(quote, "valid_until") ?? now) < now)
    .map((quote) => amend(acting, { object: "sales_quotes", id: quote.id }, { state: "expired" }));
}
