import type { FieldKind } from "@crossfoot/kernel";
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
  /** What stands there once the person is erased, "" for nothing; null where it is left alone. */
  readonly erasedAs: string | null;
}

/** Entities whose records are persons. */
export const personEntities: readonly EntityName[] = ["contacts"];

/** Kinds of fields that hold a value of a person by themselves; others point to records, or are no values. */
const emptiedKinds: ReadonlySet<FieldKind["kind"]> = new Set(["text", "code", "date", "instant", "decimal"]);

/** Whether an erasure empties what is of this kind, a field or a part of one. Pure. */
export const isEmptied = ({ kind }: FieldKind): boolean => emptiedKinds.has(kind);

type Usual = Required<Omit<PersonalTerms, "erasedAs">> & Pick<PersonalTerms, "erasedAs">;

const asCustomer = "as long as the account is a customer";
const asPerson = `${asCustomer}, or until the person is erased`;
const asRecord = "as long as the record is kept";
const usual = (category: PersonalCategory, purpose: string, more: Partial<Usual> = {}): Usual => ({
  ...{ category, purpose, legalBasis: "contract", retention: asCustomer, ...more },
});
const reach = usual("contact", "to reach the customer about quotes, orders and invoices");
const deliver = usual("contact", "to deliver and to invoice");
const delivered: Usual = { ...deliver, retention: asRecord };
const ofPerson = (terms: Usual): Usual => ({ ...terms, retention: asPerson });
const employee = usual("identity", "who of us looks after it", {
  legalBasis: "legitimate_interest",
  retention: asRecord,
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
    name: { ...ofPerson(usual("identity", "to know whom we talk to")), erasedAs: "Erased" },
    title: ofPerson(usual("identity", "to know whom we talk to")),
    phone: ofPerson(reach),
    mobile: ofPerson(reach),
    email: ofPerson(reach),
    account: usual("identity", "to know for whom the person acts", { retention: asRecord }),
    consent: usual("consent", "to prove what the person has allowed", {
      legalBasis: "legal_obligation",
      retention: "as long as it is relied on",
    }),
  },
  products: {},
  pricebooks: {},
  quotes: { owner: employee, approvalBy: employee, shipToAddress: delivered },
  orders: { owner: employee },
  invoices: { owner: employee, payments: usual("financial", "to keep the books", byLaw) },
  inventory: {},
  shipments: { trackingNumber: delivered, events: delivered },
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

/** Whether the erasure of a person empties a field of theirs. Consent is proof, and stays. */
function isErased(at: Pick<InventoryLine, "entity" | "category">, kind: FieldKind): boolean {
  const parts = kind.kind === "group" ? Object.values(kind.parts) : [kind];
  const isOfPerson = personEntities.includes(at.entity) && at.category !== "none";
  return isOfPerson && at.category !== "consent" && parts.some((part) => isEmptied(part));
}

/** What is said of one field. Pure, total. */
function lineOf(
  { entity, field }: Pick<InventoryLine, "entity" | "field">,
  terms: FieldTerms | undefined,
  kind: FieldKind,
): InventoryLine {
  const own = terms?.privacy;
  const known: Partial<Usual> = usualTerms[entity][field] ?? {};
  const isOurs = !Object.hasOwn(entities[entity].fields, field);
  const unsaid = isOurs && personEntities.includes(entity) ? null : "none";
  const category = own?.category ?? known.category ?? unsaid;
  const holds = category !== null && category !== "none";
  const kept = isErased({ entity, category }, kind) ? asPerson : asRecord;
  return {
    ...{ entity, field, category },
    purpose: own?.purpose ?? known.purpose ?? "",
    legalBasis: own?.legalBasis ?? known.legalBasis ?? (holds ? "contract" : null),
    retention: own?.retention ?? known.retention ?? (holds ? kept : ""),
    erasedAs: isErased({ entity, category }, kind) ? (own?.erasedAs ?? known.erasedAs ?? "") : null,
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
      return Object.entries(fieldKindsOf(entity, terms)).map(([field, kind]) =>
        lineOf({ entity, field }, terms.fields[field], kind),
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
