import { failureRecord, isWhole, progressOf } from "@crossfoot/connector-sdk";
import type {
  NativeRecord,
  OrderLineStatus,
  OrderStatus,
  OrderStatusRequest,
  RefusedRow,
  ShipmentStatus,
} from "@crossfoot/connector-sdk";
import { aroundOf, isRefusal, refusal } from "./ask.ts";
import type { Asking } from "./ask.ts";
import { targetOf } from "./call.ts";
import type { Target } from "./call.ts";
import { childRows } from "./children.ts";
import type { ChildRows } from "./children.ts";
import { badRow, dayOrNull, decimalIn, decimalOrNull, idOrNull } from "./figures.ts";
import { passes, rowsIn, textIn, textOrNull, viewOf } from "./figures.ts";
import type { View } from "./figures.ts";
import { readByIds } from "./lookup.ts";
import type { OrderStatusSpec, ShipmentsSpec } from "./operation-language.ts";
import type { ChildSpec } from "./request-language.ts";
import type { ExternalId, Json } from "./wire.ts";

/** A shipment, with the lines whose goods it will bring. */
interface Sent {
  readonly status: ShipmentStatus;
  /** Ids of lines; none once it has left. */
  readonly promises: readonly string[];
}

/** How far orders have come, by the rows in which a description says it stands. */
export async function orderStatus(
  asking: Asking,
  spec: OrderStatusSpec,
  { orders }: OrderStatusRequest,
): Promise<readonly (OrderStatus | RefusedRow)[]> {
  const target = targetOf(asking.system, "orders");
  const records = await recordsOf(target, spec, orders);
  const found = new Map(records.map((record) => [record.id, record]));
  const shipments = await shipmentsOf(target, spec.shipments, [...found.keys()]);
  return orders.map((order): OrderStatus | RefusedRow => {
    try {
      const record = found.get(order);
      if (record === undefined)
        throw refusal("order_unknown", "the system has no such order, or one that cannot be read");
      return statusOf({ asking, spec, shipments }, record);
    } catch (error) {
      if (isRefusal(error)) return { ok: false, failure: failureRecord(error) };
      throw error;
    }
  });
}

/** Orders that are there. One that cannot be read is left out, whether it is asked for alone or not. */
async function recordsOf(
  target: Target,
  spec: OrderStatusSpec,
  ids: readonly ExternalId[],
): Promise<readonly NativeRecord[]> {
  if (ids.length === 0) return [];
  const { number, state, lines, shipments } = spec;
  const own = shipments?.path === undefined ? [shipments?.rows] : [];
  const roots = rootsOf(target, [number, state, lines.rows, ...own]);
  try {
    const records = await readByIds(target, { roots, ids });
    return records.filter(({ kind }) => kind === "present" || kind === "archived");
  } catch (error) {
    if (ids.length === 1 && isRefusal(error)) return [];
    throw error;
  }
}

/** Roots that paths begin with; every key of the row where no root needs a call of its own. */
export function rootsOf({ spec }: Target, paths: readonly (string | undefined)[]): readonly string[] {
  if (Object.keys(spec.with ?? {}).length === 0) return ["*"];
  return [...new Set(paths.flatMap((path) => path?.split(".")[0] ?? []))];
}

async function shipmentsOf(
  target: Target,
  spec: ShipmentsSpec | undefined,
  ids: readonly ExternalId[],
): Promise<ChildRows | null> {
  return spec?.path === undefined ? null : childRows(target, ids, spec as ChildSpec);
}

interface Progress {
  readonly asking: Asking;
  readonly spec: OrderStatusSpec;
  /** Null where they stand in the row of the order. */
  readonly shipments: ChildRows | null;
}

function statusOf({ asking, spec, shipments }: Progress, { id, native }: NativeRecord): OrderStatus {
  const view = viewOf(native, aroundOf(asking, {}, badRow(asking.name)));
  const sent = sentRows(spec.shipments, { view, shipments, id }).map((row) => sentOf(view, spec, row));
  const lines = rowsIn(view, spec.lines.rows).map((row) => lineOf(view, { spec, sent }, row));
  return {
    ok: true,
    order: id,
    number: textOrNull(view, spec.number),
    state: textIn(view, spec.state),
    ...progressOf(lines),
    shipments: sent.map(({ status }) => status),
  };
}

function sentRows(
  spec: ShipmentsSpec | undefined,
  from: { readonly view: View; readonly shipments: ChildRows | null; readonly id: ExternalId },
): readonly Json[] {
  if (spec === undefined) return [];
  if (from.shipments === null) return rowsIn(from.view, spec.rows);
  const rows = from.shipments.get(from.id) ?? [];
  if (rows !== "cut") return rows;
  throw refusal("children_too_many", `an order has ${spec.max} shipments or more; raise max`);
}

function sentOf(around: View, { shipments: spec }: OrderStatusSpec, row: Json): Sent {
  const view = viewOf(row, { ...around, before: null });
  const id = idOrNull(view, spec?.id);
  if (id === null) throw view.bad(`a shipment has no id at ${spec?.id ?? ""}`);
  const status: ShipmentStatus = {
    id,
    number: textOrNull(view, spec?.number),
    state: textIn(view, spec?.state ?? ""),
    plannedDate: dayOrNull(view, spec?.plannedDate),
    doneDate: dayOrNull(view, spec?.doneDate),
    carrier: textOrNull(view, spec?.carrier),
    tracking: textOrNull(view, spec?.tracking),
  };
  const isToCome = spec?.open !== undefined && passes(view, spec.open);
  const lines = spec?.lines === undefined || !isToCome ? [] : rowsIn(view, spec.lines.rows);
  const named = lines.map((line) => idOrNull(viewOf(line, { ...around, before: null }), spec?.lines?.line));
  return { status, promises: named.filter((each) => each !== null) };
}

function lineOf(
  around: View,
  { spec: { lines: spec }, sent }: { readonly spec: OrderStatusSpec; readonly sent: readonly Sent[] },
  row: Json,
): OrderLineStatus {
  const view = viewOf(row, { ...around, before: null });
  const id = idOrNull(view, spec.id);
  if (id === null) throw view.bad(`a line has no id at ${spec.id}`);
  const ordered = decimalIn(view, spec.ordered);
  const delivered = passes(view, spec.isDelivered) ? decimalOrNull(view, spec.delivered) : null;
  const isDone = delivered === null || isWhole(delivered, ordered);
  const days = sent.flatMap(({ status, promises }) =>
    promises.includes(id) ? (status.plannedDate ?? []) : [],
  );
  const promised = dayOrNull(view, spec.promisedDate) ?? days.toSorted().at(-1) ?? null;
  return {
    id,
    product: idOrNull(view, spec.product),
    unit: textIn(view, spec.unit),
    ordered,
    delivered,
    invoiced: decimalIn(view, spec.invoiced),
    promisedDate: isDone ? null : promised,
  };
}
