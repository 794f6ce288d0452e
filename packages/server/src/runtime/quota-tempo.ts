import type { QuotaReport } from "@crossfoot/kernel";

/** Pause after a refusal until the store says how long it really is, ms. */
const pauseMsLocal = 1_000;
/** Longest pause, ms. */
const pauseMsMax = 86_400_000;
/** Calls answered well after which one more at a time is tried. */
const wellCount = 20;
/** Weight of the newest duration in the typical one. */
const weight = 0.2;
/** How often a typical duration is worth storing when nothing else is, ms. */
const newsMs = 60_000;

/** Refusals, calls at one time, and how long a call takes. All instants are monotonic. */
export class Tempo {
  readonly #seatsMax: number;
  #seats: number;
  #well = 0;
  #pausedSince = Number.NEGATIVE_INFINITY;
  #pausedUntil = Number.NEGATIVE_INFINITY;
  #refused: { readonly sentAt: number; readonly waitUntil: number | null } | null = null;
  #isWell = false;
  #callMs: number | null = null;
  #storedAt = Number.NEGATIVE_INFINITY;

  constructor(seatsMax: number) {
    this.#seatsMax = seatsMax;
    this.#seats = seatsMax;
  }

  /** Typical duration of a call, ms; null before the first. */
  get callMs(): number | null {
    return this.#callMs;
  }

  /** Calls that this worker makes at one time. */
  get seats(): number {
    return this.#seats;
  }

  /** From when on calls may be made. */
  openFrom(now: number): number {
    return Math.max(now, this.#pausedUntil);
  }

  /** True when the store has to hear of a refusal. */
  get hasNews(): boolean {
    return this.#refused !== null;
  }

  /** Everybody pauses, counted from `since`. */
  pause(since: number, ms: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, since + Math.min(ms, pauseMsMax));
  }

  /**
   * The system said that we are too fast. Refusals of calls that left before the last pause began belong to
   * it; each later one halves the calls at one time, since nobody says which limit it was.
   */
  refuse(at: { readonly sentAt: number; readonly now: number; readonly waitMs: number | null }): void {
    const waitMs = at.waitMs === null || at.waitMs <= 0 ? null : at.waitMs;
    this.pause(at.now, waitMs ?? pauseMsLocal);
    this.#refused = { sentAt: at.sentAt, waitUntil: waitMs === null ? null : at.now + waitMs };
    this.#well = 0;
    this.#isWell = false;
    if (at.sentAt <= this.#pausedSince) return;
    this.#pausedSince = at.now;
    this.#seats = Math.max(1, Math.floor(this.#seats / 2));
  }

  /** A call was answered. */
  well(at: { readonly sentAt: number; readonly now: number }): void {
    const took = at.now - at.sentAt;
    this.#callMs = this.#callMs === null ? took : this.#callMs + weight * (took - this.#callMs);
    if (at.sentAt < this.#pausedUntil) return;
    this.#isWell = true;
    this.#well += 1;
    if (this.#well % wellCount === 0) this.#seats = Math.min(this.#seats + 1, this.#seatsMax);
  }

  /** What is new to the store; `sent` forgets it. */
  report(now: number): {
    readonly report: Pick<QuotaReport, "refused" | "isWell" | "callMs">;
    readonly sent: () => void;
  } {
    const refused = this.#refused;
    const waitMs =
      refused?.waitUntil === undefined || refused.waitUntil === null ? null : refused.waitUntil - now;
    return {
      report: {
        refused: refused === null ? null : { agoMs: now - refused.sentAt, waitMs },
        isWell: this.#isWell,
        callMs: this.#callMs,
      },
      sent: () => {
        if (this.#refused === refused) this.#refused = null;
        this.#storedAt = now;
      },
    };
  }

  /** True when the duration of calls is worth a commit of its own. */
  isWorthStoring(now: number): boolean {
    return this.#callMs !== null && now - this.#storedAt >= newsMs;
  }
}
