/** `crossfoot up` as a child program. */
import { runProgram } from "./kill-child.ts";
import type { Ended } from "./kill-child.ts";

/** So long `up` may take until it listens, and so long until it has ended; then it is killed. */
const patienceMs = 60_000;

/** `crossfoot up` that listens. */
export interface Up {
  readonly url: string;
  readonly pid: number;
  /** Asks it to end, and kills it when it does not. */
  readonly stop: () => Promise<Ended>;
  /** Ends it at once; nothing happens when it has ended. */
  readonly kill: () => Promise<Ended>;
}

/** Starts `crossfoot up`; resolves once it listens. `heard` gets all that it has said so far. */
export async function startUp(
  folder: string,
  {
    env = {},
    heard,
  }: { readonly env?: { readonly [name: string]: string }; readonly heard?: (said: Buffer) => void } = {},
): Promise<Up> {
  const listening = Promise.withResolvers<string>();
  const chunks: Buffer[] = [];
  let pid = 0;
  let signal: (name: NodeJS.Signals) => void = () => undefined;
  const ended = runProgram(folder, ["up"], {
    env,
    onStart: (child) => {
      pid = child.pid ?? 0;
      signal = (name) => void child.kill(name);
      const take = (chunk: Buffer): void => {
        chunks.push(chunk);
        const said = Buffer.concat(chunks);
        heard?.(said);
        const url = /Status page: (\S+)/.exec(said.toString("utf8"))?.[1];
        if (url !== undefined) listening.resolve(url);
      };
      child.stdout?.on("data", take);
      child.stderr?.on("data", take);
    },
  });
  const end = async (name: NodeJS.Signals): Promise<Ended> => {
    signal(name);
    const late = setTimeout(() => signal("SIGKILL"), patienceMs);
    return ended.finally(() => clearTimeout(late));
  };
  const late = setTimeout(() => signal("SIGKILL"), patienceMs);
  const early = ended.then(({ stderr }) => Promise.reject(new Error(`up has ended: ${stderr}`)));
  early.catch(() => undefined);
  const url = await Promise.race([listening.promise, early]).finally(() => clearTimeout(late));
  return { url, pid, stop: () => end("SIGTERM"), kill: () => end("SIGKILL") };
}
