import { failureRecord, ConnectorError } from "@crossfoot/connector-sdk";
import type {
  AskedLine,
  AvailabilityAnswer,
  CreditAnswer,
  OrderStatus,
  PriceAnswer,
  RefusedRow,
} from "@crossfoot/connector-sdk";
import { canonicalBytes, externalId, normalDecimal } from "@crossfoot/kernel";
import type { EntityName, ExternalId, Fields, Json } from "@crossfoot/kernel";
import { lookUpLinks, readContext, readObservation } from "./canonical.ts";
import { answered, operationOf } from "./moment-answer.ts";
import type { KeptAnswers } from "./moment-answer.ts";
import { idOn, idsOn, Refused, sideOfRole } from "./moment-names.ts";
import type { Answered, Moment, QuestionLine } from "./moment-port.ts";
import { mappingOf } from "./world.ts";
import type { Side, World } from "./world.ts";

/** Most lines or products of one question, whatever the ERP takes: one screen of a quote. */
const rowsMax = 500;

/** The four questions that one operation of the ERP answers. */
export function questionsOf(
  world: World,
  kept: KeptAnswers,
): Pick<Moment, "price" | "availability" | "credit" | "orderStatus"> {
  const about = <Question extends { readonly budgetMs: number }, Answer>(
    name: string,
    ask: (at: At, question: Question) => Promise<Answer>,
  ) => {
    return (question: Question): Promise<Answered<Answer>> => {
      const { budgetMs, ...rest } = question;
      return answered(world, kept, {
        name: `${name} ${canonicalBytes(rest as unknown as Json)}`,
        budgetMs,
        ask: async (signal) => ask({ world, erp: sideOfRole(world, "erp"), signal }, question),
      });
    };
  };
  return {
    price: about("price", price),
    availability: about("availability", availability),
    credit: about("credit", credit),
    orderStatus: about("orderStatus", orderStatus),
  };
}

/** Where a question is asked, and until when. */
interface At {
  readonly world: World;
  readonly erp: Side;
  readonly signal: AbortSignal;
}
type Asks<Name extends keyof Moment> = Parameters<Moment[Name]>[0];

async function price({ world, erp, signal }: At, question: Asks<"price">): Promise<PriceAnswer> {
  const { account, pricebook, currency, date, lines } = question;
  checkRows(lines.length);
  const { ask } = await operationOf(erp, "price", signal);
  const customer = await idOn(world, erp, { entity: "accounts", name: account });
  const list = pricebook === null ? null : await idOn(world, erp, { entity: "pricebooks", name: pricebook });
  const { asked, refused } = await askedLines(world, erp, lines);
  const answer =
    asked.length === 0
      ? { currency: currency ?? "", pricebook: list, rows: [], totals: null }
      : await ask({ customer, pricebook: list, currency, date, lines: asked });
  return {
    ...answer,
    pricebook: answer.pricebook === null ? null : externalId(`${erp.id}:${answer.pricebook}`),
    rows: inPlaces(lines, refused, answer.rows),
    totals: refused.size > 0 ? null : answer.totals,
  };
}

async function availability(
  { world, erp, signal }: At,
  { rows: wanted, warehouses, date }: Asks<"availability">,
): Promise<AvailabilityAnswer> {
  checkRows(wanted.length);
  const { ask } = await operationOf(erp, "availability", signal);
  const lines = wanted.map((row) => ({ ...row, quantity: row.quantity ?? "0" }));
  const { asked, refused } = await askedLines(world, erp, lines);
  const open = wanted.filter((_row, at) => !refused.has(at));
  const rows = asked.map(({ product, quantity, unit }, at) => ({
    product,
    wanted: open[at]?.quantity === null ? null : { quantity, unit },
  }));
  const answer = rows.length === 0 ? { rows: [] } : await ask({ rows, warehouses, date });
  return { rows: inPlaces(wanted, refused, answer.rows) };
}

async function credit({ world, erp, signal }: At, question: Asks<"credit">): Promise<CreditAnswer> {
  const { ask } = await operationOf(erp, "credit", signal);
  const { account, order } = question;
  if (order !== null && normalDecimal(order.amount) === undefined)
    throw new Refused("invalid", "amount should be a decimal number");
  return ask({ customer: await idOn(world, erp, { entity: "accounts", name: account }), order });
}

