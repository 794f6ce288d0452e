import type { MessagePort } from "node:worker_threads";
import type { Engine } from "./embedded-engine.ts";
import type { EmbeddedAnswer, EmbeddedCall } from "./embedded-messages.ts";
import { isUpkeepDue, keepUp } from "./embedded-upkeep.ts";
import { RefusedStatement } from "./store-error.ts";

async function answerTo(engine: Engine, call: EmbeddedCall): Promise<EmbeddedAnswer> {
  const { id } = call;
  try {
    switch (call.kind) {
      case "run": {
        const result = await engine.run(call.sql, call.parameters);
        return { kind: "ran", id, result, isUpkeepDue: isUpkeepDue(engine) };
      }
      case "script": {
        const isOpen = await engine.script(call.sql);
        return { kind: "scripted", id, isOpen, isUpkeepDue: isUpkeepDue(engine) };
      }
      case "keepUp":
        await keepUp(engine);
        return { kind: "done", id };
      case "close":
        await engine.close();
        return { kind: "done", id };
    }
  } catch (error) {
    if (error instanceof RefusedStatement) return { kind: "refused", id, refusal: error.refusal };
    return { kind: "lost", reason: error instanceof Error ? error.message : "unknown reason" };
  }
}

/** Answers calls from the port one after the other until the port closes or PostgreSQL is lost. */
export function serveEngine(port: MessagePort, engine: Engine): void {
  let last: Promise<void> = Promise.resolve();
  const answer = async (call: EmbeddedCall): Promise<void> => {
    const reply = await answerTo(engine, call);
    port.postMessage(reply);
    if (reply.kind === "lost" || call.kind === "close") port.close();
  };
  port.on("message", (call: EmbeddedCall) => {
    last = last.then(() => answer(call));
  });
  port.postMessage({ kind: "ready" } satisfies EmbeddedAnswer);
}
