import { ConnectorError, decimals, referencesOf, writePatch } from "@crossfoot/connector-sdk";
import type {
  AvailabilityAnswer,
  Connection,
  EntityMapping,
  NativeRecord,
  PriceAnswer,
  RefusedRow,
  StockedRow,
} from "@crossfoot/connector-sdk";
import { canonicalBytes } from "@crossfoot/kernel";
import type { EntityName, ExternalId, FailureRecord, Fields, LinkId, Value } from "@crossfoot/kernel";
import type { AcceptedPart } from "./accept-port.ts";
import { judgePart } from "./accept-rights.ts";
import { lookUpLinks, readContext, readObservation } from "./canonical.ts";
import { openTerms } from "./gate.ts";
import { answered, operationOf } from "./moment-answer.ts";
import type { KeptAnswers } from "./moment-answer.ts";
import { idOn, memberOn, Refused, sideOfRole } from "./moment-names.ts";
import type { Moment, Preflight } from "./moment-port.ts";
import { refusedRow, shownBy } from "./moment-questions.ts";
import { toObservation } from "./observe.ts";
import { supersededNow } from "./order-standing.ts";
import { amountOf, hasExtras } from "./preflight-order.ts";
import { judgeQuote, notAsked } from "./preflight.ts";
import { unsendableIn } from "./preflight-sending.ts";
import type { Unsendable } from "./preflight-sending.ts";
import { linesOf, part, text } from "./preflight-words.ts";
import type { PreflightCredit } from "./preflight.ts";
import { mappingOf } from "./world.ts";
import type { Side, World } from "./world.ts";

/** Everything about a quote before it becomes an order, in one call that changes nothing. */
export function preflightOf(world: World, kept: KeptAnswers): Pick<Moment, "preflight"> {
  return {
    preflight: ({ quote, accepted = [], budgetMs }) =>
      answered(world, kept, {
        name: `preflight ${canonicalBytes({ quote })} ${JSON.stringify(accepted)}`,
        budgetMs,
        ask: (signal) => preflight(world, { quote, accepted }, signal),
      }),
  };
}

async function preflight(
  world: World,
  { quote: name, accepted }: { readonly quote: string; readonly accepted: AcceptedPart["lines"] },
  signal: AbortSignal,
): Promise<Preflight> {
  const crm = sideOfRole(world, "crm");
  const erp = sideOfRole(world, "erp");
  const id = await idOn(world, crm, { entity: "quotes", name });
  const read = await readNow(world, crm, { entity: "quotes", id, signal });
  const quote = partOfQuote(crm, read.fields, accepted);
  const lines = goodsOf(quote);
  const [buyer, billed] = [linkIn(quote["account"]), linkIn(quote["billTo"])];
  const members = await world.store.membersOf(linksOf(quote));
  const idOf = (link: LinkId | null): ExternalId | null =>
    memberOn(
      members.filter((member) => member.link === link),
      erp,
    )?.id ?? null;
  const [customer, pricebook] = [idOf(buyer), idOf(linkIn(quote["pricebook"]))];
  const asking = { erp, signal, quote };
  const products = lines.map(({ product }) => idOf(product));
  const known = products.flatMap((each) => each ?? []);
  const { manifest, foreseeRefusal } = await erp.open(openTerms("interactive", signal));
  const orders = manifest.operations?.quoteToOrder;
  // What the order will be asked by: it gets the ERP's own warehouse where the quote names none.
  const ordered = { ...quote, warehouse: text(quote["warehouse"]) ?? orders?.warehouse ?? null };
  const [shown, account] = await Promise.all([
    shownBy(world, erp, { entity: "products", ids: [...new Set(known)] }),
    customer === null ? null : shownBy(world, erp, { entity: "accounts", ids: [customer] }),
  ]);
  const asked = lines.flatMap(({ quantity, unit }, at) => {
    const product = products[at] ?? null;
    const own = unit ?? (product === null ? null : text(shown.get(product)?.["unit"]));
    return product === null || quantity === null || own === null
      ? []
      : [{ at, product, quantity, unit: own }];
  });
  const prices = await offered(() =>
    askPrices({ ...asking, customer, billTo: idOf(billed), pricebook, lines: asked }),
  );
  const priceAt = placed(asked, prices?.rows ?? null);
  const rows = lines.map((_line, at) => priceAt(at));
  // Somebody who is billed in the customer's place may be new to the ERP: nothing is told of him then.
  const debtor = manifest.operations?.credit?.of === "billTo" && billed !== null ? idOf(billed) : customer;
  const [stock, credit, foreseen, newcomer] = await Promise.all([
    offered(() => askStock({ ...asking, lines: asked })),
    offered(() => askCredit({ ...asking, customer: debtor, prices: prices && { ...prices, rows } })),
    foreseeRefusal === undefined ? null : foresee(world, { ...asking, members, ask: foreseeRefusal }),
    customer === null ? newcomerOf(world, crm, { read, signal }) : null,
  ]);
  const stockAt = placed<StockedRow | RefusedRow>(asked, stock?.rows ?? null);
  return judgeQuote({
    quote: ordered,
    superseded: await supersededNow(world, crm, { id, fields: quote }),
    account: customer === null ? null : (account?.get(customer) ?? {}),
    newcomer,
    products: products.map((each) => (each === null ? null : (shown.get(each) ?? {}))),
    prices: rows,
    stock: lines.map((_line, at) => stockAt(at)),
    totals: asked.length === lines.length && !hasExtras(quote) ? (prices?.totals ?? null) : null,
    currency: prices?.currency ?? text(quote["currency"]),
    credit,
    refuses: orders?.refuses ?? [],
    sendsTogether: orders?.sendsTogether === true,
    foreseen,
    unsendable: unsendable(world, erp, { quote, members }),
    today: new Date(world.clock.now()).toISOString().slice(0, 10),
  });
}

