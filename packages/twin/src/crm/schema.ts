import { CURRENCIES } from "../decimal.ts";
import {
  choice,
  flag,
  group,
  plain,
  reference,
  rows,
  text,
  type Field,
  type ObjectSchema,
} from "../field.ts";

/** Two-letter countries the CRM knows. */
const CRM_COUNTRIES: readonly string[] = [
  "AT",
  "BE",
  "CH",
  "CZ",
  "DE",
  "DK",
  "ES",
  "FR",
  "GB",
  "IT",
  "NL",
  "PL",
  "SE",
  "US",
];
/** Units of measure of the CRM. */
const CRM_UNITS: readonly string[] = ["pcs", "dz", "box", "kg", "g", "m", "h"];
/** Payment terms of the CRM. */
export const CRM_TERMS: readonly string[] = ["immediate", "net14", "net30", "net60"];
/** Industries of the CRM. */
export const CRM_INDUSTRIES: readonly string[] = [
  "manufacturing",
  "retail",
  "healthcare",
  "logistics",
  "technology",
  "construction",
  "other",
];

const ADDRESS: readonly Field[] = [
  text("street"),
  text("street2"),
  text("city"),
  text("postalCode", { max: 20 }),
  text("region"),
  choice("country", CRM_COUNTRIES),
];
const searchable = { searchable: true };
const required = { required: true };
const key = { required: true, searchable: true };
const externalRef = text("externalRef", searchable);
const currency = choice("currency", CURRENCIES);
const neededCurrency = choice("currency", CURRENCIES, required);
const ownerId = reference("ownerId", "users");
const percent = { range: "percent", scale: 4 } as const;
const money = (name: string, options: Partial<Field> = {}): Field => plain(name, "money", options);
const price = (options: Partial<Field> = {}): Field =>
  money("unitPrice", { scale: 4, range: "unsigned", ...options });
const quantity = (options: Partial<Field> = {}): Field => plain("quantity", "decimal", options);
const parties: readonly Field[] = [reference("billToId", "accounts"), reference("shipToId", "accounts")];
const writeBack: readonly Field[] = [
  text("erpNumber", searchable),
  text("erpState"),
  text("erpUrl"),
  text("erpMessage", { max: 2000 }),
];
const mirrorLine: readonly Field[] = [
  text("externalLineRef"),
  reference("productId", "products"),
  quantity(),
  choice("unit", CRM_UNITS),
  price({ range: "unsigned" }),
  plain("discountPercent", "decimal", percent),
  money("subtotal"),
  money("tax"),
];

/** A document's totals in the home currency, by the rate of its day; empty unless the CRM reckons them. */
const homeTotals: readonly Field[] = [
  choice("homeCurrency", CURRENCIES, { readOnly: true }),
  plain("homeNet", "decimal", { readOnly: true }),
  plain("homeTax", "decimal", { readOnly: true }),
  plain("homeGross", "decimal", { readOnly: true }),
  plain("homeRate", "decimal", { readOnly: true }),
  plain("homeRateDate", "date", { readOnly: true }),
];

const accounts: ObjectSchema = {
  name: "accounts",
  prefix: "acc",
  fields: [
    text("name", key),
    text("customerNumber", { max: 40, searchable: true }),
    reference("parentId", "accounts", searchable),
    group("billingAddress", ADDRESS),
    group("shippingAddress", ADDRESS),
    rows("otherAddresses", [text("label"), ...ADDRESS]),
    text("phone"),
    text("website"),
    text("email", searchable),
    choice("industry", CRM_INDUSTRIES),
    text("taxId", { max: 40, searchable: true }),
    currency,
    choice("paymentTerms", CRM_TERMS),
    money("creditLimit", { range: "unsigned" }),
    choice("status", ["lead", "prospect", "customer", "inactive"], { initial: "lead", searchable: true }),
    text("segment", { max: 40 }),
    ownerId,
    ...writeBack,
    externalRef,
  ],
};

