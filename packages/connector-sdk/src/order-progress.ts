import { compare } from "./decimal-digits.ts";
import type { OrderLineStatus, OrderStatus, Share } from "./operations.ts";

/** A quantity without its sign. */
const size = (quantity: string): string => quantity.replace("-", "");

/** Whether all of what was ordered is done; of what comes back, both quantities are negative. */
export const isWhole = (done: string, ordered: string): boolean => compare(size(done), size(ordered)) >= 0;

function shareOf(lines: readonly { readonly done: string; readonly ordered: string }[]): Share {
  if (lines.every(({ done, ordered }) => isWhole(done, ordered))) return "full";
  return lines.some(({ done }) => compare(done, "0") !== 0) ? "part" : "none";
}

/**
 * How far an order has come, from its lines: what a header says of it can mislead. Lines that nothing is
 * delivered of (`delivered` null) do not count as undelivered. Never throws.
 */
export function progressOf(
  lines: readonly OrderLineStatus[],
): Pick<OrderStatus, "delivered" | "invoiced" | "promisedDate" | "lines"> {
  const delivered = lines.flatMap((line) =>
    line.delivered === null ? [] : [{ done: line.delivered, ordered: line.ordered }],
  );
  const open = lines.flatMap(({ promisedDate }) => promisedDate ?? []);
  return {
    delivered: shareOf(delivered),
    invoiced: shareOf(lines.map((line) => ({ done: line.invoiced, ordered: line.ordered }))),
    promisedDate: open.toSorted().at(-1) ?? null,
    lines,
  };
}
