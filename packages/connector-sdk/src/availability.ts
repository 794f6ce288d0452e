import { add, compare, subtract } from "./decimal-digits.ts";

/**
 * A movement of stock over the border of a warehouse that is still to come; `date` is null when none is
 * planned.
 */
export interface OpenMove {
  readonly quantity: string;
  readonly isOutgoing: boolean;
  readonly date: string | null;
}

/** From when on, and how many dates of an outlook are told. */
export interface Outlook {
  readonly moves: readonly OpenMove[];
  /** `YYYY-MM-DD`. */
  readonly today: string;
  /** Most dates of the outlook. */
  readonly dates: number;
}

/** What can be promised now, and from each later day on which that changes. */
export interface Promised {
  readonly available: string;
  readonly later: readonly { readonly date: string; readonly quantity: string }[];
}

/**
 * Available to promise. Every open delivery counts, from today when it is late or has no date; a receipt
 * counts from its planned day, a late or undated one not at all until it arrives. What is available on a day
 * is the least stock on that day or any later one, so that a promise never takes what a later delivery needs.
 */
export function promiseOf(onHand: string, { moves, today, dates }: Outlook): Promised {
  const byDate = new Map<string, string>();
  for (const { quantity, isOutgoing, date } of moves) {
    const isLate = date === null || date < today;
    if (isLate && !isOutgoing) continue;
    const day = isLate ? today : date;
    const moved = byDate.get(day) ?? "0";
    byDate.set(day, isOutgoing ? subtract(moved, quantity) : add(moved, quantity));
  }
  const days = [...new Set([today, ...byDate.keys()])].toSorted();
  let level = onHand;
  const levels = days.map((date) => {
    level = add(level, byDate.get(date) ?? "0");
    return { date, quantity: level };
  });
  for (let at = levels.length - 2; at >= 0; at -= 1) {
    const [here, next] = [levels[at], levels[at + 1]];
    if (here !== undefined && next !== undefined && compare(next.quantity, here.quantity) < 0)
      levels[at] = { ...here, quantity: next.quantity };
  }
  const [now, ...later] = levels;
  return { available: now?.quantity ?? onHand, later: later.slice(0, dates) };
}
