import { Big } from "big.js";
import { isLines } from "@crossfoot/kernel";
import type { Fields, LinkId } from "@crossfoot/kernel";
import { comparedFields } from "./company-totals.ts";
import { amountOf } from "./money-of.ts";
import type { MissingReason } from "./reason.ts";

/** Amounts that are crossfooted; what is invoiced is what is paid and what is open. */
export const footedColumns = ["orders", "invoiced", "paid", "open"] as const;

/** One of the amounts that are crossfooted. */
export type FootedColumn = (typeof footedColumns)[number];

/** Exact decimal text by column; a credit note is below zero. Columns without an amount are missing. */
export type FootedAmounts = { readonly [column in FootedColumn]?: string };

/** What one side shows of a document, as far as it is added up. */
export interface FootedSide {
  /** Link of its account; null where the side names none that is linked. */
  readonly account: string | null;
  /** Month of its date, `yyyy-mm`; null without a date. */
  readonly period: string | null;
  /** ISO 4217. */
  readonly currency: string;
  readonly amounts: FootedAmounts;
}

/** A document of the totals. A side that does not have it is null. */
export interface FootedDocument {
  readonly entity: string;
  readonly link: LinkId | null;
  readonly label: string;
  readonly crm: FootedSide | null;
  readonly erp: FootedSide | null;
  /** Why the sides differ; null where they do not. */
  readonly reason: MissingReason | null;
  /** The command that settles that; null where nothing differs. */
  readonly command: string | null;
}

/** Sums of some documents on both sides. */
export interface FootedSums {
  readonly crm: FootedAmounts;
  readonly erp: FootedAmounts;
  /** What the CRM has more than the ERP, by column; columns without a difference are missing. */
  readonly difference: FootedAmounts;
}

/** A row of the totals. Null stands for documents that name no account, or no date. */
export interface FootedRow extends FootedSums {
  readonly account: string | null;
  readonly period: string | null;
  readonly currency: string;
}

/** Totals over documents, crossfooted: by account and month, down, across, and as a whole. */
export interface Footing {
  readonly documents: readonly FootedDocument[];
  /** Names of the accounts that rows name by their link. */
  readonly accounts: { readonly [link: string]: string };
  /** Account x month x currency. */
  readonly rows: readonly FootedRow[];
  /** Over the months of an account. */
  readonly byAccount: readonly FootedRow[];
  /** Over the accounts of a month. */
  readonly byPeriod: readonly FootedRow[];
  /** Per currency. */
  readonly grand: readonly FootedRow[];
  /** Per currency and reason, the difference that it accounts for. */
  readonly byReason: readonly {
    readonly currency: string;
    readonly reason: MissingReason;
    readonly difference: FootedAmounts;
  }[];
  /** What does not add up: sums that are not those of their parts, invoices that are not paid plus open. */
  readonly untied: readonly string[];
  /** True when everything adds up, and each difference is that of documents with a known reason. */
  readonly isTied: boolean;
}

/** Columns in which any document has an amount: the others are left out where totals are shown. Pure. */
export const usedColumns = ({ grand }: Pick<Footing, "grand">): readonly FootedColumn[] =>
  footedColumns.filter((column) =>
    grand.some(({ crm, erp }) => crm[column] !== undefined || erp[column] !== undefined),
  );

/** Fields that place a document in the totals; a side that does not show one has the other's. */
const placing = ["account", "date", "status"];
const summed = ["gross", "openBalance"];

/**
 * What both sides show of a document: of two, the amounts that both show. A side that does not have it is
 * null, as is one without an amount, or on which it is cancelled. Never throws.
 */
export function footedSides(
  entity: string,
  crm: Fields | null,
  erp: Fields | null,
): { readonly crm: FootedSide | null; readonly erp: FootedSide | null } {
  const along = (own: Fields | null, other: Fields | null): FootedSide | null => {
    if (own === null || other === null) return own === null ? null : footedSide(entity, own);
    const fields: Record<string, Fields[string]> = {};
    for (const field of placing) {
      const value = own[field] ?? other[field];
      if (value !== undefined) fields[field] = value;
    }
    for (const field of summed) {
      const value = own[field];
      if (value !== undefined && other[field] !== undefined) fields[field] = value;
    }
    return footedSide(entity, fields);
  };
  return { crm: along(crm, erp), erp: along(erp, crm) };
}

