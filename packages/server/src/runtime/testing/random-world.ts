import { readFields } from "@crossfoot/connector-sdk";
import type { Connection, NativeWrite } from "@crossfoot/connector-sdk";
import { canonicalBytes, connectionId, isLines } from "@crossfoot/kernel";
import type { EntityName, ExternalId, Fields, Json, JsonMap, LinkId, Value } from "@crossfoot/kernel";
import { compilePolicy, readContract } from "@crossfoot/model";
import fc from "fast-check";
import type { Clock, Entropy } from "../../ports.ts";
import { recordName } from "../../store/port.ts";
import type { Store } from "../../store/port.ts";
import { createMemoryStore } from "../../store/memory/memory-store.ts";
import type { OtherContract } from "../engine.ts";
import type { PlanWrite } from "../plan-document.ts";
import { mappingOf, sideOf } from "../world.ts";
import type { MiniSystem } from "./mini-system.ts";
import { miniWorld } from "./world.ts";
import type { MiniWorld } from "./world.ts";

type SideName = "crm" | "erp";

/** A company that is drawn: on which side, with what, beside which others. */
interface DrawnAccount {
  readonly on: "crm" | "erp" | "both";
  readonly status: string;
  readonly name: number;
  readonly otherName: number;
  readonly limit: number | null;
  readonly parent: number | null;
  readonly twin: boolean;
}

interface DrawnContact {
  readonly on: SideName;
  readonly account: number;
  readonly email: number;
}

interface DrawnQuote {
  readonly account: number;
  readonly product: number;
  readonly status: string;
  readonly lines: number;
}

/** What somebody does: on a record of one side, counted from the oldest. */
export interface Deed {
  readonly on: SideName;
  readonly entity: "accounts" | "contacts" | "products" | "quotes";
  readonly record: number;
  readonly act: "edit" | "touch" | "remove" | "add";
  readonly value: number;
}

/** A random small company in two systems, and the contract between them. */
export interface DrawnWorld {
  readonly contract: number;
  readonly erpForm: "plain" | "upper" | "numbers";
  /** What the ERP can do with a record that is not wanted any more. */
  readonly erpEnds: "archives" | "cancels" | "keeps";
  readonly precondition: "conditional" | "compare" | "none";
  readonly batch: number;
  readonly lanes: number;
  readonly accounts: readonly DrawnAccount[];
  readonly contacts: readonly DrawnContact[];
  readonly products: readonly SideName[];
  readonly quotes: readonly DrawnQuote[];
  /** Runs before the plan is made, and what is done after them. */
  readonly before: readonly Deed[] | null;
  readonly sweep: boolean;
}

const index = fc.nat({ max: 7 });
const side = fc.constantFrom<SideName>("crm", "erp");

/** What people do between two moments. */
export const deeds: fc.Arbitrary<readonly Deed[]> = fc.array(
  fc.record({
    on: side,
    entity: fc.constantFrom("accounts", "accounts", "contacts", "products", "quotes"),
    record: index,
    act: fc.constantFrom("edit", "edit", "edit", "touch", "remove", "add"),
    value: index,
  }),
  { maxLength: 6 },
);

/** Random small worlds. */
export const worlds: fc.Arbitrary<DrawnWorld> = fc.record({
  contract: fc.nat({ max: 5 }),
  erpForm: fc.constantFrom("plain", "upper", "numbers"),
  erpEnds: fc.constantFrom("archives", "archives", "cancels", "keeps"),
  precondition: fc.constantFrom("conditional", "compare", "none"),
  batch: fc.constantFrom(1, 3, 10),
  lanes: fc.constantFrom(1, 3),
  accounts: fc.array(
    fc.record({
      on: fc.constantFrom("crm", "crm", "erp", "both"),
      status: fc.constantFrom("customer", "customer", "prospect", "lead"),
      name: index,
      otherName: index,
      limit: fc.option(index),
      parent: fc.option(index),
      twin: fc.boolean(),
    }),
    { minLength: 1, maxLength: 7 },
  ),
  contacts: fc.array(fc.record({ on: side, account: index, email: index }), { maxLength: 4 }),
  products: fc.array(side, { maxLength: 3 }),
  quotes: fc.array(
    fc.record({
      account: index,
      product: index,
      status: fc.constantFrom("draft", "sent", "accepted", "accepted"),
      lines: fc.nat({ max: 2 }),
    }),
    { maxLength: 3 },
  ),
  before: fc.option(deeds),
  sweep: fc.boolean(),
});

