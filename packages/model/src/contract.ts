import type { EntityName } from "./entity.ts";
import { fieldMeanings, usualEdgeCases } from "./glossary.ts";
import type { PersonalTerms, PrivacyTerms } from "./privacy-terms.ts";

/** The two roles a connection plays for an entity. */
export type Role = "crm" | "erp";

/**
 * Which way a value travels. `compare`: both sides show it, nobody carries it; only the statement compares.
 */
export type Direction = "both" | "crm-to-erp" | "erp-to-crm" | "compare";

/** All directions. */
export const directions: readonly Direction[] = ["both", "crm-to-erp", "erp-to-crm", "compare"];

/** Kinds of value that a field of a company's own may hold. */
export type OwnFieldKind = "text" | "code" | "decimal" | "boolean" | "date" | "instant" | "money";

/** All of them. */
export const ownFieldKinds: readonly OwnFieldKind[] = [
  ...(["text", "code", "decimal", "boolean", "date", "instant", "money"] as const),
];

/** What the contract says of one field. Missing keys are taken from the entity. */
export interface FieldTerms {
  /** Of a field that the contract adds to those that every company has: what it holds. */
  readonly kind?: OwnFieldKind;
  readonly master?: Role;
  readonly direction?: Direction;
  readonly policy?: "master" | "newest" | "review" | "custom";
  readonly custom?: string;
  readonly onFirstLink?: "fill" | "master" | "review";
  readonly onForeignEdit?: "restore" | "keep";
  readonly mandatory?: boolean;
  /** What the field means to this company, in the words that both departments sign. */
  readonly means?: string;
  /** What it tells of persons, where that is another than usual. */
  readonly privacy?: PersonalTerms;
}

/** When a record is created on the side of a role. */
export interface CreateTerms {
  readonly when: "always" | "never" | "status";
  readonly statuses?: readonly string[];
  readonly onDemand?: boolean;
}

/** Who alone may write while the document is in one of these states on the side named by `at`. */
export interface OwnershipTerms {
  readonly at: Role;
  readonly statuses: readonly string[];
  readonly fields: readonly string[] | "*";
  readonly writer: Role | "nobody";
}

/**
 * What a write sets off in the system by itself, as people know it: a mail to the customer, a picking list, a
 * posting. Nothing is done with it but to say so, in the contract and in each plan.
 */
export interface EffectTerms {
  /** Side where it happens. */
  readonly at: Role;
  readonly on: "create" | "update" | "archive" | "unarchive" | "delete" | "transition" | "merge" | "note";
  /** With `on: transition`: only when it goes to one of these states. */
  readonly statuses?: readonly string[];
  /** What happens, in words, such as `e-mails the customer`. */
  readonly does: string;
}

/** What an effect may follow on. */
export const effectOccasions: readonly EffectTerms["on"][] = [
  "create",
  "update",
  "archive",
  "unarchive",
  "delete",
  "transition",
  "merge",
  "note",
];

/**
 * Whose value stands when records are consolidated: the survivor's own (`survivor`), that of the master of
 * record, the newest, the fullest record's, the longest, or one that a person chooses before anything is
 * written. A blank loses to any value.
 */
export type SurvivorshipRule = "survivor" | "master" | "newest" | "fullest" | "longest" | "review";

/** All rules of survivorship. */
export const survivorshipRules: readonly SurvivorshipRule[] = [
  "survivor",
  "master",
  "newest",
  "fullest",
  "longest",
  "review",
];

/** How records that are one and the same are consolidated. */
export interface ConsolidationTerms {
  /** Clusters of this probability or more may be planned without a person's word; missing: none. */
  readonly automaticFrom?: number;
  /** Who looks at clusters. */
  readonly owner?: string;
  /** Days within which a cluster is looked at. */
  readonly reviewDays?: number;
  /** Days between two looks for duplicates that a worker makes by itself; 7 when it does not say. */
  readonly lookEveryDays?: number;
  /** How each side joins two: by its own merge, or by pointing to the survivor and archiving the loser. */
  readonly by?: { readonly [role in Role]?: "merge" | "archive" };
  /** Rules by field; `*` for all others. */
  readonly survivorship?: { readonly [field: string]: SurvivorshipRule };
}