/**
 * Both sides of a document by its total in the company's currency; both null where not both tell one, or
 * their companies keep their books in different currencies. Never throws.
 */
export function companySides(
  entity: string,
  crm: Fields | null,
  erp: Fields | null,
): { readonly crm: FootedSide | null; readonly erp: FootedSide | null } {
  if (crm === null || erp === null || comparedFields(["companyGross"], { crm, erp }).length === 0)
    return { crm: null, erp: null };
  const inCompany = ({ openBalance: _, companyGross = null, ...fields }: Fields): Fields => ({
    ...fields,
    gross: companyGross,
  });
  return footedSides(entity, inCompany(crm), inCompany(erp));
}

function footedSide(entity: string, fields: Fields): FootedSide | null {
  if (entity !== "orders" && entity !== "invoices") return null;
  const gross = amountOf(fields["gross"]);
  if (gross === undefined || fields["status"] === "cancelled") return null;
  const { account, date } = fields;
  const reference = typeof account === "object" && account !== null && !isLines(account) ? account : {};
  const link = reference["link"];
  const open = amountOf(fields["openBalance"]);
  const isOpenKnown = entity === "invoices" && open?.currency === gross.currency;
  const paid = isOpenKnown ? new Big(gross.amount).minus(open.amount).toFixed() : undefined;
  return {
    account: typeof link === "string" ? link : null,
    period: typeof date === "string" && date.length >= 7 ? date.slice(0, 7) : null,
    currency: gross.currency,
    amounts:
      entity === "orders"
        ? { orders: gross.amount }
        : {
            invoiced: gross.amount,
            ...(paid === undefined || open === undefined ? {} : { paid, open: open.amount }),
          },
  };
}

type Sums = { readonly crm: Map<FootedColumn, Big>; readonly erp: Map<FootedColumn, Big> };
type Key = readonly [account: string | null, period: string | null, currency: string];

const add = (sums: Map<FootedColumn, Big>, amounts: FootedAmounts): void => {
  for (const column of footedColumns) {
    const amount = amounts[column];
    if (amount !== undefined) sums.set(column, (sums.get(column) ?? new Big(0)).plus(amount));
  }
};

const amountsOf = (sums: ReadonlyMap<FootedColumn, Big>): FootedAmounts =>
  Object.fromEntries(
    footedColumns.flatMap((column): [FootedColumn, string][] => {
      const sum = sums.get(column);
      return sum === undefined ? [] : [[column, sum.toFixed()]];
    }),
  );

/** What the first has more than the second, in the columns where they differ. Never throws. */
export function differenceOf(crm: FootedAmounts, erp: FootedAmounts): FootedAmounts {
  return Object.fromEntries(
    footedColumns.flatMap((column): [FootedColumn, string][] => {
      const left = new Big(crm[column] ?? "0").minus(erp[column] ?? "0");
      return left.eq(0) ? [] : [[column, left.toFixed()]];
    }),
  );
}

const textOfKey = ([account, period, currency]: Key): string =>
  [currency, account ?? "~", period ?? "~"].join("\n");

/** Adds up documents by a key of each side. */
function sumBy(documents: readonly FootedDocument[], keyOf: (side: FootedSide) => Key): readonly FootedRow[] {
  const rows = new Map<string, { readonly key: Key; readonly sums: Sums }>();
  for (const document of documents) {
    for (const role of ["crm", "erp"] as const) {
      const side = document[role];
      if (side === null) continue;
      const key = keyOf(side);
      const row = rows.get(textOfKey(key)) ?? { key, sums: { crm: new Map(), erp: new Map() } };
      add(row.sums[role], side.amounts);
      rows.set(textOfKey(key), row);
    }
  }
  return [...rows]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { key, sums }]) => {
      const [account, period, currency] = key;
      const [crm, erp] = [amountsOf(sums.crm), amountsOf(sums.erp)];
      return { account, period, currency, crm, erp, difference: differenceOf(crm, erp) };
    });
}

