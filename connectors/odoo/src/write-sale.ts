import type { NativeWrite } from "@crossfoot/connector-sdk";
import { noonOf } from "./dates.ts";
import { compare } from "./decimal.ts";
import { refusal } from "./failures.ts";
import { idOf, isBlank, isMap, isSame, many, odooId, refId, scalar, text } from "./native.ts";
import type { Json, JsonMap, Row } from "./native.ts";
import type { Odoo } from "./odoo.ts";
import { addressFields, addressOf, isBlankAddress } from "./partner-address.ts";
import { withJoins } from "./tree.ts";
import { addressValues } from "./write-address.ts";
import type { Lookups } from "./write-lookups.ts";
import { referenceFieldOf } from "./write-partner.ts";
import { lineCommands } from "./write-sale-line.ts";

/** Header roots that an order takes in any state. */
const laterRoots: ReadonlySet<string> = new Set(["client_order_ref", "origin"]);
/** States in which Odoo itself lets a person change lines and prices. */
const openStates: readonly string[] = ["draft", "sent"];

interface SaleSetting {
  readonly odoo: Odoo;
  readonly write: NativeWrite;
  readonly lookups: Lookups;
}

/** Values of a quote that is created; what they leave out Odoo fills in by the customer. */
export async function prepareQuote(odoo: Odoo, write: NativeWrite, lookups: Lookups): Promise<JsonMap> {
  const partner = odooId(write.patch["partner"]);
  if (partner === undefined) throw refusal("required", "a quote needs a customer", "partner");
  const facts = await lookups.facts();
  const field = referenceFieldOf("sale.order", odoo.options.orderReference, facts);
  const setting = { odoo, write, lookups };
  const { head, lines } = await quoteParts(setting, partner);
  // Last of all, since it may create an address: a quote that is refused leaves none behind.
  const shipTo = await shippingPartner(setting, odooId(head["partner_shipping_id"]) ?? partner, "create");
  const company = { company_id: facts.company };
  return { ...head, ...company, ...shipTo, [field]: write.reference, order_line: lines };
}

/**
 * Everything by which a quote would be refused on its way to an order, as far as it can be told before: what
 * it names has to be there, of this company, and offered by Odoo's own screens. Rejects with that; changes
 * nothing.
 */
export async function foreseeQuote(odoo: Odoo, write: NativeWrite, lookups: Lookups): Promise<void> {
  const setting = { odoo, write, lookups };
  // Without a customer, who is made first then, the rest can be told all the same.
  const partner = odooId(write.patch["partner"]);
  const { head } = await quoteParts(setting, partner);
  if (partner === undefined) return;
  const named = ["partner_id", "partner_invoice_id", "partner_shipping_id"].flatMap(
    (field) => odooId(head[field]) ?? [],
  );
  const { company } = await lookups.facts();
  const rows = await odoo.read("res.partner", [...new Set(named)], ["company_id"]);
  if (rows.some((row) => ![undefined, company].includes(refId(row, "company_id"))))
    throw refusal("company_mismatch", "the customer, or who is billed, is one of another company", "partner");
  await shippingPartner(setting, odooId(head["partner_shipping_id"]) ?? partner, "look");
}

/** Head and lines of a quote that is created. A customer who is made first is not there yet. */
async function quoteParts(
  setting: SaleSetting,
  partner: number | undefined,
): Promise<{ readonly head: JsonMap; readonly lines: readonly Json[] }> {
  const { odoo, write, lookups } = setting;
  const { options } = odoo;
  const head = await header(setting);
  const customer = partner === undefined ? null : await lookups.customer(partner);
  // Odoo's screens offer active customers and price lists only, its server takes any.
  if (customer?.isActive === false)
    throw refusal("customer_inactive", "the customer is archived in Odoo", "partner");
  const list = odooId(head["pricelist_id"]);
  // Which list a customer gets who is not there yet is not known.
  if (partner !== undefined || list !== undefined) await refuseOtherCurrency(setting, list ?? customer?.list);
  const warehouse =
    head["warehouse_id"] === undefined && options.warehouse !== null
      ? { warehouse_id: await lookups.warehouse(options.warehouse) }
      : {};
  const facts = await lookups.facts();
  const lines = await lineCommands({ ...write, lookups, options, facts, isCreate: true });
  return { head: { ...withoutNothing(head), ...warehouse }, lines };
}

/** On a create what is nothing is left to Odoo, which fills it in by the customer. */
const withoutNothing = (head: JsonMap): JsonMap =>
  Object.fromEntries(Object.entries(head).filter(([, value]) => value !== false));

/** Values of a quote that is changed; a confirmed one takes no prices, lines or parties any more. */
export async function prepareQuoteUpdate(
  odoo: Odoo,
  { write, now }: { readonly write: NativeWrite; readonly now: Row },
  lookups: Lookups,
): Promise<JsonMap> {
  const { patch, current } = write;
  const state = text(now, "state") ?? "";
  const closed = Object.keys(patch).filter(
    (root) => !laterRoots.has(root) && !isSame(patch[root], current[root]),
  );
  if (!openStates.includes(state) && closed.length > 0) {
    const message = `an order in state ${state} does not take ${closed.join(", ")}`;
    throw refusal("wrong_state", message, closed[0] ?? null);
  }
  if (!isBlank(patch["discount_percent"]) && compare(scalar(patch["discount_percent"]), "0") !== 0) {
    const message = "a discount of the whole quote is taken on its creation only";
    throw refusal("header_discount", message, "discount_percent");
  }
  const setting = { odoo, write, lookups };
  const head = await header(setting);
  const list = odooId(head["pricelist_id"]) ?? refId(now, "pricelist_id");
  if (patch["currency"] !== undefined || patch["price_list"] !== undefined)
    await refuseOtherCurrency(setting, list);
  const facts = await lookups.facts();
  const lines = await lineCommands({ ...write, lookups, options: odoo.options, facts, isCreate: false });
  const partner =
    odooId(head["partner_shipping_id"]) ?? odooId(head["partner_id"]) ?? refId(now, "partner_id");
  const shipTo = await shippingPartner(setting, partner ?? 0, "create");
  return { ...head, ...shipTo, ...(lines.length === 0 ? {} : { order_line: lines }) };
}

