import {
  ConnectorError,
  failureRecord,
  openOutcomes,
  runsOf,
  sendHalving,
  withoutIds,
  writeUnsupported,
} from "@crossfoot/connector-sdk";
import type { NativeWrite, Outcomes, PlacedWrite, WriteOutcome } from "@crossfoot/connector-sdk";
import { cancelOrder } from "./cancel-order.ts";
import { changeOrder } from "./change-order.ts";
import { refusal } from "./failures.ts";
import { createLookups } from "./lookups.ts";
import type { Lookups } from "./lookups.ts";
import { ownAgain, replaceParty } from "./merge.ts";
import { externalId, isList, isMap, isSame, keyOf, text, trytonId } from "./native.ts";
import type { ExternalId, FailureRecord, Json, JsonMap, Row } from "./native.ts";
import { accounts, contacts } from "./party.ts";
import { readByIds } from "./reader.ts";
import type { Rpc } from "./rpc.ts";
import { quotes } from "./sale.ts";
import type { Shape } from "./shape.ts";
import { pressButton } from "./transition.ts";
import { stampsOf } from "./version.ts";
import { encodeAs } from "./wire.ts";
import { prepareParty } from "./write-party.ts";
import type { Prepared } from "./write-party.ts";
import { foreseeSale, prepareSale, prepareSaleUpdate } from "./write-sale.ts";
import type { SaleNow } from "./write-sale.ts";

/** Records that one `create` or `write` moves: one transaction, one outcome. */
export const writesAtOnce = 100;

const written: { readonly [entity: string]: Shape } = { accounts, contacts, quotes };

/** A write that is ready to be sent. */
interface Ready extends PlacedWrite {
  readonly prepared: Prepared;
}

/** One call of `write`; lives as long as that. */
interface Sending {
  readonly rpc: Rpc;
  readonly lookups: Lookups;
  readonly outcomes: Outcomes;
}

/** Sends writes, in their order, as few calls as their kinds allow; one outcome each. */
export async function sendWrites(rpc: Rpc, writes: readonly NativeWrite[]): Promise<readonly WriteOutcome[]> {
  const sending: Sending = { rpc, lookups: createLookups(rpc), outcomes: openOutcomes() };
  for (const run of runsOf(writes, { share: mayShare, max: writesAtOnce })) {
    const [first] = run;
    if (first === undefined) continue;
    if (isAlone(first.write)) await sendAlone(sending, first);
    else await sendRun(sending, run);
  }
  return sending.outcomes.all;
}

/**
 * Why a create would be refused before Tryton's own rules of the moment (its credit limit) are asked, or
 * null. Changes nothing. Rejects when nothing was told.
 */
export async function foreseeRefusal(rpc: Rpc, write: NativeWrite): Promise<FailureRecord | null> {
  if (write.entity !== "quotes" || write.kind !== "create") return null;
  try {
    await foreseeSale(rpc, write, createLookups(rpc));
    return null;
  } catch (error) {
    if (error instanceof ConnectorError && error.failure === "invalid") return failureRecord(error);
    throw error;
  }
}

/** Writes that are calls of their own. */
const isAlone = ({ kind, entity }: NativeWrite): boolean =>
  kind === "transition" || kind === "merge" || entity === "orders";

/** Writes of one kind share a call; transitions, merges and what is written to orders are each alone. */
const mayShare = (first: NativeWrite, other: NativeWrite): boolean =>
  first.kind === other.kind && !isAlone(other);

async function sendAlone(sending: Sending, { at, write }: PlacedWrite): Promise<void> {
  try {
    if (write.kind === "merge") {
      if (write.entity === "quotes" || write.id === null) throw unsupported(write);
      await replaceParty(sending.rpc, write);
      sending.outcomes.settle(at, { kind: "done", id: write.id, record: null });
      return;
    }
    sending.outcomes.settle(at, await sendDocument(sending.rpc, write));
  } catch (error) {
    sending.outcomes.fail(at, error);
  }
}

