import type { QuotaLimits, QuotaState, Seats } from "./quota.ts";

/** Seats hold this long after they were asked for, ms; a worker with calls under way asks again before. */
const seatsMsMax = 3_000;

/** What a worker wants of the calls that a system takes at one time. */
export interface SeatWish {
  readonly worker: string;
  /** Calls at one time that are wanted; 0 gives all seats back. */
  readonly seats: number;
  /** Calls under way now: their seats cannot be taken from it. */
  readonly underWay: number;
  readonly now: number;
}

/** The rows after a wish, and what it got: null when the system names no such limit. */
export interface Seated {
  readonly rows: readonly Seats[];
  readonly seats: number | null;
  readonly seatsMs: number;
}

/**
 * Shares out the calls that a system takes at one time. A worker gets what it wants as long as there is
 * enough; when others are short of it, its fair share; when there are more workers than seats, they take
 * turns: who had a seat goes behind those who had none.
 */
export function seatWorker(state: QuotaState, { concurrency }: QuotaLimits, wish: SeatWish): Seated {
  const { worker, now } = wish;
  const others = state.seats.filter((row) => row.worker !== worker && row.until > now);
  if (concurrency === null) return { rows: others, seats: null, seatsMs: seatsMsMax };
  if (wish.seats === 0 && wish.underWay === 0) return { rows: others, seats: 0, seatsMs: seatsMsMax };
  const own = state.seats.find((row) => row.worker === worker && row.until > now);
  const wanted = Math.min(Math.max(wish.seats, wish.underWay), concurrency);
  const fair = Math.max(1, Math.floor(concurrency / (others.length + 1)));
  const isShort = others.some((row) => row.seats < Math.min(row.wanted, fair));
  const since = own?.waitsSince ?? now;
  const ahead = others.filter(({ waitsSince }) => waitsSince !== null && waitsSince < since).length;
  const free = concurrency - ahead - others.reduce((sum, { seats }) => sum + seats, 0);
  const kept = own === undefined ? 0 : Math.min(wish.underWay, own.seats);
  const seats = Math.max(kept, 0, Math.min(wanted, free, isShort ? fair : wanted));
  const waitsSince = seats > 0 ? null : since;
  const row: Seats = { worker, seats, wanted, waitsSince, until: now + seatsMsMax };
  return { rows: [...others, row], seats, seatsMs: seatsMsMax };
}
