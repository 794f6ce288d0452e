import { decimals, failureRecord } from "@crossfoot/connector-sdk";
import type {
  AvailabilityAnswer,
  AvailabilityRequest,
  RefusedRow,
  StockedRow,
  StockPlace,
} from "@crossfoot/connector-sdk";
import { aroundOf, askBefore, isRefusal, refusal, sentId } from "./ask.ts";
import type { Asking, Values } from "./ask.ts";
import { askRows } from "./ask-rows.ts";
import {
  badRow,
  dayOrNull,
  decimalIn,
  decimalOrNull,
  passes,
  rowsIn,
  sentDay,
  sentDecimal,
  textIn,
  todayIn,
  viewOf,
} from "./figures.ts";
import type { View } from "./figures.ts";
import type { AvailabilitySpec, PlaceSpec } from "./operation-language.ts";
import type { Json } from "./wire.ts";

type Asked = AvailabilityRequest["rows"][number];

/** What the rows of one question rest on. */
interface Stocking {
  readonly asking: Asking;
  readonly spec: AvailabilitySpec;
  readonly common: Values;
  readonly warehouses: readonly string[] | null;
  readonly today: string;
  /** The day asked for, today at the earliest. */
  readonly day: string;
}

/** Stock of products by a description, warehouse by warehouse. */
export async function availability(
  asking: Asking,
  spec: AvailabilitySpec,
  request: AvailabilityRequest,
): Promise<AvailabilityAnswer> {
  const { warehouses, date, rows } = request;
  const common = await askBefore(asking, spec, {
    warehouses: warehouses ?? undefined,
    date: date === null ? undefined : sentDay(date, asking.days),
  });
  const asked = rows.map((row) => ({ product: row.product, values: () => rowValues(asking, row) }));
  const told = await askRows(asking, { spec, common, rows: asked });
  const today = todayIn(asking.system.session.now(), asking.days);
  const day = date === null || date < today ? today : date;
  const stocking: Stocking = { asking, spec, common, warehouses, today, day };
  return {
    rows: told.rows.map((row, at) => (row.ok ? stockedRow(stocking, row.row, rows[at] as Asked) : row)),
  };
}

const rowValues = (asking: Asking, { product, wanted }: Asked): Values => ({
  product: sentId(asking, "products", product),
  quantity: wanted === null ? undefined : sentDecimal(wanted.quantity, asking.decimals),
  unit: wanted?.unit,
});

function stockedRow(stocking: Stocking, row: Json, asked: Asked): StockedRow | RefusedRow {
  const { asking, spec, common, warehouses } = stocking;
  const view = viewOf(row, aroundOf(asking, common, badRow(asking.name)));
  try {
    const isStocked = passes(view, spec.isStocked);
    const unit = textIn(view, spec.unit);
    const wanted = wantedIn(view, { spec, unit }, asked);
    const places = isStocked
      ? rowsIn(view, spec.places).map((place) => placeOf(stocking, place, wanted))
      : [];
    const told = places.filter(({ warehouse }) => warehouses === null || warehouses.includes(warehouse));
    if (new Set(told.map(({ warehouse }) => warehouse)).size < told.length)
      throw view.bad(`a warehouse stands twice at ${spec.places}`);
    return { ok: true, product: asked.product, isStocked, unit, wanted, places: told };
  } catch (error) {
    if (isRefusal(error)) return { ok: false, failure: failureRecord(error) };
    throw error;
  }
}

/** What was wanted in the unit of the stock, as the system says it, or as it was asked for in that unit. */
function wantedIn(
  view: View,
  { spec, unit }: { readonly spec: AvailabilitySpec; readonly unit: string },
  { wanted }: Asked,
): string | null {
  if (wanted === null) return null;
  if (spec.wanted !== undefined) return decimalIn(view, spec.wanted);
  if (wanted.unit === unit) return decimals.normal(wanted.quantity) ?? null;
  throw refusal("unit_differs", "stock is kept in another unit than was asked for");
}

function placeOf(stocking: Stocking, place: Json, wanted: string | null): StockPlace {
  const { asking, spec, common } = stocking;
  const view = viewOf(place, aroundOf(asking, common, badRow(asking.name)));
  const available = decimalIn(view, spec.place.available);
  return {
    warehouse: textIn(view, spec.place.warehouse),
    onHand: decimalIn(view, spec.place.onHand),
    reserved: decimalOrNull(view, spec.place.reserved) ?? "0",
    incoming: decimalOrNull(view, spec.place.incoming) ?? "0",
    available,
    ...outlookOf(stocking, { view, spec: spec.place, available }, wanted),
  };
}

interface Placing {
  readonly view: View;
  readonly spec: PlaceSpec;
  readonly available: string;
}

/** What can be promised later: as the system says it, else by its days; without either only what is there. */
function outlookOf(
  { today, day }: Stocking,
  { view, spec, available }: Placing,
  wanted: string | null,
): Pick<StockPlace, "availableAt" | "promisedFrom"> {
  const levels = levelsOf({ view, spec, available }, today);
  const first = levels.find(({ least }) => wanted !== null && decimals.compare(least, wanted) >= 0);
  const told = wanted === null ? null : dayOrNull(view, spec.promisedFrom);
  return {
    availableAt:
      spec.availableAt === undefined
        ? (levels.findLast((level) => level.day <= day)?.least ?? available)
        : decimalIn(view, spec.availableAt),
    promisedFrom: spec.promisedFrom === undefined ? (first?.day ?? null) : told,
  };
}

/** What can be promised from each day on: never more than on any later one. */
function levelsOf(
  { view, spec, available }: Placing,
  today: string,
): readonly { readonly day: string; readonly least: string }[] {
  const { byDate } = spec;
  const told = new Map([[today, available]]);
  for (const row of byDate === undefined ? [] : rowsIn(view, byDate.rows)) {
    const own = viewOf(row, { ...view, before: null });
    const date = dayOrNull(own, byDate?.date);
    if (date === null) throw view.bad(`no day at ${byDate?.date ?? ""}`);
    told.set(date < today ? today : date, decimalIn(own, byDate?.quantity ?? ""));
  }
  const days = [...told].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return days.map(([day], at) => {
    const from = days.slice(at).map(([, quantity]) => quantity);
    return { day, least: from.reduce((a, b) => (decimals.compare(b, a) < 0 ? b : a)) };
  });
}
