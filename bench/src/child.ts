/** A process of its own that says where it is, then answers one question after the other by their kinds. */
import { fork } from "node:child_process";

/** The questions and answers of a child, by kind. */
type Kinds<Questions> = { readonly [kind in keyof Questions]: unknown };

/** A child as its user sees it. */
export interface Child<Questions extends object, Answers extends Kinds<Questions>> {
  ask<Kind extends keyof Questions & string>(kind: Kind, question: Questions[Kind]): Promise<Answers[Kind]>;
  /** Asks it to `stop` and waits for its end. */
  close(): Promise<void>;
}

/** A question under its number. */
interface Asked {
  readonly id: number;
  readonly kind: string;
  readonly question: unknown;
}

interface Waiting {
  readonly resolve: (answer: never) => void;
  readonly reject: (reason: Error) => void;
}

/** Starts a child; resolves once it has said its place. Rejects when it ends before that. */
export async function startChild<Place, Questions extends object, Answers extends Kinds<Questions>>(
  file: string,
  args: readonly string[],
): Promise<Place & Child<Questions, Answers>> {
  const child = fork(file, args, { execArgv: ["--conditions=source"] });
  const started = Promise.withResolvers<Place>();
  const waiting = new Map<number, Waiting>();
  let lastId = 0;
  child.on("message", (message: { place: Place } | { id: number; answer: never; failure?: string }) => {
    if (!("id" in message)) return started.resolve(message.place);
    const asked = waiting.get(message.id);
    waiting.delete(message.id);
    if (message.failure === undefined) asked?.resolve(message.answer);
    else asked?.reject(new Error(message.failure));
  });
  child.on("exit", () => {
    for (const { reject } of waiting.values()) reject(new Error("the child ended"));
    started.reject(new Error("the child did not start"));
  });
  const place = await started.promise;
  const ask = (kind: string, question: unknown): Promise<never> => {
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

/** The child's part: says the place, and answers each question by its kind; ends with its parent. */
export function answerParent<Questions extends object>(
  place: object,
  actions: { readonly [kind in keyof Questions]: (question: Questions[kind]) => unknown },
): void {
  const act = async ({ id, kind, question }: Asked): Promise<void> => {
    try {
      const answer = await actions[kind as keyof Questions](question as never);
      process.send?.({ id, answer });
      if (kind === "stop") process.disconnect();
    } catch (error) {
      process.send?.({ id, failure: error instanceof Error ? error.message : "unknown" });
    }
  };
  process.on("message", (asked: Asked) => {
    act(asked).catch(() => undefined);
  });
  // Without its parent it has nothing to do.
  process.on("disconnect", () => process.exit(0));
  process.send?.({ place });
}
