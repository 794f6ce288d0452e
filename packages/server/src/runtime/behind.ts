import type { World } from "./world.ts";

/** How long the end of a program waits for what goes on behind answers, ms. */
const restMs = 10_000;
/** Why what goes on behind an answer is cut then. Made once. */
const isClosing = new DOMException("the program ends", "AbortError");

/** What goes on behind the answers of one program. */
export interface Behind {
  /** Aborts when the program is to end and this takes too long. */
  readonly signal: AbortSignal;
  /** Has the end of the program wait for work that may outlast its answer. Answers the same promise. */
  readonly follow: <Told>(work: Promise<Told>) => Promise<Told>;
  /** Resolves when nothing goes on behind an answer; what takes long is cut at its next safe place. */
  readonly rest: () => Promise<void>;
}

/** What goes on behind answers over a world: nothing at first. */
export function behindOf(world: World): Behind {
  const underWay = new Set<Promise<unknown>>();
  const closing = new AbortController();
  return {
    signal: closing.signal,
    follow: (work) => {
      underWay.add(work);
      const over = (): void => void underWay.delete(work);
      work.then(over, over);
      return work;
    },
    rest: async () => {
      if (underWay.size === 0) return;
      const ends = [...underWay].map((work) => work.catch(() => undefined));
      const rested = new AbortController();
      const over = Promise.all(ends).finally(() => rested.abort());
      if (await world.sleep(restMs, rested.signal)) closing.abort(isClosing);
      await over;
    },
  };
}
