import type { NativeWrite } from "@crossfoot/connector-sdk";
import { compare } from "./decimal.ts";
import { refusal } from "./failures.ts";
import type { Lookups } from "./lookups.ts";
import { isBlank, isList, isMap, isSame, mapsOf, scalar, text, trytonId } from "./native.ts";
import type { Json, JsonMap } from "./native.ts";
import { isBlankAddress } from "./party.ts";
import type { Rpc } from "./rpc.ts";
import { shipmentAddress } from "./sale-address.ts";
import { todayOf } from "./stock-levels.ts";
import { date } from "./wire.ts";
import type { Prepared } from "./write-party.ts";
import { foldedNote, freightProduct, lineGoods, needsLines, prepareLines } from "./write-sale-lines.ts";
import type { SaleDraft } from "./write-sale-lines.ts";

const noCurrency = "a sale needs a currency; none is assumed";

/** Header roots that a sale takes while it is a draft, and those it takes in any state. */
const laterRoots: ReadonlySet<string> = new Set(["description", "reference", "comment"]);

/** A sale as it stands before an update. */
export interface SaleNow {
  readonly state: string;
  readonly comment: string | null;
  readonly party: number;
  readonly invoiceParty: number | null;
  readonly shipmentParty: number | null;
  readonly priceList: number | null;
  readonly currency: number;
}

async function draftOf(rpc: Rpc, write: NativeWrite, lookups: Lookups): Promise<SaleDraft> {
  return { rpc, write, lookups, facts: await lookups.facts(), values: {}, parts: [] };
}

/**
 * Values of a quote that is created: what Tryton's own screens would fill in, with the caller's values on
 * top.
 */
export async function prepareSale(rpc: Rpc, write: NativeWrite, lookups: Lookups): Promise<Prepared> {
  const { reference } = write;
  const { draft, party, invoiceParty, shipmentParty, currency } = await headOf(rpc, write, lookups);
  // What would be refused on its way to an order is not begun: it would stay behind as a draft.
  checkDates(rpc, write.patch);
  checkAddresses(draft);
  draft.values["company"] = draft.facts.company;
  draft.values[rpc.options.referenceField] = reference;
  const priceList = trytonId(draft.values["price_list"]) ?? null;
  await prepareLines(draft, {
    party,
    invoiceParty,
    priceList,
    currency,
    saleDate: draft.values["sale_date"] ?? null,
  });
  await shipTo(draft, shipmentParty ?? party);
  return { values: draft.values, parts: [] };
}

/** A sale as far as its header makes it, and its parties. */
interface FilledHead {
  readonly draft: SaleDraft;
  readonly party: number;
  readonly invoiceParty: number | null;
  readonly shipmentParty: number | null;
  readonly currency: number;
}

async function headOf(rpc: Rpc, write: NativeWrite, lookups: Lookups): Promise<FilledHead> {
  const draft = await draftOf(rpc, write, lookups);
  const { patch } = write;
  const party = trytonId(patch["party"]);
  if (party === undefined) throw refusal("required", "a sale needs a customer", "party");
  await header(draft);
  const currency = trytonId(draft.values["currency"]);
  if (currency === undefined) throw refusal("currency_missing", noCurrency, "currency");
  // Tryton's screens offer active customers only, its server takes any.
  if (!(await lookups.isActiveParty(party)))
    throw refusal("customer_inactive", "the customer is not active in Tryton", "party");
  const [invoiceParty, shipmentParty] = [
    trytonId(patch["invoice_party"]) ?? null,
    trytonId(patch["shipment_party"]) ?? null,
  ];
  const filled = await filledIn(draft, { party, invoiceParty, shipmentParty, currency });
  for (const field of ["invoice_address", "shipment_address", "payment_term", "price_list"]) {
    draft.values[field] ??= filled[field] ?? null;
  }
  if (rpc.options.warehouse !== null) {
    draft.values["warehouse"] ??= await lookups.warehouse(rpc.options.warehouse);
  }
  return { draft, party, invoiceParty, shipmentParty, currency };
}

/**
 * Everything by which a quote would be refused on its way to an order, as far as it can be told before:
 * what it names has to be there, and `quote` wants both addresses. Rejects with that; changes nothing.
 */
export async function foreseeSale(rpc: Rpc, write: NativeWrite, lookups: Lookups): Promise<void> {
  const { patch } = write;
  // Without a customer, who is made first then, the rest can be told all the same.
  const isKnown = trytonId(patch["party"]) !== undefined;
  const draft = isKnown ? (await headOf(rpc, write, lookups)).draft : await draftOf(rpc, write, lookups);
  if (!isKnown) await header(draft);
  checkDates(rpc, patch);
  const rows = mapsOf(patch["lines"]);
  needsLines(rows);
  for (const row of rows) await lineGoods(draft, row);
  const freight = patch["freight"];
  const amount = isMap(freight) && !isBlank(freight["amount"]) ? scalar(freight["amount"]) : "0";
  if (compare(amount, "0") !== 0) await freightProduct(draft);
  if (isKnown) checkAddresses(draft);
}

/** Tryton's button `quote` wants both addresses: without one the sale would stay a draft for good. */
function checkAddresses({ write, values }: SaleDraft): void {
  const shipTo = write.patch["shipment_address"];
  const isShipped = isMap(shipTo) && !isBlankAddress(shipTo);
  for (const [field, word] of [
    ["invoice_address", "an invoice address"],
    ["shipment_address", "a shipment address"],
  ] as const)
    if (isBlank(values[field]) && !(isShipped && field === "shipment_address"))
      throw refusal("quote_incomplete", `the quote needs ${word}: the customer has no address`, field);
}

