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
import { staleWrites } from "./compare.ts";
import { externalId, isList, keyOf, odooId, refId, text } from "./native.ts";
import type { ExternalId, FailureRecord, Json, JsonMap, Row } from "./native.ts";
import type { Odoo } from "./odoo.ts";
import { readByIds } from "./reader.ts";
import { shapes } from "./shapes.ts";
import type { Shape } from "./shape.ts";
import { pressButton } from "./transition.ts";
import { createLookups } from "./write-lookups.ts";
import type { Lookups } from "./write-lookups.ts";
import { ownValues } from "./write-own.ts";
import { preparePartner } from "./write-partner.ts";
import type { PartnerNow } from "./write-partner.ts";
import { foreseeQuote, prepareQuote, prepareQuoteUpdate } from "./write-sale.ts";

/** Records that one `create` makes: one transaction, one outcome. Updates are calls of their own. */
export const createsAtOnce = 100;

const writtenEntities: readonly string[] = ["accounts", "contacts", "quotes"];

/** A write that is ready to be sent. */
interface Ready extends PlacedWrite {
  readonly values: JsonMap;
}

/** One call of `write`; lives as long as that. */
interface Sending {
  readonly odoo: Odoo;
  readonly lookups: Lookups;
  readonly outcomes: Outcomes;
}

/** Sends writes, in their order: creates of one entity together, the rest one by one; one outcome each. */
export async function sendWrites(
  odoo: Odoo,
  writes: readonly NativeWrite[],
): Promise<readonly WriteOutcome[]> {
  const sending: Sending = { odoo, lookups: createLookups(odoo), outcomes: openOutcomes() };
  // Neighbours that share a call: creates of one entity, or changes of records that are each named once.
  const share = (first: NativeWrite, other: NativeWrite): boolean =>
    (first.kind === "create") === (other.kind === "create");
  for (const run of runsOf(writes, { share, max: createsAtOnce })) {
    if (run[0]?.write.kind === "create") await sendCreates(sending, run);
    else await sendChanges(sending, run);
  }
  return sending.outcomes.all;
}

/** Why a create of a quote would be refused, or null. Changes nothing. Rejects when nothing was told. */
export async function foreseeRefusal(odoo: Odoo, write: NativeWrite): Promise<FailureRecord | null> {
  if (write.entity !== "quotes" || write.kind !== "create") return null;
  try {
    await foreseeQuote(odoo, write, createLookups(odoo));
    return null;
  } catch (error) {
    if (error instanceof ConnectorError && error.failure === "invalid") return failureRecord(error);
    throw error;
  }
}

const unsupported = (write: NativeWrite): ConnectorError => writeUnsupported("Odoo", write);

function shapeFor(write: NativeWrite): Shape {
  const shape = writtenEntities.includes(write.entity) ? shapes[write.entity] : undefined;
  if (shape === undefined) throw unsupported(write);
  return shape;
}

async function sendCreates(sending: Sending, run: readonly PlacedWrite[]): Promise<void> {
  const ready: Ready[] = [];
  for (const { at, write } of run) {
    try {
      ready.push({ at, write, values: await valuesOf(sending, write) });
    } catch (error) {
      sending.outcomes.fail(at, error);
    }
  }
  const { outcomes } = sending;
  await sendHalving(ready, { outcomes, send: async (some) => createAll(sending, some) });
}

async function valuesOf({ odoo, lookups }: Sending, write: NativeWrite): Promise<JsonMap> {
  const own = await ownValues(odoo, shapeFor(write), write);
  const values =
    write.entity === "quotes"
      ? await prepareQuote(odoo, write, lookups)
      : await preparePartner(write, { lookups, options: odoo.options }, null);
  return { ...own, ...values };
}

/** Creates records in one call, which is one transaction; answers their ids. */
async function createAll({ odoo }: Sending, writes: readonly Ready[]): Promise<readonly ExternalId[]> {
  const [first] = writes as [Ready];
  const { model } = shapeFor(first.write);
  const args = { vals_list: writes.map(({ values }) => values) };
  const answer: Json = await odoo.call({ model, method: "create", args, isWrite: true });
  const ids = isList(answer) ? answer.map(odooId).filter((id) => id !== undefined) : [];
  if (ids.length === writes.length) return ids.map((id) => externalId(String(id)));
  throw withoutIds();
}

