import { usable } from "@crossfoot/kernel";
import type { QuotaLimits, ToldWindow } from "@crossfoot/kernel";
import type { ToldLimit } from "@crossfoot/connector-sdk";

/** Until a limit may have started afresh whose length nobody told, ms. */
const resetMsDefault = 5_000;

interface Entry {
  readonly limit: number | null;
  /** As it was told. */
  readonly told: number | null;
  /** What may still be called by us, calls made since and calls under way taken off. */
  left: number;
  /** When the call left that was answered so; monotonic. */
  readonly sentAt: number;
  readonly resetAt: number;
  readonly hasReset: boolean;
  isReported: boolean;
}

/**
 * What the system told this worker about its limits, before the store hears of it: a worker stops by itself
 * when another program has used up what it had reserved. All instants are monotonic.
 */
export class ToldBook {
  readonly #limits: QuotaLimits;
  readonly #entries = new Map<string, Entry>();

  constructor(limits: QuotaLimits) {
    this.#limits = limits;
  }

  /** Takes what an answer told. `underWay`: other calls that were sent and not answered yet. */
  note(told: ToldLimit, at: { sentAt: number; now: number; underWay: number }): void {
    const known = this.#entries.get(told.name);
    // Answers overtake one another: the one to the later call knows more.
    if (known !== undefined && known.sentAt > at.sentAt && known.resetAt > at.now) return;
    const isOver = told.resetMs !== null && told.resetMs <= 0;
    const declared = this.#limits.windows.find(({ name }) => name === told.name);
    const resetAt = at.now + (told.resetMs ?? declared?.windowMs ?? resetMsDefault);
    const left = told.remaining === null || isOver ? Number.POSITIVE_INFINITY : told.remaining - at.underWay;
    this.#entries.set(told.name, {
      limit: told.limit,
      told: told.remaining,
      left,
      sentAt: at.sentAt,
      resetAt,
      hasReset: told.resetMs !== null,
      isReported: false,
    });
  }

  /** A call was made. */
  spend(): void {
    for (const entry of this.#entries.values()) entry.left -= 1;
  }

  /** When calls may go on, as far as the system told; `now` or earlier when they may now. */
  openFrom(now: number): number {
    const shut = [...this.#entries].filter(([name, entry]) => {
      return entry.resetAt > now && entry.left - this.#kept(name, entry) < 1;
    });
    return Math.max(now, ...shut.map(([, { resetAt }]) => resetAt));
  }

  #kept(name: string, { limit, told }: Entry): number {
    const declared = this.#limits.windows.find((one) => one.name === name)?.requests;
    const requests = Math.min(limit ?? Infinity, declared ?? Infinity);
    const whole = Number.isFinite(requests) ? requests : (told ?? 0);
    return whole - usable(whole, this.#limits.reserve);
  }

  /** True when something was told that no report has brought to the store. */
  get hasNews(): boolean {
    return [...this.#entries.values()].some(({ isReported }) => !isReported);
  }

  /** What was told, for the store; `sent` marks it as reported. */
  report(now: number): { readonly told: readonly ToldWindow[]; readonly sent: () => void } {
    const open = [...this.#entries].filter(([, entry]) => !entry.isReported);
    const told = open.map(([name, entry]): ToldWindow => ({
      name,
      limit: entry.limit,
      left: entry.told,
      resetMs: entry.hasReset ? entry.resetAt - now : null,
      agoMs: now - entry.sentAt,
    }));
    const sent = (): void => {
      for (const [, entry] of open) entry.isReported = true;
    };
    return { told, sent };
  }
}
