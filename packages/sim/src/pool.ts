import { Worker } from "node:worker_threads";
import type { Order, Report } from "./seed-run.ts";
import { reportOf, runOrder } from "./seed-run.ts";

/**
 * Runs orders on so many threads, in the order given, until there is none left or `tell` answers false.
 * Reports come as runs end. Rejects when a thread breaks down.
 */
export async function runOrders(
  orders: Iterator<Order, undefined>,
  jobs: number,
  tell: (report: Report) => boolean,
): Promise<void> {
  let isOver = false;
  const next = (): Order | null => {
    if (isOver) return null;
    const turn: IteratorResult<Order, undefined> = orders.next();
    return turn.done === true ? null : turn.value;
  };
  const told = (report: Report): void => {
    if (!tell(report)) isOver = true;
  };
  if (jobs <= 1) {
    for (let order = next(); order !== null; order = next()) told(reportOf(await runOrder(order)));
    return;
  }
  await Promise.all(Array.from({ length: jobs }, () => runThread(next, told)));
}

async function runThread(next: () => Order | null, told: (report: Report) => void): Promise<void> {
  const first = next();
  if (first === null) return;
  const thread = new Worker(new URL("./job.ts", import.meta.url), {
    execArgv: ["--conditions=source", "--disable-warning=ExperimentalWarning"],
  });
  const give = (order: Order): void => {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
    thread.postMessage(order);
  };
  try {
    await new Promise<void>((resolve, reject) => {
      thread.on("message", (report: Report) => {
        told(report);
        const order = next();
        if (order === null) resolve();
        else give(order);
      });
      thread.on("error", reject);
      give(first);
    });
  } finally {
    await thread.terminate();
  }
}
