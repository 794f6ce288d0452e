import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { join } from "node:path";
import { httpConnector } from "@crossfoot/connector-http";
import { odoo } from "@crossfoot/connector-odoo";
import { tryton } from "@crossfoot/connector-tryton";
import { compilePolicy, isKnownCurrency, isPersonal, privacyInventory } from "@crossfoot/model";
import type { Connectors, Project, StoreHome } from "./config/project.ts";
import { erasedListName, fileErasedList } from "./platform/erased-list.ts";
import { subscribedSight } from "./http/outgoing/sight.ts";
import type { Subscription } from "./http/outgoing/teller.ts";
import { trySubscription } from "./http/outgoing/trial.ts";
import type { TrialEnd } from "./http/outgoing/trial.ts";
import { fileWitness, witnessName } from "./platform/witness.ts";
import { systemClock } from "./platform/clock.ts";
import { openEmbedded } from "./platform/embedded.ts";
import { systemEntropy } from "./platform/entropy.ts";
import { createHttp } from "./platform/http.ts";
import { inTheMoment } from "./platform/in-the-moment.ts";
import type { HttpOptions } from "./platform/http.ts";
import { createLog } from "./platform/log.ts";
import { createSealingCipher } from "./platform/sealing-cipher.ts";
import { openServer } from "./platform/server.ts";
import { sleep as systemSleep } from "./platform/sleep.ts";
import type { Clock, Database, Log, Rewritten, Sleep, Witness } from "./ports.ts";
import { createEngine } from "./runtime/create.ts";
import type { Engine } from "./runtime/engine.ts";
import type { Moment } from "./runtime/moment-port.ts";
import { createDaySpan } from "./runtime/quota-day.ts";
import type { Gate } from "./runtime/gate.ts";
import { createGate } from "./runtime/quota-gate.ts";
import type { GateOptions } from "./runtime/quota-gate.ts";
import type { Side, World } from "./runtime/world.ts";
import { loadRules } from "./rules/load-rules.ts";
import { createSide } from "./side.ts";
import type { ReachableSide } from "./side.ts";
import type { Store } from "./store/port.ts";
import { rewriteTables } from "./store/rewrite.ts";
import type { SealingDeps } from "./store/sealed/vault.ts";
import { createStore } from "./store/store.ts";

/** The connectors that come with Crossfoot, by the name used in crossfoot.yaml. */
export const connectors: Connectors = { http: httpConnector, odoo, tryton };

/** What a caller may give instead of the usual. */
export interface ComposeOptions {
  /** Answers of systems in process, by connection. */
  readonly fetch?: { readonly [connection: string]: (request: Request) => Promise<Response> };
  readonly log?: Log;
  /** A database that is open already; closed with the engine. */
  readonly database?: Database;
  /** Whether it is soon closed again; false when missing. */
  readonly isBrief?: boolean;
  /** Who remembers how far the store had come; a file of the project, but nobody for a given database. */
  readonly witness?: Witness;
  readonly clock?: Clock;
  readonly sleep?: Sleep;
  /** Put around the ports on their way into the runtime, by whoever watches, delays or breaks them. */
  readonly wrap?: {
    readonly store?: (store: Store) => Store;
    readonly side?: (side: Side) => Side;
  };
}

/** Puts the engine of a project together: store, connections, runtime. Rejects with a StoreError. */
export async function openEngine(project: Project, options: ComposeOptions = {}): Promise<Engine> {
  // Before the store is opened: a rule that is missing must not leave a locked folder behind.
  const policies = project.entities.map((entity) => compilePolicy(project.contract, entity, project.roles));
  const { rules: customRules, close: closeRules } = await loadRules(project.folder, policies);
  const database = options.database ?? (await openStore(project, options));
  const { clock = systemClock, sleep = systemSleep, wrap = {} } = options;
  const { historyMs: keepHistoryMs } = project;
  const sealing = sealingOf(project);
  const own = createStore({ database, entropy: systemEntropy, clock, keepHistoryMs, ...sealing });
  await own.migrate();
  // The folder's lock lets one process in: whoever held something here is gone.
  if (database.home === "embedded") await own.forgetWorkers();
  const store = wrap.store?.(own) ?? own;
  const known: ReachableSide[] = [];
  const secrets = (): readonly string[] => [
    ...storeSecrets(project.store),
    ...known.flatMap((side) => side.secrets()),
  ];
  const log = options.log ?? createLog({ format: "plain", level: "warn", secrets });
  const daySpan = createDaySpan();
  const holder = `${hostname()}-${process.pid}-${randomUUID().slice(0, 8)}`;
  const sides = project.connections.map((connection) => {
    const connector = connectors[connection.connector];
    if (connector === undefined) throw new Error(`no connector is called ${connection.connector}`);
    const fetch = options.fetch?.[connection.id];
    const gate = gateOf(connection, { home: database.home, daySpan, store, clock, sleep, log });
    return createSide(connection, {
      connector,
      clock,
      gate,
      fetch,
      shared: { store, sleep, worker: holder },
    });
  });
  known.push(...sides);
  const witness = options.witness ?? (options.database === undefined ? ownWitness(project, log) : undefined);
  const world: World = {
    store,
    sides: sides.map((side) => wrap.side?.(side) ?? side),
    contract: project.contract,
    contractHash: project.contractHash,
    signing: { requires: project.requireSignature, version: project.contractVersion },
    policies,
    customRules,
    guard: project.guard,
    retry: project.retry,
    clock,
    sleep,
    entropy: systemEntropy,
    log,
    holder,
    isKnownCurrency,
    sweepEveryMs: project.sweepMs,
    observed: project.observed,
    planExpiresMs: project.planExpiresMs,
    keepPlansMs: project.keepPlansMs,
    ...(witness === undefined ? {} : { witness }),
    erased: fileErasedList(join(project.folder, erasedListName)),
  };
  const engine = createEngine(world);
  return {
    ...engine,
    moment: awaited(engine.moment),
    close: () => closeAll(engine, sides).finally(closeRules),
  };
}

