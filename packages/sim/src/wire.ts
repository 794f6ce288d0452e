import { ConnectorError } from "@crossfoot/connector-sdk";
import type {
  Connection,
  Delivery,
  NativeWrite,
  Page,
  Received,
  WriteOutcome,
} from "@crossfoot/connector-sdk";
import type { FailureRecord } from "@crossfoot/kernel";
import type { EntityName } from "@crossfoot/model";
import type { Fate } from "./fate.ts";
import { fateOf } from "./fate.ts";
import type { FaultPort } from "./faults.ts";
import type { CallKind, History } from "./history.ts";
import type { Random } from "./random.ts";
import type { RepairEdit } from "./repairs.ts";
import { manifestOf } from "./system/manifest.ts";
import type { ModelSystem } from "./system/model-system.ts";
import * as remote from "./system/remote.ts";
import type { Turnstile } from "./system/turnstile.ts";
import type { Timeline, Timer } from "./virtual-time.ts";

/** The running program that makes a call, and may die or freeze meanwhile. */
export interface Caller {
  /** Name of the incarnation, such as `w1#2`. */
  readonly name: string;
  readonly isAlive: () => boolean;
  /** Runs something inside the program: now, when it wakes, or never when it is dead. */
  readonly deliver: (run: () => void) => void;
  /** One step of the program: false when it does not live to make it (faults X7). */
  readonly step: () => boolean;
  readonly kill: (why: string) => void;
  readonly pause: (ms: number, why: string) => void;
  /** The wall clock of its machine. */
  readonly now: () => number;
}

/** What lies between a program and a system. */
export interface Wire {
  readonly timeline: Timeline;
  readonly history: History;
  readonly faults: FaultPort;
  readonly system: ModelSystem;
  readonly random: Random;
  readonly entities: readonly EntityName[];
  /** Until when a system cannot be reached, true time (fault N1). */
  readonly outages: ReadonlyMap<string, number>;
  /** Number of the next call of the whole simulation. */
  readonly nextCall: () => number;
  /** The operator's edit that a write is (a repair), or null. */
  readonly editOf: (key: string) => RepairEdit | null;
  readonly turnstile: Turnstile;
  /** Reads a webhook delivery, as the system's connector would. */
  readonly receive: (delivery: Delivery) => Received;
}

interface Request<T> {
  readonly call: CallKind;
  readonly entity: string;
  readonly writes: readonly NativeWrite[];
  readonly ids?: readonly string[];
  readonly since?: number | null;
  /** Carried out by the system, whoever still listens. */
  readonly work: (call: number, fate: Fate) => T;
  /** More labels for triggers. */
  readonly labels?: { readonly [label: string]: string };
  /** What the connector makes of a failure of the network. */
  readonly fail: (failure: FailureRecord) => T;
}

const failureOf = (
  failure: FailureRecord["failure"],
  code: string,
  retryAt: number | null = null,
): FailureRecord => ({
  failure,
  code,
  message: `the simulated network: ${code}`,
  status: null,
  retryAt,
  requestId: null,
  field: null,
});

const refusalKinds = {
  throttled: "throttled",
  busy: "transient",
  moved: "stale",
  bad_request: "invalid",
} as const;
/** A system that repeats the request in its answer, with a secret that nobody may ever see. */
const echoed = "bad request: POST /records authorization: Bearer canary-9f8e7d6c";

const throwing = (failure: FailureRecord): never => {
  throw new ConnectorError(failure);
};

/**
 * One call: a request travels, the system does its work, an answer travels; each may be lost, late or
 * refused, and the caller gives up after its time-out, while the request may still be on its way.
 */
class Exchange<T> {
  readonly #wire: Wire;
  readonly #caller: Caller;
  readonly #request: Request<T>;
  readonly #id: number;
  #isOver = false;
  #timeout: Timer | null = null;
  #resolve: (value: T) => void = () => undefined;
  #reject: (error: unknown) => void = () => undefined;

