import type { FieldKind, FieldKinds } from "@crossfoot/kernel";

const text: FieldKind = { kind: "text" };
const code: FieldKind = { kind: "code" };
const decimal: FieldKind = { kind: "decimal" };
const flag: FieldKind = { kind: "boolean" };
const date: FieldKind = { kind: "date" };
const instant: FieldKind = { kind: "instant" };
const money: FieldKind = { kind: "money" };
const quantity: FieldKind = { kind: "quantity" };
const reference = (entity: EntityName): FieldKind => ({ kind: "reference", entity });
const group = (parts: FieldKinds): FieldKind => ({ kind: "group", parts });
const collection = (parts: FieldKinds): FieldKind => ({ kind: "collection", parts });

const addressParts: FieldKinds = {
  street: text,
  street2: text,
  city: text,
  postalCode: text,
  region: text,
  country: code,
};
/** An address merges as one value, or two edits make an address nobody wrote. */
const address = group(addressParts);
const validity = group({ from: date, to: date });

/** The nine entities of a company's order-to-cash, in the order in which parents come before children. */
export const entityNames = [
  "accounts",
  "contacts",
  "products",
  "pricebooks",
  "quotes",
  "orders",
  "invoices",
  "inventory",
  "shipments",
] as const;

/** One of the nine entities. */
export type EntityName = (typeof entityNames)[number];

/** An entity: its fields with their kinds, and what a user calls it. */
export interface Entity {
  readonly name: EntityName;
  readonly title: string;
  readonly fields: FieldKinds;
  /** A projection has no editor: natural key, last read wins, no base, no conflict. */
  readonly isProjection: boolean;
  /** A document is created once per lineage and purpose, and moves through states. */
  readonly isDocument: boolean;
  /** The field that shows a person which record is meant. */
  readonly label: string;
  /** The field that holds the document's or record's state, when there is one. */
  readonly status: string | null;
}

const documentHead: FieldKinds = {
  account: reference("accounts"),
  billTo: reference("accounts"),
  shipTo: reference("accounts"),
  customerOrderNumber: text,
  requestedDate: date,
  paymentTerms: code,
  freight: money,
  warehouse: code,
  company: code,
  owner: code,
  currency: code,
};
const documentTotals: FieldKinds = { net: money, tax: money, gross: money };
/** The same in the company's currency, with the rate that they follow from. */
const companyTotals: FieldKinds = {
  companyNet: money,
  companyTax: money,
  companyGross: money,
  companyRate: decimal,
  companyRateDate: date,
};

const fields: { readonly [name in EntityName]: FieldKinds } = {
  accounts: {
    name: text,
    number: text,
    parent: reference("accounts"),
    billingAddress: address,
    shippingAddress: address,
    addresses: collection({ label: text, address }),
    phone: text,
    email: text,
    website: text,
    industry: code,
    taxId: text,
    currency: code,
    paymentTerms: code,
    creditLimit: money,
    status: code,
    owner: code,
  },
  contacts: {
    name: group({ given: text, family: text }),
    title: text,
    phone: text,
    mobile: text,
    email: text,
    account: reference("accounts"),
    status: code,
    consent: group({ email: flag, phone: flag, tracking: flag }),
  },
  products: {
    sku: text,
    name: text,
    description: text,
    unit: code,
    kind: code,
    category: text,
    taxCategory: code,
    active: flag,
    listPrice: money,
    gtin: text,
    cost: money,
  },
  pricebooks: {
    code: text,
    name: text,
    currency: code,
    validity,
    account: reference("accounts"),
    segment: text,
    active: flag,
    entries: collection({
      product: reference("products"),
      price: group({ unitPrice: money, unit: code, minQuantity: decimal }),
      discountPercent: decimal,
      validity,
    }),
  },
  quotes: {
    number: text,
    revision: decimal,
    date,
    validUntil: date,
    ...documentHead,
    shipToAddress: address,
    pricebook: reference("pricebooks"),
    discountPercent: decimal,
    status: code,
    lines: collection({
      product: reference("products"),
      quantity,
      unitPrice: money,
      discountPercent: decimal,
      requestedDate: date,
      remarks: text,
    }),
    ...documentTotals,
    erpNumber: text,
    validation: text,
    approval: code,
    approvalReason: text,
    approvalBy: text,
    approvalAt: instant,
  },
  orders: {
    number: text,
    date,
    ...documentHead,
    discountPercent: decimal,
    status: code,
    quote: reference("quotes"),
    lines: collection({ product: reference("products"), quantity, unitPrice: money, net: money, tax: money }),
    ...documentTotals,
    ...companyTotals,
  },
  invoices: {
    number: text,
    account: reference("accounts"),
    date,
    dueDate: date,
    owner: code,
    currency: code,
    freight: money,
    discountPercent: decimal,
    status: code,
    order: reference("orders"),
    lines: collection({ product: reference("products"), quantity, unitPrice: money, net: money, tax: money }),
    payments: collection({ date, amount: money, method: code }),
    ...documentTotals,
    openBalance: money,
    ...companyTotals,
  },
  inventory: {
    product: reference("products"),
    warehouse: code,
    unit: code,
    onHand: decimal,
    reserved: decimal,
    incoming: decimal,
    available: decimal,
    availableByDate: collection({ date, quantity: decimal }),
  },
  shipments: {
    number: text,
    order: reference("orders"),
    expectedShipDate: date,
    confirmedDeliveryDate: date,
    status: code,
    carrier: text,
    trackingNumber: text,
    events: collection({ at: instant, status: code, text }),
    lines: collection({ product: reference("products"), quantity }),
  },
};

const traits: {
  readonly [name in EntityName]: readonly [title: string, label: string, status: string | null];
} = {
  accounts: ["Accounts", "name", "status"],
  contacts: ["Contacts", "email", "status"],
  products: ["Products", "sku", null],
  pricebooks: ["Price books", "code", null],
  quotes: ["Quotes", "number", "status"],
  orders: ["Orders", "number", "status"],
  invoices: ["Invoices", "number", "status"],
  inventory: ["Inventory", "warehouse", null],
  shipments: ["Shipments", "number", "status"],
};
const documents: readonly EntityName[] = ["quotes", "orders", "invoices", "shipments"];

/** The nine entities by name. */
export const entities: { readonly [name in EntityName]: Entity } = Object.fromEntries(
  entityNames.map((name) => [
    name,
    {
      name,
      title: traits[name][0],
      label: traits[name][1],
      status: traits[name][2],
      fields: fields[name],
      isProjection: name === "inventory",
      isDocument: documents.includes(name),
    },
  ]),
) as unknown as { readonly [name in EntityName]: Entity };

/** Canonical codes of the states that entities go through; value maps name these. */
export const statusCodes: { readonly [entity: string]: readonly string[] } = {
  accounts: ["lead", "prospect", "customer", "inactive"],
  contacts: ["active", "inactive"],
  quotes: ["draft", "sent", "accepted", "rejected", "expired", "converted", "cancelled"],
  orders: ["draft", "open", "part_delivered", "delivered", "invoiced", "closed", "cancelled"],
  invoices: ["draft", "open", "part_paid", "paid", "cancelled"],
  shipments: ["planned", "picked", "packed", "shipped", "delivered", "cancelled"],
};

/** True for one of the nine entity names. */
export function isEntityName(text: string): text is EntityName {
  return (entityNames as readonly string[]).includes(text);
}

/** Fields of an entity by one of which people call its records, the best one first. Pure. */
export const labelFields = (entity: string): readonly string[] =>
  isEntityName(entity) ? [entities[entity].label, "number", "name", "sku", "code"] : [];