/** Values of the head of a quote or an order, as far as the patch says them. */
export async function header({ odoo, write, lookups }: SaleSetting): Promise<JsonMap> {
  const { patch } = write;
  const values: Record<string, Json> = {};
  for (const field of ["client_order_ref", "origin", "validity_date"])
    if (patch[field] !== undefined) values[field] = isBlank(patch[field]) ? false : (patch[field] ?? false);
  const days = [
    ["date", "date_order"],
    ["commitment_date", "commitment_date"],
  ] as const;
  for (const [root, field] of days) {
    const given = patch[root];
    if (given === undefined || (isBlank(given) && field === "date_order")) continue;
    values[field] = isBlank(given) ? false : noonOf(scalar(given), odoo.options.timeZone);
  }
  const ids = [
    ["partner", "partner_id"],
    ["invoice_partner", "partner_invoice_id"],
    ["shipping_partner", "partner_shipping_id"],
    ["price_list", "pricelist_id"],
  ] as const;
  for (const [root, field] of ids) {
    if (patch[root] === undefined) continue;
    const id = odooId(patch[root]);
    // Without another party Odoo takes the customer's own addresses, and does not take nothing.
    if (id !== undefined || field === "pricelist_id") values[field] = id ?? false;
    else if (write.kind === "update" && field !== "partner_id")
      values[field] = await ownAddress(odoo, write, field);
  }
  if (patch["payment_term"] !== undefined) {
    const name = patch["payment_term"];
    values["payment_term_id"] = isBlank(name) ? false : await lookups.paymentTerm(scalar(name));
  }
  if (!isBlank(patch["warehouse"]))
    values["warehouse_id"] = await lookups.warehouse(scalar(patch["warehouse"]));
  const { companyName } = await lookups.facts();
  if (!isBlank(patch["company"]) && patch["company"] !== companyName)
    throw refusal("company_mismatch", "the quote is for another company than this connection's", "company");
  return values;
}

/** The customer of the order as it stands, for a party that is taken away. */
async function ownAddress(odoo: Odoo, write: NativeWrite, field: string): Promise<Json> {
  const [row] = await odoo.read("sale.order", [odooId(write.id) ?? 0], ["partner_id"]);
  const id = odooId(write.patch["partner"]) ?? refId(row, "partner_id");
  if (id !== undefined) return id;
  throw refusal("required", "a quote needs a customer", field);
}

/** The currency of a quote is that of its price list, or the company's: Odoo takes no other. */
async function refuseOtherCurrency({ write, lookups }: SaleSetting, list: number | undefined): Promise<void> {
  const wanted = write.patch["currency"];
  if (isBlank(wanted)) {
    if (write.kind === "create" || wanted === null)
      throw refusal("currency_missing", "a quote needs a currency; none is assumed", "currency");
    return;
  }
  const facts = await lookups.facts();
  const found = list === undefined ? null : await lookups.priceList(list);
  if (found?.isActive === false && write.kind === "create")
    throw refusal("pricebook_unknown", "the price list is archived in Odoo", "price_list");
  const currency = found === null ? facts.currency.code : found?.currency;
  if (currency === wanted) return;
  const message = "a quote is in the currency of its price list; name a list in the quote's currency";
  throw refusal("currency_mismatch", message, "currency");
}

const compared = ["street", "street2", "zip", "city", "country"] as const;

/**
 * The address of a customer that reads as wanted: one it has, or a further one that is created for it. It is
 * found again by its content, so that a repeat after a lost answer makes no second one. `look` makes none.
 */
async function shippingPartner(
  { odoo, write, lookups }: SaleSetting,
  partner: number,
  missing: "create" | "look",
): Promise<JsonMap> {
  const wanted = write.patch["shipping_address"];
  if (!isMap(wanted) || isBlankAddress(wanted)) return {};
  const facts = await lookups.facts();
  const rows = await odoo.read(
    "res.partner",
    [partner],
    ["child_ids", "name", "company_id", ...addressFields],
  );
  const fields = ["active", "type", "name", "is_company", ...addressFields];
  const [account] = await withJoins(odoo, rows, [{ field: "child_ids", model: "res.partner", fields }]);
  if (account === undefined) throw refusal("customer_unknown", "Odoo does not show this customer", "partner");
  const children = many(account, "child_ids").filter((row) =>
    ["delivery", "other"].includes(text(row, "type") ?? ""),
  );
  const found = [...children, account].find((row) => {
    const address = addressOf(row, facts);
    return compared.every((part) => isSame(address[part] ?? null, text(wanted, part)));
  });
  if (found !== undefined) return { partner_shipping_id: idOf(found) };
  const values = await addressValues({ lookups, options: odoo.options }, wanted, null);
  if (missing === "look") return {};
  const label = text(wanted, "name") ?? false;
  const company = refId(account, "company_id") ?? false;
  const own = { type: "other", parent_id: partner, name: label, company_id: company };
  const args = { vals_list: [{ ...values, ...own }] };
  const created = await odoo.call({ model: "res.partner", method: "create", args, isWrite: true });
  const id = Array.isArray(created) ? odooId(created[0] as number) : undefined;
  if (id !== undefined) return { partner_shipping_id: id };
  throw refusal("address_unknown", "Odoo did not say which address it created", "shipping_address");
}