const contracts: readonly Json[] = [
  null,
  { entities: { accounts: { create: { erp: { when: "always" }, crm: { when: "always" } } } } },
  { entities: { accounts: { fields: { name: { policy: "review" } }, onFirstLink: "review" } } },
  {
    entities: {
      accounts: {
        master: "erp",
        policy: "newest",
        create: { erp: { when: "always" }, crm: { when: "always" } },
      },
      contacts: { onForeignEdit: "keep" },
    },
  },
  {
    entities: {
      accounts: { direction: "crm-to-erp", onForeignEdit: "keep" },
      products: { direction: "both" },
      quotes: { direction: "both", ownership: [], fields: { lines: { direction: "both" } } },
    },
  },
  { entities: { accounts: { onDelete: "ask" }, quotes: { fields: { account: { mandatory: false } } } } },
];

/** How many contracts a world may be drawn with. */
export const contractCount: number = contracts.length;

/** One of the contracts that worlds are drawn with, for a world that runs under another one. */
export function otherContract({ world }: MiniWorld, at: number): OtherContract {
  const { contract } = readContract(contracts[at] ?? null);
  const roles = { crm: connectionId("crm"), erp: connectionId("erp") };
  return {
    contract,
    hash: world.entropy.digest(JSON.stringify(contract)),
    policies: world.policies.map(({ entity }) => compilePolicy(contract, entity as "accounts", roles)),
  };
}

const pick = <T>(list: readonly T[], at: number): T | undefined => list[at % Math.max(list.length, 1)];

function fill(mini: MiniWorld, world: DrawnWorld): void {
  const accounts: { readonly crm?: string; readonly erp?: string }[] = [];
  for (const [at, drawn] of world.accounts.entries()) {
    const parent = pick(accounts, drawn.parent ?? 0);
    const fields = (on: SideName): JsonMap => ({
      name: `Company ${on === "crm" ? drawn.name : drawn.otherName}`,
      email: `${at}@x.example`,
      taxId: drawn.twin ? "FR0" : `FR${at}`,
      status: drawn.status,
      currency: "EUR",
      limit: on === "erp" && drawn.limit !== null ? String(drawn.limit * 100) : null,
      ...(drawn.parent !== null && parent?.[on] !== undefined ? { parent: parent[on] } : {}),
    });
    accounts.push({
      ...(drawn.on === "erp" ? {} : { crm: mini.crm.add("accounts", fields("crm")) }),
      ...(drawn.on === "crm" ? {} : { erp: mini.erp.add("accounts", fields("erp")) }),
    });
  }
  for (const { on, account, email } of world.contacts) {
    const owner = pick(accounts, account)?.[on];
    if (owner === undefined) continue;
    const name = { given: "Ada", family: `Of ${email}` };
    mini[on].add("contacts", { ...name, email: `${email}@people.example`, account: owner });
  }
  const products: string[] = [];
  for (const [at, on] of world.products.entries()) {
    const id = mini[on].add("products", { sku: `P${at}`, name: `Product ${at}`, unit: "pc" });
    if (on === "crm") products.push(id);
  }
  for (const [at, drawn] of world.quotes.entries()) {
    const account = pick(accounts, drawn.account)?.crm;
    if (account === undefined) continue;
    addQuote(mini, { ...drawn, number: `Q-${at}`, account });
  }
}

function addQuote(
  mini: MiniWorld,
  drawn: Omit<DrawnQuote, "account"> & { readonly number: string; readonly account: string },
): void {
  const product = pick(mini.crm.rows("products"), drawn.product);
  const row = product === undefined ? {} : { product: product.id };
  const lines = Array.from({ length: product === undefined ? 0 : drawn.lines }, (_none, at) => ({
    ...row,
    qty: String(at + 1),
    unit: "pc",
    price: "9.50",
  }));
  const { number, account, status } = drawn;
  mini.crm.add("quotes", { number, account, status, currency: "EUR", lines });
}

/** Does what somebody does; what there is nothing for is left. Answers the record, or null. */
export function doDeed(mini: MiniWorld, deed: Deed): string | null {
  const system: MiniSystem = mini[deed.on];
  const { entity, act, value } = deed;
  const rows = system.rows(entity);
  mini.pass(10);
  if (act === "add") {
    if (entity !== "accounts" && entity !== "products") return null;
    return system.add(
      entity,
      entity === "products"
        ? { sku: `N${value}`, name: `Made later ${value}`, unit: "pc" }
        : {
            ...{ name: `Made later ${value}`, email: `later${value}@x.example`, taxId: `LT${value}` },
            ...{ status: "customer", currency: "EUR", limit: null },
          },
    );
  }
  const row = pick(rows, deed.record);
  if (row === undefined) return null;
  const edits: { readonly [name in Deed["entity"]]: JsonMap } = {
    accounts: value % 2 === 0 ? { name: `Company ${value}` } : { email: `e${value}@x.example` },
    contacts: { email: `${value}@people.example` },
    products: { name: `Renamed ${value}` },
    quotes: { status: pick(["draft", "sent", "accepted"], value) ?? "draft" },
  };
  if (act === "remove") system.remove(entity, row.id);
  else system.edit(entity, row.id, act === "touch" ? {} : edits[entity]);
  return row.id;
}

