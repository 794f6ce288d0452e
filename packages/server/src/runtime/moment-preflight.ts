import type {
  AvailabilityAnswer,
  CreditAnswer,
  PriceAnswer,
  RefusedRow,
  StockedRow,
} from "@crossfoot/connector-sdk";
import { ConnectorError, failureRecord } from "@crossfoot/connector-sdk";
import { canonicalBytes } from "@crossfoot/kernel";
import type { ExternalId, Fields, LinkId } from "@crossfoot/kernel";
import { lookUpLinks, readContext, readObservation } from "./canonical.ts";
import { openTerms } from "./gate.ts";
import { answered, operationOf } from "./moment-answer.ts";
import type { KeptAnswers } from "./moment-answer.ts";
import { idOn, Refused, sideOfRole } from "./moment-names.ts";
import type { Moment, Preflight } from "./moment-port.ts";
import { shownBy } from "./moment-questions.ts";
import { toObservation } from "./observe.ts";
import { judgeQuote, linesOf } from "./preflight.ts";
import { mappingOf } from "./world.ts";
import type { Side, World } from "./world.ts";

/** Everything about a quote before it becomes an order, in one call that changes nothing. */
export function preflightOf(world: World, kept: KeptAnswers): Pick<Moment, "preflight"> {
  return {
    preflight: ({ quote, budgetMs }) =>
      answered(world, kept, {
        name: `preflight ${canonicalBytes({ quote })}`,
        budgetMs,
        ask: (signal) => preflight(world, quote, signal),
      }),
  };
}

async function preflight(world: World, name: string, signal: AbortSignal): Promise<Preflight> {
  const crm = sideOfRole(world, "crm");
  const erp = sideOfRole(world, "erp");
  const id = await idOn(world, crm, { entity: "quotes", name });
  const quote = await readNow(world, crm, { id, signal });
  const lines = linesOf(quote).map(({ fields }) => ({
    product: linkIn(fields["product"]),
    quantity: partOf(fields["quantity"], "value"),
    unit: partOf(fields["quantity"], "unit"),
  }));
  const [customer, products, pricebook] = await Promise.all([
    memberOn(world, erp, linkIn(quote["account"])),
    Promise.all(lines.map(({ product }) => memberOn(world, erp, product))),
    memberOn(world, erp, linkIn(quote["pricebook"])),
  ]);
  const known = products.flatMap((each) => each ?? []);
  const [shown, account] = await Promise.all([
    shownBy(world, erp, { entity: "products", ids: [...new Set(known)] }),
    customer === null ? null : shownBy(world, erp, { entity: "accounts", ids: [customer] }),
  ]);
  const asked = lines.flatMap(({ quantity, unit }, at) => {
    const product = products[at] ?? null;
    const own = unit ?? (product === null ? null : textOf(shown.get(product)?.["unit"]));
    return product === null || quantity === null || own === null
      ? []
      : [{ at, product, quantity, unit: own }];
  });
  const prices = await askPrices({ erp, signal, customer, pricebook, quote, lines: asked });
  const [stock, credit] = await Promise.all([
    askStock({ erp, signal, quote, lines: asked }),
    askCredit({ erp, signal, customer, prices, quote }),
  ]);
  const place = <Row>(rows: readonly Row[] | null): ((at: number) => Row | RefusedRow) => {
    const byPlace = new Map(asked.map((line, index) => [line.at, rows?.[index]]));
    return (at) => byPlace.get(at) ?? missing;
  };
  const [priceAt, stockAt] = [
    place(prices?.rows ?? null),
    place<StockedRow | RefusedRow>(stock?.rows ?? null),
  ];
  return judgeQuote({
    quote,
    account: customer === null ? null : (account?.get(customer) ?? {}),
    products: products.map((each) => (each === null ? null : (shown.get(each) ?? {}))),
    prices: lines.map((_line, at) => priceAt(at)),
    stock: lines.map((_line, at) => stockAt(at)),
    totals: asked.length === lines.length ? (prices?.totals ?? null) : null,
    currency: prices?.currency ?? textOf(quote["currency"]),
    credit,
    today: new Date(world.clock.now()).toISOString().slice(0, 10),
  });
}

