/** One thread of a simulation: runs the orders it gets, one after the other. */
import { parentPort } from "node:worker_threads";
import type { Order } from "./seed-run.ts";
import { reportOf, runOrder } from "./seed-run.ts";

async function run(order: Order): Promise<void> {
  const report = reportOf(await runOrder(order));
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
  parentPort?.postMessage(report);
}

parentPort?.on("message", (order: Order) => {
  run(order).catch((error: unknown) => {
    // An error outside a run is a defect of the simulation: it ends the thread, and its parent hears of it.
    setImmediate(() => {
      throw error;
    });
  });
});