  constructor(at: { readonly wire: Wire; readonly caller: Caller }, request: Request<T>) {
    this.#wire = at.wire;
    this.#caller = at.caller;
    this.#request = request;
    this.#id = at.wire.nextCall();
  }

  start(): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
      if (this.#caller.step()) this.#send();
    });
  }

  #labels(): { readonly [label: string]: string } {
    const { call, entity, writes } = this.#request;
    const [worker = ""] = this.#caller.name.split("#");
    const { labels } = this.#request;
    return { system: this.#wire.system.name, call, entity, worker, kind: writes[0]?.kind ?? "", ...labels };
  }

  #send(): void {
    const { history, faults, timeline, system } = this.#wire;
    const { call, entity, writes } = this.#request;
    const fate = fateOf(faults.at("call", this.#labels()));
    if (fate.kill === "before") {
      this.#caller.kill("before a call");
      return;
    }
    history.note({
      kind: "call",
      id: this.#id,
      worker: this.#caller.name,
      system: system.name,
      call,
      entity,
      writes,
      ids: this.#request.ids ?? null,
      since: this.#request.since ?? null,
    });
    if (fate.isRefused || (this.#wire.outages.get(system.name) ?? 0) > timeline.now) {
      timeline.after(this.#latency(), () => this.#answerFailure(failureOf("transient", "unreachable")));
      return;
    }
    const isWrite = call === "write";
    this.#timeout = timeline.after(system.profile.timeoutMs, () => {
      const failure = failureOf(isWrite ? "in_doubt" : "transient", "answer_lost");
      this.#answerFailure(failure, "timeout");
    });
    if (!fate.isLost) {
      const travelMs = this.#latency() + fate.holdMs;
      timeline.after(travelMs, () => this.#arrive(fate));
    }
    if (fate.kill === "under_way") this.#caller.kill("with a call under way");
    if (fate.pauseMs > 0) this.#caller.pause(fate.pauseMs, "with a call under way");
  }

  #latency(): number {
    return this.#wire.random.between(1, this.#wire.system.profile.latencyMsMax);
  }

  /** The system takes no more calls for now, ours or anybody's. */
  #turnedAway(): Fate["refusal"] {
    const waitMs = this.#wire.turnstile.pass();
    if (waitMs === null) return null;
    return { code: "throttled", retryAfterMs: waitMs };
  }

  /** The request is there: the system does its work whatever became of the caller. */
  #arrive(fate: Fate): void {
    const { timeline, history } = this.#wire;
    const refusal = fate.refusal ?? this.#turnedAway();
    if (refusal !== null) {
      const { code, retryAfterMs } = refusal;
      const retryAt = retryAfterMs === null ? null : this.#caller.now() + retryAfterMs;
      const failure = failureOf(refusalKinds[code], code, retryAt);
      const echo = code === "bad_request" ? { message: echoed } : {};
      timeline.after(this.#latency(), () => this.#answerFailure({ ...failure, ...echo }));
      return;
    }
    const garbled = failureOf(this.#request.call === "write" ? "in_doubt" : "transient", "not_an_answer");
    if (fate.garbage === "before") {
      timeline.after(this.#latency(), () => this.#answerFailure(garbled));
      return;
    }
    let value: T;
    try {
      value = this.#request.work(this.#id, fate);
    } catch (error) {
      timeline.after(this.#latency(), () => this.#answer({ error }));
      return;
    }
    const outcomes = this.#request.call === "write" ? (value as readonly WriteOutcome[]) : [];
    history.note({ kind: "reached", id: this.#id, outcomes });
    if (fate.isAnswerLost || fate.rows !== null) return;
    timeline.after(this.#latency() + fate.answerHoldMs, () => {
      if (fate.garbage === "after") this.#answerFailure(garbled);
      else this.#answer({ value });
    });
  }

  #answerFailure(failure: FailureRecord, as: "failed" | "timeout" = "failed"): void {
    try {
      this.#answer({ value: this.#request.fail(failure), as, code: failure.code });
    } catch (error) {
      this.#answer({ error, as });
    }
  }

  /** The caller hears of it, once, unless it died before. */
  #answer(
    answer: { readonly as?: "failed" | "timeout" } & (
      | { readonly value: T; readonly code?: string }
      | { readonly error: unknown }
    ),
  ): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#timeout?.cancel();
    if (!this.#caller.isAlive()) return;
    const fired = this.#wire.faults.at("answer", this.#labels());
    if (fired.some(({ name }) => name === "X2" || name === "X1")) {
      this.#caller.kill("before an answer was heard");
      return;
    }
    const code = "error" in answer ? codeOf(answer.error) : (answer.code ?? null);
    const outcome = answer.as ?? ("error" in answer ? "failed" : "ok");
    this.#caller.deliver(() => {
      this.#wire.history.note({ kind: "answered", id: this.#id, outcome, code });
      if ("error" in answer) this.#reject(answer.error);
      else this.#resolve(answer.value);
    });
  }
}

