import { Script } from "node:vm";

/** Longest that one search of a pattern takes, ms; a search that is meant takes microseconds. */
const searchMsMax = 200;
/** Texts up to this many characters are searched in no time by a pattern with one repetition. */
const plainLengthMax = 10_000;

const place = "crossfoot.search";
/** V8 watches the time of a script, also inside of a search. It is constant: no text of anybody is run. */
const watched = new Script(`globalThis[Symbol.for("${place}")]()`);

/** Thrown inside of an evaluation only, and caught with it. */
class PatternTooSlow extends Error {
  readonly code = "pattern";
}

/**
 * Whether a pattern may take more steps than the square of a short text: it repeats more than once, or refers
 * back. Errs on the side of yes, which costs a search some 0.2 ms.
 */
function mayExplode({ source }: RegExp): boolean {
  const repeats = source.replaceAll(/\\[^1-9k]/g, "x").match(/[*+]|\{\d+,\d*\}/g)?.length ?? 0;
  return repeats > 1 || /\\[1-9k]/.test(source);
}

/**
 * Patterns of mapping expressions. A pattern such as `(a+)+$` takes years on thirty characters, and no limit
 * of steps sees inside of it; here each search has a time limit, and fails the expression when it is over.
 */
export class BoundedPattern extends RegExp {
  readonly #mayExplode: boolean;

  constructor(pattern: string | RegExp, flags?: string) {
    super(pattern, flags);
    this.#mayExplode = mayExplode(this);
  }

  override exec(text: string): RegExpExecArray | null {
    if (!this.#mayExplode && text.length <= plainLengthMax) return super.exec(text);
    let found: RegExpExecArray | null = null;
    const key = Symbol.for(place);
    Reflect.set(globalThis, key, () => {
      found = super.exec(text);
    });
    try {
      watched.runInThisContext({ timeout: searchMsMax });
      return found;
    } catch (error) {
      const isSlow = (error as { readonly code?: unknown }).code === "ERR_SCRIPT_EXECUTION_TIMEOUT";
      throw isSlow ? new PatternTooSlow("a pattern takes too long") : error;
    } finally {
      Reflect.deleteProperty(globalThis, key);
    }
  }
}