/** A button of a quote, or what an order that stands takes. */
async function sendDocument(rpc: Rpc, write: NativeWrite): Promise<WriteOutcome> {
  if (write.entity === "quotes") return pressButton(rpc, write);
  if (write.entity !== "orders") throw unsupported(write);
  if (write.kind === "transition") return cancelOrder(rpc, write);
  if (write.kind === "update") return changeOrder(rpc, write);
  throw unsupported(write);
}

const unsupported = (write: NativeWrite): ConnectorError => writeUnsupported("Tryton", write);

const isOfLife = ({ kind }: NativeWrite): boolean =>
  kind === "archive" || kind === "unarchive" || kind === "unmerge";

function isOffered(write: NativeWrite): boolean {
  if (written[write.entity] === undefined) return false;
  if (write.kind === "create") return true;
  return (
    (write.kind === "update" || (isOfLife(write) && write.entity !== "quotes")) &&
    trytonId(write.id) !== undefined
  );
}

async function sendRun(sending: Sending, run: readonly PlacedWrite[]): Promise<void> {
  const ready: Ready[] = [];
  let sales: ReadonlyMap<string, SaleNow>;
  try {
    sales = await salesNow(sending, run);
  } catch (error) {
    // An earlier run may have landed: this one fails alone.
    for (const { at } of run) sending.outcomes.fail(at, error);
    return;
  }
  for (const placed of run) {
    try {
      ready.push({ ...placed, prepared: await prepare(sending, placed.write, sales) });
    } catch (error) {
      sending.outcomes.fail(placed.at, error);
    }
  }
  const filled = ready.filter(({ at, write, prepared }) => {
    const isEmpty = write.kind !== "create" && Object.keys(prepared.values).length === 0;
    if (isEmpty && write.id !== null) sending.outcomes.all[at] = { kind: "done", id: write.id, record: null };
    return !isEmpty;
  });
  const { outcomes } = sending;
  const send = run[0]?.write.kind === "create" ? createAll : updateAll;
  await sendHalving(filled, { outcomes, send: async (some) => send(sending, some) });
}

async function prepare(
  sending: Sending,
  write: NativeWrite,
  sales: ReadonlyMap<string, SaleNow>,
): Promise<Prepared> {
  const { rpc } = sending;
  const shape = written[write.entity];
  if (shape === undefined || !isOffered(write)) throw unsupported(write);
  if (write.kind === "unmerge") {
    const { into: _into, ...patch } = write.patch;
    const again = await prepare(sending, { ...write, kind: "update", patch }, sales);
    return { parts: again.parts, values: { ...again.values, ...ownAgain } };
  }
  if (isOfLife(write)) return { values: { active: write.kind === "unarchive" }, parts: [] };
  const complete = await withCurrent(rpc, shape, write);
  const own = await ownFields(rpc, shape, complete);
  const prepared = await prepareKnown(sending, complete, sales);
  return { parts: prepared.parts, values: { ...own, ...prepared.values } };
}

/** The write with what its roots show now, where the caller did not say: parts are addressed by their ids. */
async function withCurrent(rpc: Rpc, shape: Shape, write: NativeWrite): Promise<NativeWrite> {
  const missing = Object.keys(write.patch).filter((root) => {
    const value = write.patch[root];
    return write.current[root] === undefined && (value === null || typeof value === "object");
  });
  if (write.kind !== "update" || write.id === null || missing.length === 0) return write;
  const [record] = await readByIds(rpc, shape, { roots: missing, ids: [write.id] });
  return { ...write, current: { ...record?.native, ...write.current } };
}

async function prepareKnown(
  { rpc, lookups }: Sending,
  write: NativeWrite,
  sales: ReadonlyMap<string, SaleNow>,
): Promise<Prepared> {
  if (write.entity !== "quotes") return prepareParty(write, lookups, rpc.options);
  if (write.kind === "create") return prepareSale(rpc, write, lookups);
  const now = sales.get(String(write.id));
  if (now !== undefined) return prepareSaleUpdate(rpc, { write, now }, lookups);
  throw new ConnectorError({
    failure: "stale",
    code: "record_gone",
    message: "the sale does not exist any more",
  });
}

