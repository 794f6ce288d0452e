import { compileMapping } from "@crossfoot/connector-sdk";
import type {
  EntityMapping,
  Mapping,
  NativeRecord,
  NativeWrite,
  WriteOutcome,
} from "@crossfoot/connector-sdk";
import { openTryton, tryton } from "@crossfoot/connector-tryton";
import type { TrytonConnection } from "@crossfoot/connector-tryton";
import { entities, entityNames } from "@crossfoot/model";
import { loginAs, startTryton, trytonPeople, trytonPlace } from "crossfoot/testing";
import type { Admin, RunningTryton } from "crossfoot/testing";
import { LiveConnector } from "../scenarios/live-connector.ts";
import type { ConnectorGround } from "../scenarios/live-connector.ts";
import { liveSession } from "../scenarios/session.ts";
import type { LiveSession } from "../scenarios/session.ts";

/** Id of a record as the runtime holds it. */
export type Id = NativeRecord["id"];
/** A JSON map. */
export type JsonMap = NativeRecord["native"];
/** Brands an id. */
export const asId = (id: number | string): Id => String(id) as Id;

const kinds = Object.fromEntries(entityNames.map((name) => [name, entities[name].fields]));
const given = tryton.defaultMapping({ database: "d", user: "u", password: "p" });
const { mapping } = compileMapping(given, kinds);
if (mapping === undefined) throw new Error("the default mapping of Tryton does not compile");
/** The compiled default mapping. */
export const compiled: Mapping = mapping;

/** The compiled default mapping of an entity. */
export function mappingOf(entity: string): EntityMapping {
  const found = compiled.entities[entity];
  if (found === undefined) throw new Error(`no mapping of ${entity}`);
  return found;
}

/** Class and code of an outcome in one text, or its kind. */
export const codeOf = (outcome: WriteOutcome | undefined): string =>
  outcome?.kind === "failed"
    ? `${outcome.failure.failure}/${outcome.failure.code}`
    : (outcome?.kind ?? "none");

/** The id that a write was answered with; fails the test when it was refused. */
export function idOf(outcome: WriteOutcome | undefined): Id {
  if (outcome?.kind !== "done") throw new Error(`not done: ${JSON.stringify(outcome)}`);
  return outcome.id;
}

/** A map or list of a record, as the test knows it to be there. */
export const mapIn = (record: { readonly native: JsonMap }, root: string): JsonMap =>
  record.native[root] as JsonMap;
export const rowsIn = (record: { readonly native: JsonMap }, root: string): readonly JsonMap[] =>
  record.native[root] as readonly JsonMap[];

/** An instant just before now; the database's clock is this machine's. */
export const moment = (): string => new Date(Date.now() - 5).toISOString();

/** Closes the first month of the books; answers its last day. */
async function closeFirstPeriod(admin: Admin): Promise<string> {
  const dayOf = (value: unknown): string => {
    const { year, month, day } = value as { readonly [part: string]: number };
    return [year, month, day].map((part) => String(part).padStart(2, "0")).join("-");
  };
  const periods = await admin.find("account.period", [["type", "=", "standard"]], ["end_date"]);
  const [first] = periods
    .map((row) => ({ id: Number(row["id"]), end: dayOf(row["end_date"]) }))
    .toSorted((a, b) => a.end.localeCompare(b.end));
  if (first === undefined) throw new Error("the seed has no periods");
  await admin.call("account.period.close", [first.id]);
  return first.end;
}

const groundOf = (erp: RunningTryton, admin: Admin): ConnectorGround => ({
  connector: tryton,
  url: erp.url,
  options: { database: erp.database, user: erp.user, password: "erp-password" },
  secrets: { "erp-password": erp.password },
  people: trytonPeople(admin),
  user: erp.user,
  counts: {
    accounts: 20,
    contacts: 20,
    products: 54,
    pricebooks: 2,
    quotes: 4,
    orders: 2,
    invoices: 1,
    inventory: 102,
    shipments: 2,
  },
  isMaking: ({ body }) => body?.includes(".create") === true,
  closeBooks: () => closeFirstPeriod(admin),
  quote: { warehouse: "WH", unit: "pcs" },
  customer: "C00009",
  product: "P002",
});

type Write = Partial<NativeWrite> & Pick<NativeWrite, "entity" | "kind">;

