/**
 * PGlite 0.5.16 catches whatever PostgreSQL's main loop throws and goes on (`execProtocolRawSync`): a
 * panic, an exit or a trap of the machine then looks like a statement that answered nothing, and the next
 * one may wait for ever for a lock that the broken one held. Here everything but an ordinary error of a
 * statement ends PostgreSQL for good.
 */
import type { PGlite } from "@electric-sql/pglite";

/** The functions of the emscripten module that PGlite calls around one statement. */
interface Loop {
  _PostgresMainLoopOnce: () => void;
  _PostgresSendReadyForQueryIfNecessary: () => void;
  _pgl_pq_flush: () => void;
  stackRestore: (pointer: number) => void;
}

/** Exit code as which PostgreSQL's longjmp to its main loop arrives: an ordinary error of a statement. */
const ordinaryError = 100;

function isOrdinary(error: unknown): boolean {
  return typeof error === "object" && error !== null && "status" in error && error.status === ordinaryError;
}

/**
 * Nothing of PostgreSQL runs any more. `stackRestore` is the one call that PGlite makes outside its catch,
 * so it is the way out of its loop.
 */
function stop(loop: Loop, reason: string): void {
  const refuse = (): never => {
    throw new Error(reason);
  };
  loop._PostgresMainLoopOnce = refuse;
  loop.stackRestore = refuse;
  loop._PostgresSendReadyForQueryIfNecessary = () => undefined;
  loop._pgl_pq_flush = () => undefined;
}

/**
 * Calls `onBroken`, once, when PostgreSQL stopped in the middle of a statement; no statement runs
 * afterwards.
 */
export function watchLoop(pglite: PGlite, onBroken: (reason: string) => void): void {
  const loop = pglite.Module as unknown as Loop;
  const once = loop._PostgresMainLoopOnce;
  loop._PostgresMainLoopOnce = () => {
    try {
      once();
    } catch (error) {
      if (!isOrdinary(error)) {
        const reason = "PostgreSQL stopped in the middle of a statement";
        onBroken(reason);
        stop(loop, reason);
      }
      throw error;
    }
  };
}