const contacts: ObjectSchema = {
  name: "contacts",
  prefix: "con",
  fields: [
    text("givenName"),
    text("familyName", key),
    text("title"),
    rows("phones", [choice("type", ["work", "mobile", "home", "fax"]), text("number")]),
    text("email", searchable),
    reference("accountId", "accounts", searchable),
    choice("status", ["active", "inactive"], { initial: "active" }),
    group("consent", [flag("email"), flag("phone"), flag("tracking")]),
    externalRef,
  ],
};

const products: ObjectSchema = {
  name: "products",
  prefix: "prd",
  fields: [
    text("name", key),
    text("sku", { max: 60, required: true, searchable: true, unique: true }),
    text("description", { max: 4000 }),
    choice("unit", CRM_UNITS, required),
    choice("kind", ["goods", "service"], { initial: "goods" }),
    text("category"),
    choice("taxCategory", ["standard", "reduced", "zero", "exempt"]),
    flag("active", { initial: true }),
    text("gtin", { max: 14, searchable: true }),
    externalRef,
  ],
};

const pricebooks: ObjectSchema = {
  name: "pricebooks",
  prefix: "pbk",
  oneCurrency: true,
  fields: [
    text("code", { max: 40, required: true, searchable: true, unique: true }),
    text("name", required),
    neededCurrency,
    plain("validFrom", "date"),
    plain("validTo", "date"),
    reference("customerId", "accounts", searchable),
    text("segment", { max: 40 }),
    flag("active", { initial: true }),
    rows("entries", [
      reference("productId", "products", required),
      choice("unit", CRM_UNITS, required),
      plain("minQuantity", "decimal", { range: "unsigned" }),
      price(required),
      plain("discountPercent", "decimal", percent),
      plain("validFrom", "date"),
      plain("validTo", "date"),
    ]),
    externalRef,
  ],
};

const quotes: ObjectSchema = {
  name: "quotes",
  prefix: "quo",
  oneCurrency: true,
  fields: [
    text("number", { readOnly: true, searchable: true }),
    reference("accountId", "accounts", key),
    ...parties,
    ownerId,
    plain("date", "date"),
    plain("validUntil", "date"),
    group("shipToAddress", ADDRESS),
    text("customerOrderNumber", { max: 60, searchable: true }),
    plain("requestedDate", "date"),
    choice("paymentTerms", CRM_TERMS),
    reference("pricebookId", "pricebooks"),
    text("warehouse", { max: 20 }),
    money("freight", { range: "unsigned" }),
    plain("headerDiscountPercent", "decimal", percent),
    neededCurrency,
    text("company", { max: 20 }),
    choice("status", ["draft", "sent", "accepted", "rejected", "expired", "converted"], {
      initial: "draft",
      searchable: true,
    }),
    plain("revision", "integer", { readOnly: true, initial: 1 }),
    rows("lines", [
      reference("productId", "products", required),
      quantity({ required: true, range: "positive" }),
      choice("unit", CRM_UNITS, required),
      price(),
      plain("discountPercent", "decimal", percent),
      plain("requestedDate", "date"),
      text("remarks", { max: 2000 }),
      money("subtotal", { readOnly: true }),
    ]),
    group("totals", [money("net"), money("tax"), money("gross")], { readOnly: true }),
    ...writeBack,
    choice("approvalState", ["none", "pending", "approved", "rejected"], { initial: "none" }),
    text("approvalReason", { max: 2000 }),
    text("approvalBy", { max: 255 }),
    plain("approvalAt", "instant"),
    externalRef,
  ],
};

const orders: ObjectSchema = {
  name: "orders",
  prefix: "ord",
  oneCurrency: true,
  fields: [
    text("number", { max: 40, required: true, searchable: true }),
    plain("date", "date"),
    reference("accountId", "accounts", key),
    ...parties,
    text("customerOrderNumber", { max: 60 }),
    plain("requestedDate", "date"),
    choice("paymentTerms", CRM_TERMS),
    money("freight"),
    plain("headerDiscountPercent", "decimal", percent),
    text("warehouse", { max: 20 }),
    text("company", { max: 20 }),
    ownerId,
    neededCurrency,
    choice("status", ["open", "partDelivered", "delivered", "invoiced", "closed", "cancelled"], searchable),
    reference("quoteId", "quotes", searchable),
    rows("lines", mirrorLine),
    group("totals", [money("net"), money("tax"), money("gross")]),
    ...homeTotals,
    externalRef,
  ],
};

