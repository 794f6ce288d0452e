/** One connection of a connector to a real ERP, driven without the runtime, in canonical fields. */
import { compileMapping, overlayMapping, readFields, writePatch } from "@crossfoot/connector-sdk";
import type {
  Connection,
  Connector,
  EntityMapping,
  HttpRequest,
  Mapping,
  NativeRecord,
  NativeWrite,
  WriteOutcome,
} from "@crossfoot/connector-sdk";
import { entities, entityNames } from "@crossfoot/model";
import type { EntityName } from "@crossfoot/model";
import type { People } from "crossfoot/testing";
import { liveSession } from "./session.ts";
import type { LiveSession } from "./session.ts";

type Id = NativeRecord["id"];
type Json = NativeRecord["native"][string] | null;
type Fields = ReturnType<typeof readFields>["fields"];

/** How a connection is opened, and what is known of the database that it is opened on. */
export interface ConnectorGround {
  readonly connector: Connector;
  readonly url: string;
  readonly options: NativeRecord["native"];
  readonly secrets: { readonly [name: string]: string };
  readonly people: People;
  /** Login of the user whose connection it is. */
  readonly user: string;
  /** Records of the seed, by entity. */
  readonly counts: { readonly [entity in EntityName]: number };
  /** Whether a request makes a record. */
  readonly isMaking: (request: HttpRequest) => boolean;
  /** What a quote needs that the ERP knows by its own codes. */
  readonly quote: { readonly warehouse: string; readonly unit: string };
  /** Closes books that are open from their first day on; answers the last day that is closed then. */
  readonly closeBooks: () => Promise<string>;
  /** A customer of the seed and a product of it, by number and code. */
  readonly customer: string;
  readonly product: string;
}

const kinds = Object.fromEntries(entityNames.map((name) => [name, entities[name].fields]));
const everything = { since: null, cursor: null, pageSize: 500 };

/** A connection to a real ERP, with hands for the tests. */
export class LiveConnector {
  readonly ground: ConnectorGround;
  readonly session: LiveSession;
  readonly connection: Connection;
  readonly #mappings: { readonly [entity: string]: EntityMapping };
  #count = 0;

  private constructor(ground: ConnectorGround, session: LiveSession, connection: Connection, over: Json) {
    this.ground = ground;
    this.session = session;
    this.connection = connection;
    const json = overlayMapping(ground.connector.defaultMapping(ground.options), over);
    const { mapping, problems } = compileMapping(json, kinds);
    if (mapping === undefined) throw new Error(JSON.stringify(problems));
    this.#mappings = mapping.entities;
  }

