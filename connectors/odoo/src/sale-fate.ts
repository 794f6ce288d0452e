import { ConnectorError } from "@crossfoot/connector-sdk";
import { isoOf } from "./dates.ts";
import { loadFacts } from "./facts.ts";
import type { Facts } from "./facts.ts";
import { idOf, keyOf, odooId, refId, refIds, text } from "./native.ts";
import type { Json, JsonMap, Row } from "./native.ts";
import type { Odoo } from "./odoo.ts";
import type { Setting } from "./shape.ts";

/** States of an order that stands. */
export const orderedStates: readonly Json[] = ["sale", "done"];
/** Longest remark that is taken as the reason of a rejection, characters. */
const reasonMax = 500;

/** True of an order that stands. */
export const isOrdered = (row: Row): boolean => orderedStates.includes(row["state"] ?? null);

/** A quote that was never confirmed is no order; a cancelled one was if it left a trace. */
const wasOrdered = (row: Row): boolean =>
  refIds(row, "picking_ids").length > 0 || refIds(row, "invoice_ids").length > 0;

/** True of a quote that became an order: one that is cancelled stays what became of it. */
export const isConverted = (row: Row): boolean =>
  isOrdered(row) || (text(row, "state") === "cancel" && wasOrdered(row));

/** True of a quote that people of the back office have cancelled, not we at the CRM's word. */
const isRejected = (row: Row, { user }: Pick<Facts, "user">): boolean =>
  text(row, "state") === "cancel" && !wasOrdered(row) && refId(row, "write_uid") !== user;

/** Whether a quote was approved or rejected, as the mapping of quotes reads it. */
export function approval(row: Row, { facts }: Setting): string {
  if (isConverted(row)) return "approved";
  return isRejected(row, facts) ? "rejected" : "none";
}

/** Login of who rejected the quote. Odoo does not keep who confirmed one. */
export function approvalBy(row: Row, { facts }: Setting): string | null {
  if (!isRejected(row, facts)) return null;
  const user = refId(row, "write_uid");
  return user === undefined ? null : (facts.logins[String(user)] ?? `user ${user}`);
}

/** When it was confirmed, or rejected. */
export function approvalAt(row: Row, { facts }: Setting): string | null {
  if (isOrdered(row)) return isoOf(text(row, "date_order"));
  return isRejected(row, facts) ? isoOf(text(row, "write_date")) : null;
}

/**
 * Why quotes were rejected, by record id: the newest comment on each that is not later than its rejection,
 * without its marks. Odoo has no field for it. Asks nothing where none is rejected.
 */
export async function rejectionReasons(
  odoo: Odoo,
  rows: readonly Row[],
): Promise<ReadonlyMap<string, JsonMap>> {
  if (!rows.some((row) => text(row, "state") === "cancel")) return new Map();
  const facts = await loadFacts(odoo);
  const rejected = rows.filter((row) => isRejected(row, facts));
  if (rejected.length === 0) return new Map();
  const comments = await commentsOn(odoo, rejected.map(idOf));
  return new Map(
    rejected.flatMap((row): [string, JsonMap][] => {
      const until = text(row, "write_date") ?? "";
      const own = comments.filter(
        (each) => odooId(each["res_id"]) === idOf(row) && (text(each, "date") ?? "") <= until,
      );
      const reason = plainText(text(own.at(-1), "body") ?? "");
      return reason === "" ? [] : [[keyOf(row), { approval_reason: reason }]];
    }),
  );
}

/** Comments of people in the order in which they were written; none where this user may not see them. */
async function commentsOn(odoo: Odoo, orders: readonly number[]): Promise<readonly Row[]> {
  const domain = [
    ["model", "=", "sale.order"],
    ["res_id", "in", [...orders]],
    ["message_type", "=", "comment"],
  ];
  try {
    const found = await odoo.search({ model: "mail.message", domain, fields: ["res_id", "body", "date"] });
    return found.toSorted((a, b) => idOf(a) - idOf(b));
  } catch (error) {
    if (error instanceof ConnectorError && error.code === "not_permitted") return [];
    throw error;
  }
}

const entities: { readonly [name: string]: string } = {
  "&amp;": "&",
  "&lt;": "<",
  "&gt;": ">",
  "&quot;": '"',
  "&#39;": "'",
  "&nbsp;": " ",
};

/** What a person reads of a comment, on one line. */
function plainText(html: string): string {
  const words = html
    .replaceAll(/<[^>]*>/g, " ")
    .replaceAll(/&(?:amp|lt|gt|quot|nbsp|#39);/g, (name) => entities[name] ?? name)
    .replaceAll(/\s+/g, " ")
    .trim();
  return words.length > reasonMax ? `${words.slice(0, reasonMax)}…` : words;
}
