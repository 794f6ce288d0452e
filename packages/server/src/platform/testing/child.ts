import { spawn, type ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** A program of the tests that runs beside them. */
export interface Child {
  readonly pid: number;
  /** The next line it prints; null when it ended. */
  line(): Promise<string | null>;
  /** Sends a line to it. */
  tell(text: string): void;
  /** Ends it with SIGKILL and waits for its end. Answers the lines it had still printed. */
  kill(): Promise<readonly string[]>;
}

class SpawnedChild implements Child {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  readonly #ended: PromiseWithResolvers<null> = Promise.withResolvers();

  constructor(child: ChildProcess) {
    this.#child = child;
    child.once("exit", () => this.#ended.resolve(null));
    if (child.stdout === null) throw new Error("the child has no output");
    this.#lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  async line(): Promise<string | null> {
    const next = await this.#lines.next();
    return next.done === true ? null : next.value;
  }

  tell(text: string): void {
    this.#child.stdin?.write(`${text}\n`);
  }

  async kill(): Promise<readonly string[]> {
    this.#child.kill("SIGKILL");
    const rest: string[] = [];
    for (let line = await this.line(); line !== null; line = await this.line()) rest.push(line);
    await this.#ended.promise;
    return rest;
  }
}

/**
 * Starts a program of the tests (a file of `testing/`) with the Node that runs them. Words before a `--` are
 * for Node itself.
 */
export function startChild(program: URL, ...words: readonly string[]): Child {
  const at = words.indexOf("--");
  const [nodes, own] = at < 0 ? [[], words] : [words.slice(0, at), words.slice(at + 1)];
  const child = spawn(process.execPath, ["--conditions=source", ...nodes, fileURLToPath(program), ...own], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  child.stdin.on("error", () => undefined);
  return new SpawnedChild(child);
}
