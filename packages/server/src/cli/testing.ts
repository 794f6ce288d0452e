import { createHash } from "node:crypto";
import { composeStatement, sealStatement } from "@crossfoot/model";
import type { Statement } from "@crossfoot/model";
import { firstEpoch } from "../store/epochs.ts";
import { createMemoryStore } from "../store/memory/memory-store.ts";
import type { AccessStore, EventStore, SubscriptionStore } from "../store/port.ts";
import { connectionId, linkId } from "@crossfoot/kernel";
import type { ApplySummary, Engine, PlanDocument, RunSummary, StatusReport } from "../runtime/engine.ts";
import { plainEnvironment, testConnectors } from "../config/testing.ts";
import type { ContractState } from "../runtime/signing-report.ts";
import type { CliDeps } from "./deps.ts";
import { runCli } from "./program.ts";

/** A statement over one linked record on which both sides agree. */
export const agreedStatement: Statement = composeStatement({
  madeAt: "2026-01-31T10:00:00Z",
  contract: "c",
  entities: [
    {
      ...{ entity: "products", linked: 1, missing: [], notWanted: 0, fieldsCompared: 1, fieldsEqual: 1 },
      ...{ differences: [], totals: [], proof: null },
    },
  ],
});

/** A run that found nothing to do. */
export const quietRun: RunSummary = {
  runId: "run-1",
  state: "done",
  entities: [],
  troubles: [],
  guardStops: [],
  whyNothing: "nothing changed on either side",
  calls: { crm: 2, erp: 2 },
  durationMs: 40,
};

/** A plan with one create. */
export const smallPlan: PlanDocument = {
  format: 1,
  id: "plan-1",
  madeAt: "2026-01-31T10:00:00.000Z",
  expiresAt: "2026-02-07T10:00:00.000Z",
  store: "s1",
  contract: "c".repeat(64),
  mappings: { crm: "m1", erp: "m2" },
  tenants: { crm: "t1", erp: "t2" },
  entities: ["accounts"],
  writes: [
    {
      number: 1,
      part: 1,
      step: 0,
      link: linkId("l-1"),
      entity: "accounts",
      label: "Ada & Söhne",
      target: connectionId("erp"),
      kind: "create",
      id: null,
      precondition: null,
      fields: { name: "Ada & Söhne", creditLimit: { amount: "12.5", currency: "EUR" } },
      before: {},
      transition: null,
      causes: [],
      answers: [],
      follows: false,
      why: { name: { reason: "created", winner: connectionId("crm") } },
      rests: [],
    },
  ],
  demanded: [],
  conflicts: [],
  losses: [],
  parks: [],
  candidates: [],
  waits: [],
  summary: [],
  effects: [],
  verdicts: { accounts: { writes: 1 } },
  costs: { erp: { reads: 3, writes: 1, boundBy: null } },
  takes: { ms: 800, connection: null, boundBy: null },
  guardStops: [],
  troubles: [],
  whatIf: null,
};

/** An apply that made its one write. */
const plainApply: ApplySummary = {
  ...quietRun,
  plan: "plan-1",
  planned: 1,
  applied: 1,
  appliedNow: 1,
  unmade: [],
  canary: [],
  appliedAt: null,
};

/** A status with one connection and nothing else. */
export const smallStatus: StatusReport = {
  connections: [
    { id: connectionId("crm"), system: "plain", role: "crm", tenant: "t1", state: "ready", reason: null },
  ],
  observed: [],
  pauses: [],
  shards: [],
  entities: [],
  proofs: [],
  cursors: [],
  runs: [],
  webhooks: { counts: [], waiting: [] },
  subscriptions: [],
  outlooks: [],
  sealing: null,
  epoch: firstEpoch,
};

/** A contract that nobody has signed and nobody has to. */
const unsignedContract: ContractState = {
  hash: "c".repeat(64),
  version: null,
  requires: "off",
  missing: [{ department: "Sales" }],
  isSigned: true,
  signatures: [],
  kept: [],
};

const unasked = (): never => {
  throw new Error("no test asks this");
};
const noMoment: Engine["moment"] = {
  ...{ price: unasked, availability: unasked, credit: unasked, orderStatus: unasked },
  ...{ preflight: unasked, quoteToOrder: unasked, orderOf: unasked },
  ...{ cancelOrder: unasked, cancellationOf: unasked },
  ...{ changeOrder: unasked, wouldChange: unasked, changeOf: unasked },
};
const memoryAccess = (): AccessStore & EventStore & SubscriptionStore =>
  createMemoryStore({
    entropy: { digest: (text) => createHash("sha256").update(text).digest("hex"), uuid: () => "u" },
    clock: { now: () => Date.UTC(2026, 0, 31, 10), monotonic: () => 0 },
  });

