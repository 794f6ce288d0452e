import { createHash } from "node:crypto";
import { compileMapping } from "@crossfoot/connector-sdk";
import type { Connection, Mapping } from "@crossfoot/connector-sdk";
import { connectionId, defaultGuardLimits, defaultRetryPolicy, unlimited } from "@crossfoot/kernel";
import type { Json, JsonMap, QuotaLimits } from "@crossfoot/kernel";
import { compilePolicy, entities, entityNames, isEntityName, readContract } from "@crossfoot/model";
import type { Clock, Database, Entropy, Log, Sleep } from "../../ports.ts";
import { createStore } from "../../store/store.ts";
import type { Store } from "../../store/port.ts";
import { createEngine } from "../create.ts";
import type { Engine } from "../engine.ts";
import { gatedConnection } from "../gate.ts";
import { beatMs } from "../holding.ts";
import { createDaySpan } from "../quota-day.ts";
import { createGate } from "../quota-gate.ts";
import type { Side, World } from "../world.ts";
import { MiniSystem } from "./mini-system.ts";
import type { MiniOptions } from "./mini-system.ts";

/** The same mapping for both small systems: native names are the canonical ones. */
const plainMapping: { readonly entities: JsonMap } = {
  entities: {
    accounts: {
      fields: {
        name: "name",
        email: "email",
        taxId: "taxId",
        status: "status",
        number: "number",
        currency: "currency",
        parent: { path: "parent", ref: "accounts" },
        creditLimit: { amount: "limit", currency: "currency" },
      },
    },
    contacts: {
      fields: {
        name: { parts: { given: "given", family: "family" } },
        email: "email",
        account: { path: "account", ref: "accounts" },
      },
    },
    products: { fields: { sku: "sku", name: "name", unit: "unit" } },
    quotes: {
      fields: {
        number: "number",
        revision: "revision",
        date: "date",
        account: { path: "account", ref: "accounts" },
        billTo: { path: "billTo", ref: "accounts" },
        status: "status",
        currency: "currency",
        lines: {
          list: "lines",
          key: "id",
          fields: {
            product: { path: "product", ref: "products" },
            quantity: { value: "qty", unit: "unit" },
            unitPrice: { amount: "price", currency: "^currency" },
          },
        },
      },
    },
  },
};

const money = (amount: string): Json => ({ amount, currency: "currency" });
const documentFields = {
  number: "number",
  date: "date",
  account: { path: "account", ref: "accounts" },
  status: "status",
  currency: "currency",
  net: money("net"),
  tax: money("tax"),
  gross: money("gross"),
  companyGross: { amount: "homeGross", currency: "homeCurrency" },
  companyRate: "homeRate",
  companyRateDate: "homeRateDate",
  lines: {
    list: "lines",
    key: "id",
    fields: {
      product: { path: "product", ref: "products" },
      quantity: { value: "qty", unit: "unit" },
      unitPrice: { amount: "price", currency: "^currency" },
      net: { amount: "net", currency: "^currency" },
    },
  },
};
/** The mapping of orders and invoices, for the tests that have them. */
const documentMapping: JsonMap = {
  orders: { fields: { ...documentFields, quote: { path: "source", ref: "quotes" } } },
  invoices: { fields: { ...documentFields, openBalance: money("open") } },
};

/** Two small systems, a store and an engine over them, on a clock that only waiting moves. */
export interface MiniWorld {
  readonly crm: MiniSystem;
  readonly erp: MiniSystem;
  readonly store: Store;
  readonly engine: Engine;
  readonly world: World;
  /** Moves the clock, ms, unless the time is somebody else's. */
  readonly pass: (ms: number) => void;
  /** An engine over the same store and systems, as after a restart. */
  readonly restart: (change?: Partial<World>) => Engine;
}

/** A database for the SQL store, or what opens a store of another kind. */
export type StoreOpener =
  | Database
  | ((deps: { readonly entropy: Entropy; readonly clock: Clock }) => Store | Promise<Store>);

/** What a test may change. */
export interface MiniWorldOptions {
  /** Where the store is: a database, or something that opens a store of another kind. */
  readonly database: StoreOpener;
  readonly contract?: Json;
  /** Whether both systems have orders and invoices as well. */
  readonly hasDocuments?: boolean;
  readonly crm?: Partial<MiniOptions>;
  readonly erp?: Partial<MiniOptions>;
  readonly change?: Partial<World>;
  /** Calls at one time on each connection; two when missing. */
  readonly concurrency?: number;
  /** Limits of both connections; none when missing. */
  readonly limits?: QuotaLimits;
  /** The time that passes; when missing, waiting moves the clock at once. */
  readonly time?: { readonly clock: Clock; readonly sleep: Sleep };
  readonly wrapStore?: (store: Store) => Store;
  readonly wrapConnection?: (id: string, connection: Connection) => Connection;
}

