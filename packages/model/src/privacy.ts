import type { Contract, FieldTerms } from "./contract.ts";
import { entities, entityNames } from "./entity.ts";
import type { EntityName } from "./entity.ts";
import { fieldKindsOf } from "./own-field.ts";
import type { KeepTerms, LegalBasis, PersonalCategory, PersonalTerms } from "./privacy-terms.ts";

/** One line of the inventory of personal values. */
export interface InventoryLine {
  readonly entity: EntityName;
  readonly field: string;
  /** Null where nobody has said it: a field of the company's own on a record of a person. */
  readonly category: PersonalCategory | null;
  readonly purpose: string;
  readonly legalBasis: LegalBasis | null;
  readonly retention: string;
  readonly erasedAs: string;
}

/** Entities whose records are persons. */
export const personEntities: readonly EntityName[] = ["contacts"];

type Usual = Required<PersonalTerms>;

const asCustomer = "as long as the account is a customer, or until the person is erased";
const usual = (category: PersonalCategory, purpose: string, more: Partial<Usual> = {}): Usual => ({
  ...{ category, purpose, legalBasis: "contract", retention: asCustomer, erasedAs: "", ...more },
});
const reach = usual("contact", "to reach the customer about quotes, orders and invoices");
const deliver = usual("contact", "to deliver and to invoice");
const employee = usual("identity", "who of us looks after it", {
  legalBasis: "legitimate_interest",
  retention: "as long as the record is kept",
});
const money: Usual = usual("financial", "to decide on credit and to be paid");
const byLaw = { legalBasis: "legal_obligation", retention: "as long as tax law wants the document" } as const;

/** What is usual for the fields that every company has; whatever is not named holds nothing personal. */
const usualTerms: { readonly [name in EntityName]: { readonly [field: string]: Usual } } = {
  accounts: {
    name: usual("identity", "to know the customer; names a person where a sole trader is one"),
    billingAddress: deliver,
    shippingAddress: deliver,
    addresses: deliver,
    phone: reach,
    email: reach,
    taxId: usual("identity", "to invoice by tax law", byLaw),
    paymentTerms: money,
    creditLimit: money,
    owner: employee,
  },
  contacts: {
    name: usual("identity", "to know whom we talk to", { erasedAs: "Erased" }),
    title: usual("identity", "to know whom we talk to"),
    phone: reach,
    mobile: reach,
    email: reach,
    account: usual("identity", "to know for whom the person acts"),
    consent: usual("consent", "to prove what the person has allowed", {
      legalBasis: "legal_obligation",
      retention: "as long as it is relied on",
    }),
  },
  products: {},
  pricebooks: {},
  quotes: { owner: employee, approvalBy: employee, shipToAddress: deliver },
  orders: { owner: employee },
  invoices: { owner: employee, payments: usual("financial", "to keep the books", byLaw) },
  inventory: {},
  shipments: { trackingNumber: deliver, events: deliver },
};

/** What the law usually wants kept. A contract says what holds in its country. */
const usualKeep: { readonly [entity in EntityName]?: KeepTerms } = {
  invoices: { years: 10, because: "tax law wants invoices and what was booked by them kept" },
  orders: { years: 6, because: "commercial law wants business letters kept, and an order is one" },
  quotes: { years: 6, because: "commercial law wants business letters kept, and an accepted quote is one" },
  shipments: { years: 6, because: "commercial law wants business letters kept, and a delivery note is one" },
};

/** What the law wants kept by this contract. Pure. */
export function keptByLaw({ privacy }: Contract): { readonly [entity in EntityName]?: KeepTerms } {
  return { ...usualKeep, ...privacy?.keep };
}

/** What is said of one field. Pure, total. */
function lineOf(entity: EntityName, field: string, terms: FieldTerms | undefined): InventoryLine {
  const own = terms?.privacy;
  const known: Partial<Usual> = usualTerms[entity][field] ?? {};
  const isOurs = !Object.hasOwn(entities[entity].fields, field);
  const unsaid = isOurs && personEntities.includes(entity) ? null : "none";
  const category = own?.category ?? known.category ?? unsaid;
  const holds = category !== null && category !== "none";
  return {
    ...{ entity, field, category },
    purpose: own?.purpose ?? known.purpose ?? "",
    legalBasis: own?.legalBasis ?? known.legalBasis ?? (holds ? "contract" : null),
    retention: own?.retention ?? known.retention ?? (holds ? asCustomer : ""),
    erasedAs: own?.erasedAs ?? known.erasedAs ?? "",
  };
}

/** Whether a line tells of a personal value, or may: nobody has said that it does not. */
export const isPersonal = ({ category }: InventoryLine): boolean => category !== "none";

/**
 * The inventory of personal values: every field of every entity that is switched on, in the order of the
 * model. Pure.
 */
export function privacyInventory(contract: Contract): readonly InventoryLine[] {
  return entityNames
    .filter((entity) => contract.entities[entity].enabled)
    .flatMap((entity) => {
      const terms = contract.entities[entity];
      return Object.keys(fieldKindsOf(entity, terms)).map((field) =>
        lineOf(entity, field, terms.fields[field]),
      );
    });
}

/**
 * Why records may not go from one connection to another, or null. A route is refused when the contract names
 * routes and this one is none of them; within one region all may. Pure.
 */
export function whyOutOfRegion(
  { privacy }: Contract,
  route: {
    readonly from: { readonly id: string; readonly region: string | null };
    readonly to: { readonly id: string; readonly region: string | null };
  },
): string | null {
  const allowed = privacy?.regions;
  if (allowed === undefined) return null;
  const { from, to } = route;
  for (const { id, region } of [from, to])
    if (region === null) return `the contract names regions, and \`region\` of ${id} is not said`;
  if (from.region === to.region) return null;
  if (allowed[from.region ?? ""]?.includes(to.region ?? "") === true) return null;
  return `the contract allows no route from ${from.id} (${from.region}) to ${to.id} (${to.region})`;
}
