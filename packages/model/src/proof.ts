import { canonicalBytes, isBlank, isLines } from "@crossfoot/kernel";
import type { Fields, GroupValue, Value } from "@crossfoot/kernel";
import { Big } from "big.js";
import { comparedFields } from "./company-totals.ts";
import { commonUnits } from "./unit.ts";

/**
 * What a value says to the reader of a statement, as text: two values say the same when their texts are
 * equal. Null, empty text and an empty list say the same, zero does not; lines say the same in any order, and
 * a quantity in any unit. Never throws.
 */
export function normalOf(value: Value): string {
  if (isBlank(value)) return "null";
  if (isLines(value)) {
    const lines = value.map(({ key, fields }) => ({ key, fields: withoutBlanks(fields) }));
    return canonicalBytes(lines.toSorted((a, b) => (a.key < b.key ? -1 : 1)));
  }
  if (typeof value !== "object" || value === null) return canonicalBytes(value);
  return quantityText(value) ?? canonicalBytes(withoutBlanks(value));
}

function withoutBlanks(parts: Fields): Fields {
  return Object.fromEntries(
    Object.entries(parts).flatMap(([part, value]): [string, Value][] => {
      if (isBlank(value)) return [];
      const isGroup = typeof value === "object" && value !== null && !isLines(value);
      return [[part, isGroup ? (withoutBlanks(value) as GroupValue) : value]];
    }),
  );
}

function quantityText(value: GroupValue): string | undefined {
  const { value: amount, unit } = value;
  if (typeof unit !== "string" || typeof amount !== "string") return undefined;
  const known = commonUnits[unit];
  if (known === undefined) return undefined;
  return canonicalBytes({ quantity: new Big(amount).times(known.factor).toFixed(), of: known.category });
}

/** What a pair of records shows, as a leaf of a hash tree. */
export interface FieldProof {
  /** Hash of the values of each side; equal when every compared field is. */
  readonly crm: string;
  readonly erp: string;
  readonly compared: number;
  readonly equal: number;
}

/**
 * Proves how far two records are equal in the named fields that are compared (see
 * {@link comparedFields}). The hashes cover the names of
 * those fields and what their values say (see {@link normalOf}). Never throws.
 * @param given `digest` hashes a text
 */
export function proveFields(given: {
  readonly fields: readonly string[];
  readonly crm: Fields;
  readonly erp: Fields;
  readonly digest: (text: string) => string;
}): FieldProof {
  const shown = comparedFields(given.fields.toSorted(), given).map((field) => ({
    field,
    crm: normalOf(given.crm[field] ?? null),
    erp: normalOf(given.erp[field] ?? null),
  }));
  const hash = (side: "crm" | "erp"): string =>
    given.digest(JSON.stringify(shown.map((each) => [each.field, each[side]])));
  return {
    crm: hash("crm"),
    erp: hash("erp"),
    compared: shown.length,
    equal: shown.filter(({ crm, erp }) => crm === erp).length,
  };
}