/** A write as a system took it. */
export interface Taken {
  readonly on: SideName;
  readonly write: NativeWrite;
  /** Id that it answered. */
  readonly id: ExternalId;
}

/** A random world at work: what the systems took, in their order. */
export interface RandomWorld extends MiniWorld {
  readonly taken: Taken[];
  /** Calls of any kind to either system. */
  readonly calls: { count: number };
}

/** Systems show what has no value, too. */
const shown = (entity: EntityName, fields: JsonMap): JsonMap =>
  entity === "accounts" ? { number: null, parent: null, limit: null, ...fields } : fields;

const upper = (fields: JsonMap): JsonMap => ({
  ...fields,
  ...(typeof fields["name"] === "string" ? { name: fields["name"].toUpperCase() } : {}),
});

/** Opens a fresh store for one world. */
export type OpenStore = (deps: {
  readonly entropy: Entropy;
  readonly clock: Clock;
}) => Store | Promise<Store>;

/** The store in memory, on the small world's clock. */
export const inMemory: OpenStore = (deps) => createMemoryStore(deps);

/** A power cut between two steps of the store: before the n-th call, or after it. */
export interface Cut {
  readonly call: number;
  readonly isAfter: boolean;
}

/** A store whose power can be cut, and its switch. */
export interface Powered {
  readonly wrap: (store: Store) => Store;
  /** Switches the power on, to be cut there; null leaves it on. */
  readonly on: (cut: Cut | null) => void;
  /** Calls since it was switched on. */
  readonly calls: () => number;
  readonly isOff: () => boolean;
}

/** Makes the switch of a store. */
export function powerOf(): Powered {
  let cut: Cut | null = null;
  let calls = 0;
  let isOff = false;
  const off = (): never => {
    isOff = true;
    throw new Error("the power is off");
  };
  const powered = (method: (...args: never[]) => Promise<unknown>) => {
    return async (...args: never[]): Promise<unknown> => {
      if (isOff) return off();
      calls += 1;
      const isNow = cut?.call === calls;
      if (isNow && cut?.isAfter === false) return off();
      const answer = await method(...args);
      return isNow ? off() : answer;
    };
  };
  return {
    wrap: (store) =>
      Object.fromEntries(
        Object.entries(store).map(([name, method]) => [name, powered(method as never)]),
      ) as unknown as Store,
    on(next) {
      cut = next;
      calls = 0;
      isOff = false;
    },
    calls: () => calls,
    isOff: () => isOff,
  };
}

const cancels = ["draft", "sent", "accepted"].map((from) => ({ from, to: "cancelled", via: "cancel" }));

/** Builds a drawn world, with the runs and deeds that come before its plan. */
export async function openWorld(
  drawn: DrawnWorld,
  at: { readonly openStore: OpenStore; readonly wrapStore?: (store: Store) => Store },
): Promise<RandomWorld> {
  const taken: Taken[] = [];
  const calls = { count: 0 };
  const able = { precondition: drawn.precondition, writeBatchMax: drawn.batch };
  const quotes = {
    initialStatus: "draft",
    transitions: [
      { from: "draft", to: "sent", via: "send" },
      { from: "sent", to: "accepted", via: "accept" },
      ...(drawn.erpEnds === "cancels" ? cancels : []),
    ],
    archive: drawn.erpEnds === "archives",
  };
  const there = { ...able, archive: drawn.erpEnds !== "keeps" };
  let numbers = 0;
  const transform = (entity: EntityName, fields: JsonMap): JsonMap => {
    const kept = shown(entity, drawn.erpForm === "upper" ? upper(fields) : fields);
    if (drawn.erpForm !== "numbers" || entity !== "accounts" || typeof kept["number"] === "string")
      return kept;
    return { ...kept, number: `C${(numbers += 1)}` };
  };
  const mini = await miniWorld({
    database: at.openStore,
    concurrency: drawn.lanes,
    contract: contracts[drawn.contract] ?? null,
    crm: { entities: { accounts: able, contacts: able, products: able, quotes: able }, transform: shown },
    erp: {
      entities: { accounts: there, contacts: there, products: there, quotes: { ...able, ...quotes } },
      transform,
    },
    wrapConnection: (id, connection) => watched(connection, { on: id as SideName, taken, calls }),
    ...(at.wrapStore === undefined ? {} : { wrapStore: at.wrapStore }),
  });
  fill(mini, drawn);
  if (drawn.before !== null) {
    await mini.engine.run();
    await mini.engine.run();
    for (const deed of drawn.before) doDeed(mini, deed);
    mini.pass(10);
  }
  taken.length = 0;
  return { ...mini, taken, calls };
}