/** The contract for one entity. */
export interface EntityTerms {
  readonly enabled: boolean;
  readonly master: Role;
  readonly direction: Direction;
  readonly policy: "master" | "newest" | "review" | "custom";
  readonly onFirstLink: "fill" | "master" | "review";
  readonly onForeignEdit: "restore" | "keep";
  readonly onDelete: "archive" | "ask" | "ignore";
  /** What happens when a record that was deleted is there again. */
  readonly onReturn: "ask" | "restore" | "ignore";
  /** Seconds by which two stamps must differ before `newest` decides. */
  readonly newestTolerance: number;
  readonly create: { readonly [role in Role]?: CreateTerms };
  readonly matchKeys: readonly (readonly string[])[];
  readonly ownership: readonly OwnershipTerms[];
  readonly effects: readonly EffectTerms[];
  /** Sides whose records get a note when a value of theirs lost, where the system takes notes. */
  readonly notes: readonly Role[];
  readonly consolidation?: ConsolidationTerms;
  readonly fields: { readonly [field: string]: FieldTerms };
  readonly means: string;
  /** What is agreed for cases that come up sooner or later, in words. */
  readonly edgeCases: readonly string[];
}

/** Who has to sign. Whoever signs fits when all that is said here is the same. */
export interface Signer {
  readonly department: string;
  readonly role?: string;
  readonly name?: string;
}

/** Entities whose records carry the date by which a period closes them. */
export type DatedEntity = "quotes" | "orders" | "invoices";

/** All entities that a closed period can name. */
export const datedEntities: readonly DatedEntity[] = ["quotes", "orders", "invoices"];

/**
 * Books of the ERP that are closed: nothing is written there to a record that is dated in them, and none is
 * made. The ERP's own corrections still flow to the CRM.
 */
export interface PeriodTerms {
  /** Last day that is closed, `YYYY-MM-DD`. */
  readonly closedThrough: string;
  /** What the books hold. */
  readonly entities: readonly DatedEntity[];
}

/** What closed books hold by this contract: invoices, when it does not say. Pure. */
export function bookedEntities({ periods }: Contract): readonly DatedEntity[] {
  return periods?.entities ?? ["invoices"];
}

/** The written agreement between both departments. */
export interface Contract {
  /** Who signs it; at least one. */
  readonly signers: readonly Signer[];
  readonly entities: { readonly [entity in EntityName]: EntityTerms };
  /** Missing where no period is closed by contract. */
  readonly periods?: PeriodTerms;
  /** Missing where the usual terms of privacy hold. */
  readonly privacy?: PrivacyTerms;
}

const shared = {
  enabled: true,
  policy: "master",
  onFirstLink: "fill",
  onForeignEdit: "restore",
  onReturn: "ask",
  newestTolerance: 5,
  ownership: [],
  effects: [],
  notes: [],
} as const;
const fromErp = { ...shared, master: "erp", direction: "erp-to-crm", onFirstLink: "master" } as const;
const always: CreateTerms = { when: "always" };
const never: CreateTerms = { when: "never" };
const mandatory: FieldTerms = { mandatory: true };
const back: FieldTerms = { master: "erp", direction: "erp-to-crm" };
const reported = [
  ...["status", "erpNumber", "validation"],
  ...["approval", "approvalReason", "approvalBy", "approvalAt"],
];
/** States in which the ERP has the last word on a quote. */
const decided = ["rejected", "converted", "cancelled"];
/** States of an order of which something is done already. */
const begun = ["part_delivered", "delivered", "invoiced", "closed"];
/** States of an order in which nothing is left to change. */
const over = ["delivered", "invoiced", "closed", "cancelled"];
/** What a person may have changed of an order that stands, beside its state. */
const changed = ["lines", "requestedDate", "customerOrderNumber"];
const compared: FieldTerms = { direction: "compare" };
/** Facts of each system: nobody is their master, and nothing writes them. */
const companyTotals: EntityTerms["fields"] = {
  companyNet: compared,
  companyTax: compared,
  companyGross: compared,
  companyRate: compared,
  companyRateDate: compared,
};

