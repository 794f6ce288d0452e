import type {
  ConsolidationTerms,
  Contract,
  CreateTerms,
  Direction,
  EffectTerms,
  EntityTerms,
  Role,
  Signer,
  SurvivorshipRule,
} from "./contract.ts";
import { entities, entityNames } from "./entity.ts";
import { fieldKindsOf } from "./own-field.ts";
import type { EntityName } from "./entity.ts";

/** One sentence of a contract. `topic` names what it is about, and is the same in every contract. */
export interface Clause {
  readonly topic: string;
  readonly words: string;
  /** Of an entry of a list: what the list is about; its topic is that with a number. */
  readonly list?: string;
  /** Of such an entry: what it is known by although its words change. */
  readonly key?: string;
}

/** What a contract says of one field. */
export interface FieldWords {
  readonly field: string;
  /** Name as people read it, such as `Credit limit`. */
  readonly title: string;
  readonly definition: string;
  readonly master: Role;
  readonly direction: Direction;
  /** Who wins when both sides edited it; a dash where only one side may. */
  readonly policy: string;
  /** What follows from master, direction and policy, in one sentence or two. */
  readonly means: string;
  /** What happens when two records meet for the first time. */
  readonly firstLink: string;
}

/** What a contract says of one entity. */
export interface EntityWords {
  readonly entity: EntityName;
  readonly title: string;
  readonly means: string;
  /** When it is created, how records find each other, what a deletion does, who writes in which state. */
  readonly rules: readonly Clause[];
  readonly edgeCases: readonly string[];
  readonly fields: readonly FieldWords[];
}

/** A contract in plain words, for the people who sign it. */
export interface ContractWords {
  readonly signers: readonly Signer[];
  readonly entities: readonly EntityWords[];
  /** Entities that are switched off. */
  readonly off: readonly EntityName[];
}

const sides: { readonly [role in Role]: string } = { crm: "CRM", erp: "ERP" };
const either = (words: readonly string[]): string => words.join(" or ");

/** The contract in plain words: every entity that is switched on, with every field. Never throws. */
export function contractWords(contract: Contract): ContractWords {
  const isOn = (name: EntityName): boolean => contract.entities[name].enabled;
  return {
    signers: contract.signers,
    entities: entityNames.filter(isOn).map((name) => entityWords(name, contract)),
    off: entityNames.filter((name) => !isOn(name)),
  };
}

/** A signer as one reads it: `Finance, head of finance`. */
export function signerWords({ department, role, name }: Signer): string {
  return [department, role, name].filter((part) => part !== undefined).join(", ");
}

