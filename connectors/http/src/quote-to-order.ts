import { ConnectorError, failureRecord } from "@crossfoot/connector-sdk";
import type { NativeRecord, OrderWay, QuoteToOrderRequest, Transition } from "@crossfoot/connector-sdk";
import { aroundOf, callOf, isRefusal, refusal } from "./ask.ts";
import type { Asking } from "./ask.ts";
import { send, targetOf } from "./call.ts";
import type { Target } from "./call.ts";
import { idOrNull, passes, rowsIn, textOrNull, viewOf } from "./figures.ts";
import type { View } from "./figures.ts";
import { readByIds } from "./lookup.ts";
import type { QuoteToOrderSpec, StepSpec } from "./operation-language.ts";
import { rootsOf } from "./order-status.ts";
import { idValues, rowsOf } from "./rows.ts";
import type { ExternalId, Json } from "./wire.ts";

const closed = (code: string, message: string): OrderWay => ({
  kind: "closed",
  failure: failureRecord(refusal(code, message)),
});

/** Where a quote stands on its way to an order, by the conditions of a description. */
export async function quoteToOrder(
  asking: Asking,
  spec: QuoteToOrderSpec,
  { quote }: QuoteToOrderRequest,
): Promise<OrderWay> {
  const target = targetOf(asking.system, "quotes");
  const record = await recordOf(target, pathsOf(spec), quote);
  if (record === null) return closed("quote_unknown", "the system has no such quote");
  const view = viewOf(record.native, aroundOf(asking, {}, asking.bad));
  const ordered = await orderedAs({ asking, spec, target, view }, quote);
  if (ordered !== null) return ordered;
  const step = spec.steps.find(({ when }) => passes(view, when));
  if (step?.closed !== undefined)
    return closed(step.closed, "somebody has to decide in the system before this quote can become an order");
  const transition = step === undefined ? undefined : transitionOf(target, step);
  if (transition === undefined)
    return closed("wrong_state", "no state change leads from this quote to an order");
  return {
    kind: "write",
    write: { entity: "quotes", kind: "transition", id: quote, precondition: record.version, transition },
    concerns: concernsIn(view, spec),
  };
}

/** A record that is there; null for one that is not. */
async function recordOf(
  target: Target,
  paths: readonly (string | undefined)[],
  id: ExternalId,
): Promise<NativeRecord | null> {
  try {
    const [record] = await readByIds(target, { roots: rootsOf(target, paths), ids: [id] });
    return record?.kind === "present" ? record : null;
  } catch (error) {
    // An id in another form than the system's own is refused as such.
    if (isRefusal(error) && error.status !== null) return null;
    throw error;
  }
}

const pathsOf = ({ ordered, order, number, steps, concerns = [] }: QuoteToOrderSpec) => [
  ...[ordered?.path, order, number],
  ...steps.map(({ when }) => when.path),
  ...concerns.map((each) => (typeof each === "string" ? each : each.rows)),
];

interface Way {
  readonly asking: Asking;
  readonly spec: QuoteToOrderSpec;
  readonly target: Target;
  readonly view: View;
}

/** The order that was made of the quote; null while there is none. */
async function orderedAs(way: Way, quote: ExternalId): Promise<OrderWay | null> {
  const { asking, spec, view } = way;
  const isSaid = spec.ordered !== undefined && passes(view, spec.ordered);
  if (spec.ordered !== undefined && !isSaid) return null;
  if (spec.find !== undefined) {
    const found = await ordersOf(way, spec.find, quote);
    if (found.length > 1) return closed("orders_several", "several orders name this quote");
    const [only] = found;
    if (only !== undefined) return { kind: "ordered", ...only };
  } else {
    const order = spec.order === undefined ? quote : idOrNull(view, spec.order);
    if (order !== null)
      return {
        kind: "ordered",
        order,
        number: textOrNull(view, spec.number) ?? (await numberOf(way, order)),
      };
  }
  if (!isSaid) return null;
  const message = `${asking.name}: the quote is ordered, and its order is not shown yet`;
  throw new ConnectorError({ failure: "transient", code: "order_not_shown", message });
}

type Find = NonNullable<QuoteToOrderSpec["find"]>;
type Found = { readonly order: ExternalId; readonly number: string | null };

/** Orders that name the quote. */
async function ordersOf({ asking, target }: Way, spec: Find, quote: ExternalId): Promise<readonly Found[]> {
  const call = callOf(asking, spec, idValues(target, quote));
  const rows = rowsOf(await send(target, call), { path: spec.rows, empty: [], call });
  return rows.map((row: Json) => {
    const view = viewOf(row, aroundOf(asking, {}, asking.bad));
    const order = idOrNull(view, spec.id);
    if (order === null) throw asking.bad(`an order has no id at ${spec.id}`);
    return { order, number: textOrNull(view, spec.number) };
  });
}

/** The number in the order's own row. */
async function numberOf({ asking, spec }: Way, order: ExternalId): Promise<string | null> {
  if (spec.orderNumber === undefined) return null;
  const record = await recordOf(targetOf(asking.system, "orders"), [spec.orderNumber], order);
  return record === null
    ? null
    : textOrNull(viewOf(record.native, aroundOf(asking, {}, asking.bad)), spec.orderNumber);
}

/** The transition of quotes that a step names. */
function transitionOf({ spec }: Target, step: StepSpec): Transition | undefined {
  const found = (spec.transitions ?? []).find((each) => isNamed(each, step));
  return found === undefined ? undefined : { from: found.from, to: found.to, via: found.via };
}

/** Whether a step of the way to an order names a transition. */
export const isNamed = (each: Transition, { via, from, to }: Omit<StepSpec, "when">): boolean =>
  each.via === via && (from === undefined || each.from === from) && (to === undefined || each.to === to);

function concernsIn(view: View, { concerns = [] }: QuoteToOrderSpec): readonly string[] {
  return concerns.flatMap((concern) => {
    if (typeof concern === "string") return textOrNull(view, concern) ?? [];
    // A list that is left out is an empty one.
    const rows = view.at(concern.rows) === undefined ? [] : rowsIn(view, concern.rows);
    return rows.flatMap((row) => textOrNull(viewOf(row, { ...view, before: null }), concern.text) ?? []);
  });
}
