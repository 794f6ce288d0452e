import type { EntityName } from "@crossfoot/model";

/** What a field of a model system holds, in the simulation's own plain form. */
export type Shape =
  | { readonly kind: "text" | "date" | "decimal" | "boolean" | "money" | "quantity" }
  | { readonly kind: "code"; readonly codes: readonly string[] }
  | { readonly kind: "ref"; readonly entity: EntityName }
  | { readonly kind: "group"; readonly parts: Shapes }
  | { readonly kind: "lines"; readonly parts: Shapes };

/** Shapes by field name. */
export interface Shapes {
  readonly [field: string]: Shape;
}

/** One entity as the simulation knows it. */
export interface Kind {
  /**
   * The field that names a record for the workload, the same on both sides, never edited: what the auditor
   * knows a record by, since it may not look into our links.
   */
  readonly tag: string;
  readonly fields: Shapes;
  /** Fields that only the side of one role has. */
  readonly only: { readonly [field: string]: "crm" | "erp" };
  /** State changes the ERP and the CRM offer for documents, plain codes. */
  readonly steps: readonly (readonly [from: string, to: string])[];
  readonly initialStatus: string | null;
}

const text: Shape = { kind: "text" };
const date: Shape = { kind: "date" };
const money: Shape = { kind: "money" };
const code = (...codes: string[]): Shape => ({ kind: "code", codes });
const ref = (entity: EntityName): Shape => ({ kind: "ref", entity });
const address: Shape = {
  kind: "group",
  parts: { street: text, city: text, postalCode: text, country: code("FR", "DE", "CH", "US") },
};
const currency = code("EUR", "USD", "JPY");
const documentLine: Shapes = {
  product: ref("products"),
  quantity: { kind: "quantity" },
  unitPrice: money,
};
const plain = { only: {}, steps: [], initialStatus: null } as const;

/** Entities that the model systems hold, parents before children. */
export const kinds: { readonly [entity in EntityName]?: Kind } = {
  accounts: {
    ...plain,
    tag: "website",
    fields: {
      name: text,
      number: text,
      parent: ref("accounts"),
      billingAddress: address,
      phone: text,
      email: text,
      website: text,
      taxId: text,
      currency,
      creditLimit: money,
      status: code("lead", "prospect", "customer", "inactive"),
    },
  },
  contacts: {
    ...plain,
    tag: "mobile",
    fields: {
      name: { kind: "group", parts: { given: text, family: text } },
      title: text,
      phone: text,
      mobile: text,
      email: text,
      account: ref("accounts"),
      status: code("active", "inactive"),
    },
  },
  products: {
    ...plain,
    tag: "sku",
    fields: {
      sku: text,
      name: text,
      description: text,
      unit: code("pc", "kg", "box"),
      active: { kind: "boolean" },
    },
  },
  quotes: {
    tag: "customerOrderNumber",
    fields: {
      number: text,
      customerOrderNumber: text,
      account: ref("accounts"),
      validUntil: date,
      paymentTerms: code("30D", "60D", "NOW"),
      status: code("draft", "sent", "accepted", "rejected", "expired", "converted", "cancelled"),
      currency,
      lines: { kind: "lines", parts: documentLine },
      net: money,
      tax: money,
      gross: money,
      erpNumber: text,
    },
    only: {},
    steps: [
      ["draft", "sent"],
      ["sent", "accepted"],
      ["sent", "rejected"],
      ["sent", "expired"],
      ["accepted", "converted"],
      ["accepted", "cancelled"],
      ["draft", "cancelled"],
      ["sent", "cancelled"],
    ],
    initialStatus: "draft",
  },
  orders: {
    ...plain,
    tag: "customerOrderNumber",
    fields: {
      number: text,
      customerOrderNumber: text,
      account: ref("accounts"),
      quote: ref("quotes"),
      date,
      status: code("draft", "open", "part_delivered", "delivered", "invoiced", "closed", "cancelled"),
      currency,
      lines: { kind: "lines", parts: documentLine },
      net: money,
      tax: money,
      gross: money,
    },
  },
  invoices: {
    ...plain,
    tag: "owner",
    fields: {
      number: text,
      owner: text,
      account: ref("accounts"),
      order: ref("orders"),
      date,
      dueDate: date,
      status: code("draft", "open", "part_paid", "paid", "cancelled"),
      currency,
      lines: { kind: "lines", parts: documentLine },
      net: money,
      tax: money,
      gross: money,
      payments: { kind: "lines", parts: { date, amount: money, method: code("bank", "card") } },
      openBalance: money,
    },
  },
  shipments: {
    ...plain,
    tag: "trackingNumber",
    fields: {
      number: text,
      trackingNumber: text,
      order: ref("orders"),
      expectedShipDate: date,
      carrier: text,
      status: code("planned", "picked", "packed", "shipped", "delivered", "cancelled"),
      lines: { kind: "lines", parts: { product: ref("products"), quantity: { kind: "quantity" } } },
    },
  },
};

/** The entity's kind; one that is not modelled is a mistake in the scenario. */
export function kindOf(entity: string): Kind {
  const kind = kinds[entity as EntityName];
  if (kind === undefined) throw new Error(`the model systems have no ${entity}`);
  return kind;
}

/** Fields of an entity on one side. */
export function shapesOn(role: "crm" | "erp", entity: string): Shapes {
  const known = shapes[role].get(entity);
  if (known !== undefined) return known;
  const { fields, only } = kindOf(entity);
  const own = Object.entries(fields).filter(([field]) => (only[field] ?? role) === role);
  const asked = Object.fromEntries(own);
  shapes[role].set(entity, asked);
  return asked;
}

/** Shapes that were asked for, by role and entity. */
const shapes = { crm: new Map<string, Shapes>(), erp: new Map<string, Shapes>() };