/** Tryton takes no shipping before the day of the sale, which is that of the confirmation without one. */
function checkDates(rpc: Rpc, patch: JsonMap): void {
  const [wanted, sold] = [patch["shipping_date"], patch["sale_date"]];
  if (isBlank(wanted) || scalar(wanted) >= (isBlank(sold) ? todayOf(rpc) : scalar(sold))) return;
  throw refusal("date_too_early", "the requested day is before the day of the sale", "shipping_date");
}

/**
 * Values of a quote that is changed. Tryton itself would let a client rewrite a confirmed sale; this does
 * not.
 */
export async function prepareSaleUpdate(
  rpc: Rpc,
  { write, now }: { readonly write: NativeWrite; readonly now: SaleNow },
  lookups: Lookups,
): Promise<Prepared> {
  const draft = await draftOf(rpc, write, lookups);
  const { patch } = write;
  const closed = Object.keys(patch).filter(
    (root) => !laterRoots.has(root) && !isSame(patch[root], write.current[root]),
  );
  if (now.state !== "draft" && closed.length > 0) {
    throw refusal(
      "wrong_state",
      `a sale in state ${now.state} does not take ${closed.join(", ")}; reopen it first`,
      closed[0] ?? null,
    );
  }
  if (!isBlank(patch["discount_percent"]) && compare(scalar(patch["discount_percent"]), "0") !== 0) {
    throw refusal(
      "header_discount",
      "a discount of the whole quote is taken on its creation only",
      "discount_percent",
    );
  }
  await header(draft);
  const isFolded = (now.comment ?? "").includes(foldedNote);
  if (isFolded && draft.values["comment"] !== undefined) {
    draft.values["comment"] = [text(draft.values, "comment"), foldedNote]
      .filter((line) => line !== null)
      .join("\n");
  }
  const party = trytonId(patch["party"]) ?? now.party;
  const invoiceParty =
    patch["invoice_party"] === undefined ? now.invoiceParty : (trytonId(patch["invoice_party"]) ?? null);
  const shipmentParty =
    patch["shipment_party"] === undefined ? now.shipmentParty : (trytonId(patch["shipment_party"]) ?? null);
  const currency = trytonId(draft.values["currency"]) ?? now.currency;
  if (["party", "invoice_party", "shipment_party"].some((root) => patch[root] !== undefined)) {
    const filled = await filledIn(draft, { party, invoiceParty, shipmentParty, currency });
    for (const field of ["invoice_address", "shipment_address"]) draft.values[field] = filled[field] ?? null;
  }
  const priceList =
    draft.values["price_list"] === undefined ? now.priceList : (trytonId(draft.values["price_list"]) ?? null);
  if (patch["lines"] !== undefined || patch["freight"] !== undefined) {
    if (isFolded) {
      throw refusal(
        "prices_folded",
        "the sale's prices hold the discounts of the quote; cancel it and create it again",
        "lines",
      );
    }
    await prepareLines(draft, {
      party,
      invoiceParty,
      priceList,
      currency,
      saleDate: draft.values["sale_date"] ?? null,
    });
  }
  await shipTo(draft, shipmentParty ?? party);
  return { values: draft.values, parts: draft.parts };
}

/** Last of all, since it may create an address: a quote that is refused leaves none behind. */
async function shipTo(draft: SaleDraft, party: number): Promise<void> {
  const address = draft.write.patch["shipment_address"];
  if (!isMap(address) || isBlankAddress(address)) return;
  draft.values["shipment_address"] = await shipmentAddress(draft, address, party);
}

async function header({ write, lookups, facts, values }: SaleDraft): Promise<void> {
  const { patch } = write;
  for (const field of ["reference", "description", "comment"])
    if (patch[field] !== undefined) values[field] = patch[field];
  for (const field of ["sale_date", "shipping_date"]) {
    const given = patch[field];
    if (given !== undefined) values[field] = isBlank(given) ? null : date(scalar(given));
  }
  for (const field of ["party", "invoice_party", "shipment_party", "price_list"]) {
    if (patch[field] !== undefined) values[field] = trytonId(patch[field]) ?? null;
  }
  const finders = [
    ["payment_term", lookups.paymentTerm],
    ["warehouse", lookups.warehouse],
    ["currency", lookups.currency],
  ] as const;
  for (const [field, find] of finders) {
    const given = patch[field];
    if (given !== undefined) values[field] = isBlank(given) ? null : await find(scalar(given));
  }
  if (values["currency"] === null) throw refusal("currency_missing", noCurrency, "currency");
  const company = patch["company"];
  if (!isBlank(company) && company !== facts.companyName && company !== facts.companyCode) {
    throw refusal("company_mismatch", "the quote is for another company than this connection's", "company");
  }
}

/**
 * What `on_change` of the parties fills in: addresses, terms, price list. A carrier it proposes is left out:
 * it would add a freight line that nobody quoted.
 */
export async function filledIn(
  { rpc, facts }: Pick<SaleDraft, "rpc" | "facts">,
  head: {
    readonly party: number;
    readonly invoiceParty: number | null;
    readonly shipmentParty: number | null;
    readonly currency: number;
  },
): Promise<JsonMap> {
  const values: JsonMap = {
    id: -1,
    party: head.party,
    invoice_party: head.invoiceParty,
    shipment_party: head.shipmentParty,
    currency: head.currency,
    company: facts.company,
    lines: [],
  };
  const changed: readonly Json[] = [
    "party",
    ...(head.invoiceParty === null ? [] : ["invoice_party"]),
    ...(head.shipmentParty === null ? [] : ["shipment_party"]),
  ];
  const answer = await rpc.call("sale.sale.on_change", [values, changed]);
  return Object.assign({}, ...(isList(answer) ? answer.filter(isMap) : [])) as JsonMap;
}