async function sendChanges(sending: Sending, run: readonly PlacedWrite[]): Promise<void> {
  let stale: Awaited<ReturnType<typeof staleWrites>>;
  let quotes: ReadonlyMap<string, Row>;
  try {
    stale = await staleWrites(
      sending.odoo,
      run.map(({ write }) => write),
    );
    quotes = await quotesNow(sending, run);
  } catch (error) {
    // An earlier run may have landed: this one fails alone.
    for (const { at } of run) sending.outcomes.fail(at, error);
    return;
  }
  for (const { at, write } of run) {
    const failure = stale.get(write);
    if (failure !== undefined) {
      sending.outcomes.settle(at, { kind: "failed", failure });
      continue;
    }
    try {
      const outcome = await sendChange(sending, write, quotes.get(String(write.id)));
      sending.outcomes.settle(at, outcome);
    } catch (error) {
      sending.outcomes.fail(at, error);
    }
  }
}

async function sendChange(sending: Sending, write: NativeWrite, now: Row | undefined): Promise<WriteOutcome> {
  if (write.kind === "transition" && write.entity === "orders") return cancelOrder(sending.odoo, write);
  if (write.kind === "update" && write.entity === "orders")
    return changeOrder(sending.odoo, write, sending.lookups);
  const shape = shapeFor(write);
  const id = odooId(write.id);
  if (write.id === null || id === undefined) throw unsupported(write);
  if (write.kind === "transition" && write.entity === "quotes") return pressButton(sending.odoo, write);
  const vals = await changedValues(sending, write, { shape, now });
  if (Object.keys(vals).length > 0) {
    const call = { model: shape.model, method: "write", ids: [id], args: { vals }, isWrite: true };
    await sending.odoo.call(call);
  }
  return { kind: "done", id: write.id, record: null };
}

async function changedValues(
  sending: Sending,
  write: NativeWrite,
  { shape, now }: { readonly shape: Shape; readonly now: Row | undefined },
): Promise<JsonMap> {
  const { odoo, lookups } = sending;
  const isLife = write.kind === "archive" || write.kind === "unarchive";
  if (isLife && write.entity !== "quotes") return { active: write.kind === "unarchive" };
  if (write.kind !== "update") throw unsupported(write);
  const complete = await withCurrent(odoo, shape, write);
  const own = await ownValues(odoo, shape, complete);
  if (write.entity !== "quotes")
    return {
      ...own,
      ...(await preparePartner(complete, { lookups, options: odoo.options }, await partnerNow(odoo, write))),
    };
  if (now !== undefined)
    return { ...own, ...(await prepareQuoteUpdate(odoo, { write: complete, now }, lookups)) };
  throw new ConnectorError({
    failure: "stale",
    code: "record_gone",
    message: "the order does not exist any more",
  });
}

const familyRoots: readonly string[] = ["parent", "invoice_address", "delivery_address", "addresses"];

/** What addresses of a partner depend on, where the write is about them. */
async function partnerNow(odoo: Odoo, { entity, id, patch }: NativeWrite): Promise<PartnerNow | null> {
  if (entity !== "accounts" || !familyRoots.some((root) => patch[root] !== undefined)) return null;
  const [row] = await odoo.read("res.partner", [odooId(id) ?? 0], ["parent_id", "type", "company_id"]);
  return {
    hasParent: refId(row, "parent_id") !== undefined,
    type: text(row, "type") ?? "",
    company: refId(row, "company_id") ?? null,
  };
}

/** The write with what its roots show now, where the caller did not say: parts are addressed by their ids. */
async function withCurrent(odoo: Odoo, shape: Shape, write: NativeWrite): Promise<NativeWrite> {
  const missing = Object.keys(write.patch).filter((root) => {
    const value = write.patch[root];
    return write.current[root] === undefined && (value === null || typeof value === "object");
  });
  if (write.id === null || missing.length === 0) return write;
  const [record] = await readByIds(odoo, shape, { roots: missing, ids: [write.id] });
  return { ...write, current: { ...record?.native, ...write.current } };
}

/** Quotes that are about to be updated, as they stand: what may be written depends on their state. */
async function quotesNow({ odoo }: Sending, run: readonly PlacedWrite[]): Promise<ReadonlyMap<string, Row>> {
  const updates = run.filter(({ write }) => write.entity === "quotes" && write.kind === "update");
  const ids = updates.map(({ write }) => odooId(write.id)).filter((id) => id !== undefined);
  if (ids.length === 0) return new Map();
  const rows = await odoo.read("sale.order", ids, ["state", "partner_id", "pricelist_id"]);
  return new Map(rows.map((row) => [keyOf(row), row]));
}
