import { isLines } from "@crossfoot/kernel";
import type { Value } from "@crossfoot/kernel";

/** An amount with its currency, where a value is one; else undefined. Never throws. */
export function amountOf(
  value: Value | undefined,
): { readonly amount: string; readonly currency: string } | undefined {
  if (value === null || typeof value !== "object" || isLines(value)) return undefined;
  const { amount, currency } = value as { readonly [part: string]: Value };
  return typeof amount === "string" && typeof currency === "string" ? { amount, currency } : undefined;
}