/** The quote as it would be with what is accepted of it alone: its totals are not known yet. */
function partOfQuote({ id }: Side, quote: Fields, accepted: AcceptedPart["lines"]): Fields {
  if (accepted.length === 0) return quote;
  const names = (key: string): readonly string[] =>
    key.startsWith(`${id}:`) ? [key.slice(id.length + 1)] : [];
  const part = { lines: accepted };
  const { taken } = judgePart(linesOf(quote), { part, names, lineRemoval: "row" });
  return { ...quote, net: null, tax: null, gross: null, lines: taken };
}

/** Links of all that a quote names. */
function linksOf(quote: Fields): readonly LinkId[] {
  const heads = ["account", "billTo", "shipTo", "pricebook"].map((field) => linkIn(quote[field]));
  return [...heads, ...goodsOf(quote).map(({ product }) => product)].flatMap((link) => link ?? []);
}

/** What the lines of a quote are about. */
const goodsOf = (quote: Fields) =>
  linesOf(quote).map(({ fields }) => ({
    product: linkIn(fields["product"]),
    quantity: part(fields["quantity"], "value"),
    unit: part(fields["quantity"], "unit"),
  }));

/** Rows of an answer by the places of the lines that were asked about. */
function placed<Row>(
  asked: readonly { readonly at: number }[],
  rows: readonly Row[] | null,
): (at: number) => Row | RefusedRow {
  const byPlace = new Map(asked.map((line, index) => [line.at, rows?.[index]]));
  return (at) => byPlace.get(at) ?? missing;
}

type Members = Awaited<ReturnType<World["store"]["membersOf"]>>;

/** What of a quote the ERP's mapping cannot write. */
function unsendable(
  { policies }: World,
  erp: Side,
  { quote, members }: { readonly quote: Fields; readonly members: Members },
): Unsendable {
  const mapping = mappingOf(erp, "quotes");
  if (mapping === undefined || !policies.some(({ entity }) => entity === "quotes"))
    return { header: [], lines: [] };
  return unsendableIn(mapping, quote, { connection: erp.id, idOf: idsIn(members, erp) });
}

const idsIn = (members: Members, { id: side }: Side) => {
  const own = members.filter(({ connection, isAlias }) => connection === side && !isAlias);
  return (entity: EntityName, link: LinkId): ExternalId | undefined =>
    own.find((member) => member.entity === entity && member.link === link)?.id;
};

/** Why the ERP's connector foresees that the quote is refused; null where nothing speaks against it. */
async function foresee(
  { policies }: World,
  at: Pick<Asking, "erp" | "quote"> & {
    readonly members: Members;
    readonly ask: NonNullable<Connection["foreseeRefusal"]>;
  },
): Promise<FailureRecord | null> {
  const mapping = mappingOf(at.erp, "quotes");
  if (mapping === undefined || !policies.some(({ entity }) => entity === "quotes")) return null;
  const context = { connection: at.erp.id, idOf: idsIn(at.members, at.erp), lineIdOf: () => undefined };
  const { patch } = writePatch(mapping, at.quote, { isCreate: true, current: {}, context });
  const none = { id: null, precondition: null, current: {}, transition: null };
  const named = { key: "foreseen", reference: "foreseen", entity: "quotes" } as const;
  try {
    return await at.ask({ ...named, ...none, kind: "create", patch });
  } catch (error) {
    // What our user may not look at cannot be foreseen; the rest of the preflight holds.
    if (error instanceof ConnectorError && error.failure === "unsupported") return null;
    throw error;
  }
}

/** The account of a quote as the CRM shows it now, whether or not it was ever seen before. */
async function newcomerOf(
  world: World,
  crm: Side,
  { read, signal }: { readonly read: ReadNow; readonly signal: AbortSignal },
): Promise<Fields | null> {
  const { mapping, native } = read;
  const { account } = mapping.fields;
  if (account === undefined) return null;
  const [named] = referencesOf({ ...mapping, fields: { account } }, native);
  if (named === undefined) return null;
  try {
    return (await readNow(world, crm, { entity: "accounts", id: named.id, signal })).fields;
  } catch (error) {
    // It is gone, or not shown: nothing can be told of it.
    if (error instanceof Refused) return null;
    throw error;
  }
}

