import {
  datedEntities,
  defaultContract,
  directions,
  effectOccasions,
  entities,
  entityNames,
  legalBases,
  ownFieldKinds,
  personalCategories,
  statusCodes,
  survivorshipRules,
} from "@crossfoot/model";
import type { EntityName } from "@crossfoot/model";
import type { Json } from "@crossfoot/kernel";
import { schemaDialect } from "./json-schema.ts";
import type { JsonSchema } from "./json-schema.ts";

const text = (description: string): JsonSchema => ({ type: "string", description });
const flag = (description: string): JsonSchema => ({ type: "boolean", description });
const one = (description: string, ...choices: readonly string[]): JsonSchema => ({
  enum: choices,
  description,
});
const list = (each: JsonSchema, description: string): JsonSchema => ({
  type: "array",
  items: each,
  description,
});
const map = (
  properties: { readonly [key: string]: JsonSchema },
  more: Omit<JsonSchema, "properties"> = {},
): JsonSchema => ({ type: "object", properties, additionalProperties: false, ...more });

/** Keys that an entity and each of its fields have in common. */
const terms: { readonly [key: string]: JsonSchema } = {
  master: one("Whose value stands when both sides write. One side only.", "crm", "erp"),
  direction: one(
    "Which way values travel. `compare`: nobody carries them, the statement compares.",
    ...directions,
  ),
  policy: one(
    "Who wins when both sides changed: the master, the newest, a person, or a rule of your own.",
    "master",
    "newest",
    "review",
    "custom",
  ),
  onFirstLink: one(
    "When two records meet that differ: fill what is empty, take the master's values, or ask.",
    "fill",
    "master",
    "review",
  ),
  onForeignEdit: one("An edit on the side that may not write: put back, or left alone.", "restore", "keep"),
  means: text("What it means to this company, in words that both departments sign."),
};

const personalTerms: JsonSchema = map(
  {
    category: one(
      "What kind of personal value it holds; `none` for one that tells nothing of a person.",
      ...personalCategories,
    ),
    purpose: text("What it is used for."),
    legalBasis: one("Why it may be kept (GDPR article 6).", ...legalBases),
    retention: text("How long it is kept, in words."),
    erasedAs: text("What stands in its place once the person is erased; nothing without it."),
  },
  { description: "What it tells of persons, where that is another than usual." },
);

/** Terms of privacy that are not of one field. */
const privacyTerms: JsonSchema = map(
  {
    keep: map(
      Object.fromEntries(
        entityNames.map((name) => [
          name,
          map(
            {
              years: { type: "number", minimum: 0, description: "Years after the record's own date." },
              because: text("Which law wants it."),
            },
            { required: ["years", "because"] },
          ),
        ]),
      ),
      { description: "Records that the law wants kept although a person asks for erasure." },
    ),
    regions: map(
      {},
      {
        additionalProperties: list(text("A region, such as eu."), "Regions that its records may go to."),
        description:
          "By the region of a connection, where its records may go. Without it every route is allowed.",
      },
    ),
  },
  { description: "What holds for values of persons, beside what each field says." },
);

/** What every field may say; shared, so that an editor loads one page instead of a book. */
const ofEachField = {
  ...terms,
  custom: text("Name of the rule, with `policy: custom`."),
  mandatory: flag("Nothing is written before this field has a value."),
  privacy: personalTerms,
};
const fieldTerms: JsonSchema = map(ofEachField);
const ownFieldTerms: JsonSchema = map(
  { kind: one("What a field of your own holds.", ...ownFieldKinds), ...ofEachField },
  { required: ["kind"] },
);

function createTerms(name: EntityName): JsonSchema {
  const states = statusCodes[name];
  return map(
    {
      when: one("When a record is created on this side.", "always", "never", "status"),
      ...(states === undefined
        ? {}
        : { statuses: list({ enum: states }, "With `when: status`: in which states.") }),
      onDemand: flag("Also when a record that refers to it needs it there."),
    },
    { required: ["when"] },
  );
}

function ownershipTerms(name: EntityName): JsonSchema {
  const fields = list({ enum: Object.keys(entities[name].fields) }, "Which fields.");
  const states = statusCodes[name];
  return map(
    {
      at: one("On which side the document is in that state.", "crm", "erp"),
      statuses: list(states === undefined ? { type: "string" } : { enum: states }, "In which states."),
      fields: { anyOf: [fields, { enum: ["*"] }], description: "Which fields; `*` means all." },
      writer: one("Who alone may write then.", "crm", "erp", "nobody"),
    },
    { required: ["at", "statuses", "fields", "writer"] },
  );
}

function effectTerms(name: EntityName): JsonSchema {
  const states = statusCodes[name];
  return map(
    {
      at: one("Side where it happens.", "crm", "erp"),
      on: one("Kind of write that sets it off.", ...effectOccasions),
      ...(states === undefined
        ? {}
        : { statuses: list({ enum: states }, "With `on: transition`: only to these states.") }),
      does: text("What happens, in words, such as `e-mails the customer`."),
    },
    { required: ["at", "on", "does"] },
  );
}