/** Somebody waits for whatever is asked in the moment. */
function awaited(moment: Moment): Moment {
  const methods = Object.entries(moment).map(([name, method]) => {
    const call = method as (...args: readonly unknown[]) => Promise<unknown>;
    return [name, (...args: readonly unknown[]) => inTheMoment(() => call(...args))];
  });
  return Object.fromEntries(methods) as Moment;
}

/** Closes the engine first: what goes on behind its answers still asks the systems. */
async function closeAll(engine: Engine, sides: readonly ReachableSide[]): Promise<void> {
  try {
    await engine.close();
  } finally {
    await Promise.all(sides.map((side) => side.close()));
  }
}

/** With what the store seals values: each record of an entity with persons has a key of its own. */
function sealingOf({ atRest, contract }: Pick<Project, "atRest" | "contract">): { sealing?: SealingDeps } {
  if (atRest === null) return {};
  const withPersons = new Set<string>(
    privacyInventory(contract)
      .filter(isPersonal)
      .map(({ entity }) => entity),
  );
  return {
    sealing: {
      cipher: createSealingCipher(atRest.masters()),
      hasPersons: (entity) => withPersons.has(entity),
    },
  };
}

/** Where each call of a connection waits for its turn. */
function gateOf(
  { id, limits, concurrency, timeoutMs }: Project["connections"][number],
  at: Pick<GateOptions, "store" | "clock" | "sleep" | "log"> & {
    readonly home: Database["home"];
    readonly daySpan: ReturnType<typeof createDaySpan>;
  },
): Gate {
  const { home, daySpan, ...deps } = at;
  return createGate({
    ...{ connection: id, rules: { limits, daySpan }, concurrency, callMsMax: timeoutMs },
    ...{ isShared: home === "server", uuid: systemEntropy.uuid, ...deps },
  });
}

/**
 * Whom the project tells of events: each over connections of its own, to the host that it names alone, where
 * that leads outside or as the project says. A name is looked up at the moment of each connection.
 */
export function openSubscriptions(
  { subscriptions, visibility }: Pick<Project, "subscriptions" | "visibility">,
  more: Pick<HttpOptions, "clock" | "resolve">,
): readonly Subscription[] {
  return subscriptions.map(({ url, kinds, entities, isPrivateAllowed, role, ...settings }) => {
    const { name, attemptsMax, timeoutMs, keys } = settings;
    const { origin: baseUrl, pathname } = new URL(url);
    const reach = { isInnerRefused: !isPrivateAllowed, agentOptions: { connections: 1 } };
    const http = createHttp({ ...more, ...reach, baseUrl, timeoutMs });
    return {
      ...{ name, attemptsMax, timeoutMs, keys, kinds: kinds === null ? null : new Set(kinds) },
      sight: subscribedSight(role, { visibility, entities }),
      post: (headers, body) => http({ method: "POST", path: pathname, headers, body }),
      close: () => http.close(),
    };
  });
}

/** One message to one subscription, signed as all are. */
export async function tryWebhook(project: Project, name: string): Promise<TrialEnd> {
  const subscriptions = project.subscriptions.filter((each) => each.name === name);
  const [subscription] = openSubscriptions({ ...project, subscriptions }, { clock: systemClock });
  if (subscription === undefined) throw new Error(`no subscription is called ${name}`);
  try {
    return await trySubscription(subscription, systemClock);
  } finally {
    await subscription.close();
  }
}

const ownWitness = ({ folder }: Project, log: Log): Witness => fileWitness(join(folder, witnessName), log);

/** The address of a store's server holds a password. */
export function storeSecrets(store: StoreHome): readonly string[] {
  if (store.home === "embedded") return [];
  const url = store.url();
  const password = URL.canParse(url) ? new URL(url).password : "";
  return [url, password, decodeURIComponent(password)].filter((text) => text !== "");
}

/** Writes the tables of the store anew; see {@link rewriteTables}. Needs no key of its values. */
export async function rewriteStore(project: Project): Promise<Rewritten> {
  const database = await openStore(project, {});
  try {
    return await rewriteTables(database);
  } finally {
    await database.close();
  }
}

function openStore(project: Project, { isBrief = false }: ComposeOptions): Promise<Database> {
  return project.store.home === "embedded"
    ? openEmbedded(project.store.folder, { isBrief })
    : openServer(project.store.url());
}
