import { computeDocument, type ArithmeticSettings } from "../arithmetic.ts";
import { dayOf } from "../calendar.ts";
import { currencyDecimals } from "../decimal.ts";
import {
  equalJson,
  mapIn,
  numberIn,
  rowsIn,
  textIn,
  type Json,
  type JsonMap,
  type TwinRecord,
} from "../json.ts";
import type { Ledger } from "../ledger.ts";
import type { RecordHooks } from "../records.ts";
import { crmRefusal } from "./wire.ts";

/**
 * States of a quote and where each may go. A move back to draft starts a revision.
 *
 * draft -> sent, accepted, rejected, expired; sent -> draft, accepted, rejected, expired;
 * accepted -> converted, rejected, draft; rejected, expired -> draft; converted is final.
 */
const QUOTE_MOVES: Readonly<Record<string, readonly string[]>> = {
  draft: ["sent", "accepted", "rejected", "expired"],
  sent: ["draft", "accepted", "rejected", "expired"],
  accepted: ["converted", "rejected", "draft"],
  rejected: ["draft"],
  expired: ["draft"],
  converted: [],
};

const CLOSED_STATES: readonly string[] = ["accepted", "converted"];
const OPEN_FIELDS: readonly string[] = [
  "status",
  "ownerId",
  "erpNumber",
  "erpState",
  "erpMessage",
  "erpUrl",
  "approvalState",
  "approvalReason",
  "approvalBy",
  "approvalAt",
  "externalRef",
];

/** What quotes need to compute themselves. */
export interface QuoteParts {
  readonly ledger: Ledger;
  readonly clock: () => number;
  readonly arithmetic: ArithmeticSettings;
  /** Percent per tax category, or null for a CRM that knows no taxes. */
  readonly taxRates: Readonly<Record<string, string>> | null;
}

function amountOf(map: JsonMap, field: string): string | null {
  return textIn(mapIn(map, field), "amount");
}

function money(amount: string | null, currency: string): Json {
  return amount === null ? null : { amount, currency };
}

function rateOf(line: JsonMap, parts: QuoteParts): string | null {
  const product = parts.ledger.get("products", textIn(line, "productId") ?? "");
  const category = textIn(product, "taxCategory");
  return category === null ? null : (parts.taxRates?.[category] ?? null);
}

function computed(quote: TwinRecord, parts: QuoteParts): TwinRecord {
  const currency = textIn(quote, "currency") ?? "";
  const lines = rowsIn(quote, "lines");
  const amounts = computeDocument(
    {
      lines: lines.map((line) => ({
        quantity: textIn(line, "quantity") ?? "0",
        price: amountOf(line, "unitPrice"),
        discountPercent: textIn(line, "discountPercent"),
        taxRate: rateOf(line, parts),
      })),
      headerDiscountPercent: textIn(quote, "headerDiscountPercent"),
      freight: amountOf(quote, "freight"),
      freightTaxRate: parts.taxRates?.["standard"] ?? null,
      decimals: currencyDecimals(currency) ?? 2,
    },
    parts.arithmetic,
  );
  const totals =
    lines.length === 0 || amounts.net === null
      ? null
      : {
          net: money(amounts.net, currency),
          tax: money(amounts.tax, currency),
          gross: money(amounts.gross, currency),
        };
  const priced = lines.map((line, index): Json => ({
    ...line,
    subtotal: money(amounts.lines[index]?.net ?? null, currency),
  }));
  return { ...quote, lines: quote["lines"] === null ? null : priced, totals };
}

function checkMove(quote: TwinRecord, before: TwinRecord): void {
  const from = textIn(before, "status") ?? "draft";
  const to = textIn(quote, "status");
  if (to === null) throw crmRefusal("required", "status", "a value is required");
  if (from !== to && !(QUOTE_MOVES[from] ?? []).includes(to)) {
    throw crmRefusal("state", "status", `a quote cannot go from ${from} to ${to}`);
  }
  if (!CLOSED_STATES.includes(from) || to === "draft") return;
  for (const field of Object.keys(quote)) {
    if (OPEN_FIELDS.includes(field) || equalJson(quote[field], before[field])) continue;
    throw crmRefusal("state", field, `the quote is ${from}`);
  }
}

function prepareQuote(quote: TwinRecord, before: TwinRecord | null, parts: QuoteParts): TwinRecord {
  if (before === null) {
    if (textIn(quote, "status") !== "draft") throw crmRefusal("state", "status", "a quote starts as draft");
    const number = `Q-${String(parts.ledger.nextNumber("quoteNumber", 1)).padStart(6, "0")}`;
    return computed({ ...quote, number, date: quote["date"] ?? dayOf(parts.clock()) }, parts);
  }
  checkMove(quote, before);
  const reopened = textIn(quote, "status") === "draft" && textIn(before, "status") !== "draft";
  const revision = (numberIn(before, "revision") ?? 1) + (reopened ? 1 : 0);
  return computed({ ...quote, revision }, parts);
}

/** The rules of quotes: state moves, revisions, own numbers, totals. */
export function quoteHooks(parts: QuoteParts): RecordHooks {
  return {
    prepare: (quote, before) => prepareQuote(quote, before, parts),
    remove: (quote) => {
      const status = textIn(quote, "status") ?? "";
      if (status !== "draft" && status !== "rejected")
        throw crmRefusal("state", "", `a quote in ${status} stays`);
    },
  };
}

/** The rule of accounts: no circle of parents. */
export function accountHooks(ledger: Ledger): RecordHooks {
  return {
    prepare: (account) => {
      const seen = new Set<string>([String(account.id)]);
      let parent = textIn(account, "parentId");
      while (parent !== null) {
        if (seen.has(parent)) throw crmRefusal("bad-value", "parentId", "the parents form a circle");
        seen.add(parent);
        parent = textIn(ledger.get("accounts", parent), "parentId");
      }
      return account;
    },
  };
}