/** A field's name as people read it: `creditLimit` is `Credit limit`. */
export function fieldTitle(field: string): string {
  const words = field.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** A field's name within a sentence. */
const named = (field: string): string => fieldTitle(field).toLowerCase();

function entityWords(name: EntityName, { entities: all, periods }: Contract): EntityWords {
  const { title } = entities[name];
  const terms = all[name];
  const isBooked = periods?.entities.some((each) => each === name) === true;
  return {
    entity: name,
    title,
    means: terms.means,
    rules: [
      ...rulesOf(terms),
      ...(isBooked
        ? [
            {
              topic: "closed books",
              words:
                `Dated ${periods.closedThrough} or before, it is not written in the ERP: ` +
                "the books are closed.",
            },
          ]
        : []),
      ...consolidationRules(terms.consolidation),
    ],
    edgeCases: terms.edgeCases,
    fields: Object.keys(fieldKindsOf(name, terms)).map((field) => fieldWords(terms, field)),
  };
}

function rulesOf(terms: EntityTerms): readonly Clause[] {
  const usesNewest = [terms, ...Object.values(terms.fields)].some(({ policy }) => policy === "newest");
  return [
    ...(["erp", "crm"] as const).map((role) => ({
      topic: `created in the ${sides[role]}`,
      words: createSentence(role, terms.create[role]),
    })),
    { topic: "the same record", words: matchSentence(terms) },
    { topic: "deleted", words: deleteSentence(terms) },
    ...terms.ownership.map(({ at, statuses, fields, writer }, index) => ({
      topic: `by state ${index + 1}`,
      list: "by state",
      words:
        `While it is ${either(statuses)} in the ${sides[at]}, ` +
        `${writer === "nobody" ? "nobody writes" : `only the ${sides[writer]} writes`} ` +
        `${fields === "*" ? "any other field" : fields.map((field) => named(field)).join(", ")}.`,
    })),
    ...terms.effects.map((effect, index) => ({
      topic: `sets off ${index + 1}`,
      words: effectSentence(effect),
      list: "sets off",
      key: [effect.at, effect.on, ...(effect.statuses ?? [])].join("/"),
    })),
    ...terms.notes.map((role) => ({
      topic: `told in the ${sides[role]}`,
      words: `A value of the ${sides[role]} that lost is told by a note on its record there.`,
    })),
    ...(usesNewest
      ? [
          {
            topic: "newest",
            words:
              `The newest of two edits stands when it is more than ${terms.newestTolerance} seconds later; ` +
              "else a person decides.",
          },
        ]
      : []),
  ];
}

const survivals: { readonly [rule in SurvivorshipRule]: string } = {
  survivor: "that of the record that is kept",
  master: "that of the master",
  newest: "the newest",
  fullest: "that of the fullest record",
  longest: "the longest",
  review: "one that a person chooses",
};

/** By name: the order in which a map was written says nothing. */
const sorted = <T>(map: { readonly [name: string]: T }): readonly (readonly [string, T])[] =>
  Object.entries(map).toSorted(([a], [b]) => (a < b ? -1 : 1));

function consolidationRules(terms: ConsolidationTerms | undefined): readonly Clause[] {
  if (terms === undefined) return [];
  const { automaticFrom, owner, reviewDays, lookEveryDays, by = {}, survivorship = {} } = terms;
  const who = owner ?? "Somebody";
  const within = reviewDays === undefined ? "" : ` within ${reviewDays} days`;
  const alone =
    automaticFrom === undefined ? "" : ` From a probability of ${automaticFrom} on nobody needs to be asked.`;
  return [
    { topic: "duplicates", words: `${who} looks at possible duplicates${within}.${alone}` },
    ...(lookEveryDays === undefined
      ? []
      : [{ topic: "looked for", words: `They are looked for every ${lookEveryDays} days.` }]),
    ...sorted(by).map(([role, way]) => ({
      topic: `joined in the ${role.toUpperCase()}`,
      words:
        way === "merge"
          ? `Two that are one are joined in the ${role.toUpperCase()} by its own merge.`
          : `Two that are one: in the ${role.toUpperCase()} the loser is archived and points to the other.`,
    })),
    ...sorted(survivorship).map(([field, rule]) => ({
      topic: `survives: ${field}`,
      words:
        `Of duplicates the value that stays${field === "*" ? "" : ` for ${named(field)}`}: ` +
        `${survivals[rule]}.`,
    })),
  ];
}

const occasions: { readonly [on in EffectTerms["on"]]: string } = {
  create: "Creating one",
  update: "Changing one",
  archive: "Archiving one",
  unarchive: "Bringing one back",
  delete: "Deleting one",
  transition: "A change of its status",
  merge: "Joining two",
  note: "A note on one",
};

function effectSentence({ at, on, statuses, does }: EffectTerms): string {
  const to = statuses === undefined ? "" : ` to ${either(statuses)}`;
  return `${occasions[on]}${to} in the ${sides[at]} sets off: ${does.replace(/\.$/, "")}.`;
}

function createSentence(role: Role, terms: CreateTerms | undefined): string {
  const demand = terms?.onDemand === true ? ", or when a document needs it there" : "";
  if (terms === undefined || terms.when === "never") {
    return demand === ""
      ? `Never created in the ${sides[role]}.`
      : `Created in the ${sides[role]} only when a document needs it there.`;
  }
  if (terms.when === "always") return `Created in the ${sides[role]} when it exists on the other side.`;
  return `Created in the ${sides[role]} when its status is ${either(terms.statuses ?? [])}${demand}.`;
}

function matchSentence({ matchKeys }: EntityTerms): string {
  if (matchKeys.length === 0) return "Records are never joined by their values.";
  const keys = matchKeys.map((key) => key.map((field) => named(field)).join(" and ")).join("; else ");
  return `Records of both sides are the same when they share ${keys}.`;
}

function deleteSentence({ onDelete, onReturn }: EntityTerms): string {
  const deleted = {
    archive: "archived on the other",
    ask: "a person is asked",
    ignore: "nothing follows",
  }[onDelete];
  const returned = {
    ask: "a person is asked",
    restore: "it lives again on both",
    ignore: "nothing follows",
  }[onReturn];
  return `Deleted on one side: ${deleted}. There again after that: ${returned}.`;
}

function fieldWords(terms: EntityTerms, field: string): FieldWords {
  const own = terms.fields[field] ?? {};
  const master = own.master ?? terms.master;
  const direction = own.direction ?? terms.direction;
  const policy = direction === "both" ? (own.policy ?? terms.policy) : "—";
  const restores = (own.onForeignEdit ?? terms.onForeignEdit) === "restore";
  const custom = own.custom ?? "";
  const means = [
    fieldSentence({ master, direction, policy, restores, custom }),
    ...(own.mandatory === true ? ["Needed before anything is written."] : []),
  ].join(" ");
  const definition = own.means ?? (own.kind === undefined ? "" : "A field of our own.");
  const firstLink = firstLinkSentence(own.onFirstLink ?? terms.onFirstLink, { master, direction });
  return { field, title: fieldTitle(field), definition, master, direction, policy, means, firstLink };
}

function fieldSentence(at: {
  readonly master: Role;
  readonly direction: Direction;
  readonly policy: string;
  readonly restores: boolean;
  readonly custom: string;
}): string {
  const foreign = at.restores ? "is shown and put back" : "stays, and nobody carries it over";
  switch (at.direction) {
    case "crm-to-erp":
      return `The CRM decides; an edit in the ERP ${foreign}.`;
    case "erp-to-crm":
      return `The ERP decides; an edit in the CRM ${foreign}.`;
    case "compare":
      return "Nobody carries it; the statement compares it.";
    case "both":
      return bothSentence(at);
  }
}

function bothSentence(at: {
  readonly policy: string;
  readonly master: Role;
  readonly custom: string;
}): string {
  const edits = "Both may edit; if both do at once";
  if (at.policy === "newest") return `${edits}, the newest stands.`;
  if (at.policy === "review") return `${edits}, a person decides.`;
  if (at.policy === "custom") return `${edits}, our own rule \`${at.custom}\` decides.`;
  return `${edits}, the ${sides[at.master]}'s value stands and the other is shown as lost.`;
}

function firstLinkSentence(
  onFirstLink: EntityTerms["onFirstLink"],
  { master, direction }: { readonly master: Role; readonly direction: Direction },
): string {
  if (direction === "compare") return "Both keep what they have.";
  const side = direction === "both" ? master : direction === "crm-to-erp" ? "crm" : "erp";
  if (onFirstLink === "review") return "Where they differ, a person decides.";
  if (onFirstLink === "master") return `The ${sides[side]}'s value stands, even an empty one.`;
  return direction === "both"
    ? `An empty one is filled from the other side; else the ${sides[side]}'s value stands.`
    : `The ${sides[side]}'s value stands, unless it is empty.`;
}
