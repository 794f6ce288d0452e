import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Asked, YardAnswers, YardPlace, YardQuestions } from "./talk.ts";

/** The yard as its user sees it. */
export interface Yard extends YardPlace {
  ask<Kind extends keyof YardQuestions>(
    kind: Kind,
    question: YardQuestions[Kind],
  ): Promise<YardAnswers[Kind]>;
  close(): Promise<void>;
}

interface Waiting {
  readonly resolve: (answer: never) => void;
  readonly reject: (reason: Error) => void;
}

/** Starts both systems in a process of their own; each call takes `latencyMs` before it has its effect. */
export async function openYard(latencyMs: number): Promise<Yard> {
  const file = fileURLToPath(new URL("./main.ts", import.meta.url));
  const child = fork(file, [String(latencyMs)], { execArgv: ["--conditions=source"] });
  const started = Promise.withResolvers<YardPlace>();
  const waiting = new Map<number, Waiting>();
  let lastId = 0;
  child.on("message", (message: YardPlace | { id: number; answer: never; failure?: string }) => {
    if (!("id" in message)) return started.resolve(message);
    const asked = waiting.get(message.id);
    waiting.delete(message.id);
    if (message.failure === undefined) asked?.resolve(message.answer);
    else asked?.reject(new Error(message.failure));
  });
  child.on("exit", () => {
    for (const { reject } of waiting.values()) reject(new Error("the yard ended"));
    started.reject(new Error("the yard did not start"));
  });
  const place = await started.promise;
  const ask: Yard["ask"] = (kind, question) => {
    lastId += 1;
    const { promise, resolve, reject } = Promise.withResolvers<never>();
    waiting.set(lastId, { resolve, reject });
    child.send({ id: lastId, kind, question } satisfies Asked);
    return promise;
  };
  const close = async (): Promise<void> => {
    const ended = new Promise((resolve) => child.once("exit", resolve));
    await ask("stop", {});
    await ended;
  };
  return { ...place, ask, close };
}