const invoices: ObjectSchema = {
  name: "invoices",
  prefix: "inv",
  oneCurrency: true,
  fields: [
    reference("accountId", "accounts", key),
    text("number", { max: 40, required: true, searchable: true }),
    choice("kind", ["invoice", "creditNote"], { initial: "invoice" }),
    plain("date", "date"),
    plain("dueDate", "date"),
    money("amount"),
    money("net"),
    money("tax"),
    money("openBalance"),
    money("freight"),
    plain("headerDiscountPercent", "decimal", percent),
    ownerId,
    neededCurrency,
    choice("status", ["draft", "open", "partPaid", "paid", "cancelled"], searchable),
    reference("orderId", "orders", searchable),
    rows("lines", mirrorLine),
    rows("payments", [text("externalLineRef"), plain("date", "date"), money("amount"), text("method")]),
    ...homeTotals,
    externalRef,
  ],
};

const inventory: ObjectSchema = {
  name: "inventory",
  prefix: "stk",
  naturalKey: ["productId", "warehouse"],
  fields: [
    reference("productId", "products", key),
    text("warehouse", { max: 20, required: true, searchable: true }),
    plain("onHand", "decimal"),
    plain("reserved", "decimal"),
    plain("incoming", "decimal"),
    plain("available", "decimal"),
    rows("availableByDate", [plain("date", "date"), plain("quantity", "decimal")], { keyless: true }),
    externalRef,
  ],
};

const shipments: ObjectSchema = {
  name: "shipments",
  prefix: "shp",
  fields: [
    reference("orderId", "orders", key),
    text("number", { max: 40, required: true, searchable: true }),
    plain("expectedShipDate", "date"),
    plain("confirmedDeliveryDate", "date"),
    choice("status", ["planned", "picked", "shipped", "delayed", "delivered", "cancelled"], searchable),
    text("carrier"),
    text("trackingNumber"),
    rows("events", [
      text("externalLineRef"),
      plain("at", "instant"),
      choice("status", ["pickedUp", "inTransit", "delayed", "delivered"]),
      text("text"),
    ]),
    rows("lines", [
      text("externalLineRef"),
      reference("productId", "products"),
      quantity(),
      choice("unit", CRM_UNITS),
    ]),
    externalRef,
  ],
};

const context: readonly ObjectSchema[] = [
  {
    name: "deals",
    prefix: "del",
    readOnly: true,
    fields: [
      text("name"),
      reference("accountId", "accounts", searchable),
      choice("stage", ["qualification", "proposal", "negotiation", "won", "lost"]),
      money("amount"),
      plain("closeDate", "date"),
      plain("probability", "integer"),
      ownerId,
      reference("quoteId", "quotes"),
    ],
  },
  {
    name: "tickets",
    prefix: "tic",
    readOnly: true,
    fields: [
      text("subject"),
      reference("accountId", "accounts", searchable),
      reference("contactId", "contacts"),
      choice("status", ["open", "pending", "solved"]),
      choice("priority", ["low", "normal", "high"]),
      text("text", { max: 10_000 }),
    ],
  },
  {
    name: "messages",
    prefix: "msg",
    readOnly: true,
    fields: [
      text("sender"),
      text("recipient"),
      text("subject"),
      text("text", { max: 100_000 }),
      reference("accountId", "accounts", searchable),
      reference("contactId", "contacts"),
      plain("receivedAt", "instant"),
    ],
  },
  {
    name: "users",
    prefix: "usr",
    readOnly: true,
    fields: [
      text("login", searchable),
      text("displayName"),
      text("email", searchable),
      choice("kind", ["person", "integration"]),
      flag("active", { initial: true }),
    ],
  },
];

/** All objects of the CRM, in the order of API.md section 2.3. */
export const CRM_SCHEMAS: readonly ObjectSchema[] = [
  accounts,
  contacts,
  products,
  pricebooks,
  quotes,
  orders,
  invoices,
  inventory,
  shipments,
  ...context,
];