function watched(
  connection: Connection,
  at: { readonly on: SideName; readonly taken: Taken[]; readonly calls: { count: number } },
): Connection {
  const counted = <Args extends readonly unknown[], Answer>(call: (...args: Args) => Answer) => {
    return (...args: Args): Answer => {
      at.calls.count += 1;
      return call(...args);
    };
  };
  return {
    ...connection,
    describe: counted(() => connection.describe()),
    read: counted((request) => connection.read(request)),
    readByIds: counted((request) => connection.readByIds(request)),
    readIds: counted((request) => connection.readIds(request)),
    probe: counted((request) => connection.probe(request)),
    write: async (writes) => {
      at.calls.count += 1;
      const outcomes = await connection.write(writes);
      for (const [place, write] of writes.entries()) {
        const outcome = outcomes[place];
        if (outcome?.kind === "done") at.taken.push({ on: at.on, write, id: outcome.id });
      }
      return outcomes;
    },
  };
}

/** A write in canonical words, so that what a system took can be held against what a plan said. */
export interface Said {
  readonly entity: string;
  readonly target: string;
  readonly kind: string;
  readonly link: string;
  readonly fields: string;
  readonly transition: string;
  /** Native roots that were set; null in a plan, which names no native fields. */
  readonly roots: readonly string[] | null;
}

/** Keys of lines differ by side until they are linked: lines are compared by what they hold. */
function plainValue(value: Value | undefined): unknown {
  if (!isLines(value)) return value;
  return value.map(({ fields }) => canonicalBytes(fields)).toSorted();
}

const plainFields = (fields: Fields): string =>
  canonicalBytes(
    Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, plainValue(value)])),
  );

/** What a planned write says. */
export function saidByPlan(write: PlanWrite): Said {
  const { entity, target, kind, link, transition } = write;
  const fields = kind === "transition" ? {} : write.fields;
  return {
    entity,
    target,
    kind,
    link,
    fields: plainFields(fields),
    transition: canonicalBytes(transition),
    roots: null,
  };
}

/** Native roots that a planned write may set on its target. */
export function rootsOf(mini: RandomWorld, write: PlanWrite): readonly string[] {
  const mapping = mappingOf(sideOf(mini.world, write.target), write.entity);
  const names = [...Object.keys(write.fields), ...write.answers];
  return names.flatMap((name) => mapping?.fields[name]?.roots ?? []);
}

/** What a write that a system took says, read back through the mapping of that side. */
export async function saidByWire(mini: RandomWorld, { on, write, id }: Taken): Promise<Said> {
  const { store } = mini.world;
  const target = mini.world.sides.find((one) => one.role === on)?.id ?? ("" as never);
  const mapping = mappingOf(sideOf(mini.world, target), write.entity);
  const refers = new Map<string, LinkId>();
  for (const entity of ["accounts", "products"] as const) {
    const ids = [...(mini[on].tables.get(entity)?.keys() ?? [])];
    const rows = ids.map((each) => ({ connection: target, entity, id: each as ExternalId }));
    for (const [name, link] of await store.linksOf(rows)) refers.set(name, link);
  }
  const own = { connection: target, entity: write.entity, id };
  const link = (await store.linksOf([own])).get(recordName(own)) ?? "?";
  const read =
    mapping === undefined
      ? {}
      : readFields(
          mapping,
          { ...write.current, ...write.patch },
          {
            connection: target,
            linkOf: (entity, record) => refers.get(recordName({ connection: target, entity, id: record })),
            lineKeyOf: () => undefined,
            isKnownCurrency: () => true,
          },
        ).fields;
  const { entity, kind, transition } = write;
  const roots = Object.keys(write.patch);
  return {
    entity,
    target,
    kind,
    link,
    fields: plainFields(read),
    transition: canonicalBytes(transition),
    roots,
  };
}
