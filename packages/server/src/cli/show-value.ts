import { isLines } from "@crossfoot/kernel";
import type { Json, Value } from "@crossfoot/kernel";
import { minorUnitOf } from "@crossfoot/model";
import { safeText } from "./text.ts";

const noNames: ReadonlyMap<string, string> = new Map();

/**
 * A canonical value as one line for a person. Absent, null and empty text look different: `(not
 * delivered)`, `—`, `""`. Of a record that is referred to its name is told where it is among `names`, by
 * link, and its link where it is not.
 */
export function showValue(value: Value | undefined, names: ReadonlyMap<string, string> = noNames): string {
  if (value === undefined) return "(not delivered)";
  if (value === null) return "—";
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value === "string") return value === "" ? '""' : safeText(value);
  if (isLines(value)) return value.length === 1 ? "1 line" : `${value.length} lines`;
  return showGroup(value, names);
}

function showGroup(group: { readonly [part: string]: Value }, names: ReadonlyMap<string, string>): string {
  const { amount, currency, value, unit, link, awaits } = group;
  if (typeof amount === "string" && typeof currency === "string")
    return `${inMinorUnits(amount, currency)} ${currency}`;
  if (typeof value === "string" && typeof unit === "string") return `${value} ${unit}`;
  if (typeof link === "string") return `→ ${safeText(names.get(link) ?? link)}`;
  if (typeof awaits === "object" && awaits !== null && !isLines(awaits)) {
    const { entity, connection, id } = awaits as { readonly [part: string]: Value };
    return `→ ${showValue(entity)} ${showValue(connection)}:${showValue(id)} (not linked yet)`;
  }
  const parts = Object.entries(group).filter(([, part]) => part !== null && part !== "");
  return parts.length === 0
    ? "—"
    : parts.map(([name, part]) => `${name} ${showValue(part, names)}`).join(", ");
}

/** An exact amount with at least the decimals of its currency: `12.50`. Nothing is rounded. */
export function inMinorUnits(amount: string, currency: string): string {
  const [whole = "0", fraction = ""] = amount.split(".");
  const digits = Math.max(minorUnitOf(currency) ?? 0, fraction.length);
  return digits === 0 ? whole : `${whole}.${fraction.padEnd(digits, "0")}`;
}

/** Native JSON as one short line. */
export function showJson(json: Json | undefined): string {
  return json === undefined ? "(not delivered)" : safeText(JSON.stringify(json));
}
