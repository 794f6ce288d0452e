import type { NativeWrite, WriteOutcome } from "@crossfoot/connector-sdk";
import { amend, amendmentsOf, isApplied, markOf } from "./amendment.ts";
import type { Amended } from "./amendment.ts";
import { compare } from "./decimal.ts";
import { loadFacts } from "./facts.ts";
import { refusal } from "./failures.ts";
import { isSame, keyOf, mapsOf, one, text, trytonId } from "./native.ts";
import type { JsonMap } from "./native.ts";
import { heldOf, noMoreLines, nothingBeside, whyNotAmended } from "./order-limits.ts";
import type { Rpc } from "./rpc.ts";
import { changedRoots, quantityOf } from "./sale.ts";
import { locksFor, stale, standingOrder } from "./standing-order.ts";
import type { StandingOrder } from "./standing-order.ts";
import { quantityIn } from "./unit.ts";

/**
 * Changes the quantities of an order that stands, by one amendment, or the customer's number: each is one
 * transaction, and both would be two. What cannot be done is refused before anything is written. A line that
 * is to go away stays with the quantity zero. Tried again it finds its amendment by the write's key.
 */
export async function changeOrder(rpc: Rpc, write: NativeWrite): Promise<WriteOutcome> {
  const id = trytonId(write.id);
  const { patch, current } = write;
  // Our own reference stays: a probe rests on it.
  const heads = changedRoots.filter((root) => root !== rpc.options.referenceField);
  const closed = Object.keys(patch).find((root) => root !== "lines" && !heads.includes(root));
  if (write.id === null || id === undefined || closed !== undefined)
    throw refusal("read_only", `an order that stands does not take ${closed ?? "this"}`, closed ?? null);
  const done: WriteOutcome = { kind: "done", id: write.id, record: null };
  const own = { sale: id, mark: markOf(write.key) };
  const { hasAmendments } = await loadFacts(rpc);
  const hasLines = patch["lines"] !== undefined;
  const known = hasLines && hasAmendments ? await amendmentsOf(rpc, own) : [];
  if (known.some(isApplied)) return done;
  const order = await standingOrder(rpc, id);
  const locks = locksFor(write, order);
  const lines = hasLines ? amendedLines(write, order) : [];
  const roots = heads.filter((root) => patch[root] !== undefined && !isSame(patch[root], current[root]));
  if (lines.length > 0 && roots.length > 0) throw nothingBeside();
  if (lines.length > 0) await amend(rpc, { ...own, lines, locks }, known);
  if (roots.length > 0) {
    const values: JsonMap = Object.fromEntries(roots.map((root) => [root, patch[root] ?? null]));
    await rpc.call("sale.sale.write", [[id], values], { context: { _timestamp: locks }, isWrite: true });
  }
  return done;
}

/** Lines that are to be otherwise than they are. Throws what an amendment cannot do. */
function amendedLines(write: NativeWrite, order: StandingOrder): readonly Amended[] {
  const rows = rowsFor(write, order);
  const changed = rows.flatMap((row) => changeOf(order, row));
  const why = changed.length === 0 ? null : whyNotAmended(order.row, order.facts);
  if (why !== null) throw why;
  return changed;
}

/** Rows of the patch, and one of nothing for each line that it leaves out. Throws where one would be new. */
function rowsFor({ patch, current }: NativeWrite, { lines }: StandingOrder): readonly JsonMap[] {
  const rows = mapsOf(patch["lines"]);
  if (rows.some((row) => trytonId(row["id"]) === undefined)) throw noMoreLines();
  const kept = new Set(rows.map((row) => trytonId(row["id"])));
  const shown = mapsOf(current["lines"]).filter((row) => !kept.has(trytonId(row["id"])));
  const gone = shown.filter((row) => lines.some((line) => keyOf(line) === text(row, "id")));
  return [...rows, ...gone.map((row) => ({ ...row, quantity: "0" }))];
}

/** The line with its new quantity; none where it has it. */
function changeOf({ lines }: StandingOrder, row: JsonMap): readonly Amended[] {
  const line = lines.find((each) => keyOf(each) === text(row, "id"));
  if (line === undefined) throw stale("line_gone", "a line of the order is not there any more");
  const unit = one(line, "unit");
  const isLike =
    trytonId(line["product"]) === trytonId(row["product"]) && text(unit, "symbol") === text(row, "unit");
  if (!isLike) throw refusal("line_fixed", "a line of an order keeps its product and unit", "lines");
  const given = text(row, "quantity");
  if (given === null) throw refusal("quantity_missing", "a line has no quantity", "lines");
  const wanted = quantityIn(given, unit);
  if (compare(wanted, quantityOf(line) ?? "0") === 0) return [];
  if (compare(wanted, heldOf(line)) < 0) {
    const message = "a line cannot go below what is packed, delivered or in an invoice that is no draft";
    throw refusal("below_done", message, "lines");
  }
  return [{ line, quantity: Number(wanted) }];
}