  /** The compiled default mapping. */
  get mapping(): Mapping {
    return { entities: this.#mappings };
  }

  static async open(ground: ConnectorGround): Promise<LiveConnector> {
    const session = liveSession(ground);
    return new LiveConnector(ground, session, await ground.connector.open(session), null);
  }

  /** The same connection under a mapping of a user, laid over the default one. */
  mapped(over: Json): LiveConnector {
    return new LiveConnector(this.ground, this.session, this.connection, over);
  }

  mappingOf(entity: string): EntityMapping {
    const mapping = this.#mappings[entity];
    if (mapping === undefined) throw new Error(`no mapping of ${entity}`);
    return mapping;
  }

  /** All records of an entity, in one page. */
  async all(entity: EntityName): ReturnType<Connection["read"]> {
    return this.connection.read({ entity, roots: this.mappingOf(entity).roots, ...everything });
  }

  async one(entity: EntityName, id: Id): Promise<NativeRecord> {
    const { roots } = this.mappingOf(entity);
    const [record] = await this.connection.readByIds({ entity, roots, ids: [id] });
    if (record === undefined) throw new Error("no record");
    return record;
  }

  /** Canonical fields of a record, and what is wrong with others. */
  read(entity: EntityName, { native }: NativeRecord): ReturnType<typeof readFields> {
    const context = { linkOf: () => undefined, lineKeyOf: () => undefined, connection: "erp" };
    return readFields(this.mappingOf(entity), native, context);
  }

  /** The record of an entity that has a value in a canonical field. */
  async named(entity: EntityName, field: string, value: string): Promise<NativeRecord> {
    const { records } = await this.all(entity);
    const found = records.find((record) => this.read(entity, record).fields[field] === value);
    if (found === undefined) throw new Error(`no record of ${entity} with that ${field}`);
    return found;
  }

  /** A reference to a record of this connection. */
  refTo(entity: EntityName, id: Id): Fields[string] {
    return { awaits: { entity, connection: "erp", id: String(id) } };
  }

  create(entity: EntityName, fields: Fields): NativeWrite {
    return this.#write({ entity, kind: "create", ...this.#patch(entity, fields, null) });
  }

  /** An update under the version that the record was read with. */
  update(entity: EntityName, record: NativeRecord, fields: Fields): NativeWrite {
    const { id, version } = record;
    const patch = this.#patch(entity, fields, record);
    return this.#write({ entity, kind: "update", id, precondition: version, ...patch });
  }

  archive(entity: EntityName, id: Id): NativeWrite {
    return this.#write({ entity, kind: "archive", id });
  }

  /** Moves a document from one canonical state to another, as the manifest says that it can be moved. */
  move(entity: EntityName, id: Id, at: { readonly from: string; readonly to: string }): NativeWrite {
    const ways = this.connection.manifest.entities[entity]?.transitions ?? [];
    const way = ways.find(({ from, to }) => from === at.from && to === at.to);
    if (way === undefined) throw new Error(`${entity} cannot be moved from ${at.from} to ${at.to}`);
    return this.#write({ entity, kind: "transition", id, transition: way });
  }

  /** A quote for the ground's customer: so many pieces of the ground's product, at a price. */
  async quote(pieces: string, price: string): Promise<NativeWrite> {
    const { customer, product, quote } = this.ground;
    const account = await this.named("accounts", "number", customer);
    const article = await this.named("products", "sku", product);
    const line = {
      product: this.refTo("products", article.id),
      quantity: { value: pieces, unit: quote.unit },
      unitPrice: { amount: price, currency: "EUR" },
    };
    return this.create("quotes", {
      account: this.refTo("accounts", account.id),
      currency: "EUR",
      warehouse: quote.warehouse,
      lines: [{ key: "1", fields: line }],
    });
  }

  async send(...writes: readonly NativeWrite[]): Promise<readonly WriteOutcome[]> {
    return this.connection.write(writes);
  }

  #patch(
    entity: EntityName,
    fields: Fields,
    record: NativeRecord | null,
  ): Pick<NativeWrite, "patch" | "current"> {
    const current = record?.native ?? {};
    const context = { idOf: () => undefined, lineIdOf: () => undefined, connection: "erp" };
    const made = writePatch(this.mappingOf(entity), fields, { current, context, isCreate: record === null });
    const faults = [...Object.keys(made.problems), ...made.awaits.map(({ entity: of }) => of)];
    if (faults.length > 0) throw new Error(`these cannot be written: ${faults.join(", ")}`);
    return { patch: made.patch, current };
  }

  #write(more: Partial<NativeWrite> & Pick<NativeWrite, "entity" | "kind">): NativeWrite {
    this.#count += 1;
    const none = { id: null, precondition: null, patch: {}, current: {}, transition: null };
    const reference = `ref-${Date.now().toString(36)}-${this.#count}`;
    return { key: `k${this.#count}`, reference, ...none, ...more };
  }
}

/** Class of an outcome in one word: `done`, or the class of the failure. */
export const classOf = (outcome: WriteOutcome | undefined): string =>
  outcome?.kind === "failed" ? outcome.failure.failure : (outcome?.kind ?? "none");

/** The id that a write was answered with; fails the test when it was refused. */
export function idOf(outcome: WriteOutcome | undefined): Id {
  if (outcome?.kind !== "done") throw new Error(`not done: ${JSON.stringify(outcome)}`);
  return outcome.id;
}