function consolidationTerms(name: EntityName): JsonSchema {
  const rule = one("Whose value stands; a blank loses to any value.", ...survivorshipRules);
  const way = one("By its own merge, or by archiving the loser.", "merge", "archive");
  const fields = ["*", ...Object.keys(entities[name].fields)];
  return map(
    {
      automaticFrom: {
        type: "number",
        maximum: 1,
        description: "Clusters of this probability or more need no person's word; without it all do.",
      },
      owner: text("Who looks at likely duplicates."),
      reviewDays: { type: "number", minimum: 1, default: 14, description: "Days to look at a cluster." },
      lookEveryDays: {
        type: "number",
        minimum: 1,
        default: 7,
        description: "Days between two looks that a worker makes by itself, once there are these terms.",
      },
      by: map({ crm: way, erp: way }, { description: "How a side joins two records; `merge` if it can." }),
      survivorship: map(Object.fromEntries(fields.map((field) => [field, rule])), {
        description: "Rules by field; `*` for all others (`survivor` without one).",
      }),
    },
    { description: "How records that are one and the same are consolidated." },
  );
}

const fieldsTerms = (names: readonly string[]): JsonSchema =>
  map(Object.fromEntries(names.map((field) => [field, { $ref: "#/$defs/field" }])), {
    additionalProperties: { $ref: "#/$defs/ownField" },
    description: "Fields that differ from the entity's terms, and fields of your own, with their kind.",
  });

function entityTerms(name: EntityName): JsonSchema {
  const { title, fields } = entities[name];
  const own = defaultContract.entities[name];
  const names = Object.keys(fields);
  const withDefault = (key: keyof typeof own): JsonSchema => ({ ...terms[key], default: own[key] as Json });
  return map(
    {
      enabled: { ...flag("Whether this entity flows."), default: own.enabled },
      master: withDefault("master"),
      direction: withDefault("direction"),
      policy: withDefault("policy"),
      onFirstLink: withDefault("onFirstLink"),
      onForeignEdit: withDefault("onForeignEdit"),
      onDelete: {
        ...one(
          "A record that was deleted on one side: archive it on the other, ask, or ignore.",
          "archive",
          "ask",
          "ignore",
        ),
        default: own.onDelete,
      },
      onReturn: {
        ...one(
          "A record that was deleted is there again: ask, restore the link, or ignore it.",
          "ask",
          "restore",
          "ignore",
        ),
        default: own.onReturn,
      },
      newestTolerance: {
        type: "number",
        minimum: 0,
        default: own.newestTolerance,
        description: "With `policy: newest`: seconds by which two stamps must differ.",
      },
      create: map(
        { crm: createTerms(name), erp: createTerms(name) },
        { description: "When a record is created." },
      ),
      matchKeys: list(
        list({ enum: names }, "Fields that together identify a record."),
        "Tried in this order when a record has no partner yet.",
      ),
      ownership: list(
        ownershipTerms(name),
        "Who may write in which state; the first rule that fits decides.",
      ),
      effects: list(
        effectTerms(name),
        "What a write sets off in the system by itself. Plans say how often; nothing else is done with it.",
      ),
      notes: {
        ...list({ enum: ["crm", "erp"] }, "Sides whose records get a note when a value of theirs lost."),
        default: [],
      },
      consolidation: consolidationTerms(name),
      fields: fieldsTerms(names),
      means: { ...terms["means"], default: own.means },
      edgeCases: {
        ...list(text("One sentence."), "What is agreed for cases that come up sooner or later, in words."),
        default: own.edgeCases,
      },
    },
    { title },
  );
}

/** JSON Schema of contract.yaml, made from the model's entities, states and default contract. */
export const contractSchema: JsonSchema = {
  $schema: schemaDialect,
  title: "Crossfoot contract",
  description: "Who owns which field. What is not said here is taken from the default contract.",
  ...map({
    version: { type: ["string", "number"], description: "Your own version of this agreement." },
    periods: map(
      {
        closedThrough: text("Last day that is closed, such as 2026-10-31."),
        entities: {
          ...list({ enum: datedEntities }, "What the books hold, by its date."),
          default: ["invoices"],
        },
      },
      {
        required: ["closedThrough"],
        description: "Books of the ERP that are closed: nothing dated in them is written there.",
      },
    ),
    privacy: privacyTerms,
    signers: {
      ...list(
        map(
          {
            department: text("Department that signs, such as Finance."),
            role: text(
              "Role in it that signs, such as head of finance. Anybody of the department without it.",
            ),
            name: text("The one person who may sign. Anybody of that role without it."),
          },
          { required: ["department"] },
        ),
        "Who has to sign what `crossfoot contract` prints.",
      ),
      default: defaultContract.signers as unknown as Json,
    },
    entities: map(Object.fromEntries(entityNames.map((name) => [name, entityTerms(name)])), {
      description: "Terms by entity.",
    }),
  }),
  $defs: { field: fieldTerms, ownField: ownFieldTerms },
};
