import type { Json, JsonMap } from "@crossfoot/kernel";
import { isMap } from "../system/dialect.ts";
import { exact } from "./money.ts";
import { textOf } from "./text.ts";
import type { Discard } from "./told.ts";
import { roles } from "./things.ts";
import type { Role } from "./things.ts";

/** Parts of a row that its amount is made of, as text: equal for equal amounts. */
type Parts = { readonly [part: string]: string };
type Rows = { readonly [role in Role]: readonly Json[] };

const listOf = (value: Json | undefined): readonly Json[] =>
  Array.isArray(value) ? (value as readonly Json[]) : [];

/** The number of a money value or a quantity, exact; nothing for none. */
function numberText(value: Json | undefined): string {
  if (!isMap(value)) return "0";
  return String(exact(value["amount"] ?? value["value"]));
}

const partsOf = (row: Json, names: readonly string[]): Parts =>
  Object.fromEntries(names.map((name) => [name, numberText(isMap(row) ? row[name] : undefined)]));

/** Rows that the first list holds beyond the second, by their amounts. */
function beyond(rows: readonly Parts[], others: readonly Parts[]): readonly Parts[] {
  const left = others.map(textOf);
  return rows.filter((row) => {
    const at = left.indexOf(textOf(row));
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}

/** The rows of a list as the journal writes them down. */
const rowsIn = (value: Json | undefined): readonly Json[] =>
  listOf(value).map((line) => (isMap(line) && isMap(line["fields"]) ? line["fields"] : line));

function isSameRows(rows: readonly Json[], others: readonly Json[], names: readonly string[]): boolean {
  const [one, other] = [rows, others].map((list) => list.map((row) => partsOf(row, names)));
  return (
    rows.length === others.length &&
    rows.length > 0 &&
    beyond(one ?? [], other ?? []).length === 0 &&
    beyond(other ?? [], one ?? []).length === 0
  );
}

/** What discards name of the rows of a field: whole rows, and parts of rows. */
function namesOf(
  discards: readonly Discard[],
  field: string,
  names: readonly string[],
): { readonly rows: ReadonlySet<string>; readonly parts: ReadonlySet<string> } {
  const rows = new Set<string>();
  const parts = new Set<string>();
  for (const discard of discards) {
    const values = [discard.value, ...(discard.kept === undefined ? [] : [discard.kept])];
    if (discard.field === field) {
      for (const line of values.flatMap(rowsIn)) rows.add(textOf(partsOf(line, names)));
    } else if (discard.field.startsWith(`${field}[`)) {
      const part = discard.field.slice(discard.field.lastIndexOf(".") + 1);
      for (const value of values) parts.add(`${part} ${numberText(value)}`);
    }
  }
  return { rows, parts };
}

/**
 * Whether two lists of rows differ in amounts by just what discards name: each row that only one side holds
 * is a row of which the loss was told, or a row with a part that was told, beside its counterpart.
 */
export function areRowsExplained(
  pair: Rows,
  discards: readonly Discard[],
  of: { readonly field: string; readonly parts: readonly string[] },
): boolean {
  const all = (role: Role): readonly Parts[] => pair[role].map((row) => partsOf(row, of.parts));
  // The list of one side lost as a whole, and stands where it was made.
  const isNamed = (role: Role): boolean =>
    discards.some(
      ({ field, value }) => field === of.field && isSameRows(pair[role], rowsIn(value), of.parts),
    );
  if (roles.some(isNamed)) return true;
  const only = { crm: beyond(all("crm"), all("erp")), erp: beyond(all("erp"), all("crm")) };
  const { rows, parts } = namesOf(discards, of.field, of.parts);
  const isWhole = (row: Parts): boolean => rows.has(textOf(row));
  const toldPart = (row: Parts): string | undefined =>
    of.parts.find((part) => parts.has(`${part} ${row[part] ?? "0"}`));
  return roles.every((role) => {
    // Each row with a part that was told stands for one row of the other side that is like it but for it.
    const standIns = only[role === "crm" ? "erp" : "crm"].filter((row) => toldPart(row) !== undefined);
    return only[role].every((row) => {
      if (isWhole(row) || toldPart(row) !== undefined) return true;
      const at = standIns.findIndex((other) =>
        of.parts.every((part) => part === toldPart(other) || row[part] === other[part]),
      );
      if (at >= 0) standIns.splice(at, 1);
      return at >= 0;
    });
  });
}

/** Whether two amounts differ by just what a discard names: what was lost and, where told, what was kept. */
export function isAmountExplained(
  pair: { readonly [role in Role]: Json | undefined },
  discards: readonly Discard[],
  field: string,
): boolean {
  const shown = roles.map((role) => numberText(pair[role]));
  return discards.some((discard) => {
    if (discard.field !== field || !shown.includes(numberText(discard.value))) return false;
    return discard.kept === undefined || shown.includes(numberText(discard.kept));
  });
}

/** The rows of a field on both sides. */
export const rowsOfPair = (pair: { readonly [role in Role]: JsonMap }, field: string): Rows => ({
  crm: listOf(pair.crm[field]),
  erp: listOf(pair.erp[field]),
});