/** Adds up rows into fewer. */
function sumRows(rows: readonly FootedRow[], keyOf: (row: FootedRow) => Key): readonly FootedRow[] {
  const asDocuments = rows.map((row): FootedDocument => {
    const side = (of: "crm" | "erp"): FootedSide => ({ ...row, amounts: row[of] });
    return {
      entity: "",
      link: null,
      label: "",
      crm: side("crm"),
      erp: side("erp"),
      reason: null,
      command: null,
    };
  });
  return sumBy(asDocuments, ({ account, period, currency }) =>
    keyOf({ account, period, currency, crm: {}, erp: {}, difference: {} }),
  );
}

const isSameRows = (a: readonly FootedRow[], b: readonly FootedRow[]): boolean =>
  JSON.stringify(a) === JSON.stringify(b);

/** Documents whose sides do not say the same in what is added up. */
const differs = ({ crm, erp }: FootedDocument): boolean => JSON.stringify(crm) !== JSON.stringify(erp);

function reasonsOf(documents: readonly FootedDocument[]): Footing["byReason"] {
  const sums = new Map<string, { currency: string; reason: FootedDocument["reason"]; sums: Sums }>();
  for (const document of documents.filter(differs)) {
    const reason = document.reason ?? "unknown";
    for (const role of ["crm", "erp"] as const) {
      const side = document[role];
      if (side === null) continue;
      const key = `${side.currency}\n${reason}`;
      const row = sums.get(key) ?? {
        currency: side.currency,
        reason,
        sums: { crm: new Map(), erp: new Map() },
      };
      add(row.sums[role], side.amounts);
      sums.set(key, row);
    }
  }
  return [...sums]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { currency, reason, sums: of }]) => ({
      currency,
      reason: reason ?? "unknown",
      difference: differenceOf(amountsOf(of.crm), amountsOf(of.erp)),
    }));
}

/** Whether what the reasons account for is the whole difference, per currency and column. */
function isAccountedFor(grand: readonly FootedRow[], byReason: Footing["byReason"]): boolean {
  return grand.every(({ currency, difference }) =>
    footedColumns.every((column) => {
      const told = byReason
        .filter((row) => row.currency === currency)
        .reduce((sum, row) => sum.plus(row.difference[column] ?? "0"), new Big(0));
      return told.eq(difference[column] ?? "0");
    }),
  );
}

/**
 * Adds up documents on both sides: by account, month and currency; down, across and as a whole, each from
 * the rows and from the documents, which have to agree. Exact decimals. Never throws.
 */
export function foot(
  documents: readonly FootedDocument[],
  accounts: { readonly [link: string]: string } = {},
): Footing {
  const rows = sumBy(documents, ({ account, period, currency }) => [account, period, currency]);
  const byAccount = sumRows(rows, ({ account, currency }) => [account, null, currency]);
  const byPeriod = sumRows(rows, ({ period, currency }) => [null, period, currency]);
  const grand = sumBy(documents, ({ currency }) => [null, null, currency]);
  const byReason = reasonsOf(documents);
  const untied: string[] = [];
  const whole = (some: readonly FootedRow[]): readonly FootedRow[] =>
    sumRows(some, ({ currency }) => [null, null, currency]);
  if (!isSameRows(whole(byAccount), grand)) untied.push("the accounts do not add up to the whole");
  if (!isSameRows(whole(byPeriod), grand)) untied.push("the months do not add up to the whole");
  if (!isAccountedFor(grand, byReason)) untied.push("the reasons do not account for the whole difference");
  for (const { currency, crm, erp } of grand) {
    for (const [name, side] of [
      ["crm", crm],
      ["erp", erp],
    ] as const) {
      if (side.paid === undefined || side.open === undefined) continue;
      const invoiced = documents
        .map((document) => document[name])
        .filter((each) => each?.currency === currency && each.amounts.open !== undefined)
        .reduce((sum, each) => sum.plus(each?.amounts.invoiced ?? "0"), new Big(0));
      if (!invoiced.eq(new Big(side.paid).plus(side.open)))
        untied.push(`${currency} in ${name}: what is invoiced is not what is paid and open`);
    }
  }
  const isTied = untied.length === 0 && !byReason.some(({ reason }) => reason === "unknown");
  return { documents, accounts, rows, byAccount, byPeriod, grand, byReason, untied, isTied };
}
