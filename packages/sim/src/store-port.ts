import type { Json } from "@crossfoot/kernel";
import { StoreError } from "crossfoot/testing";
import type { Store } from "crossfoot/testing";
import type { FaultPort } from "./faults.ts";
import { factsOf } from "./store-facts.ts";
import { storeFateOf } from "./store-fate.ts";
import type { History } from "./history.ts";
import type { Random } from "./random.ts";
import type { Timeline } from "./virtual-time.ts";
import type { Caller } from "./wire.ts";

/** What lies between a program and the store. */
export interface StoreWay {
  readonly store: Store;
  readonly timeline: Timeline;
  readonly history: History;
  readonly faults: FaultPort;
  readonly random: Random;
  /** Which life of the store this is: a program that was connected to an earlier one reaches none. */
  readonly life: { count: number };
}

/** Longest way to the store and back, ms. */
const travelMsMax = 4;

/**
 * The store as one program reaches it: each call travels, has its effect at one instant, and is answered;
 * a program that dies in between never learns of it. Any method of the port passes here.
 */
export function storeOver(way: StoreWay, caller: Caller): Store {
  const born = way.life.count;
  return new Proxy(way.store, {
    get: (store, name) => {
      const method = Reflect.get(store, name) as unknown;
      if (typeof method !== "function" || typeof name !== "string") return method;
      return (...given: readonly unknown[]) =>
        step(way, caller, {
          method: name,
          given,
          born,
          run: () => Reflect.apply(method, store, given) as Promise<unknown>,
        });
    },
  });
}

function step(
  way: StoreWay,
  caller: Caller,
  call: {
    readonly method: string;
    readonly given: readonly unknown[];
    readonly born: number;
    readonly run: () => Promise<unknown>;
  },
): Promise<unknown> {
  const { timeline, history, faults, random } = way;
  const [worker = ""] = caller.name.split("#");
  const labels = { worker, method: call.method };
  return new Promise<unknown>((resolve, reject) => {
    if (!caller.step()) return;
    const fate = storeFateOf(faults.at("store", labels));
    if (fate.isKilled) {
      caller.kill(`before the store's ${call.method}`);
      return;
    }
    const effect = async (): Promise<void> => {
      if (way.life.count !== call.born) {
        const message = "the simulated store was restored, and its connections were cut";
        caller.deliver(() => reject(new StoreError({ code: "57P01", message })));
        return;
      }
      const tell = (done: "done" | "failed", facts: Json): void =>
        history.note({ kind: "store", worker: caller.name, method: call.method, step: done, facts });
      if (fate.failure !== null && !fate.hasEffect) {
        const { failure } = fate;
        tell("failed", failure.code);
        caller.deliver(() => reject(failure));
        return;
      }
      try {
        const result = await timeline.during(call.run());
        tell("done", factsOf(call.method, call.given, result));
        const after = storeFateOf(faults.at("stored", labels));
        if (after.isKilled) caller.kill(`after the store's ${call.method}`);
        else if (after.pauseMs > 0) caller.pause(after.pauseMs, `after the store's ${call.method}`);
        const { failure } = fate;
        caller.deliver(() => (failure === null ? resolve(result) : reject(failure)));
      } catch (error) {
        tell("failed", error instanceof Error ? error.name : "unknown");
        caller.deliver(() => reject(error instanceof Error ? error : new Error("unknown")));
      }
    };
    const travelMs = random.between(0, travelMsMax) + fate.delayMs;
    // What was sent to the store reaches it, also when its sender has died meanwhile.
    timeline.after(travelMs, () => {
      effect().catch((error: unknown) => timeline.fail(error));
    });
  });
}
