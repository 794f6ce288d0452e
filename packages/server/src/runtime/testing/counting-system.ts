import type { ToldLimits } from "@crossfoot/connector-sdk";
import type { CallLimit, DaySpan, Lane } from "@crossfoot/kernel";
import type { CallTerms, Gate } from "../gate.ts";
import type { TurningTime } from "./turning-time.ts";

/** What the system answers about itself. */
export interface TellingOptions {
  /** Names of limits whose state every answer tells. */
  readonly tells?: readonly string[];
  /** Hint of a refusal, ms from then; null gives none. */
  readonly hintMs?: number | null;
}

/** A system that counts the calls that reach it, and refuses those beyond its limits as real ones do. */
export class CountingSystem {
  readonly arrivals: { readonly at: number; readonly lane: Lane | "foreign" }[] = [];
  readonly refusals: number[] = [];
  underWay = 0;
  most = 0;
  limits: readonly CallLimit[];
  concurrency: number = Number.POSITIVE_INFINITY;
  readonly #time: TurningTime;
  readonly #daySpan: DaySpan;
  readonly #options: TellingOptions;

  constructor(
    at: { readonly time: TurningTime; readonly daySpan: DaySpan },
    limits: readonly CallLimit[],
    options: TellingOptions = {},
  ) {
    this.#time = at.time;
    this.#daySpan = at.daySpan;
    this.limits = limits;
    this.#options = options;
  }

  /** Calls of the window that ends now. */
  used(limit: CallLimit): number {
    return this.arrivals.filter(({ at }) => at > this.#from(limit)).length;
  }

  /** Most calls of ours in any window of a limit. */
  mostOfOurs(limit: CallLimit): number {
    const own = this.arrivals.filter(({ lane }) => lane !== "foreign").map(({ at }) => at);
    if (limit.windowMs === null)
      return Math.max(
        0,
        ...[...Map.groupBy(own, (at) => this.#daySpan(limit.zone, at).from).values()].map(
          ({ length }) => length,
        ),
      );
    let from = 0;
    let largest = 0;
    for (const [at, time] of own.entries()) {
      while ((own[from] ?? 0) <= time - limit.windowMs) from += 1;
      largest = Math.max(largest, at - from + 1);
    }
    return largest;
  }

  /** A call by another program. */
  foreign(count: number): void {
    for (let at = 0; at < count; at += 1) this.arrivals.push({ at: this.#time.now(), lane: "foreign" });
  }

  /** One call through a gate: it travels, is counted, and its answer tells what is left. */
  async call(
    gate: Gate,
    terms: CallTerms,
    how: { readonly tookMs: number; readonly isWrite?: boolean },
  ): Promise<boolean> {
    const pass = await gate.admit(terms, { isWrite: how.isWrite ?? false });
    await this.#time.sleep(how.tookMs / 2);
    const isRefused =
      this.underWay >= this.concurrency || this.limits.some((limit) => this.used(limit) >= limit.requests);
    if (isRefused) this.refusals.push(this.#time.now());
    else this.arrivals.push({ at: this.#time.now(), lane: terms.lane });
    this.underWay += 1;
    this.most = Math.max(this.most, this.underWay);
    const told = this.#told(isRefused);
    await this.#time.sleep(how.tookMs / 2);
    this.underWay -= 1;
    pass.end({ told });
    return !isRefused;
  }

  #from(limit: CallLimit): number {
    const now = this.#time.now();
    return limit.windowMs === null ? this.#daySpan(limit.zone, now).from - 1 : now - limit.windowMs;
  }

  #told(isThrottled: boolean): ToldLimits {
    const { tells = [], hintMs = null } = this.#options;
    const limits = this.limits
      .filter(({ name }) => tells.includes(name))
      .map((limit) => {
        const oldest = this.arrivals.find(({ at }) => at > this.#from(limit))?.at ?? this.#time.now();
        const resetAt =
          limit.windowMs === null
            ? this.#daySpan(limit.zone, this.#time.now()).until
            : oldest + limit.windowMs + 1;
        const remaining = Math.max(0, limit.requests - this.used(limit));
        return { name: limit.name, limit: limit.requests, remaining, resetMs: resetAt - this.#time.now() };
      });
    return { limits, isThrottled, waitMs: isThrottled ? hintMs : null };
  }
}
