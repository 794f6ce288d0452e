import type { Facts } from "./facts.ts";
import { flag, isBlank, keyOf, many, refId, refKey, refLabel, text } from "./native.ts";
import type { Json, JsonMap, Row } from "./native.ts";

/** Fields of an address, on a company itself and on its addresses. */
export const addressFields: readonly string[] = [
  "street",
  "street2",
  "zip",
  "city",
  "state_id",
  "country_id",
];

/** An address as a native row. `country` is an ISO code, `state` a name without its country. */
export function addressOf(row: Row, facts: Facts): JsonMap {
  const country = refId(row, "country_id");
  return {
    id: keyOf(row),
    name: text(row, "name"),
    street: text(row, "street"),
    street2: text(row, "street2"),
    zip: text(row, "zip"),
    city: text(row, "city"),
    // The label of a state ends in the code of its country: "Bavaria (DE)".
    state: refLabel(row, "state_id")?.replace(/ \([A-Z]{2}\)$/, "") ?? null,
    country: country === undefined ? null : (facts.countries[String(country)] ?? null),
  };
}

const addressParts = ["street", "street2", "zip", "city", "state", "country"] as const;

/** True for an address that leads nowhere. */
export const isBlankAddress = (address: JsonMap): boolean =>
  addressParts.every((part) => isBlank(address[part]));

/** Kinds of partner that are addresses of their parent, not people. */
export const addressTypes: readonly string[] = ["invoice", "delivery", "other"];

const isAddress = (row: Row): boolean =>
  addressTypes.includes(text(row, "type") ?? "") && !flag(row, "is_company");

/**
 * The addresses of a company by use. Its invoice address is the first child of that kind, else its own
 * fields; its delivery address the first child of that kind, and none without: Odoo then delivers to the
 * company itself, and nothing is put where the other side left it empty. All others follow, its own first.
 */
export function addressesByUse(
  partner: Row,
  facts: Facts,
): {
  readonly invoice: JsonMap | null;
  readonly delivery: JsonMap | null;
  readonly others: readonly JsonMap[];
} {
  const children = many(partner, "child_ids").filter((row) => flag(row, "active") && isAddress(row));
  const used = children.filter((row) => !isBlankAddress(addressOf(row, facts)));
  const first = (type: string): Row | undefined => used.find((row) => text(row, "type") === type);
  const own = isBlankAddress(addressOf(partner, facts)) ? undefined : partner;
  const [invoice, delivery] = [first("invoice") ?? own, first("delivery")];
  const others = [...(own === undefined ? [] : [own]), ...used].filter(
    (row) => row !== invoice && row !== delivery,
  );
  return {
    invoice: invoice === undefined ? null : addressOf(invoice, facts),
    delivery: delivery === undefined ? null : addressOf(delivery, facts),
    // The company's own address has the company's name, which is no label of it.
    others: others.map((row) => ({
      ...addressOf(row, facts),
      ...(row === partner ? { name: null } : {}),
    })),
  };
}

/**
 * The account that a partner of a document stands for: itself, or the company that a contact or an address
 * belongs to.
 */
export function accountOf(partner: Row | null): Json {
  if (partner === null) return null;
  const parent = refKey(partner, "parent_id");
  if (parent === null || flag(partner, "is_company")) return keyOf(partner);
  return refKey(partner, "commercial_partner_id") ?? parent;
}