const missing: RefusedRow = {
  ok: false,
  failure: failureRecord(
    new ConnectorError({ failure: "invalid", code: "not_asked", message: "the ERP could not be asked" }),
  ),
};

const textOf = (value: unknown): string | null => (typeof value === "string" ? value : null);

function partOf(value: unknown, name: string): string | null {
  if (value === null || typeof value !== "object") return null;
  return textOf((value as { readonly [part: string]: unknown })[name]);
}

const linkIn = (value: unknown): LinkId | null => partOf(value, "link") as LinkId | null;

async function memberOn(world: World, side: Side, link: LinkId | null): Promise<ExternalId | null> {
  if (link === null) return null;
  const members = await world.store.membersOf([link]);
  return members.find((member) => member.connection === side.id && !member.isAlias)?.id ?? null;
}

/** The quote as the CRM shows it now. Stores nothing. */
async function readNow(
  world: World,
  crm: Side,
  { id, signal }: { readonly id: ExternalId; readonly signal: AbortSignal },
): Promise<Fields> {
  const mapping = mappingOf(crm, "quotes");
  if (mapping === undefined) throw new Refused("not_offered", `${crm.id} has no quotes`);
  const connection = await crm.open(openTerms("interactive", signal));
  const [record] = await connection.readByIds({ entity: "quotes", roots: mapping.roots, ids: [id] });
  if (record === undefined || record.kind === "deleted")
    throw new Refused("record_unknown", `${crm.id} has no quote ${id}`);
  const span = { start: 0, end: 0, via: "hint" } as const;
  const seen = await toObservation(world, { side: crm, mapping, span }, record);
  const links = await lookUpLinks(world, [{ side: crm, mapping, native: seen.native }]);
  return readObservation(mapping, seen, readContext(world, links, { connection: crm.id, lines: [] })).fields;
}

interface Asking {
  readonly erp: Side;
  readonly signal: AbortSignal;
  readonly quote: Fields;
}
type AskedLines = readonly {
  readonly product: ExternalId;
  readonly quantity: string;
  readonly unit: string;
}[];

/** Null where the ERP offers no prices, or does not have the customer. */
async function askPrices(
  at: Asking & {
    readonly customer: ExternalId | null;
    readonly pricebook: ExternalId | null;
    readonly lines: AskedLines;
  },
): Promise<PriceAnswer | null> {
  const { customer, lines } = at;
  if (customer === null || lines.length === 0) return null;
  const { ask } = await operationOf(at.erp, "price", at.signal);
  const plain = lines.map(({ product, quantity, unit }) => ({ product, quantity, unit }));
  const currency = textOf(at.quote["currency"]);
  return ask({ customer, pricebook: at.pricebook, currency, date: null, lines: plain });
}

async function askStock(at: Asking & { readonly lines: AskedLines }): Promise<AvailabilityAnswer | null> {
  if (at.lines.length === 0) return null;
  const { ask } = await operationOf(at.erp, "availability", at.signal);
  const rows = at.lines.map(({ product, quantity, unit }) => ({ product, wanted: { quantity, unit } }));
  return ask({ rows, warehouses: null, date: textOf(at.quote["requestedDate"]) });
}

async function askCredit(
  at: Asking & { readonly customer: ExternalId | null; readonly prices: PriceAnswer | null },
): Promise<CreditAnswer | null> {
  if (at.customer === null) return null;
  const { ask, manifest } = await operationOf(at.erp, "credit", at.signal);
  const measured = manifest.operations?.credit?.measuredBy ?? "gross";
  const totals = at.prices?.totals ?? null;
  const order =
    totals === null || at.prices === null ? null : { amount: totals[measured], currency: at.prices.currency };
  return ask({ customer: at.customer, order });
}