const names = ["accounts", "contacts", "products", "quotes"] as const;
const quoteSteps = {
  initialStatus: "draft",
  transitions: [
    { from: "draft", to: "sent", via: "send" },
    { from: "sent", to: "accepted", via: "accept" },
  ],
};

function compiled(hasDocuments: boolean): Mapping {
  const kinds = Object.fromEntries(entityNames.map((name) => [name, entities[name].fields]));
  const more = hasDocuments ? documentMapping : {};
  const result = compileMapping({ entities: { ...plainMapping.entities, ...more } }, kinds);
  if (!("mapping" in result)) throw new Error(JSON.stringify(result.problems));
  return result.mapping;
}

/** A customer as both small systems hold it. */
export const customer: JsonMap = {
  name: "Acme",
  email: "a@acme.example",
  taxId: "FR1",
  status: "customer",
  currency: "EUR",
  limit: null,
};

/** Builds a small world over a fresh database. */
export async function miniWorld(options: MiniWorldOptions): Promise<MiniWorld> {
  let now = Date.UTC(2026, 0, 5, 8);
  let ids = 0;
  const { clock = { now: () => now, monotonic: () => now } } = options.time ?? {};
  const entropy: Entropy = {
    digest: (text) => createHash("sha256").update(text).digest("hex"),
    uuid: () => `run-${(ids += 1)}`,
  };
  const { database } = options;
  const plain =
    typeof database === "function"
      ? await database({ entropy, clock })
      : createStore({ database, entropy, clock });
  await plain.migrate();
  const store = options.wrapStore?.(plain) ?? plain;
  const hasDocuments = options.hasDocuments === true;
  const own = hasDocuments ? [...names, "orders", "invoices"] : names;
  const tables = Object.fromEntries(own.map((name) => [name, {}]));
  const crm = new MiniSystem({ name: "crm", now: clock.now, entities: tables, ...options.crm });
  const erp = new MiniSystem({
    name: "erp",
    now: clock.now,
    entities: { ...tables, quotes: quoteSteps },
    ...options.erp,
  });
  const { contract, problems } = readContract(options.contract ?? null);
  if (problems.length > 0) throw new Error(JSON.stringify(problems));
  const roles = { crm: connectionId("crm"), erp: connectionId("erp") };
  // The store's clock is the database's own; what it is asked to wait for is due when ours has passed it.
  const jump: Sleep = (ms, signal) => {
    if (signal?.aborted === true) return Promise.resolve(false);
    // The next sign of life: it comes when something else has let that time pass.
    if (ms === beatMs || ms >= 4_000)
      return new Promise((resolve) => signal?.addEventListener("abort", () => resolve(false)));
    now += ms;
    return Promise.resolve(true);
  };
  const { sleep = jump } = options.time ?? {};
  const log: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const parts = { store, clock, sleep, log, options };
  const sides = [miniSide("crm", crm, parts), miniSide("erp", erp, parts)];
  const world: World = {
    store,
    sides,
    contract,
    contractHash: entropy.digest(JSON.stringify(contract)),
    policies: own.filter(isEntityName).map((name) => compilePolicy(contract, name, roles)),
    customRules: {},
    guard: defaultGuardLimits,
    retry: { ...defaultRetryPolicy, attemptsMax: 3 },
    clock,
    sleep,
    entropy,
    log,
    holder: "test",
    isKnownCurrency: (code) => ["EUR", "USD"].includes(code),
    sweepEveryMs: 3_600_000,
    ...options.change,
  };
  return {
    crm,
    erp,
    store,
    world,
    engine: createEngine(world),
    pass: (ms) => {
      now += ms;
    },
    restart: (change = {}) => createEngine({ ...world, ...change }),
  };
}

function miniSide(
  id: "crm" | "erp",
  system: MiniSystem,
  at: Pick<World, "store" | "clock" | "sleep" | "log"> & { readonly options: MiniWorldOptions },
): Side {
  const { options, ...parts } = at;
  const { concurrency = 2 } = options;
  const plain = system.connection();
  const connection = options.wrapConnection?.(id, plain) ?? plain;
  let names = 0;
  const gate = createGate({
    ...parts,
    connection: connectionId(id),
    rules: { limits: options.limits ?? unlimited, daySpan: createDaySpan() },
    concurrency,
    isShared: true,
    callMsMax: 20,
    uuid: () => `${id}-${(names += 1)}`,
  });
  const { now } = parts.clock;
  return {
    id: connectionId(id),
    role: id,
    system: "mini",
    mapping: compiled(options.hasDocuments === true),
    mappingHash: "mapping-1",
    open: (terms) => Promise.resolve(gatedConnection(connection, { gate, terms, now })),
    gate,
    forgetTokens: () => undefined,
    calls: () => system.writes,
    timeoutMs: 20,
    concurrency,
  };
}
