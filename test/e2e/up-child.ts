/** `crossfoot up` as a child program. */
import type { ChildProcess } from "node:child_process";
import { runProgram } from "./kill-child.ts";
import type { Ended } from "./kill-child.ts";

/** Starts `crossfoot up`; resolves with its address once it listens. */
export async function startUp(folder: string): Promise<{
  readonly url: string;
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}> {
  const listening = Promise.withResolvers<string>();
  const started = Promise.withResolvers<ChildProcess>();
  const ended = runProgram(folder, ["up"], (child) => {
    let told = "";
    for (const stream of [child.stdout, child.stderr])
      stream?.on("data", (text: Buffer) => {
        told += String(text);
        const url = /Status page: (\S+)/.exec(told)?.[1];
        if (url !== undefined) listening.resolve(url);
      });
    started.resolve(child);
  });
  const early = ended.then(({ stderr }) => Promise.reject(new Error(`up has ended: ${stderr}`)));
  const url = await Promise.race([listening.promise, early]);
  early.catch(() => undefined);
  return { url, child: await started.promise, ended };
}
