/** Loses the answer to the first call of each name that writes, so that nobody knows what came of it. */
import type { RudeProxy, Watch } from "./rude-proxy.ts";

/** What was lost since the watch began. */
export interface LosingWatch {
  /** Names of the calls whose answer was lost, one line's after another's, in their order. */
  readonly lost: readonly string[];
  /** From here on the first call of each name counts anew. */
  nextStep(): void;
  stop(): void;
}

/** Puts a losing watch on lines; the very first answer is waited for until the time-out, if `hangs`. */
export function loseFirstAnswers(lines: readonly RudeProxy[], { hangs = true } = {}): LosingWatch {
  const lost: string[] = [];
  const met = new Set<string>();
  for (const line of lines) {
    const watch: Watch = {
      meet: ({ isWrite, name }) => {
        // Ids in a path would make every call the first of its name.
        const kind = `${line.url} ${name.replaceAll(/\/[^/]*\d[^/]*/g, "/…")}`;
        if (!isWrite || met.has(kind)) return "pass";
        met.add(kind);
        lost.push(name);
        // The very first is waited for until the time-out; the others are cut, which costs no time.
        return hangs && lost.length === 1 ? "hang" : "lose";
      },
      afterEffect: () => undefined,
    };
    line.watch = watch;
  }
  return {
    lost,
    nextStep: () => met.clear(),
    stop: () => {
      for (const line of lines) line.watch = null;
    },
  };
}