const missing = refusedRow(notAsked, "the ERP could not be asked");

const linkIn = (value: Value | undefined): LinkId | null => part(value, "link") as LinkId | null;

/** The quote as the CRM shows it now. Stores nothing. */
export async function quoteNow(
  world: World,
  crm: Side,
  asked: { readonly id: ExternalId; readonly signal: AbortSignal },
): Promise<Fields> {
  return (await readNow(world, crm, { entity: "quotes", ...asked })).fields;
}

/** A record as the CRM shows it now: in our fields, and in its own. */
interface ReadNow {
  readonly mapping: EntityMapping;
  readonly fields: Fields;
  readonly native: NativeRecord["native"];
}

async function readNow(
  world: World,
  crm: Side,
  {
    entity,
    id,
    signal,
  }: {
    readonly entity: "quotes" | "accounts";
    readonly id: ExternalId;
    readonly signal: AbortSignal;
  },
): Promise<ReadNow> {
  const mapping = mappingOf(crm, entity);
  if (mapping === undefined) throw new Refused("not_offered", `${crm.id} has no ${entity}`);
  const connection = await crm.open(openTerms("interactive", signal));
  const [record] = await connection.readByIds({ entity, roots: mapping.roots, ids: [id] });
  if (record === undefined || record.kind === "deleted")
    throw new Refused("record_unknown", `${crm.id} has no ${entity.slice(0, -1)} ${id}`);
  const span = { start: 0, end: 0, via: "hint" } as const;
  const seen = await toObservation(world, { side: crm, mapping, span }, record);
  const links = await lookUpLinks(world, [{ side: crm, mapping, native: seen.native }]);
  const context = readContext(world, links, { connection: crm.id, lines: [] });
  return { mapping, native: seen.native, fields: readObservation(mapping, seen, context).fields };
}

/** What an operation answers, or null where the ERP does not offer it: the rest of a preflight holds. */
async function offered<A>(ask: () => Promise<A>): Promise<A | null> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof Refused && error.refusal.code === "not_offered") return null;
    throw error;
  }
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

/** Null where the ERP does not have the customer. */
async function askPrices(
  at: Asking & {
    readonly customer: ExternalId | null;
    readonly billTo: ExternalId | null;
    readonly pricebook: ExternalId | null;
    readonly lines: AskedLines;
  },
): Promise<PriceAnswer | null> {
  const { customer, billTo, lines } = at;
  if (customer === null || lines.length === 0) return null;
  const { ask } = await operationOf(at.erp, "price", at.signal);
  const plain = lines.map(({ product, quantity, unit }) => ({ product, quantity, unit }));
  const currency = text(at.quote["currency"]);
  try {
    return await ask({ customer, billTo, pricebook: at.pricebook, currency, date: null, lines: plain });
  } catch (error) {
    // It says no to the question as a whole, of a customer who is not active for one: so to each line.
    if (!(error instanceof ConnectorError) || error.failure !== "invalid") throw error;
    const row = refusedRow(error.code, error.message);
    return { currency: currency ?? "", pricebook: null, rows: plain.map(() => row), totals: null };
  }
}

async function askStock(at: Asking & { readonly lines: AskedLines }): Promise<AvailabilityAnswer | null> {
  if (at.lines.length === 0) return null;
  const { ask } = await operationOf(at.erp, "availability", at.signal);
  // A line gets what the lines before it leave.
  const taken = new Map<string, string>();
  const rows = at.lines.map(({ product, quantity, unit }) => {
    const key = `${product} ${unit}`;
    const all = decimals.add(taken.get(key) ?? "0", quantity);
    taken.set(key, all);
    return { product, wanted: { quantity: all, unit } };
  });
  return ask({ rows, warehouses: null, date: text(at.quote["requestedDate"]) });
}

async function askCredit(
  at: Asking & { readonly customer: ExternalId | null; readonly prices: PriceAnswer | null },
): Promise<PreflightCredit | null> {
  if (at.customer === null) return null;
  const { ask, manifest } = await operationOf(at.erp, "credit", at.signal);
  const measured = manifest.operations?.credit?.measuredBy ?? "gross";
  const counted = at.prices === null ? null : amountOf(at.quote, at.prices, measured);
  const currency = text(at.quote["currency"]) ?? at.prices?.currency ?? null;
  const order = counted === null || currency === null ? null : { amount: counted.amount, currency };
  const { customer } = at;
  try {
    return { ...(await ask({ customer, order })), isMeasured: counted?.isWhole === true };
  } catch (error) {
    const isRefused = error instanceof ConnectorError && error.failure === "invalid";
    if (order === null || !isRefused) throw error;
    // Measured in another currency, for one: how the customer stands can be told all the same.
    return { ...(await ask({ customer, order: null })), isMeasured: false };
  }
}