async function orderStatus({ world, erp, signal }: At, question: Asks<"orderStatus">): Promise<OrderStatus> {
  const { ask } = await operationOf(erp, "orderStatus", signal);
  const order = await idOn(world, erp, { entity: "orders", name: question.order });
  const [row] = await ask({ orders: [order] });
  if (row?.ok === true) {
    // What the order takes is told by those who ask for a change of it.
    const { limits: _limits, ...told } = row;
    return { ...told, order: externalId(question.order) };
  }
  const failure = row?.failure ?? null;
  throw new Refused("refused_by_erp", failure?.message ?? `${erp.id} said nothing of the order`, failure);
}

function checkRows(count: number): void {
  if (count === 0) throw new Refused("invalid", "at least one row has to be asked for");
  if (count > rowsMax) throw new Refused("invalid", `at most ${rowsMax} rows are answered at once`);
}

/** What is asked of the ERP, and by place what cannot be. */
interface Asked {
  readonly asked: readonly AskedLine[];
  readonly refused: ReadonlyMap<number, RefusedRow>;
}

/** Lines with the ERP's own ids; a line whose product it does not have is refused in its place. */
async function askedLines(world: World, erp: Side, lines: readonly QuestionLine[]): Promise<Asked> {
  const refused = new Map<number, RefusedRow>();
  const found: { readonly place: number; readonly product: ExternalId; readonly line: QuestionLine }[] = [];
  const names = lines.map(({ product }) => product);
  const ids = await idsOn(world, erp, { entity: "products", names });
  for (const [place, line] of lines.entries()) {
    const product = ids.get(line.product);
    if (normalDecimal(line.quantity) === undefined)
      refused.set(place, refusedRow("invalid", "a quantity should be a decimal number"));
    else if (product instanceof Refused)
      refused.set(place, refusedRow(product.refusal.code, product.message));
    else if (product !== undefined) found.push({ place, product, line });
  }
  const unitless = found.filter(({ line }) => line.unit === null).map(({ product }) => product);
  const shown = await shownBy(world, erp, { entity: "products", ids: unitless });
  const asked: AskedLine[] = [];
  for (const { place, product, line } of found) {
    const unit = line.unit ?? shown.get(product)?.["unit"];
    if (typeof unit !== "string")
      refused.set(place, refusedRow("unit_unknown", "the product's unit is not known"));
    else asked.push({ product, quantity: normalDecimal(line.quantity) ?? "0", unit });
  }
  return { asked, refused };
}

/** A row that is refused in its place, by us. */
export function refusedRow(code: string, message: string): RefusedRow {
  return { ok: false, failure: failureRecord(new ConnectorError({ failure: "invalid", code, message })) };
}

/** Answers in the places of what was asked, under the names that were asked for. */
function inPlaces<Row extends { readonly ok: true; readonly product: ExternalId }>(
  lines: readonly { readonly product: string }[],
  refused: ReadonlyMap<number, RefusedRow>,
  rows: readonly (Row | RefusedRow)[],
): readonly (Row | RefusedRow)[] {
  const left = [...rows];
  return lines.map(({ product }, place): Row | RefusedRow => {
    const own = refused.get(place) ?? left.shift();
    if (own === undefined) return refusedRow("not_answered", "the ERP left this row out");
    return own.ok ? { ...own, product: externalId(product) } : own;
  });
}

/** Canonical fields of records as a side last showed them, by id. */
export async function shownBy(
  world: World,
  side: Side,
  { entity, ids }: { readonly entity: EntityName; readonly ids: readonly ExternalId[] },
): Promise<ReadonlyMap<ExternalId, Fields>> {
  const mapping = mappingOf(side, entity);
  if (mapping === undefined || ids.length === 0) return new Map();
  const seen = await world.store.observationsOf(ids.map((id) => ({ connection: side.id, entity, id })));
  const links = await lookUpLinks(
    world,
    seen.map(({ native }) => ({ side, mapping, native })),
  );
  const context = readContext(world, links, { connection: side.id, lines: [] });
  return new Map(seen.map((one) => [one.id, readObservation(mapping, one, context).fields]));
}
