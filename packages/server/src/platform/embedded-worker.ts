/** Thread of the embedded database: PostgreSQL blocks whoever runs it, so it has a thread of its own. */
import { parentPort, workerData, type MessagePort } from "node:worker_threads";
import { openEngine } from "./embedded-engine.ts";
import { prepareCluster } from "./embedded-folder.ts";
import { serveEngine } from "./embedded-serve.ts";
import type { EmbeddedAnswer, EmbeddedStart } from "./embedded-messages.ts";

async function main(port: MessagePort, { folder, isBrief }: EmbeddedStart): Promise<void> {
  try {
    serveEngine(port, await openEngine({ folder: await prepareCluster(folder), isBrief }));
  } catch (error) {
    const reason = error instanceof Error ? error.message : "unknown reason";
    port.postMessage({ kind: "lost", reason } satisfies EmbeddedAnswer);
    port.close();
  }
}

if (parentPort !== null) await main(parentPort, workerData as EmbeddedStart);