const codeOf = (error: unknown): string => (error instanceof ConnectorError ? error.code : String(error));

/** A system as one program sees it over the network: an SDK connection. */
export function connectOver(wire: Wire, caller: Caller): Connection {
  const { system, entities } = wire;
  const manifest = manifestOf(system.profile, entities);
  const ask = <T>(call: CallKind, entity: string, work: () => T): Promise<T> =>
    new Exchange<T>({ wire, caller }, { call, entity, writes: [], work, fail: throwing }).start();
  return {
    manifest,
    describe: () =>
      ask("describe", "", () => {
        const { tenant } = system.profile;
        return { tenant, title: tenant, version: null, fields: {} };
      }),
    read: (request) => {
      const labels = { page: request.cursor === null ? "first" : "later" };
      const { entity } = request;
      const work = (_call: number, { page }: Fate): Page => {
        if (page === "failed") throw new ConnectorError(failureOf("transient", "page_failed"));
        const given = remote.readPage(system, request);
        return page === "repeated" ? { ...given, next: request.cursor } : given;
      };
      const since = request.since === null ? null : Date.parse(request.since);
      const exchange = { call: "read", entity, writes: [], since, labels, work, fail: throwing } as const;
      return new Exchange<Page>({ wire, caller }, exchange).start();
    },
    readByIds: (request) => {
      const { entity, ids } = request;
      const work = () => remote.readByIds(system, request);
      const exchange = { call: "readByIds", entity, writes: [], ids, work, fail: throwing } as const;
      return new Exchange({ wire, caller }, exchange).start();
    },
    readIds: ({ entity, cursor }) => ask("readIds", entity, () => remote.readIds(system, entity, cursor)),
    probe: (request) => ask("probe", request.entity, () => remote.probe(system, request)),
    write: (writes) => send({ wire, caller }, writes),
    recordUrl: (entity, id) => `https://${system.name}.example/${entity}/${id}`,
    receive: wire.receive,
  };
}

function send(
  at: { readonly wire: Wire; readonly caller: Caller },
  writes: readonly NativeWrite[],
): Promise<readonly WriteOutcome[]> {
  const { system } = at.wire;
  const request: Request<readonly WriteOutcome[]> = {
    call: "write",
    entity: writes[0]?.entity ?? "",
    writes,
    labels: { rows: writes.length > 1 ? "many" : "one" },
    work: (call, fate) =>
      writes.slice(0, fate.rows ?? writes.length).map((one, nr) => {
        if (fate.refusedRows !== null && nr % fate.refusedRows === 0)
          return { kind: "failed", failure: failureOf("transient", "row_busy") };
        return fate.isSwallowed
          ? remote.swallow(system, one)
          : remote.write(system, one, { call, edit: at.wire.editOf(one.key) });
      }),
    // Nothing left us: the port says so by rejecting. Else each write has its own doubt.
    fail: (failure) =>
      failure.code === "unreachable" ? throwing(failure) : writes.map(() => ({ kind: "failed", failure })),
  };
  return new Exchange(at, request).start();
}