/** An engine that answers what a test says, and notes what it is asked. */
export function fakeEngine(answers: Partial<Engine> = {}): Engine & { readonly asked: readonly string[] } {
  const asked: string[] = [];
  const access = memoryAccess();
  const engine: Engine = {
    check: () => Promise.resolve([]),
    fields: () => Promise.resolve([]),
    prepare: () => Promise.resolve([]),
    moment: noMoment,
    auditLog: {
      verify: () => Promise.resolve({ entries: 0, broken: [], head: null, hasKnown: null }),
      async *entries() {
        // Nothing was refused.
      },
    },
    privacy: {
      ...{ exportPerson: unasked, planErasure: unasked, erasePerson: unasked, identifiersOf: unasked },
      ...{ eraseAgain: () => Promise.resolve([]), erasures: () => Promise.resolve([]), rekey: unasked },
    },
    verify: () => Promise.resolve({ entries: 12, broken: [], accepted: [] }),
    run: () => Promise.resolve(quietRun),
    adopt: () =>
      Promise.resolve({
        ...{ runId: "run-1", isCheck: false, counts: {}, findings: [], found: {} },
        ...{ differences: {}, alone: {}, planned: {}, troubles: [] },
      }),
    plan: () => Promise.resolve(smallPlan),
    apply: () => Promise.resolve(plainApply),
    issueStatement: () =>
      Promise.resolve(
        sealStatement(agreedStatement, { store: "s", number: 1, before: "", digest: (text) => text }),
      ),
    checkStatement: () => Promise.resolve([]),
    statement: () => Promise.resolve(agreedStatement),
    async *records() {
      // Nothing was read.
    },
    duplicates: () =>
      Promise.resolve({
        ...{ at: "2026-01-31T10:00:00Z", looked: [], clusters: [], fresh: [], overdue: 0 },
        ...{ trend: [], troubles: [] },
      }),
    forgetWhenDue: () => Promise.resolve(),
    lookWhenDue: () => Promise.resolve(null),
    reviews: () => Promise.resolve({ at: "", clusters: [], overdue: 0, trend: [], looks: [] }),
    clusters: () => Promise.resolve([]),
    answerDuplicate: () => Promise.resolve(null),
    consolidate: () => Promise.resolve(smallPlan),
    repair: () => Promise.resolve(smallPlan),
    matches: () => Promise.resolve([]),
    why: () => Promise.resolve(null),
    status: () => Promise.resolve(smallStatus),
    epoch: () => Promise.resolve(firstEpoch),
    holdEpoch: () => Promise.resolve({ ...firstEpoch, state: "held", reason: "ada said so" }),
    confirmEpoch: () => Promise.resolve(null),
    contract: () => Promise.resolve(unsignedContract),
    enterContract: () => Promise.resolve(),
    signContract: () => Promise.resolve(true),
    revokeSignature: () => Promise.resolve(true),
    conflicts: () => Promise.resolve([]),
    undo: () => Promise.resolve(smallPlan),
    lost: () => Promise.resolve([]),
    restore: ({ id, field, entry }) =>
      Promise.resolve({
        ...quietRun,
        restored: {
          link: linkId(id),
          entry: entry ?? "0/1",
          field,
          targets: [connectionId("erp")],
          reached: [connectionId("erp")],
        },
      }),
    candidates: () => Promise.resolve([]),
    deadLetters: () => Promise.resolve([]),
    pause: () => Promise.resolve(true),
    resume: () => Promise.resolve(true),
    redrive: (ids) => Promise.resolve(ids.length),
    answerDeletion: () => Promise.resolve("told"),
    declareMerge: () => Promise.resolve("told"),
    decideCandidate: () => Promise.resolve("told"),
    undecideCandidate: () => Promise.resolve("told"),
    decideConflict: () => Promise.resolve(true),
    syncRecord: () => Promise.resolve(quietRun),
    receive: () => Promise.resolve({ status: 200, reason: "stored" }),
    refuseDelivery: () => undefined,
    followHints: () => Promise.resolve(null),
    attend: () => Promise.resolve(null),
    linkedRecords: () => Promise.resolve([]),
    linkedRecord: () => Promise.resolve(null),
    customer: () => Promise.resolve(null),
    keptPlan: () => Promise.resolve(null),
    runs: () => Promise.resolve([]),
    pauses: () => Promise.resolve([]),
    access: () => access,
    events: () => access,
    subscriptions: () => access,
    close: () => Promise.resolve(),
    ...answers,
  };
  const plain = { privacy: engine.privacy, auditLog: engine.auditLog };
  const noted = Object.entries(engine).map(([name, method]) => [
    name,
    (...args: unknown[]): unknown => {
      asked.push(`${name} ${JSON.stringify(args[0] ?? null)}`);
      return (method as (...given: unknown[]) => unknown)(...args);
    },
  ]);
  return { ...(Object.fromEntries(noted) as Engine), ...plain, asked };
}

/** What one command left behind. */
export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs a command against an engine, without a process, a network or a clock. */
export async function command(
  argv: readonly string[],
  more: Partial<CliDeps> & { readonly engine?: Engine } = {},
): Promise<Ended> {
  const { engine = fakeEngine(), ...given } = more;
  const written = { out: "", err: "" };
  const deps: CliDeps = {
    connectors: testConnectors,
    environment: plainEnvironment,
    openEngine: () => Promise.resolve(engine),
    serve: () => Promise.resolve({ url: "http://127.0.0.1:1", close: () => Promise.resolve() }),
    tryWebhook: () => Promise.resolve({ status: 204, why: null, ms: 7 }),
    rewriteStore: () => Promise.reject(new Error("no test asks this")),
    demo: () => Promise.resolve(0),
    stdout: { write: (text) => void (written.out += text) },
    stderr: { write: (text) => void (written.err += text) },
    clock: { now: () => 0, monotonic: () => 0 },
    sleep: () => Promise.resolve(true),
    onStop: () => () => undefined,
    ask: null,
    secretInput: () => Promise.resolve(null),
    user: "ada",
    version: "0.0.0-test",
    ...given,
  };
  const code = await runCli(argv, deps);
  return { code, ...written };
}