const usual: Contract = {
  signers: [{ department: "Sales" }, { department: "Finance" }, { department: "Operations" }],
  entities: {
    accounts: {
      edgeCases: usualEdgeCases.accounts,
      ...shared,
      master: "crm",
      direction: "both",
      onDelete: "archive",
      create: {
        erp: { when: "status", statuses: ["customer"], onDemand: true },
        crm: { when: "status", statuses: ["customer"] },
      },
      matchKeys: [["taxId"], ["number"], ["name", "email"]],
      fields: { number: back, creditLimit: back },
      means:
        "A company that buys from us, or may. Created in the ERP once it is a customer or its first " +
        "quote is accepted.",
    },
    contacts: {
      edgeCases: usualEdgeCases.contacts,
      ...shared,
      master: "crm",
      direction: "both",
      onDelete: "archive",
      create: { erp: always, crm: always },
      matchKeys: [
        ["email", "account"],
        ["email", "name"],
      ],
      // What a person has allowed is taken down where they said it, and comes from nowhere else.
      fields: { account: mandatory, consent: { direction: "crm-to-erp", onFirstLink: "master" } },
      means: "A person at an account. Follows its account to the ERP.",
    },
    products: {
      edgeCases: usualEdgeCases.products,
      ...fromErp,
      onDelete: "archive",
      create: { crm: always },
      matchKeys: [["sku"]],
      // What we pay for it is nobody's business in the other system.
      fields: { cost: compared },
      means: "What we sell, as the ERP knows it.",
    },
    pricebooks: {
      edgeCases: usualEdgeCases.pricebooks,
      ...fromErp,
      onDelete: "archive",
      create: { crm: always },
      matchKeys: [["code"]],
      fields: {},
      means: "A price list with its quantity breaks. A price that is missing is never zero.",
    },
    quotes: {
      edgeCases: usualEdgeCases.quotes,
      ...shared,
      master: "crm",
      direction: "crm-to-erp",
      onDelete: "ask",
      create: { erp: { when: "status", statuses: ["accepted"] }, crm: never },
      matchKeys: [],
      ownership: [
        // The first rule that fits decides: what the ERP reports flows on, everything else is closed.
        { at: "erp", statuses: decided, fields: reported, writer: "erp" },
        { at: "erp", statuses: decided, fields: "*", writer: "nobody" },
      ],
      fields: {
        account: mandatory,
        lines: mandatory,
        status: { direction: "both" },
        net: compared,
        tax: compared,
        gross: compared,
        erpNumber: back,
        validation: back,
        approval: back,
        approvalReason: back,
        approvalBy: back,
        approvalAt: back,
      },
      means: "An offer made in the CRM. Accepted, it becomes an order of the ERP, once.",
    },
    orders: {
      edgeCases: usualEdgeCases.orders,
      ...fromErp,
      onDelete: "ask",
      create: { crm: always },
      matchKeys: [["number"]],
      // Until then the CRM may have it cancelled or changed; nothing but that comes from there.
      ownership: [
        { at: "erp", statuses: begun, fields: ["status"], writer: "erp" },
        { at: "erp", statuses: over, fields: changed, writer: "erp" },
      ],
      fields: { account: mandatory, ...companyTotals },
      means: "What the customer ordered and the ERP confirmed.",
    },
    invoices: {
      edgeCases: usualEdgeCases.invoices,
      ...fromErp,
      onDelete: "ask",
      create: { crm: always },
      matchKeys: [["number"]],
      fields: { account: mandatory, ...companyTotals },
      means: "What the customer owes or has paid, as posted in the ERP.",
    },
    inventory: {
      edgeCases: usualEdgeCases.inventory,
      ...fromErp,
      onDelete: "ignore",
      create: { crm: always },
      matchKeys: [["product", "warehouse"]],
      fields: { product: mandatory },
      means: "Stock of a product in a warehouse, as last read.",
    },
    shipments: {
      edgeCases: usualEdgeCases.shipments,
      ...fromErp,
      onDelete: "ask",
      create: { crm: always },
      matchKeys: [["number"]],
      fields: { order: mandatory },
      means: "A delivery to the customer, whole or in part.",
    },
  },
};

/** Terms with the usual meaning of every field that says none. */
function explained(name: EntityName, terms: EntityTerms): EntityTerms {
  const fields = Object.entries(fieldMeanings[name]).map(([field, means]): [string, FieldTerms] => [
    field,
    { ...terms.fields[field], means: terms.fields[field]?.means ?? means },
  ]);
  return { ...terms, fields: Object.fromEntries(fields) };
}

/**
 * The default contract, from the mission: customer details belong to the CRM, financial facts to the ERP.
 * An empty contract file therefore already works; a file overrides it per entity and field.
 */
export const defaultContract: Contract = {
  ...usual,
  entities: Object.fromEntries(
    Object.entries(usual.entities).map(([name, terms]) => [name, explained(name as EntityName, terms)]),
  ) as unknown as Contract["entities"],
};
