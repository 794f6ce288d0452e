import type { Block, Lane, QuotaReport } from "@crossfoot/kernel";
import type { CallTerms } from "./gate.ts";

/** Both clocks at an instant: the monotonic one stands still while the machine is suspended. */
export interface Instant {
  readonly wall: number;
  readonly monotonic: number;
}

/** Calls that this worker may make: reserved in the store, spent here. */
interface OwnBlock {
  readonly id: string;
  readonly lane: Lane;
  readonly lapsesAt: Instant;
  left: number;
  /** Kept for the terms of one piece of work. */
  held: number;
  used: number;
  underWay: number;
  lastEnd: number;
}

/** A call that was taken from a block. */
export interface Ticket {
  /** The call has ended. */
  readonly end: (now: number) => void;
}

/** The blocks of one worker. */
export class OwnBlocks {
  #blocks: OwnBlock[] = [];
  readonly #holds = new Map<CallTerms, { block: OwnBlock; calls: number }[]>();
  /** Blocks of which nothing was used, or all, decide how many calls are asked for next. */
  readonly #appetite = new Map<Lane, number>();

  /** Takes blocks that were granted to a request made at `askedAt`. */
  take(blocks: readonly Block[], askedAt: Instant): void {
    for (const { id, lane, calls, lifeMs } of blocks) {
      const lapsesAt = { wall: askedAt.wall + lifeMs, monotonic: askedAt.monotonic + lifeMs };
      const lastEnd = askedAt.monotonic;
      this.#blocks.push({ id, lane, lapsesAt, left: calls, held: 0, used: 0, underWay: 0, lastEnd });
    }
  }

  /** Calls of a lane that anyone may make now. */
  left(lane: Lane, now: Instant): number {
    return this.#alive(lane, now).reduce((sum, { left }) => sum + left, 0);
  }

  /** Calls that are kept for these terms and have not lapsed. */
  heldFor(terms: CallTerms, now: Instant): number {
    const holds = this.#holds.get(terms) ?? [];
    return holds.filter(({ block }) => isAlive(block, now)).reduce((sum, { calls }) => sum + calls, 0);
  }

  /** Keeps up to so many calls for these terms. Answers how many. */
  hold(terms: CallTerms, calls: number, now: Instant): number {
    let kept = 0;
    for (const block of this.#alive(terms.lane, now)) {
      const count = Math.min(block.left, calls - kept);
      if (count < 1) continue;
      block.left -= count;
      block.held += count;
      kept += count;
      this.#holds.set(terms, [...(this.#holds.get(terms) ?? []), { block, calls: count }]);
    }
    return kept;
  }

  /** Gives back what is kept for these terms. */
  letGo(terms: CallTerms): void {
    for (const { block, calls } of this.#holds.get(terms) ?? []) {
      block.held -= calls;
      block.left += calls;
    }
    this.#holds.delete(terms);
  }

  /** Takes one call: of those kept for the terms, else of the lane's. There is one, or it is a defect. */
  spend(terms: CallTerms, now: Instant): Ticket {
    const hold = (this.#holds.get(terms) ?? []).find(({ block, calls }) => calls > 0 && isAlive(block, now));
    const block = hold?.block ?? this.#alive(terms.lane, now).find(({ left }) => left > 0);
    if (block === undefined) throw new Error("a call was let through that nothing was charged for");
    if (hold === undefined) block.left -= 1;
    else {
      hold.calls -= 1;
      block.held -= 1;
    }
    block.used += 1;
    block.underWay += 1;
    return {
      end: (ended) => {
        block.underWay -= 1;
        block.lastEnd = Math.max(block.lastEnd, ended);
      },
    };
  }

  /** Nothing of them may be used any more: the system told that less is left than was reserved. */
  void(): void {
    for (const block of this.#blocks) block.left = 0;
  }

  /** How many calls a lane asks for at once: twice what it used up last. */
  appetite(lane: Lane): number {
    return this.#appetite.get(lane) ?? appetiteMin;
  }

  /**
   * Blocks that nothing more comes of, or with `all` those that nobody uses now; `sent` forgets them. What
   * was not used comes back to everybody.
   */
  closings(
    now: Instant,
    all: boolean,
  ): { readonly list: QuotaReport["closings"]; readonly sent: () => void } {
    const closed = this.#blocks.filter((block) => {
      const isDone = block.left + block.held === 0 || !isAlive(block, now) || (all && block.held === 0);
      return isDone && block.underWay === 0;
    });
    // From here on nobody takes a call from them, whatever becomes of the report.
    for (const block of closed) {
      const last = block.left + block.held === 0 ? block.used * 2 : block.used;
      this.#appetite.set(block.lane, Math.min(Math.max(last, appetiteMin), appetiteMax));
      block.left = 0;
    }
    const list = closed.map(({ id, used, lastEnd }) => ({ id, calls: used, agoMs: now.monotonic - lastEnd }));
    const sent = (): void => {
      this.#blocks = this.#blocks.filter((block) => !closed.includes(block));
    };
    return { list, sent };
  }

  /** True when there is anything to give back. */
  get isEmpty(): boolean {
    return this.#blocks.length === 0;
  }

  #alive(lane: Lane, now: Instant): readonly OwnBlock[] {
    return this.#blocks.filter((block) => block.lane === lane && isAlive(block, now));
  }
}

const appetiteMin = 8;
const appetiteMax = 500;

const isAlive = ({ lapsesAt }: OwnBlock, now: Instant): boolean =>
  now.wall < lapsesAt.wall && now.monotonic < lapsesAt.monotonic;
