import { deadlineIn } from "./deadline.ts";
import type { Deadline } from "./deadline.ts";
import type { EntityPolicy } from "@crossfoot/kernel";
import type { Session } from "./world.ts";

/** A run of a loop looks this long for a share of what is due before it leaves it to the others, ms. */
const lingerMs = 5_000;
/** Time between two looks at what others do, ms. */
const lookMs = 150;

/** How long a run waits without doing anything itself. */
export class Patience {
  readonly #session: Session;
  readonly #waitMsMax: number;
  #own: Deadline;
  #others: Deadline;

  constructor(session: Session, waitMsMax: number) {
    this.#session = session;
    this.#waitMsMax = waitMsMax;
    this.#own = deadlineIn(session.world.clock, waitMsMax);
    this.#others = this.#own;
    this.renew();
  }

  /** Something was done: others are waited for from now on. What waits for time has one deadline. */
  renew(): void {
    const { world, isLoop } = this.#session;
    this.#others = deadlineIn(world.clock, isLoop ? Math.min(lingerMs, this.#waitMsMax) : this.#waitMsMax);
  }

  /** Waits a moment for writes of ours that wait for time. False when that has lasted too long. */
  async forOwn(): Promise<boolean> {
    if (this.#own.isOver()) return false;
    return this.#pause();
  }

  /**
   * Waits a moment for what is due and is not ours to do: it is another worker's, or it becomes ours when he
   * gives or dies. False when there is no such thing, or when that has lasted too long.
   */
  async forOthers(policies: readonly EntityPolicy[]): Promise<boolean> {
    const { world, holding } = this.#session;
    if (holding.isWhole || this.#others.isOver()) return false;
    const due = await world.store.dueEntities(policies.map(({ entity }) => entity));
    if (!due.some(({ work, intents }) => work || intents)) return false;
    const message = "other workers are at it";
    this.#session.report({ phase: "wait", entity: null, connection: null, done: 0, total: null, message });
    return this.#pause();
  }

  async #pause(): Promise<boolean> {
    const { world, signal, holding } = this.#session;
    if (!(await world.sleep(lookMs, signal))) return false;
    await holding.keepUp();
    return true;
  }
}
