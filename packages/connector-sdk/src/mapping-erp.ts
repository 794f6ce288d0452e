/**
 * What the default mappings of ERPs have in common. A connector that forms its records in these native roots
 * takes the part as it is; the rest it says itself. Everything is the parsed form of `mappings/*.yaml`.
 */
import type { Json, JsonMap } from "@crossfoot/kernel";

/** A field that is read only. */
export const shown = (path: string, more: JsonMap = {}): JsonMap => ({ path, write: false, ...more });

/** An amount and its currency, each by its path. */
export const money = (amount: string, currency: string, more: JsonMap = {}): JsonMap => ({
  amount,
  currency,
  ...more,
});

/** A total of a document, read only, in the document's currency. */
export const total = (path: string): JsonMap => money(path, "currency", { write: false });

/**
 * Totals of a document in the currency of the company, read only, and the date of their rate. Roots:
 * `company_net`, `company_tax`, `company_total` (decimals or null), `company_currency`, `company_rate_date`.
 */
export const companyTotals: JsonMap = {
  companyNet: money("company_net", "company_currency", { write: false }),
  companyTax: money("company_tax", "company_currency", { write: false }),
  companyGross: money("company_total", "company_currency", { write: false }),
  companyRateDate: shown("company_rate_date"),
};

/** Native names of the parts of an address. */
export interface AddressKeys {
  readonly street: string;
  readonly street2: string;
  readonly city: string;
  readonly postalCode: string;
  readonly region: string;
  readonly country: string;
}

/** The parts of an address under a path; the path ends in a point or is empty. */
export const addressAt =
  (keys: AddressKeys) =>
  (path: string): JsonMap => ({
    parts: Object.fromEntries(Object.entries(keys).map(([part, key]) => [part, { path: `${path}${key}` }])),
  });

/** A unit of measure, in the words of the installation. */
export const unit: JsonMap = { path: "unit", values: "units" };

/** The three addresses of an account: roots `invoice_address`, `delivery_address`, `addresses`. */
export const accountAddresses = (address: (path: string) => JsonMap): JsonMap => ({
  billingAddress: address("invoice_address."),
  shippingAddress: address("delivery_address."),
  addresses: { list: "addresses", key: "id", fields: { label: { path: "name" }, address: address("") } },
});

/** A person's name: root `person`. */
export const personName: JsonMap = {
  parts: { given: { path: "person.given" }, family: { path: "person.family" } },
};

/** Price lists: roots `name`, `currency`, `active`, `entries` (`id`, `product`, `unit`, `min_quantity`). */
export const pricebooks: JsonMap = {
  code: shown("name"),
  name: shown("name"),
  currency: shown("currency"),
  active: shown("active"),
  entries: {
    list: "entries",
    key: "id",
    write: false,
    fields: {
      product: { path: "product", ref: "products" },
      price: {
        parts: { unitPrice: money("unit_price", "currency"), unit, minQuantity: { path: "min_quantity" } },
      },
    },
  },
};

/** Native roots of the head of a quote or an order, as far as systems name them differently. */
export interface HeadRoots {
  readonly date: string;
  readonly account: string;
  readonly billTo: string;
  readonly shipTo: string;
  readonly customerOrderNumber: string;
  readonly requestedDate: string;
}

/** Fields that quotes and orders share; `more` is added to each of them. */
export const documentHead = (roots: HeadRoots, more: JsonMap): JsonMap => ({
  date: { path: roots.date, ...more },
  account: { path: roots.account, ref: "accounts", ...more },
  billTo: { path: roots.billTo, ref: "accounts", ...more },
  shipTo: { path: roots.shipTo, ref: "accounts", ...more },
  customerOrderNumber: { path: roots.customerOrderNumber, ...more },
  requestedDate: { path: roots.requestedDate, ...more },
  paymentTerms: { path: "payment_term", values: "paymentTerms", ...more },
  freight: money("freight.amount", "freight.currency", { digits: 2, ...more }),
  warehouse: { path: "warehouse", ...more },
  company: { path: "company", ...more },
  currency: { path: "currency", ...more },
});

const sold: JsonMap = {
  product: { path: "product", ref: "products" },
  quantity: { value: "quantity", unit },
};

/** Lines of a quote: prices before discount; `price` is added to the unit price. */
export const quoteLines = (price: JsonMap = {}): JsonMap => ({
  list: "lines",
  key: "id",
  fields: {
    ...sold,
    unitPrice: money("unit_price", "^currency", price),
    discountPercent: { path: "discount_percent" },
    remarks: { path: "note" },
  },
});

/** What a quote shows of the ERP's own checks; `number` is the root of the ERP's number. */
export const quoteChecks = (number: string): JsonMap => ({
  erpNumber: shown(number),
  validation: shown("validation"),
  approval: shown("approval"),
  approvalReason: shown("approval_reason"),
  approvalBy: shown("approval_by"),
  approvalAt: shown("approval_at"),
});

/** Lines of an order or an invoice: net prices, and the tax of the line. */
export const bookedLines: JsonMap = {
  list: "lines",
  key: "id",
  write: false,
  fields: {
    ...sold,
    unitPrice: money("unit_price", "^currency"),
    net: money("amount", "^currency"),
    tax: money("tax", "^currency"),
  },
};

/** Lines of an order that may be changed while it stands: goods and how much; amounts are the ERP's. */
export const changedLines: JsonMap = {
  list: "lines",
  key: "id",
  fields: {
    ...sold,
    unitPrice: money("unit_price", "^currency", { write: false }),
    net: money("amount", "^currency", { write: false }),
    tax: money("tax", "^currency", { write: false }),
  },
};

/** Payments of an invoice. */
export const payments: JsonMap = {
  list: "payments",
  key: "id",
  write: false,
  fields: { date: { path: "date" }, amount: money("amount", "^currency"), method: { path: "method" } },
};

/** Stock of a product in a warehouse, and what can be promised of it. */
export const inventory: JsonMap = {
  product: shown("product", { ref: "products" }),
  warehouse: shown("warehouse"),
  unit: { ...unit, write: false },
  onHand: shown("on_hand"),
  reserved: shown("reserved"),
  incoming: shown("incoming"),
  available: shown("available"),
  availableByDate: {
    list: "available_by_date",
    key: "date",
    write: false,
    fields: { date: { path: "date" }, quantity: { path: "quantity" } },
  },
};

/** Lines of a shipment. */
export const shippedLines: JsonMap = { list: "lines", key: "id", write: false, fields: sold };

/** The whole of a mapping from its entities and the maps of codes that they name. */
export function mappingOf(valueMaps: JsonMap, entities: { readonly [entity: string]: JsonMap }): Json {
  const described = Object.entries(entities).map(([entity, fields]) => [entity, { fields }]);
  return { valueMaps, entities: Object.fromEntries(described) as JsonMap };
}