/** Values of roots that are fields of this database; a root that is only shown is refused. */
async function ownFields(rpc: Rpc, shape: Shape, write: NativeWrite): Promise<JsonMap> {
  const names = Object.keys(write.patch).filter((root) => shape.roots[root]?.isWritten !== true);
  const shown = names.find(
    (root) => shape.roots[root] !== undefined && !isSame(write.patch[root], write.current[root]),
  );
  if (shown !== undefined)
    throw refusal("read_only", `Tryton computes ${shown}; the mapping must not write it`, shown);
  const others = names.filter(
    (root) => shape.roots[root] === undefined && !isSame(write.patch[root], write.current[root]),
  );
  if (others.length === 0) return {};
  const answer = await rpc.call(`${shape.model}.fields_get`, [others]);
  const types = isMap(answer) ? answer : {};
  const values: Record<string, Json> = {};
  for (const name of others) {
    const field = types[name];
    if (!isMap(field)) throw refusal("field_unknown", `Tryton has no field ${name} on ${shape.model}`, name);
    values[name] = encodeAs(text(field, "type") ?? "", write.patch[name] ?? null);
  }
  return values;
}

/** Sales that are about to be updated, as they stand: what may be written depends on their state. */
async function salesNow(
  sending: Sending,
  run: readonly PlacedWrite[],
): Promise<ReadonlyMap<string, SaleNow>> {
  const isUpdate = run[0]?.write.entity === "quotes" && run[0].write.kind === "update";
  const ids = isUpdate ? run.map(({ write }) => trytonId(write.id)).filter((id) => id !== undefined) : [];
  if (ids.length === 0) return new Map();
  const fields = ["state", "comment", "party", "invoice_party", "shipment_party", "price_list", "currency"];
  const rows = await sending.rpc.search({
    model: "sale.sale",
    domain: [["id", "in", ids]],
    fields,
    limit: ids.length,
  });
  return new Map(rows.map((row) => [keyOf(row), saleNow(row)]));
}

const saleNow = (row: Row): SaleNow => ({
  state: text(row, "state") ?? "",
  comment: text(row, "comment"),
  party: trytonId(row["party"]) ?? 0,
  invoiceParty: trytonId(row["invoice_party"]) ?? null,
  shipmentParty: trytonId(row["shipment_party"]) ?? null,
  priceList: trytonId(row["price_list"]) ?? null,
  currency: trytonId(row["currency"]) ?? 0,
});

/** Creates records in one call, which is one transaction; answers their ids. */
async function createAll(sending: Sending, writes: readonly Ready[]): Promise<readonly ExternalId[]> {
  const [first] = writes;
  const model = written[first?.write.entity ?? ""]?.model ?? "";
  const rows = writes.map(({ prepared }) => prepared.values);
  const answer = await sending.rpc.call(`${model}.create`, [rows], { isWrite: true });
  const ids = isList(answer) ? answer.map(trytonId).filter((id) => id !== undefined) : [];
  if (ids.length === writes.length) return ids.map((id) => externalId(String(id)));
  throw withoutIds();
}

/** Changes records in one call, which is one transaction, under the stamps that they must still have. */
async function updateAll(sending: Sending, writes: readonly Ready[]): Promise<readonly ExternalId[]> {
  const [first] = writes;
  const model = written[first?.write.entity ?? ""]?.model ?? "";
  const pairs = writes.flatMap(({ write, prepared }): readonly Json[] => [
    [trytonId(write.id) ?? 0],
    prepared.values,
  ]);
  const locks = Object.assign({}, ...writes.map((each) => locksOf(model, each))) as JsonMap;
  await sending.rpc.call(`${model}.write`, pairs, { context: { _timestamp: locks }, isWrite: true });
  return writes.map(({ write }) => externalId(String(write.id)));
}

/** Stamps that the record and the parts written must still have. */
function locksOf(model: string, { write, prepared }: Ready): JsonMap {
  if (write.precondition === null) return {};
  const stamps = stampsOf(write.precondition);
  const keys = [`${model},${String(write.id)}`, ...prepared.parts];
  return Object.fromEntries(keys.flatMap((key) => (stamps.has(key) ? [[key, stamps.get(key) ?? null]] : [])));
}
