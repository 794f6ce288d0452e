import { ConnectorError, failureRecord } from "@crossfoot/connector-sdk";
import type { NativeWrite, WriteOutcome } from "@crossfoot/connector-sdk";
import { staleWrites } from "./compare.ts";
import { externalId, isList, keyOf, odooId, refId, text } from "./native.ts";
import type { Json, JsonMap, Row } from "./native.ts";
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
import { prepareQuote, prepareQuoteUpdate } from "./write-sale.ts";

/** Records that one `create` makes: one transaction, one outcome. Updates are calls of their own. */
export const createsAtOnce = 100;

const writtenEntities: readonly string[] = ["accounts", "contacts", "quotes"];

interface Placed {
  readonly at: number;
  readonly write: NativeWrite;
}

/** A write that is ready to be sent. */
interface Ready extends Placed {
  readonly values: JsonMap;
}

/** One call of `write`; lives as long as that. */
interface Sending {
  readonly odoo: Odoo;
  readonly lookups: Lookups;
  readonly outcomes: WriteOutcome[];
  /** True once a write landed or may have landed: from then on failures are outcomes, never rejections. */
  hasSent: boolean;
}

/** Sends writes, in their order: creates of one entity together, the rest one by one; one outcome each. */
export async function sendWrites(
  odoo: Odoo,
  writes: readonly NativeWrite[],
): Promise<readonly WriteOutcome[]> {
  const sending: Sending = { odoo, lookups: createLookups(odoo), outcomes: [], hasSent: false };
  for (const run of runsOf(writes)) {
    if (run[0]?.write.kind === "create") await sendCreates(sending, run);
    else await sendChanges(sending, run);
  }
  return sending.outcomes;
}

/** Neighbours that share a call: creates of one entity, or changes of records that are each named once. */
function runsOf(writes: readonly NativeWrite[]): readonly (readonly Placed[])[] {
  const runs: Placed[][] = [];
  for (const [at, write] of writes.entries()) {
    const run = runs.at(-1);
    const first = run?.[0]?.write;
    const isCreate = write.kind === "create";
    const isAlike = first?.entity === write.entity && (first.kind === "create") === isCreate;
    const isTwice = write.id !== null && run?.some((each) => each.write.id === write.id) === true;
    if (run !== undefined && isAlike && !isTwice && run.length < createsAtOnce) run.push({ at, write });
    else runs.push([{ at, write }]);
  }
  return runs;
}

function fail(sending: Sending, at: number, error: unknown): void {
  const failure = error instanceof ConnectorError ? error.failure : "defect";
  if (failure === "unauthorised" && !sending.hasSent) throw error;
  sending.hasSent ||= failure === "in_doubt";
  sending.outcomes[at] = { kind: "failed", failure: failureRecord(error) };
}

const unsupported = (write: NativeWrite): ConnectorError =>
  new ConnectorError({
    failure: "unsupported",
    code: "write_unsupported",
    message: `Odoo offers no ${write.kind} of ${write.entity} here`,
  });

function shapeFor(write: NativeWrite): Shape {
  const shape = writtenEntities.includes(write.entity) ? shapes[write.entity] : undefined;
  if (shape === undefined) throw unsupported(write);
  return shape;
}

async function sendCreates(sending: Sending, run: readonly Placed[]): Promise<void> {
  const ready: Ready[] = [];
  for (const { at, write } of run) {
    try {
      ready.push({ at, write, values: await valuesOf(sending, write) });
    } catch (error) {
      fail(sending, at, error);
    }
  }
  await createTogether(sending, ready);
}

async function valuesOf({ odoo, lookups }: Sending, write: NativeWrite): Promise<JsonMap> {
  const own = await ownValues(odoo, shapeFor(write), write);
  const values =
    write.entity === "quotes"
      ? await prepareQuote(odoo, write, lookups)
      : await preparePartner(write, { lookups, options: odoo.options }, null);
  return { ...own, ...values };
}

/**
 * Creates records in one call: one transaction. When Odoo refuses, nothing of it was done, so halves are sent
 * until the refused ones stand alone. A failure that says nothing about a single record is the outcome of
 * all.
 */
async function createTogether(sending: Sending, writes: readonly Ready[]): Promise<void> {
  if (writes.length === 0) return;
  try {
    const ids = await createAll(sending, writes);
    for (const [place, { at }] of writes.entries())
      sending.outcomes[at] = { kind: "done", id: externalId(ids[place] ?? ""), record: null };
  } catch (error) {
    const isOfOne =
      error instanceof ConnectorError && ["invalid", "stale", "unsupported"].includes(error.failure);
    if (!isOfOne || writes.length === 1) {
      for (const { at } of writes) fail(sending, at, error);
      return;
    }
    const half = Math.ceil(writes.length / 2);
    await createTogether(sending, writes.slice(0, half));
    await createTogether(sending, writes.slice(half));
  }
}

async function createAll(sending: Sending, writes: readonly Ready[]): Promise<readonly string[]> {
  const [first] = writes as [Ready];
  const { model } = shapeFor(first.write);
  const args = { vals_list: writes.map(({ values }) => values) };
  const answer: Json = await sending.odoo.call({ model, method: "create", args, isWrite: true });
  sending.hasSent = true;
  const ids = isList(answer) ? answer.map(odooId).filter((id) => id !== undefined) : [];
  if (ids.length === writes.length) return ids.map(String);
  const message = "Odoo answered a create without the ids of its records";
  throw new ConnectorError({ failure: "in_doubt", code: "answer_unreadable", message });
}

async function sendChanges(sending: Sending, run: readonly Placed[]): Promise<void> {
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
    for (const { at } of run) fail(sending, at, error);
    return;
  }
  for (const { at, write } of run) {
    const failure = stale.get(write);
    if (failure !== undefined) {
      sending.outcomes[at] = { kind: "failed", failure };
      continue;
    }
    try {
      const outcome = await sendChange(sending, write, quotes.get(String(write.id)));
      sending.outcomes[at] = outcome;
      sending.hasSent ||= outcome.kind === "done" || outcome.failure.failure === "in_doubt";
    } catch (error) {
      fail(sending, at, error);
    }
  }
}

async function sendChange(sending: Sending, write: NativeWrite, now: Row | undefined): Promise<WriteOutcome> {
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
  const [row] = await odoo.read("res.partner", [odooId(id) ?? 0], ["parent_id", "type"]);
  return { hasParent: refId(row, "parent_id") !== undefined, type: text(row, "type") ?? "" };
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
async function quotesNow({ odoo }: Sending, run: readonly Placed[]): Promise<ReadonlyMap<string, Row>> {
  const updates = run.filter(({ write }) => write.entity === "quotes" && write.kind === "update");
  const ids = updates.map(({ write }) => odooId(write.id)).filter((id) => id !== undefined);
  if (ids.length === 0) return new Map();
  const rows = await odoo.read("sale.order", ids, ["state", "partner_id", "pricelist_id"]);
  return new Map(rows.map((row) => [keyOf(row), row]));
}