/** One Tryton with a connector on it, and a person who works in it at the same time. */
export class Stage {
  readonly erp: RunningTryton;
  readonly admin: Admin;
  readonly session: LiveSession;
  readonly connection: TrytonConnection;
  /** The same, as the rules want it that hold for every ERP. */
  readonly live: LiveConnector;
  #count = 0;

  private constructor(erp: RunningTryton, admin: Admin, live: LiveConnector) {
    this.erp = erp;
    this.admin = admin;
    this.live = live;
    this.session = this.sessionWith({});
    this.connection = openTryton(this.session);
  }

  static async open(): Promise<Stage> {
    const erp = await startTryton(trytonPlace(process.env));
    console.log(`Tryton answers after ${erp.startedInMs} ms at ${erp.url}/${erp.database}/`);
    return Stage.on(erp);
  }

  /** A stage on a database that was seeded and not touched. */
  static async on(erp: RunningTryton): Promise<Stage> {
    const admin = await loginAs({ ...erp, user: erp.adminUser, password: erp.adminPassword });
    return new Stage(erp, admin, await LiveConnector.open(groundOf(erp, admin)));
  }

  sessionWith(more: JsonMap, password = this.erp.password): LiveSession {
    const { database, user, url } = this.erp;
    const options = { database, user, password: "erp-password", freightProduct: "FREIGHT", ...more };
    return liveSession({ url, secrets: { "erp-password": password }, options });
  }

  write(more: Write): NativeWrite {
    this.#count += 1;
    const none = { id: null, precondition: null, patch: {}, current: {}, transition: null };
    const reference = `ref-${Date.now().toString(36)}-${this.#count}`;
    return { key: `k${this.#count}`, reference, ...none, ...more };
  }

  create(entity: string, patch: JsonMap): NativeWrite {
    return this.write({ entity, kind: "create", patch });
  }

  /** An update under the version that the record was read with. */
  update(entity: string, read: NativeRecord, patch: JsonMap): NativeWrite {
    const { id, version, native } = read;
    return this.write({ entity, kind: "update", id, precondition: version, current: native, patch });
  }

  press(id: Id, via: string): NativeWrite {
    const ways: { readonly [via: string]: readonly [from: string, to: string] } = {
      quote: ["draft", "sent"],
      confirm: ["sent", "accepted"],
      cancel: ["sent", "cancelled"],
      draft: ["sent", "draft"],
    };
    const [from, to] = ways[via] ?? ["", ""];
    return this.write({ entity: "quotes", kind: "transition", id, transition: { from, to, via } });
  }

  async send(...writes: readonly NativeWrite[]): Promise<readonly WriteOutcome[]> {
    return this.connection.write(writes);
  }

  async codes(...writes: readonly NativeWrite[]): Promise<readonly string[]> {
    return (await this.send(...writes)).map(codeOf);
  }

  async one(entity: string, id: Id): Promise<NativeRecord> {
    const [record] = await this.connection.readByIds({ entity, roots: mappingOf(entity).roots, ids: [id] });
    if (record === undefined) throw new Error("no record");
    return record;
  }

  async changedSince(entity: string, since: string): Promise<ReadonlyMap<string, NativeRecord>> {
    const found = new Map<string, NativeRecord>();
    const { roots } = mappingOf(entity);
    let cursor: string | null = null;
    do {
      const page = await this.connection.read({ entity, roots, since, cursor, pageSize: 20 });
      for (const record of page.records) found.set(String(record.id), record);
      cursor = page.next;
    } while (cursor !== null);
    return found;
  }

  /** Tryton's id of the first record that a domain finds. */
  async idBy(model: string, domain: readonly (readonly (number | string)[])[]): Promise<number> {
    const [row] = await this.admin.find(model, domain, ["id"]);
    return Number(row?.["id"]);
  }

  async party(code: string): Promise<number> {
    return this.idBy("party.party", [["code", "=", code]]);
  }

  async product(code: string): Promise<number> {
    return this.idBy("product.product", [["code", "=", code]]);
  }

  /** A line of the product P002, four pieces at 3.50. */
  async line(more: JsonMap = {}): Promise<JsonMap> {
    return {
      product: String(await this.product("P002")),
      quantity: "4",
      unit: "u",
      unit_price: "3.5",
      ...more,
    };
  }

  async quote(code: string, more: JsonMap = {}): Promise<NativeWrite> {
    const lines = [await this.line({ note: "blue" })];
    const party = String(await this.party(code));
    return this.create("quotes", { party, currency: "EUR", warehouse: "WH", lines, ...more });
  }
}
