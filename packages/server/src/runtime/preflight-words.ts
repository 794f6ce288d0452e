import { decimals } from "@crossfoot/connector-sdk";
import type { Fields, Line, Value } from "@crossfoot/kernel";
import type { PreflightFinding } from "./moment-port.ts";

/** A finding; what the quote and the ERP say is null where nothing is given. */
export const finding = (
  verdict: PreflightFinding["verdict"],
  code: PreflightFinding["code"],
  said: Partial<Pick<PreflightFinding, "quoted" | "found">> & Pick<PreflightFinding, "message" | "fix">,
): PreflightFinding => ({ verdict, code, quoted: null, found: null, ...said });

/** Lines of a quote; none where it shows none. */
export function linesOf({ lines }: Fields): readonly Line[] {
  return Array.isArray(lines) ? (lines as readonly Line[]) : [];
}

/** A part of a value of several parts, such as the amount of money; null where it is no text. */
export function part(value: Value | undefined, name: string): string | null {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return null;
  const found = (value as { readonly [part: string]: unknown })[name];
  return typeof found === "string" ? found : null;
}

/** A value that is a text, else null. */
export const text = (value: Value | undefined): string | null => (typeof value === "string" ? value : null);

/** Whether a decimal is zero; an absent one is. */
export const isZero = (amount: string | null): boolean =>
  amount === null || decimals.compare(amount, "0") === 0;

/** Whether a value says nothing: none, an empty list, or parts that are all nothing. */
export function isEmpty(value: Value | undefined): boolean {
  if (value === null || value === undefined || value === "") return true;
  return typeof value === "object" && Object.values(value).every((each) => isEmpty(each as Value));
}
